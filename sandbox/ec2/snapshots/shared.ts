import type { Snapshot } from '@aws-sdk/client-ec2';
import { admits } from '../plane/permissions.ts';
import type { AccountRegion, Plane, SnapshotEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { sharedTags } from '../tags/tags.ts';

/** The snapshots of other accounts that this one may make volumes of, in the order of creation. */
export function snapshotsSharedWith(plane: Plane, place: AccountRegion): readonly SnapshotEntry[] {
  return plane.sharedSnapshots.in(place.region).filter((entry) => isSharedWith(plane, place, entry));
}

export function snapshotSharedWith(plane: Plane, place: AccountRegion, id: string): SnapshotEntry | undefined {
  const entry = plane.sharedSnapshots.get(place.region, id);
  return entry && isSharedWith(plane, place, entry) ? entry : undefined;
}

function isSharedWith(plane: Plane, { account, region }: AccountRegion, { current, sharing }: SnapshotEntry): boolean {
  return current.OwnerId !== account && admits(sharing, account, plane.behaviour(region));
}

/** A snapshot as an account sees it: its tags, but for shared ones, are the owner's alone. */
export function snapshotSeenBy(account: string, snapshot: Snapshot): Snapshot {
  if (snapshot.OwnerId === account) return snapshot;
  const known = seenByOthers.get(snapshot);
  if (known) return known;
  const seen = view<Snapshot>({ ...snapshot, Tags: sharedTags(snapshot.Tags) });
  seenByOthers.set(snapshot, seen);
  return seen;
}

const seenByOthers = new WeakMap<Snapshot, Snapshot>();
