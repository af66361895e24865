import { type Random, SECOND } from '../../model/time.ts';
import type { ErrorMeaning } from './errors.ts';

/** How often a call is sent in all, by what the last answer meant. Whatever is not listed is final. */
const TRIES: Partial<Record<ErrorMeaning, number>> = {
  throttled: 10,
  'too-soon': 4,
  transient: 5,
  'no-answer': 3,
};

/** A read has no effect that a second one could double, and one that is short holds back what rests on it. */
const TRIES_OF_READS: Partial<Record<ErrorMeaning, number>> = { 'no-answer': 6, transient: 6 };
const READ = /^(?:Describe|Get|List)[A-Z]/;

interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** In milliseconds; each pause is twice the one before. */
const PAUSES: Partial<Record<ErrorMeaning, Pauses>> = {
  throttled: { first: 1 * SECOND, longest: 20 * SECOND },
  // Half of a pause is chance, and 15 seconds is what EC2 asks for at the least.
  'too-soon': { first: 30 * SECOND, longest: 30 * SECOND },
};
const COMMON_PAUSES: Pauses = { first: SECOND / 5, longest: 20 * SECOND };

/** How often a call of an action is sent in all where its last answer means this; 1 where trying again changes nothing. */
export function triesOf(meaning: ErrorMeaning, action: string): number {
  return (READ.test(action) ? TRIES_OF_READS[meaning] : undefined) ?? TRIES[meaning] ?? 1;
}

/** How long to wait after so many tries, in milliseconds: exponential, with full jitter over the upper half. */
export function pauseAfter(meaning: ErrorMeaning, tried: number, random: Random): number {
  const { first, longest } = PAUSES[meaning] ?? COMMON_PAUSES;
  return Math.ceil(Math.min(longest, first * 2 ** (tried - 1)) * (0.5 + random() / 2));
}
