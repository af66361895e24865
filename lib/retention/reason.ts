import {
  type CalendarSpan,
  COUNT_RULES,
  type CountRule,
  formatSpan,
  type Period,
  SPAN_RULES,
  type SpanRule,
} from '../model/keep-rules.ts';

/** Why a version is kept. */
export type KeepReason =
  /** `oldest`: no period of its own, but the oldest version of all, and the rule's count is not used up. */
  | { readonly rule: CountRule; readonly oldest: boolean }
  | { readonly rule: SpanRule; readonly span: CalendarSpan }
  /** Rules that only a later version knows may want it. */
  | { readonly rule: 'unknown'; readonly words: readonly string[] }
  /** There is no rule, so none says that anything may go. */
  | { readonly rule: 'none' };

const PER: Readonly<Record<Period, string>> = {
  version: '',
  hour: 'hourly ',
  day: 'daily ',
  week: 'weekly ',
  month: 'monthly ',
  year: 'yearly ',
};

/** `daily`, `oldest daily`, `within 1m19d22h`, `daily within 2m`, `no keep rule`: where restic has a word, its own. */
export function reasonText(reason: KeepReason): string {
  if (reason.rule === 'none') return 'no keep rule';
  if (reason.rule === 'unknown') return `what a later version of amikeep wrote (${reason.words.join(' ')})`;
  if ('span' in reason) return `${PER[SPAN_RULES[reason.rule].per]}within ${formatSpan(reason.span)}`;
  const { word } = COUNT_RULES[reason.rule];
  return reason.oldest ? `oldest ${word}` : word;
}
