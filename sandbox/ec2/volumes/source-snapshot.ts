import { snapshotIncomplete, snapshotNotFound } from '../errors.ts';
import type { AccountRegion, Plane, SnapshotEntry } from '../plane/state.ts';
import { readableSnapshots } from '../snapshots/lookup.ts';

/**
 * The snapshot that a volume is to be made of: the account's own or one that is shared with it.
 *
 * @throws InvalidSnapshotID.Malformed, InvalidSnapshot.NotFound, IncorrectState for one that is not complete.
 */
export function sourceSnapshot(plane: Plane, place: AccountRegion, id: string): SnapshotEntry {
  const [entry] = readableSnapshots(plane, place, [id]);
  if (!entry) throw snapshotNotFound(id);
  const { State: state = 'error' } = entry.current;
  if (state !== 'completed') throw snapshotIncomplete(state);
  return entry;
}
