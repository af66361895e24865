import { missingParameter, snapshotMalformed, snapshotNotFound, snapshotPrefixWrong } from './errors.ts';
import { isId } from './ids.ts';
import type { AccountRegion, SnapshotEntry } from './state.ts';

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

/** @throws MissingParameter, InvalidSnapshotID.Malformed, InvalidParameterValue where the id has another prefix. */
export function wellFormedSnapshotId(id: string | undefined): string {
  if (!id) throw missingParameter('SnapshotId');
  if (!id.startsWith('snap-')) throw snapshotPrefixWrong(id);
  if (!isId('snap', id)) throw snapshotMalformed(id);
  return id;
}
