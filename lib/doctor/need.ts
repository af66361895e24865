import type { Region } from '../model/ids.ts';
import {
  type CalendarSpan,
  COUNT_RULE_NAMES,
  type KeepRules,
  type Period,
  SPAN_RULE_NAMES,
  SPAN_RULES,
} from '../model/keep-rules.ts';
import type { Instance } from '../model/resources.ts';
import { DAY, HOUR, type Instant } from '../model/time.ts';
import { isSourceOf } from '../policy/places.ts';
import type { CopySettings, Policy, PolicyFile } from '../policy/policy.ts';
import { slotScheduleOf } from '../policy/schedule.ts';
import { explainSelection } from '../policy/select.ts';

/** How much there will be in a region at the most, once policies have run for as long as they keep images. */
export interface Need {
  readonly images: number;
  readonly snapshots: number;
  /** Of these policies images are never retired, so that there is no most. */
  readonly unending: readonly string[];
}

/** Every mark waits for a day before its image goes on. */
const DAYS_MARKED = 1;

/** What the policies will need in a region, as their instances are now. */
export function needIn(
  region: Region,
  file: PolicyFile,
  instances: ReadonlyMap<Region, readonly Instance[]>,
  now: Instant,
): Need {
  let images = 0;
  let snapshots = 0;
  const unending: string[] = [];
  for (const policy of file.policies) {
    const counts = [
      { keep: policy.retention, sources: sourcesIn(region, policy, file, instances) },
      ...policy.copies
        .filter((copy) => staysIn(region, copy))
        .map(({ retention: keep }) => ({ keep, sources: sourcesElsewhere(region, policy, file, instances) })),
    ];
    for (const { keep, sources } of counts) {
      const versions = mostVersions(policy, keep, now);
      images += sources.length * versions;
      snapshots += sources.reduce((sum, { volumes }) => sum + volumes.length, 0) * versions;
    }
    const endless = policy.retire.mode === 'plan' && counts.some(({ sources }) => sources.length > 0);
    if (endless) unending.push(policy.name);
  }
  return { images, snapshots, unending };
}

/** How many images come and go in a region in a day, on average over some weeks. */
export interface DailyNeed {
  /** By the region that they come from. */
  readonly copies: ReadonlyMap<Region, number>;
  /** Whatever comes goes in the end, once it has been kept for as long as it is wanted. */
  readonly retirements: number;
  /** The policies of which more expire than they let go. */
  readonly capped: readonly { readonly policy: string; readonly count: number; readonly cap: number }[];
}

/** Of which every schedule by the day, the week or the month shows what it comes to. */
const DAYS_LOOKED_AT = 28;

/** What the policies ask for in a region each day at the most: as if every version were copied. */
export function needADay(
  region: Region,
  file: PolicyFile,
  instances: ReadonlyMap<Region, readonly Instance[]>,
  now: Instant,
): DailyNeed {
  const copies = new Map<Region, number>();
  const each = file.policies
    .filter(({ enabled }) => enabled)
    .map((policy) => {
      const slots = slotScheduleOf(policy.schedule).between(now - DAYS_LOOKED_AT * DAY, now).length / DAYS_LOOKED_AT;
      let coming = sourcesIn(region, policy, file, instances).length * slots;
      for (const from of policy.copies.some((copy) => staysIn(region, copy)) ? file.regions : []) {
        const copied = from === region ? 0 : sourcesIn(from, policy, file, instances).length * slots;
        if (copied > 0) copies.set(from, (copies.get(from) ?? 0) + copied);
        coming += copied;
      }
      return { policy, expiring: policy.retire.mode === 'plan' ? 0 : coming };
    });
  return {
    copies,
    retirements: each.reduce((sum, { expiring }) => sum + expiring, 0),
    capped: each.flatMap(({ policy: { name, retire }, expiring }) =>
      'count' in retire.maxPerDay && expiring > retire.maxPerDay.count
        ? [{ policy: name, count: expiring, cap: retire.maxPerDay.count }]
        : [],
    ),
  };
}

/** How many copies come into a region with one slot of each policy. */
export function copiesOfASlot(
  region: Region,
  file: PolicyFile,
  instances: ReadonlyMap<Region, readonly Instance[]>,
): number {
  return file.policies
    .filter(({ copies }) => copies.some((copy) => staysIn(region, copy)))
    .reduce((sum, policy) => sum + sourcesElsewhere(region, policy, file, instances).length, 0);
}

/** What is copied into a vault counts towards the vault's quotas. */
function staysIn(region: Region, copy: CopySettings): boolean {
  return copy.region === region && copy.account === undefined;
}

/** The instances whose images are made in a region. */
function sourcesIn(
  region: Region,
  policy: Policy,
  file: PolicyFile,
  instances: ReadonlyMap<Region, readonly Instance[]>,
): Instance[] {
  return (instances.get(region) ?? []).filter(
    (instance) => isSourceOf(policy, file, instance) && explainSelection(policy.select, instance).selected,
  );
}

/** The instances whose images are copied into a region. */
function sourcesElsewhere(
  region: Region,
  policy: Policy,
  file: PolicyFile,
  instances: ReadonlyMap<Region, readonly Instance[]>,
): Instance[] {
  return file.regions.flatMap((from) => (from === region ? [] : sourcesIn(from, policy, file, instances)));
}

/**
 * How many versions of a lineage there are at a time, at the most: as if no two keep rules ever kept the same one, those
 * that are on their way out, and the one that is being made.
 */
export function mostVersions({ schedule, retire }: Policy, keep: KeepRules, now: Instant): number {
  const slotsIn = (span: number) => slotScheduleOf(schedule).between(now - span, now).length;
  const counted = COUNT_RULE_NAMES.reduce((sum, rule) => sum + (keep[rule] ?? 0), 0);
  const within = SPAN_RULE_NAMES.reduce((sum, rule) => {
    const span = longestOf(keep[rule] ?? {});
    return sum + Math.min(slotsIn(span), MOST_PERIODS[SPAN_RULES[rule].per](span));
  }, 0);
  const leaving = slotsIn((DAYS_MARKED + retire.deprecateDays + retire.disableDays) * DAY);
  return Math.max(counted + within, retire.minKeep) + leaving + 1;
}

/** How many periods of each kind a span can touch at the most, with days of 23 hours and the shortest of months and years. */
const MOST_PERIODS: Readonly<Record<Period, (span: number) => number>> = {
  version: () => Number.POSITIVE_INFINITY,
  hour: touching(HOUR),
  day: touching(23 * HOUR),
  week: touching(7 * DAY - HOUR),
  month: touching(28 * DAY - HOUR),
  year: touching(365 * DAY - HOUR),
};

function touching(shortest: number): (span: number) => number {
  return (span) => (span === 0 ? 0 : Math.floor(span / shortest) + 2);
}

/** In milliseconds. */
function longestOf({ years = 0, months = 0, days = 0, hours = 0 }: CalendarSpan): number {
  return (years * 366 + months * 31 + days) * DAY + hours * HOUR;
}
