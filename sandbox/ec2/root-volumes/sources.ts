import type { CreateReplaceRootVolumeTaskCommandInput, Snapshot } from '@aws-sdk/client-ec2';
import {
  imageInWrongState,
  invalidCombination,
  rootSourceUnfit,
  snapshotIncomplete,
  snapshotNotFound,
} from '../errors.ts';
import { usableImage } from '../images/lookup.ts';
import { snapshotOfImage } from '../images/shared.ts';
import type { AccountRegion, ImageEntry, InstanceEntry, Plane, VolumeEntry } from '../plane/state.ts';
import { ownSnapshot } from '../snapshots/lookup.ts';
import { ownVolume } from '../volumes/lookup.ts';

/** What a new root volume comes from: a volume that is there, or a snapshot that one is made of. */
export type RootSource =
  | { readonly volume: VolumeEntry }
  | {
      readonly snapshotId: string;
      /** GiB. */
      readonly size: number;
      /** Absent for a snapshot of one of AWS's public images, which are not kept. */
      readonly snapshot: Snapshot | undefined;
      /** Of an image, where one is named. */
      readonly imageId?: string;
    };

/**
 * The source that a call names, or the state at launch where it names none (EC2 User Guide, Replace the root volume).
 *
 * @throws InvalidParameterCombination for several; the NotFound errors of snapshots, images and volumes; the code of the
 *   behaviour for one that can't take the place of this root.
 */
export function rootSource(
  plane: Plane,
  place: AccountRegion,
  instance: InstanceEntry,
  root: VolumeEntry,
  { SnapshotId, ImageId, VolumeId }: CreateReplaceRootVolumeTaskCommandInput,
): RootSource {
  const named = [SnapshotId, ImageId, VolumeId].filter((id) => id !== undefined);
  if (named.length > 1) throw invalidCombination('Specify only one of SnapshotId, ImageId and VolumeId.');
  const { rootReplacementSourceCode: code } = plane.behaviour(place.region);
  const refuse = (id: string, problem: string) => rootSourceUnfit(code, id, problem);
  if (SnapshotId !== undefined) return ownRootSnapshot(place, instance, root, SnapshotId, refuse);
  if (ImageId !== undefined) return rootOfImage(plane, place, instance, ImageId, refuse);
  if (VolumeId !== undefined) return freeVolume(place, root, VolumeId, refuse);
  return launchState(plane, place, instance, root);
}

type Refuse = (id: string, problem: string) => Error;

/** Only a snapshot of the root volume or of one before it will do; a copy is of no volume. */
function ownRootSnapshot(
  place: AccountRegion,
  { formerRoots = [] }: InstanceEntry,
  root: VolumeEntry,
  id: string,
  refuse: Refuse,
): RootSource {
  const { current, ofVolume } = ownSnapshot(place, id);
  const roots = [root.id, ...formerRoots.map(({ volumeId }) => volumeId)];
  if (ofVolume === undefined || !roots.includes(ofVolume)) {
    throw refuse(id, 'it was not made of a root volume of the instance');
  }
  return sourceOf(id, current);
}

/** The root volume of the image alone; the others that it has are left out. */
function rootOfImage(
  plane: Plane,
  place: AccountRegion,
  instance: InstanceEntry,
  id: string,
  refuse: Refuse,
): RootSource {
  const image = usableImage(plane, place, id);
  const state = image.current.State ?? 'invalid';
  if (state !== 'available') throw imageInWrongState(plane.behaviour(place.region).imageStateCode, id, state);
  const difference = differenceOf(instance, image);
  if (difference !== undefined) throw refuse(id, `it differs from the instance in ${difference}`);
  const { Ebs: ebs } = image.mappings.find(({ DeviceName }) => DeviceName === image.current.RootDeviceName) ?? {};
  const { SnapshotId: snapshotId, VolumeSize: size } = ebs ?? {};
  if (snapshotId === undefined || size === undefined) throw refuse(id, 'it has no root volume on EBS');
  const snapshot = snapshotOfImage(plane, place.region, image, snapshotId)?.current;
  return { snapshotId, size, snapshot, imageId: id };
}

/** In what an image is another machine than the instance, or a lesser one. */
function differenceOf({ current }: InstanceEntry, { current: image }: ImageEntry): string | undefined {
  if (image.Architecture !== current.Architecture) return 'architecture';
  if (image.VirtualizationType !== current.VirtualizationType) return 'virtualization';
  if (image.UsageOperation !== current.UsageOperation) return 'billing';
  if (codesOf(image.ProductCodes) !== codesOf(current.ProductCodes)) return 'product codes';
  if (current.EnaSupport && !image.EnaSupport) return 'support of ENA';
  if (current.SriovNetSupport && !image.SriovNetSupport) return 'support of SR-IOV';
  if (current.TpmSupport && !image.TpmSupport) return 'support of NitroTPM';
  return undefined;
}

function codesOf(codes: readonly { readonly ProductCodeId?: string | undefined }[] = []): string {
  return codes.map(({ ProductCodeId: id = '' }) => id).join();
}

function freeVolume(place: AccountRegion, root: VolumeEntry, id: string, refuse: Refuse): RootSource {
  const volume = ownVolume(place, id);
  const { State: state, AvailabilityZone: zone, Encrypted: isEncrypted } = volume.current;
  if (state !== 'available') throw refuse(id, `it is in the state '${state}'`);
  if (zone !== root.current.AvailabilityZone) throw refuse(id, 'it is in another Availability Zone');
  if (root.current.Encrypted && !isEncrypted) throw refuse(id, 'it is not encrypted, and the root volume is');
  return { volume };
}

/** The snapshot that the first root volume was made of. */
function launchState(plane: Plane, place: AccountRegion, instance: InstanceEntry, root: VolumeEntry): RootSource {
  const id = instance.formerRoots?.[0]?.snapshotId ?? root.current.SnapshotId ?? '';
  const size = root.current.Size ?? 0;
  const publicImage = plane.publicImages(place.region).get(instance.current.ImageId ?? '');
  if (publicImage?.mappings.some(({ Ebs }) => Ebs?.SnapshotId === id)) {
    return { snapshotId: id, size, snapshot: undefined };
  }
  // Whose image it was launched from does not matter: what is launched from it may read its snapshots.
  const snapshot = [...plane.places.values()]
    .filter(({ region }) => region === place.region)
    .map(({ snapshots }) => snapshots.get(id)?.current)
    .find((one) => one !== undefined);
  if (!snapshot) throw snapshotNotFound(id);
  return sourceOf(id, snapshot);
}

function sourceOf(snapshotId: string, snapshot: Snapshot): RootSource {
  const { State: state = 'error', VolumeSize: size = 0 } = snapshot;
  if (state !== 'completed') throw snapshotIncomplete(state);
  return { snapshotId, size, snapshot };
}
