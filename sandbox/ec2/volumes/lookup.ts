import { volumeMalformed, volumeNotFound } from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { AccountRegion, VolumeEntry } from '../plane/state.ts';

/** @throws InvalidVolumeID.Malformed, InvalidVolume.NotFound. */
export function ownVolume(place: AccountRegion, id: string): VolumeEntry {
  if (!isId('vol', id)) throw volumeMalformed(id);
  const entry = place.volumes.get(id);
  if (!entry) throw volumeNotFound(id);
  return entry;
}
