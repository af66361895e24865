import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { INSTANCE_TYPES } from '../instance-types/table.ts';
import type { Zone } from '../networks/zones.ts';
import type { AccountRegion } from '../plane/state.ts';

/** Whether there is no room for instances of a type in a zone, told by the call or found out after it. */
export function isShort(
  { capacityShortages }: Ec2Behaviour,
  strikes: 'call' | 'pending',
  zone: Zone,
  type: string,
): boolean {
  return capacityShortages.some(
    (shortage) =>
      (shortage.zone ?? zone.name) === zone.name &&
      (shortage.type ?? type) === type &&
      (shortage.strikes ?? 'call') === strikes,
  );
}

/**
 * How many more instances of a type the quota of vCPUs lets run, where there is one. Instances count from their launch
 * until they stop; a type that the sandbox does not know counts nothing.
 */
export function withinQuota(place: AccountRegion, { vcpuQuota }: Ec2Behaviour, type: string): number {
  const needed = vcpusOf(type);
  if (vcpuQuota === 'unlimited' || needed === 0) return Infinity;
  let used = 0;
  for (const { current } of place.instances.inOrder) {
    const state = current.State?.Name;
    if (state === 'pending' || state === 'running') used += vcpusOf(current.InstanceType ?? '');
  }
  return Math.max(0, Math.floor((vcpuQuota - used) / needed));
}

function vcpusOf(type: string): number {
  return INSTANCE_TYPES.get(type)?.vcpus ?? 0;
}
