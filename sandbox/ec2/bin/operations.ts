import type {
  ListImagesInRecycleBinCommandInput,
  ListImagesInRecycleBinCommandOutput,
  ListSnapshotsInRecycleBinCommandInput,
  ListSnapshotsInRecycleBinCommandOutput,
  RestoreImageFromRecycleBinCommandInput,
  RestoreImageFromRecycleBinCommandOutput,
  RestoreSnapshotFromRecycleBinCommandInput,
  RestoreSnapshotFromRecycleBinCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { imageNameTaken, invalidValue, notInBin, restoreWithoutSnapshot } from '../errors.ts';
import { changeImage, holderOfName, releaseName, snapshotIds } from '../images/lifecycle.ts';
import { wellFormedImageId } from '../images/lookup.ts';
import type { AccountRegion, Binned, ImageEntry, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRequest, type PageRule, readCursor } from '../requests/paging.ts';
import { changeSnapshot } from '../snapshots/lifecycle.ts';
import { wellFormedSnapshotId } from '../snapshots/lookup.ts';
import { stateOutOfBin, takeImageFromBin, use } from './binned.ts';

/** API reference, ListImagesInRecycleBin. */
const mostImageIds = 20;

const imagePages: PageRule = {
  operation: 'ListImagesInRecycleBin',
  least: 1,
  most: 1_000,
  beyond: 'refused',
  idList: 'imageIdsSet',
};

const snapshotPages: PageRule = {
  operation: 'ListSnapshotsInRecycleBin',
  least: 5,
  most: 1_000,
  beyond: 'refused',
  idList: 'snapshotIdsSet',
};

/** What can be done with images and snapshots that a retention rule has caught; the rules are the service rbin's. */
export function recycleBinOperations(plane: Plane) {
  return {
    ListImagesInRecycleBin: operation<ListImagesInRecycleBinCommandInput, Answer<ListImagesInRecycleBinCommandOutput>>(
      ['ImageIds', 'MaxResults', 'NextToken'],
      (input, context) => listImages(plane, input, context),
    ),
    ListSnapshotsInRecycleBin: operation<
      ListSnapshotsInRecycleBinCommandInput,
      Answer<ListSnapshotsInRecycleBinCommandOutput>
    >(['SnapshotIds', 'MaxResults', 'NextToken'], (input, context) => listSnapshots(plane, input, context)),
    RestoreImageFromRecycleBin: operation<
      RestoreImageFromRecycleBinCommandInput,
      Answer<RestoreImageFromRecycleBinCommandOutput>
    >(['ImageId'], (input, context) => restoreImage(plane, input.ImageId, context)),
    RestoreSnapshotFromRecycleBin: operation<
      RestoreSnapshotFromRecycleBinCommandInput,
      Answer<RestoreSnapshotFromRecycleBinCommandOutput>
    >(['SnapshotId'], (input, context) => restoreSnapshot(plane, input.SnapshotId, context)),
  };
}

function listImages(plane: Plane, input: ListImagesInRecycleBinCommandInput, { account, region }: CallContext) {
  const { ImageIds: ids = [] } = input;
  if (ids.length > mostImageIds) throw invalidValue(`A call can list at most ${mostImageIds} images by their ids.`);
  const { items, nextToken } = page(plane, region, input, {
    rule: imagePages,
    bin: plane.in(account, region).bin.images,
    ids: ids.map(wellFormedImageId),
    code: plane.behaviour(region).imageNotInBinCode,
  });
  return {
    Images: items.map(({ id, entry, ...times }) =>
      view({ ImageId: id, Name: entry.current.Name, Description: entry.current.Description, ...stay(times) }),
    ),
    ...(nextToken && { NextToken: nextToken }),
  };
}

function listSnapshots(plane: Plane, input: ListSnapshotsInRecycleBinCommandInput, { account, region }: CallContext) {
  const { SnapshotIds: ids = [] } = input;
  const { items, nextToken } = page(plane, region, input, {
    rule: snapshotPages,
    bin: plane.in(account, region).bin.snapshots,
    ids: ids.map(wellFormedSnapshotId),
    code: plane.behaviour(region).snapshotNotInBinCode,
  });
  return {
    Snapshots: items.map(({ id, entry, ...times }) =>
      view({
        SnapshotId: id,
        VolumeId: entry.current.VolumeId,
        Description: entry.current.Description,
        ...stay(times),
      }),
    ),
    ...(nextToken && { NextToken: nextToken }),
  };
}

interface Listing<E> {
  readonly rule: PageRule;
  readonly bin: ReadonlyMap<string, Binned<E>>;
  readonly ids: readonly string[];
  /** For an id that is not in the bin. */
  readonly code: string;
}

function page<E>(plane: Plane, region: string, request: PageRequest, { rule, bin, ids, code }: Listing<E>) {
  const behaviour = plane.behaviour(region);
  const cursor = readCursor(request, rule, ids, behaviour);
  if (ids.length === 0) return fillPage([[...bin.values()]], cursor, (binned) => binned);
  const found = [...new Set(ids)].flatMap((id) => {
    const binned = bin.get(id);
    if (binned === undefined && behaviour.idNotInBin === 'refused') throw notInBin(code, id);
    return binned ?? [];
  });
  return fillPage([found.sort((a, b) => a.seq - b.seq)], cursor, (binned) => binned);
}

function stay({ enteredAt, exitsAt }: { readonly enteredAt: number; readonly exitsAt: number }) {
  return { RecycleBinEnterTime: new Date(enteredAt), RecycleBinExitTime: new Date(exitsAt) };
}

/**
 * An image comes back as the record that it was, which holds all that an image has. Its snapshots have to be there
 * first (EBS User Guide, Restore deregistered AMIs from the Recycle Bin). No event tells of it.
 */
function restoreImage(plane: Plane, imageId: string | undefined, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const { imageNotInBinCode, restoreWithoutSnapshotsCode, restoredDisabledImage, changeVisibilityMs } =
    plane.behaviour(region);
  const id = wellFormedImageId(imageId);
  const entry = place.bin.images.get(id)?.entry;
  if (!entry) throw notInBin(imageNotInBinCode, id);
  const snapshots = snapshotIds(entry);
  for (const snapshot of snapshots) {
    if (place.snapshots.get(snapshot)?.current.State === 'completed') continue;
    throw restoreWithoutSnapshot(restoreWithoutSnapshotsCode, id, snapshot);
  }
  const { Name: name = '', State: before } = entry.current;
  const holder = holderOfName(plane, place, name);
  if (holder !== undefined && holder !== id) throw imageNameTaken(name, holder);

  takeImageFromBin(place, entry, snapshots);
  use(place.snapshotUsers, snapshots, id);
  place.imageNames.set(name, { imageId: id });
  place.goneImages.delete(id);
  plane.sharedImages.note(region, entry);
  changeImage(plane, place, entry, { State: before === 'disabled' ? restoredDisabledImage : before });
  if (place.images.get(id) === undefined) {
    place.images.add(entry);
    plane.later('image-shown', place, id, plane.clock.now() + changeVisibilityMs);
  }
  return { Return: true };
}

function restoreSnapshot(plane: Plane, snapshotId: string | undefined, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const { snapshotNotInBinCode, snapshotRecoveryMs, changeVisibilityMs } = plane.behaviour(region);
  const id = wellFormedSnapshotId(snapshotId);
  const entry = place.bin.snapshots.get(id)?.entry;
  if (!entry) throw notInBin(snapshotNotInBinCode, id);
  place.bin.snapshots.delete(id);
  const now = plane.clock.now();
  entry.current = view({ ...entry.current, State: snapshotRecoveryMs > 0 ? 'recovering' : stateOutOfBin(entry) });
  place.snapshots.add(entry);
  plane.sharedSnapshots.note(region, entry);
  plane.later('snapshot-shown', place, id, now + changeVisibilityMs);
  if (snapshotRecoveryMs > 0) plane.later('snapshot-recovered', place, id, now + snapshotRecoveryMs);
  const { Description, Encrypted, OwnerId, Progress, StartTime, State, VolumeId, VolumeSize } = entry.current;
  return view({
    SnapshotId: id,
    Description,
    Encrypted,
    OwnerId,
    Progress,
    StartTime,
    State,
    VolumeId,
    VolumeSize,
  });
}

/** What leaves the bin by itself, at its time; what was restored and deleted again meanwhile has a later one. */
export function handleBinTransitions(plane: Plane): void {
  const isOver = <E>(binned: Binned<E> | undefined): binned is Binned<E> =>
    binned !== undefined && binned.exitsAt <= plane.clock.now();
  plane.timeline.handle('binned-image-purged', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const binned = place.bin.images.get(id);
    if (isOver(binned)) purgeImage(plane, place, binned.entry);
  });
  plane.timeline.handle('binned-snapshot-purged', ({ account, region, id }) => {
    const { snapshots } = plane.in(account, region).bin;
    if (isOver(snapshots.get(id))) snapshots.delete(id);
  });
  plane.timeline.handle('snapshot-recovered', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.snapshots.get(id);
    if (entry?.current.State !== 'recovering') return;
    changeSnapshot(plane, place, entry, { State: stateOutOfBin(entry) });
  });
}

function purgeImage(plane: Plane, place: AccountRegion, entry: ImageEntry): void {
  takeImageFromBin(place, entry, snapshotIds(entry));
  releaseName(plane, place, entry);
}
