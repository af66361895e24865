import {
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  type LaunchPermission,
} from '@aws-sdk/client-ec2';
import type { ImageId, SnapshotId, Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Sharing } from '../../planning/copy/lending.ts';
import type { SharedId } from '../../tagging/loans.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { allOf } from '../calls/pages.ts';
import { type DefaultKeys, encryptedOf } from './default-keys.ts';

/**
 * Whom images and their snapshots are shared with, and which snapshots can't be: of those whom they are shared with is
 * not asked, as nothing would come of it. An image of which anything could not be read is left out.
 */
export async function readSharing(
  caller: Caller,
  defaultKeys: DefaultKeys,
  target: Target,
  images: readonly Image[],
): Promise<Reading<ReadonlyMap<ImageId, Sharing>>> {
  const at = caller.now();
  const blocked = await defaultKeys.among(target, images.flatMap(encryptedOf));
  const each = await Promise.all(images.map((image) => readSharingOf(caller, target, image, blocked.value)));
  const found = each.flatMap((reading, index): [ImageId, Sharing][] => {
    const image = images[index];
    return image && reading.complete && blocked.complete ? [[image.id, reading.value]] : [];
  });
  return allOf('whom images are shared with', at, [blocked, ...each], new Map(found));
}

async function readSharingOf(
  caller: Caller,
  target: Target,
  { id, devices }: Image,
  blocked: ReadonlySet<SnapshotId>,
): Promise<Reading<Sharing>> {
  const at = caller.now();
  const source = `whom ${id} is shared with`;
  const snapshots = devices.flatMap(({ snapshot }) => snapshot ?? []);
  const underDefaultKey = snapshots.filter((snapshot) => blocked.has(snapshot));
  if (underDefaultKey.length > 0) return completeReading(source, at, { sharedWith: new Map(), underDefaultKey });
  const readings = await Promise.all([
    readLaunchPermissions(caller, target, id),
    ...snapshots.map((snapshot) => readVolumePermissions(caller, target, snapshot)),
  ]);
  const ids: readonly SharedId[] = [id, ...snapshots];
  const sharedWith = new Map(ids.map((one, index) => [one, readings[index]?.value ?? []]));
  return allOf(source, at, readings, { sharedWith, underDefaultKey });
}

/** The accounts, organisations and units that may launch an image, or `all`. */
export async function readLaunchPermissions(
  caller: Caller,
  target: Target,
  image: ImageId,
): Promise<Reading<readonly string[]>> {
  const at = caller.now();
  const source = `launch permissions of ${image}`;
  const command = () => new DescribeImageAttributeCommand({ ImageId: image, Attribute: 'launchPermission' });
  const answer = await caller.call(target, 'DescribeImageAttribute', (client) => client.send(command()));
  if (!answer.ok) {
    // Who asks about an image that went meanwhile learns nothing, and nothing is missing.
    if (answer.failure.meaning === 'absent') return completeReading(source, at, []);
    return partialReading(source, at, [], describeFailure(answer.failure));
  }
  return completeReading(source, at, (answer.value.LaunchPermissions ?? []).flatMap(nameOf).sort());
}

function nameOf({ UserId, OrganizationArn, OrganizationalUnitArn, Group }: LaunchPermission): string[] {
  const name = UserId ?? OrganizationArn ?? OrganizationalUnitArn ?? Group;
  return name === undefined ? [] : [name];
}

/** The accounts that may make volumes of a snapshot, or `all`. */
export async function readVolumePermissions(
  caller: Caller,
  target: Target,
  id: SnapshotId,
): Promise<Reading<readonly string[]>> {
  const at = caller.now();
  const source = `shares of ${id}`;
  const command = () => new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute: 'createVolumePermission' });
  const answer = await caller.call(target, 'DescribeSnapshotAttribute', (client) => client.send(command()));
  if (!answer.ok) {
    if (answer.failure.meaning === 'absent') return completeReading(source, at, []);
    return partialReading(source, at, [], describeFailure(answer.failure));
  }
  const names = (answer.value.CreateVolumePermissions ?? []).flatMap(({ UserId, Group }) => UserId ?? Group ?? []);
  return completeReading(source, at, names.sort());
}
