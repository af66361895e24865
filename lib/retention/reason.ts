import type { CalendarSpan, KeepRules } from '../model/keep-rules.ts';

/** The rules that keep the newest version of each of the last so many hours, days and so on. */
export type CountRule = Exclude<keyof KeepRules, 'keepWithin'>;

/** Why a version is kept. */
export type KeepReason =
  /** `oldest`: no period of its own, but the oldest version of all, and the rule's count is not used up. */
  | { readonly rule: CountRule; readonly oldest: boolean }
  | { readonly rule: 'keepWithin'; readonly span: CalendarSpan }
  /** There is no rule, so none says that anything may go. */
  | { readonly rule: 'none' };

const WORDS: Readonly<Record<CountRule, string>> = {
  keepLast: 'last',
  keepHourly: 'hourly',
  keepDaily: 'daily',
  keepWeekly: 'weekly',
  keepMonthly: 'monthly',
  keepYearly: 'yearly',
};

/** `daily`, `oldest daily`, `within 1m19d22h`, `no keep rule`. */
export function reasonText(reason: KeepReason): string {
  if (reason.rule === 'none') return 'no keep rule';
  if (reason.rule === 'keepWithin') return `within ${spanText(reason.span)}`;
  return reason.oldest ? `oldest ${WORDS[reason.rule]}` : WORDS[reason.rule];
}

function spanText({ years = 0, months = 0, days = 0, hours = 0 }: CalendarSpan): string {
  const part = (count: number, unit: string) => (count > 0 ? `${count}${unit}` : '');
  return part(years, 'y') + part(months, 'm') + part(days, 'd') + part(hours, 'h');
}
