import { type KeepCounts, keptSlots } from '../../recount/keep.ts';
import { type ImageRecord, isGood, isKnown } from './image-record.ts';
import { readKeep } from './keep-text.ts';
import type { Promised, PromisedPolicy, PromisedRetirement } from './promised.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** Whose word holds for an image: its policy's, or where that no longer speaks for it, what was stamped on it. */
export interface Governance {
  readonly policy: PromisedPolicy | undefined;
  readonly rules: KeepCounts;
  readonly timeZone: string;
  /** Whether the policy has gone, so that only the stamp is left. */
  readonly stamped: boolean;
  readonly retire: Partial<PromisedRetirement>;
}

/**
 * @param lineage all of its lineage: how it is retired follows from the newest that there is, if only stamps say so
 * @param seen what a run goes by that has looked at this moment: what went later was there; now, unless given
 */
export function governanceOf(
  record: ImageRecord,
  promised: Promised,
  lineage: readonly ImageRecord[],
  seen = Number.POSITIVE_INFINITY,
): Governance {
  const { stamp, region, isCopy } = record;
  const policy = promised.policies.find(({ name }) => name === stamp.policy);
  const copy = policy?.copies.find((one) => one.region === region);
  const rules = isCopy ? copy?.retention : promised.regions.includes(region) ? policy?.retention : undefined;
  const retire = policy?.retire ?? stampedLast(record, lineage, seen);
  if (policy && rules) return { policy, rules, timeZone: policy.schedule.timeZone, stamped: false, retire };
  return { policy, ...readKeep(stamp.keep), stamped: true, retire };
}

/** What the newest image that there is says; where people have hidden that by its tags, nothing goes by what older ones say. */
function stampedLast(record: ImageRecord, lineage: readonly ImageRecord[], seen: number): Partial<PromisedRetirement> {
  const isThere = (one: ImageRecord) => isKnown(one) && (one.state.now !== 'gone' || one.state.since > seen);
  const here = lineage.filter((one) => one.region === record.region && isThere(one));
  const newest = here.reduce((last, one) => (isNewer(one, last) ? one : last), record);
  // What is gone hides nothing any more: its snapshots say the same as it did.
  const isHidden = isThere(newest) && !newest.intact.now;
  return isHidden ? { mode: 'plan' } : readRetire(newest.stamp.retire);
}

/** Of two of one slot the one that was made later is the newer; of what people have hidden that is so among attempts alone. */
export function isNewer(one: ImageRecord, other: ImageRecord): boolean {
  const [{ slot, instance }, last] = [one.stamp, other.stamp];
  if (slot !== last.slot) return slot > last.slot;
  return one.createdAt > other.createdAt && (one.intact.now || instance === last.instance);
}

/**
 * Whether a lineage has another image of the same slot there that is not on its way out: of those the rules keep one, the
 * newest of a period, or the oldest of all where a count is not used up.
 */
export function hasTwin(record: ImageRecord, members: readonly ImageRecord[], moment: number): boolean {
  const isGoodThen = ({ state, intact }: ImageRecord) => isGood(state.at(moment).value) && intact.at(moment).value;
  const isOfSlot = ({ stamp }: ImageRecord) => stamp.slot === record.stamp.slot;
  const isMarked = ({ mark }: ImageRecord) => mark.now !== undefined && mark.now.by !== 'people';
  return members.some((one) => one !== record && isOfSlot(one) && isGoodThen(one) && !isMarked(one));
}

/** What of a lineage's good images in a region the rules keep, by slot, at a moment. */
export function keptAt(members: readonly ImageRecord[], governance: Governance, moment: number): ReadonlySet<number> {
  const slots = members
    .filter((member) => isGood(member.state.at(moment).value) && member.intact.at(moment).value)
    .map(({ stamp }) => stamp.slot);
  return imagesKept(slots, governance.rules, governance.timeZone);
}

/**
 * The same, where several images may be of one slot, as what people adopt: `keepLast` counts each of them, and a period
 * knows one.
 */
function imagesKept(slots: readonly number[], rules: KeepCounts, timeZone: string): ReadonlySet<number> {
  const { keepLast = 0, ...others } = rules;
  const last = [...slots].sort((one, other) => other - one).slice(0, keepLast);
  return new Set([...slotsKept(slots, others, timeZone), ...last]);
}

/** With `keepWithin` in days, which trials write in UTC alone, where a day has 24 hours. */
export function slotsKept(slots: readonly number[], rules: KeepCounts, timeZone: string): ReadonlySet<number> {
  const kept = new Set(keptSlots(slots, rules, timeZone));
  const days = daysOf(rules.keepWithin);
  if (days > 0) {
    const newest = Math.max(...slots);
    for (const slot of slots) if (slot > newest - days * DAY) kept.add(slot);
  }
  return kept;
}

function daysOf(span: object | undefined): number {
  return span && 'days' in span && typeof span.days === 'number' ? span.days : 0;
}

/** `apply keep=2 deprecate=7d disable=7d end=never`; of older images only the mode. */
function readRetire(text: string): Partial<PromisedRetirement> {
  const [mode] = text.split(' ');
  const numberOf = (word: string) => {
    const value = new RegExp(` ${word}=(\\d+)`).exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [minKeep, deprecateDays, disableDays, end] = ['keep', 'deprecate', 'disable', 'end'].map(numberOf);
  return {
    mode: mode === 'apply' ? 'apply' : 'plan',
    ...(minKeep !== undefined && { minKeep }),
    ...(deprecateDays !== undefined && { deprecateDays }),
    ...(disableDays !== undefined && { disableDays }),
    ...(end !== undefined && { endAfterSourceGoneDays: end }),
  };
}
