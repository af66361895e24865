import { placeKey } from '../../model/ids.ts';
import { HOUR, type Instant } from '../../model/time.ts';
import { copiesFrom, placeOfCopy } from '../../policy/places.ts';
import type { CopySettings, Policy } from '../../policy/policy.ts';
import { slotScheduleOf } from '../../policy/schedule.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { OverdueCopies } from '../decision.ts';
import { isFinished, lineageKey, sortByLineage } from '../lineages.ts';
import type { CopyInventory, CopyRequest } from './inventory.ts';
import { copyStates } from './wanted-copies.ts';

/** So long a copy may take although a policy's next slot is due sooner. */
const LONGEST_COPY = 6 * HOUR;

/**
 * What is wanted of each policy in each place and is not there in time, whatever the reason is; nothing for a place where
 * not all that tells could be read.
 */
export function overdueCopies(
  { deployment, policies }: Pick<CopyRequest, 'deployment' | 'policies'>,
  { target, sources, destinations }: CopyInventory,
  now: Instant,
): OverdueCopies[] {
  if (!sources.complete) return [];
  const here = [...sortByLineage(sources.value, deployment).lineages.values()].filter(
    ({ source, images }) => placeKey(source) === placeKey(target) && !images.some(({ ended }) => ended),
  );
  return policies.flatMap((policy) =>
    copiesFrom(policy, target).flatMap((settings): OverdueCopies[] => {
      const { region, account } = settings;
      const copies = destinations.get(placeKey(placeOfCopy(settings, target)))?.copies;
      if (!copies?.complete) return [];
      const there = sortByLineage(copies.value, deployment).lineages;
      const count = here
        .filter((lineage) => lineage.policy === policy.name)
        .reduce(
          (sum, lineage) =>
            sum + overdueOf(lineage.images, there.get(lineageKey(lineage))?.images ?? [], settings, policy, now),
          0,
        );
      return [{ policy: policy.name, region, ...(account !== undefined && { account }), count }];
    }),
  );
}

/**
 * How many copies of one lineage are overdue. Where a place has none at all, each newer version takes the place of the one
 * that was wanted first, so that none would ever get old: there the lineage counts as one.
 */
function overdueOf(
  sources: readonly OwnedImage[],
  copies: readonly OwnedImage[],
  settings: CopySettings,
  { schedule }: Policy,
  now: Instant,
): number {
  const slots = slotScheduleOf(schedule);
  const isLate = ({ stamp: { slot } }: OwnedImage) => now >= slot + LONGEST_COPY && (slots.next(slot) ?? slot) <= now;
  const late = copyStates(sources, copies, settings, schedule.timeZone).filter(
    ({ source, state }) =>
      (state.kind === 'missing' || state.kind === 'pending') && isFinished(source) && isLate(source),
  );
  if (late.length > 0 || copies.some(isFinished)) return late.length;
  return sources.some((source) => isFinished(source) && isLate(source)) ? 1 : 0;
}
