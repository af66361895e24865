import { missingParameter, snapshotMalformed, snapshotNotFound, snapshotPrefixWrong } from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { AccountRegion, Plane, SnapshotEntry } from '../plane/state.ts';
import { snapshotSharedWith } from './shared.ts';

/**
 * @throws InvalidSnapshot.NotFound (also for one too new to be seen), InvalidSnapshotID.Malformed, or
 *   InvalidParameterValue where the id has another prefix.
 */
export function ownSnapshot(place: AccountRegion, id: string | undefined): SnapshotEntry {
  const snapshotId = wellFormedSnapshotId(id);
  const entry = place.snapshots.get(snapshotId);
  if (!entry?.shown) throw snapshotNotFound(snapshotId);
  return entry;
}

/**
 * The snapshots of these ids that the account may see, in the order of creation: its own and those shared with it.
 *
 * @throws as `ownSnapshot`, but leaves out what another account does not share.
 */
export function readableSnapshots(
  plane: Plane,
  place: AccountRegion,
  ids: readonly string[],
): readonly SnapshotEntry[] {
  for (const id of ids) wellFormedSnapshotId(id);
  const entries = [...new Set(ids)].flatMap((id) => {
    const shared = snapshotSharedWith(plane, place, id);
    if (shared) return shared;
    return isForeign(plane, place, id) ? [] : ownSnapshot(place, id);
  });
  return entries.sort((a, b) => a.seq - b.seq);
}

function isForeign(plane: Plane, { account, region }: AccountRegion, id: string): boolean {
  return [...plane.places.values()].some(
    (other) => other.region === region && other.account !== account && other.snapshots.get(id)?.shown,
  );
}

/** @throws MissingParameter, InvalidSnapshotID.Malformed, InvalidParameterValue where the id has another prefix. */
export function wellFormedSnapshotId(id: string | undefined): string {
  if (!id) throw missingParameter('SnapshotId');
  if (!id.startsWith('snap-')) throw snapshotPrefixWrong(id);
  if (!isId('snap', id)) throw snapshotMalformed(id);
  return id;
}
