/**
 * How many versions of a lineage to keep. The meaning of each rule is restic's: `keepDaily: 7` keeps the newest
 * version of each of the last seven days that have one. A rule that is absent keeps nothing.
 */
export interface KeepRules {
  readonly keepLast?: number;
  readonly keepHourly?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly keepYearly?: number;
  /** Everything younger than this, counted back from the newest version. */
  readonly keepWithin?: CalendarSpan;
}

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
}

/** The rules that keep the newest version of each of the last so many hours, days and so on. */
export type CountRule = Exclude<keyof KeepRules, 'keepWithin'>;

/** In the order in which they are told and written. */
export const COUNT_RULES: readonly CountRule[] = [
  'keepLast',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'keepYearly',
];

/** What each rule is called in tags and to people. */
export const COUNT_RULE_WORDS: Readonly<Record<CountRule, string>> = {
  keepLast: 'last',
  keepHourly: 'hourly',
  keepDaily: 'daily',
  keepWeekly: 'weekly',
  keepMonthly: 'monthly',
  keepYearly: 'yearly',
};

export const SPAN_UNIT_LETTERS: Readonly<Record<keyof CalendarSpan, string>> = {
  years: 'y',
  months: 'm',
  days: 'd',
  hours: 'h',
};

/** `1m19d22h`, units of which there are none left out; an empty text for no time at all. */
export function formatSpan({ years = 0, months = 0, days = 0, hours = 0 }: CalendarSpan): string {
  const part = (count: number, unit: keyof CalendarSpan) => (count > 0 ? `${count}${SPAN_UNIT_LETTERS[unit]}` : '');
  return part(years, 'years') + part(months, 'months') + part(days, 'days') + part(hours, 'hours');
}
