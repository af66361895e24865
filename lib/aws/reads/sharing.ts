import {
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  type LaunchPermission,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type ImageId, type SnapshotId, snapshotId, type Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Sharing } from '../../planning/copy/lending.ts';
import type { SharedId } from '../../tagging/loans.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { allOf, joinReadings, readPages } from '../calls/pages.ts';
import { exactly, MOST_FILTER_VALUES } from './filters.ts';

/**
 * Whom images and their snapshots are shared with, and which snapshots can't be: of those whom they are shared with is
 * not asked, as nothing would come of it. An image of which anything could not be read is left out.
 */
export async function readSharing(
  caller: Caller,
  target: Target,
  images: readonly Image[],
): Promise<Reading<ReadonlyMap<ImageId, Sharing>>> {
  const at = caller.now();
  const encrypted = images.flatMap(({ devices }) =>
    devices.flatMap(({ snapshot, encrypted }) => (snapshot && encrypted ? [snapshot] : [])),
  );
  const blocked = await readUnderDefaultKey(caller, target, encrypted);
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

/** Those of the snapshots that are under a key which AWS keeps itself: for EBS that is the account's default one. */
async function readUnderDefaultKey(
  caller: Caller,
  target: Target,
  ids: readonly SnapshotId[],
): Promise<Reading<ReadonlySet<SnapshotId>>> {
  const source = 'keys of snapshots';
  const at = caller.now();
  const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
    readPages(caller, target, source, 'DescribeSnapshots', async (client, NextToken) => {
      const Filters = [exactly('snapshot-id', ...part)];
      const answer = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, NextToken }));
      const items = (answer.Snapshots ?? []).flatMap(({ SnapshotId, KmsKeyId }) =>
        SnapshotId && KmsKeyId ? [{ id: snapshotId(SnapshotId), key: KmsKeyId }] : [],
      );
      return { items, next: answer.NextToken };
    }),
  );
  const keys = joinReadings(source, at, await Promise.all(parts));
  const distinct = [...new Set(keys.value.map(({ key }) => key))].sort();
  const kept = await Promise.all(distinct.map((key) => isKeptByAws(caller, target, key)));
  const keptByAws = new Set(distinct.filter((_, index) => kept[index]?.value));
  const blocked = keys.value.flatMap(({ id, key }) => (keptByAws.has(key) ? [id] : []));
  return allOf(source, at, [keys, ...kept], new Set(blocked));
}

async function isKeptByAws(caller: Caller, target: Target, key: string): Promise<Reading<boolean>> {
  const at = caller.now();
  const source = `key ${key}`;
  const command = () => new DescribeKeyCommand({ KeyId: key });
  const answer = await caller.to('kms').call(target, 'DescribeKey', (client) => client.send(command()));
  if (!answer.ok) {
    // AWS's own keys let everybody in the account ask. Where it is denied all the same, EC2's answer to the sharing tells.
    if (answer.failure.meaning === 'denied') return completeReading(source, at, false);
    return partialReading(source, at, false, describeFailure(answer.failure));
  }
  return completeReading(source, at, answer.value.KeyMetadata?.KeyManager === 'AWS');
}
