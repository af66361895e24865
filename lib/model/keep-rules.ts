import { keysOfTable } from './table.ts';

/** What a rule keeps the newest version of: each of these, as the zone's calendar draws them; or each version by itself. */
export type Period = 'version' | 'hour' | 'day' | 'week' | 'month' | 'year';

interface RuleRow {
  /** What the rule is called in tags and to people. What stands in tags once stays readable for ever. */
  readonly word: string;
  readonly per: Period;
}

/**
 * The rules with a count, in the order in which they are told and written: the newest version of each of the last so many
 * periods that have one. A rule is added by a row here; CONTRIBUTING.md has the recipe.
 */
export const COUNT_RULES = {
  keepLast: { word: 'last', per: 'version' },
  keepHourly: { word: 'hourly', per: 'hour' },
  keepDaily: { word: 'daily', per: 'day' },
  keepWeekly: { word: 'weekly', per: 'week' },
  keepMonthly: { word: 'monthly', per: 'month' },
  keepYearly: { word: 'yearly', per: 'year' },
} as const satisfies Readonly<Record<string, RuleRow>>;

/** The rules with a span: the newest version of each period, of all that are younger than that, counted from the newest. */
export const SPAN_RULES = {
  keepWithin: { word: 'within', per: 'version' },
  keepWithinHourly: { word: 'within-hourly', per: 'hour' },
  keepWithinDaily: { word: 'within-daily', per: 'day' },
  keepWithinWeekly: { word: 'within-weekly', per: 'week' },
  keepWithinMonthly: { word: 'within-monthly', per: 'month' },
  keepWithinYearly: { word: 'within-yearly', per: 'year' },
} as const satisfies Readonly<Record<string, RuleRow>>;

export type CountRule = keyof typeof COUNT_RULES;
export type SpanRule = keyof typeof SPAN_RULES;
export type KeepRule = CountRule | SpanRule;

/**
 * How many versions of a lineage to keep. The meaning of each rule is restic's: `keepDaily: 7` keeps the newest
 * version of each of the last seven days that have one. A rule that is absent keeps nothing.
 */
export type KeepRules = { readonly [Rule in CountRule]?: number } & { readonly [Rule in SpanRule]?: CalendarSpan };

/** A span on the calendar of a time zone: a month is as long as the month is. */
export interface CalendarSpan {
  readonly years?: number;
  readonly months?: number;
  readonly days?: number;
  readonly hours?: number;
}

/** Keep rules and the IANA time zone in which their hours, days, weeks, months and years begin. */
export interface KeepRulesInZone {
  readonly rules: KeepRules;
  readonly timeZone: string;
  /**
   * Rules that a later version wrote on an image and that this one does not know, word for word: `minutely=90`. What they
   * would keep cannot be told, so nothing expires under them.
   */
  readonly unknown?: readonly string[];
}

export const COUNT_RULE_NAMES: readonly CountRule[] = keysOfTable(COUNT_RULES);
export const SPAN_RULE_NAMES: readonly SpanRule[] = keysOfTable(SPAN_RULES);

/** What each unit of a span is called in tags and to people, in the order in which they are written. */
export const SPAN_UNIT_LETTERS = { years: 'y', months: 'm', days: 'd', hours: 'h' } as const satisfies Readonly<
  Record<keyof CalendarSpan, string>
>;
const SPAN_UNITS = keysOfTable(SPAN_UNIT_LETTERS);

/** `1m19d22h`, units of which there are none left out; an empty text for no time at all. */
export function formatSpan(span: CalendarSpan): string {
  const parts = SPAN_UNITS.map((unit) => ((span[unit] ?? 0) > 0 ? `${span[unit]}${SPAN_UNIT_LETTERS[unit]}` : ''));
  return parts.join('');
}

/** How long {@link formatRules} may be: the tag's 256 characters hold the longest name of a time zone as well. */
export const LONGEST_RULES = 210;

/** Longer numbers mean nothing, in a count or in a unit of a span. */
export const LARGEST_NUMBER = 999_999_999;

/** `last=3 daily=7 within=1m3d`: rules as tags have them, counts first; one of 0 is left out, as it keeps nothing. */
export function formatRules(rules: KeepRules): string {
  const counts = COUNT_RULE_NAMES.map((rule) => [COUNT_RULES[rule].word, String(rules[rule] || '')]);
  const spans = SPAN_RULE_NAMES.map((rule) => [SPAN_RULES[rule].word, formatSpan(rules[rule] ?? {})]);
  return [...counts, ...spans].flatMap(([word, value]) => (value === '' ? [] : [`${word}=${value}`])).join(' ');
}
