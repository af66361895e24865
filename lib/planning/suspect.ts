import { DAY, type Instant } from '../model/time.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import { slotScheduleOf } from '../policy/schedule.ts';
import type { LineageInRegion } from './lineages.ts';
import type { RetireInventory } from './retire-inventory.ts';

/** How many slots back a region has had instances lately. */
const LAST_SLOTS = 3;
/** The same where no policy tells of slots. */
const LATELY = 7 * DAY;

/**
 * Why the region's evidence is not to be believed: EC2 shows not one instance where the images' own tags say that the
 * last slots had some. A filter, a permission or an account that is not the one meant looks just like that.
 */
export function suspicionOf(
  file: PolicyFile,
  { target, instances }: Pick<RetireInventory, 'target' | 'instances'>,
  lineages: Iterable<LineageInRegion>,
  now: Instant,
): string | undefined {
  const here = instances.get(target.region);
  if (!here?.complete || here.value.some(({ state }) => state !== 'terminated')) return undefined;
  const policies = new Map(file.policies.map((policy) => [policy.name, policy]));
  for (const { policy, source, images } of lineages) {
    if (source.region !== target.region || source.account !== target.account) continue;
    const newest = images[0];
    if (newest && newest.stamp.slot >= lastSlotsBegin(policies.get(policy), now)) {
      return (
        `EC2 shows no instance at all in ${target.region}, and yet ${newest.image.id} was made of one lately; ` +
        `if they are really all gone, send the event again with confirmNoInstances: true`
      );
    }
  }
  return undefined;
}

function lastSlotsBegin(policy: Policy | undefined, now: Instant): Instant {
  if (!policy) return now - LATELY;
  const schedule = slotScheduleOf(policy.schedule);
  let slot = schedule.current(now);
  for (let count = 1; count < LAST_SLOTS && slot !== undefined; count++) {
    slot = schedule.current(slot - 1) ?? slot;
  }
  return slot ?? now - LATELY;
}
