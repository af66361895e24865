import type { Image, Snapshot, Tag } from '@aws-sdk/client-ec2';
import type { AccountRegion, Binned, Discarded, ImageEntry, Plane, SnapshotEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';

const day = 24 * 3_600_000;

/** EC2 puts it on an image that is in the bin (EBS User Guide, Considerations for Recycle Bin). */
const inBinTag: Tag = view({ Key: 'aws:recycle-bin:resource-in-bin', Value: 'true' });

/** For how many days the bin keeps what is deleted now; nothing where no rule catches it. */
export function daysInBin(
  plane: Plane,
  { account, region }: AccountRegion,
  resource: Discarded['resource'],
  tags: readonly Tag[] = [],
): number | undefined {
  return plane.binRules({ account, region, resource, tags });
}

/** @param snapshots ids of what it is made of. */
export function putImageInBin(
  plane: Plane,
  place: AccountRegion,
  entry: ImageEntry,
  snapshots: readonly string[],
  days: number,
): void {
  entry.current = view<Image>({ ...entry.current, Tags: [...(entry.current.Tags ?? []), inBinTag] });
  place.bin.images.set(entry.id, binned(plane, entry, days));
  use(place.bin.snapshotUsers, snapshots, entry.id);
  plane.later('binned-image-purged', place, entry.id, plane.clock.now() + days * day);
}

export function putSnapshotInBin(plane: Plane, place: AccountRegion, entry: SnapshotEntry, days: number): void {
  place.bin.snapshots.set(entry.id, binned(plane, entry, days));
  plane.later('binned-snapshot-purged', place, entry.id, plane.clock.now() + days * day);
}

function binned<E extends { readonly id: string }>(plane: Plane, entry: E, days: number): Binned<E> {
  const enteredAt = plane.clock.now();
  return { id: entry.id, seq: plane.nextSeq(), entry, enteredAt, exitsAt: enteredAt + days * day };
}

/**
 * Takes an image out of the bin, and the tag off it that says it was there.
 *
 * @param snapshots ids of what it is made of.
 */
export function takeImageFromBin(place: AccountRegion, entry: ImageEntry, snapshots: readonly string[]): void {
  place.bin.images.delete(entry.id);
  release(place.bin.snapshotUsers, snapshots, entry.id);
  const Tags = (entry.current.Tags ?? []).filter(({ Key }) => Key !== inBinTag.Key);
  entry.current = view<Image>({ ...entry.current, Tags });
}

/** The state of a snapshot that comes out of the bin. */
export function stateOutOfBin({ current }: SnapshotEntry): NonNullable<Snapshot['State']> {
  return current.CompletionTime === undefined ? 'error' : 'completed';
}

/** An image that needs a snapshot: a registered one, or one in the bin where the behaviour lets those count. */
export function userOfSnapshot(plane: Plane, place: AccountRegion, snapshotId: string): string | undefined {
  const [registered] = place.snapshotUsers.get(snapshotId) ?? [];
  if (registered !== undefined || !plane.behaviour(place.region).binImagesProtectSnapshots) return registered;
  const [inBin] = place.bin.snapshotUsers.get(snapshotId) ?? [];
  return inBin;
}

/** Notes that an image is made of these snapshots. */
export function use(users: Map<string, Set<string>>, snapshots: readonly string[], imageId: string): void {
  for (const id of snapshots) {
    const known = users.get(id);
    if (known) known.add(imageId);
    else users.set(id, new Set([imageId]));
  }
}

export function release(users: Map<string, Set<string>>, snapshots: readonly string[], imageId: string): void {
  for (const id of snapshots) {
    const known = users.get(id);
    known?.delete(imageId);
    if (known?.size === 0) users.delete(id);
  }
}
