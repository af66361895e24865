import { type CalendarSpan, COUNT_RULE_WORDS, type CountRule, formatSpan } from '../model/keep-rules.ts';

/** Why a version is kept. */
export type KeepReason =
  /** `oldest`: no period of its own, but the oldest version of all, and the rule's count is not used up. */
  | { readonly rule: CountRule; readonly oldest: boolean }
  | { readonly rule: 'keepWithin'; readonly span: CalendarSpan }
  /** There is no rule, so none says that anything may go. */
  | { readonly rule: 'none' };

/** `daily`, `oldest daily`, `within 1m19d22h`, `no keep rule`. */
export function reasonText(reason: KeepReason): string {
  if (reason.rule === 'none') return 'no keep rule';
  if (reason.rule === 'keepWithin') return `within ${formatSpan(reason.span)}`;
  return reason.oldest ? `oldest ${COUNT_RULE_WORDS[reason.rule]}` : COUNT_RULE_WORDS[reason.rule];
}
