import {
  type CalendarSpan,
  COUNT_RULE_NAMES,
  COUNT_RULES,
  type CountRule,
  type KeepRule,
  type KeepRules,
  type KeepRulesInZone,
  type Period,
  SPAN_RULE_NAMES,
  SPAN_RULES,
  type SpanRule,
} from '../model/keep-rules.ts';
import { DAY, HOUR, type Instant } from '../model/time.ts';
import { type OffsetAt, offsetsOf } from '../model/zone-offset.ts';
import { monthAndDayOf, weekOf, yearOf } from './civil-date.ts';
import { localTime, spanBefore } from './local-time.ts';
import type { KeepReason } from './reason.ts';

export interface Verdict<T> {
  readonly item: T;
  /** Every rule that keeps it, in restic's order: `keepWithin`, counts, the other spans; none: it is not kept. */
  readonly reasons: readonly KeepReason[];
}

/**
 * What keep rules say of each item: restic 0.18's `forget`, to the letter.
 *
 * - A count keeps the newest item of each of the last so many hours, days, weeks, months or years that have one,
 *   as the zone's calendar draws them. While a count is not used up it also keeps the oldest item of all.
 * - `keepWithin` keeps what is newer than the span before the newest item; what is exactly as old as the span goes. Of
 *   the same items `keepWithinHourly` to `keepWithinYearly` keep the newest of each hour to year, and no oldest.
 * - Without any rule everything is kept, and so it is where a rule is not known.
 *
 * Time counts from the newest item, never from now: a backup that stopped never drains. That is the one difference
 * from restic, which for spans looks for the newest item that is not in the future.
 *
 * What follows from the rules: raising a count, or adding one to others, loses nothing that was kept; and what a set
 * does not keep, no larger set of items keeps. The calendar makes two exceptions to the latter. A span with months,
 * years or days may reach further back from a later moment: a month from 1 April to 1 March, from 31 March to the 3rd.
 * And where clocks go back by more than the hour that has begun (Pacific/Chatham, Antarctica/Troll), one hour by
 * name comes as two, with another between them.
 *
 * @param at the moment that an item stands for. Items of one moment keep the order in which they are handed in, and
 *   the first of them counts as the newer: hand them in by an order of their own where that may happen.
 * @returns one verdict an item, newest first.
 * @throws RangeError if the time zone is unknown or a count or a part of the span is not a whole number from 0 up.
 */
export function applyKeepRules<T>(items: readonly T[], at: (item: T) => Instant, keep: KeepRulesInZone): Verdict<T>[] {
  const verdicts = applyKnownRules(items, at, keep);
  const { unknown: words } = keep;
  if (!words) return verdicts;
  return verdicts.map(({ item, reasons }) => ({ item, reasons: [...reasons, { rule: 'unknown', words }] }));
}

function applyKnownRules<T>(items: readonly T[], at: (item: T) => Instant, keep: KeepRulesInZone): Verdict<T>[] {
  const offsetAt = offsetsOf(keep.timeZone);
  const counters = countersOf(keep.rules);
  const spans = spansOf(keep.rules);

  const newestFirst = items.map((item) => ({ item, at: at(item) })).sort((a, b) => b.at - a.at);
  const [newest] = newestFirst;
  if (!newest) return [];
  if (counters.length + spans.length === 0) return newestFirst.map(({ item }) => ({ item, reasons: NO_RULE }));

  const within = spans.map((span) => withinOf(span, newest.at, offsetAt));
  const oldest = newestFirst.length - 1;
  return newestFirst.map(({ item, at }, position) => {
    const open = within.filter(({ cut }) => at > cut);
    if (open.length === 0 && counters.every(({ left }) => left === 0)) return { item, reasons: [] };
    const periods = periodsOf(localTime(at, offsetAt), position);
    const counted = counters.flatMap((counter) => count(counter, periods, position === oldest));
    const spanned = open.flatMap((one) => newestOfPeriod(one, periods));
    const [plain, byPeriod] = [spanned.filter(isPlain), spanned.filter((reason) => !isPlain(reason))];
    return { item, reasons: [...plain, ...counted, ...byPeriod] };
  });
}

const NO_RULE: readonly KeepReason[] = [{ rule: 'none' }];

/** A count rule while the items go by, from the newest to the oldest. */
interface Counter {
  readonly rule: CountRule;
  left: number;
  /** The period of the item that it kept last. */
  period: number | undefined;
}

function countersOf(rules: KeepRules): Counter[] {
  return COUNT_RULE_NAMES.map((rule) => ({ rule, left: wholeNumber(rule, rules[rule]), period: undefined })).filter(
    ({ left }) => left > 0,
  );
}

interface SpanOfRule {
  readonly rule: SpanRule;
  readonly span: CalendarSpan;
}

/** A span of nothing is no rule, as in restic. */
function spansOf(rules: KeepRules): SpanOfRule[] {
  return SPAN_RULE_NAMES.flatMap((rule) => {
    const span = rules[rule];
    if (!span) return [];
    const parts = [span.years, span.months, span.days, span.hours].map((part) => wholeNumber(rule, part));
    return parts.some((part) => part > 0) ? [{ rule, span }] : [];
  });
}

/** A span rule while the items go by. */
interface Within extends SpanOfRule {
  /** What is not later than this is too old. */
  readonly cut: Instant;
  period: number | undefined;
}

function withinOf({ rule, span }: SpanOfRule, newest: Instant, offsetAt: OffsetAt): Within {
  return { rule, span, cut: spanBefore(newest, span, offsetAt), period: undefined };
}

/** restic reads -1 as "all", others might read it as "off": where a guess would delete, there is none. */
function wholeNumber(rule: KeepRule, value = 0): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`${rule}: ${value} is not a whole number from 0 up`);
}

function count(counter: Counter, periods: Periods, isOldest: boolean): KeepReason[] {
  if (counter.left === 0) return [];
  const period = periods[COUNT_RULES[counter.rule].per];
  const isNew = period !== counter.period;
  if (!isNew && !isOldest) return [];
  counter.period = period;
  counter.left -= 1;
  return [{ rule: counter.rule, oldest: !isNew }];
}

/** Unlike a count, a span keeps no oldest item: it says itself how far back it goes. */
function newestOfPeriod(within: Within, periods: Periods): SpanOfRule[] {
  const { rule, span } = within;
  const period = periods[SPAN_RULES[rule].per];
  if (period === within.period) return [];
  within.period = period;
  return [{ rule, span }];
}

function isPlain({ rule }: SpanOfRule): boolean {
  return SPAN_RULES[rule].per === 'version';
}

/** The number of the period of each kind that an item falls into. */
type Periods = Readonly<Record<Period, number>>;

function periodsOf(local: number, position: number): Periods {
  const day = Math.floor(local / DAY);
  const { month } = monthAndDayOf(day);
  return {
    version: position,
    hour: Math.floor(local / HOUR),
    day,
    week: weekOf(day),
    month,
    year: yearOf(month),
  };
}
