import type { InstanceBlockDeviceMapping } from '@aws-sdk/client-ec2';
import { rootReplacementMalformed, rootReplacementUnknown } from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { AccountRegion, InstanceEntry, Plane, RootReplacementEntry } from '../plane/state.ts';

/** @throws InvalidReplaceRootVolumeTaskId.Malformed for what is no id of a task, the code of the behaviour for one that is not there. */
export function ownReplacement(plane: Plane, place: AccountRegion, id: string): RootReplacementEntry {
  if (!isId('replacevol', id)) throw rootReplacementMalformed(id);
  const entry = place.rootReplacements.get(id);
  if (!entry) throw rootReplacementUnknown(plane.behaviour(place.region).unknownRootReplacementCode, id);
  return entry;
}

/** The root volume that an instance has now, if it has one. */
export function rootMapping({ current }: InstanceEntry): InstanceBlockDeviceMapping | undefined {
  return (current.BlockDeviceMappings ?? []).find(({ DeviceName }) => DeviceName === current.RootDeviceName);
}
