import { placeKey } from '../../model/ids.ts';
import { HOUR, type Instant } from '../../model/time.ts';
import { copiesFrom, placeOfCopy } from '../../policy/places.ts';
import type { CopySettings, Policy } from '../../policy/policy.ts';
import { slotScheduleOf } from '../../policy/schedule.ts';
import { namePart } from '../../tagging/name.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { OverdueCopies } from '../decision.ts';
import type { HiddenImage } from '../hidden.ts';
import { endOf, isFinished, type SortedImages, sortByLineage } from '../lineages.ts';
import type { CopyInventory, CopyRequest } from './inventory.ts';
import { type CopiesThere, copiesThere, copyStates } from './wanted-copies.ts';

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
  const sorted = sortByLineage(sources.value, deployment);
  const here = [...sorted.lineages.values()].filter(
    (lineage) => placeKey(lineage.source) === placeKey(target) && !endOf(lineage),
  );
  const unsealed = newestUnsealed(sorted);
  return policies.flatMap((policy) =>
    copiesFrom(policy, target).flatMap((settings): OverdueCopies[] => {
      const { region, account } = settings;
      const copies = destinations.get(placeKey(placeOfCopy(settings, target)))?.copies;
      if (!copies?.complete) return [];
      const there = sortByLineage(copies.value, deployment);
      const count = here
        .filter((lineage) => lineage.policy === policy.name)
        .reduce(
          (sum, lineage) => sum + overdueOf(lineage.images, copiesThere(there, lineage), settings, policy, now),
          0,
        );
      const copied = new Set(copies.value.map(({ sourceImage }) => sourceImage));
      const never = unsealed.filter(
        ({ policyPart, image, slot }) =>
          policyPart === namePart(policy.name) && !copied.has(image.id) && isLate(slot, policy, now),
      );
      return [{ policy: policy.name, region, ...(account !== undefined && { account }), count: count + never.length }];
    }),
  );
}

/**
 * Of each instance whose newest image has no seal that holds, that image. It is not copied, since nothing proves whose it
 * is; so whoever breaks the seal of each new image would leave a place without copies, and nobody would hear of it.
 */
function newestUnsealed({ lineages, hidden }: SortedImages): HiddenImage[] {
  const keyOf = (policyPart: string, instance: string) => `${policyPart}/${instance}`;
  const sealed = new Map<string, Instant>();
  for (const { policy, images } of lineages.values()) {
    for (const { stamp } of images) {
      const key = keyOf(namePart(policy), stamp.source.instance);
      sealed.set(key, Math.max(stamp.slot, sealed.get(key) ?? stamp.slot));
    }
  }
  const made = hidden.filter(({ image }) => image.sourceInstance !== undefined && image.state === 'available');
  return [...Map.groupBy(made, ({ policyPart, instance }) => keyOf(policyPart, instance))].flatMap(([key, [newest]]) =>
    // What is hidden comes newest first.
    newest !== undefined && newest.slot > (sealed.get(key) ?? Number.NEGATIVE_INFINITY) ? [newest] : [],
  );
}

function isLate(slot: Instant, { schedule }: Policy, now: Instant): boolean {
  return now >= slot + LONGEST_COPY && (slotScheduleOf(schedule).next(slot) ?? slot) <= now;
}

/**
 * How many copies of one lineage are overdue. Where a place has none at all, each newer version takes the place of the one
 * that was wanted first, so that none would ever get old: there the lineage counts as one.
 */
function overdueOf(
  sources: readonly OwnedImage[],
  there: CopiesThere,
  settings: CopySettings,
  policy: Policy,
  now: Instant,
): number {
  const isWanting = (source: OwnedImage) => isFinished(source) && isLate(source.stamp.slot, policy, now);
  const states = copyStates(sources, there, settings, { timeZone: policy.schedule.timeZone, now });
  const late = states.filter(
    ({ source, state }) => (state.kind === 'missing' || state.kind === 'pending') && isWanting(source),
  );
  const isThere = there.copies.some(isFinished) || states.some(({ state }) => state.kind === 'unsealed');
  return late.length > 0 || isThere ? late.length : sources.some(isWanting) ? 1 : 0;
}
