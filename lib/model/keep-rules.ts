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
