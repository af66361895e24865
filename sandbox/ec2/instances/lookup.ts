import { instanceMalformed, instanceNotFound, missingParameter } from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { AccountRegion, InstanceEntry } from '../plane/state.ts';

/** @throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound. */
export function ownInstance(place: AccountRegion, id: string | undefined): InstanceEntry {
  if (!id) throw missingParameter('InstanceId');
  const [entry] = ownInstances(place, [id]);
  if (!entry) throw instanceNotFound([id]);
  return entry;
}

/**
 * The instances in the order of their ids; one bad id fails them all.
 *
 * @throws InvalidInstanceID.Malformed naming the first malformed id, InvalidInstanceID.NotFound naming all unknown.
 */
export function ownInstances(place: AccountRegion, ids: readonly string[]): readonly InstanceEntry[] {
  const found: InstanceEntry[] = [];
  const unknown: string[] = [];
  for (const id of ids) if (!isId('i', id)) throw instanceMalformed(id);
  for (const id of new Set(ids)) {
    const entry = place.instances.get(id);
    if (entry) found.push(entry);
    else unknown.push(id);
  }
  if (unknown.length > 0) throw instanceNotFound(unknown);
  return found;
}
