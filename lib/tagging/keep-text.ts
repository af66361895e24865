import {
  type CalendarSpan,
  COUNT_RULE_WORDS,
  COUNT_RULES,
  formatSpan,
  type KeepRulesInZone,
  SPAN_UNIT_LETTERS,
} from '../model/keep-rules.ts';
import { memoise } from './memoise.ts';

const COUNTS = COUNT_RULES.map((rule) => [rule, COUNT_RULE_WORDS[rule]] as const);
const UNITS = new Map(Object.entries(SPAN_UNIT_LETTERS).map(([unit, letter]) => [letter, unit]));

/** Longer numbers mean nothing, and with nine digits each all rules together fit into a tag. */
const LARGEST = 999_999_999;

/** The words of the tag's value, each with the form of what stands behind its `=`. */
const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ...COUNTS.map(([, word]): [string, RegExp] => [word, /^[1-9]\d{0,8}$/]),
  ['within', /^(?=.)(?:[1-9]\d{0,8}y)?(?:[1-9]\d{0,8}m)?(?:[1-9]\d{0,8}d)?(?:[1-9]\d{0,8}h)?$/],
  ['zone', /^[^\s=]+$/],
  ['none', /^$/],
]);

/**
 * Keep rules as the value of a tag: `last=3 daily=7 within=1m3d zone=Europe/Berlin`. A rule of 0 is left out, as it
 * keeps nothing; no rule at all is said aloud: `none zone=UTC`, so that a text that lost its rules is not one.
 *
 * @throws RangeError if a number is not a whole one from 0 to 999,999,999.
 */
export function formatKeep({ rules, timeZone }: KeepRulesInZone): string {
  const parts = COUNTS.flatMap(([rule, word]) => {
    const count = checked(rules[rule]);
    return count > 0 ? [`${word}=${count}`] : [];
  });
  for (const count of Object.values(rules.keepWithin ?? {})) checked(count);
  const within = formatSpan(rules.keepWithin ?? {});
  if (within !== '') parts.push(`within=${within}`);
  return `${parts.join(' ') || 'none'} zone=${timeZone}`;
}

/**
 * The keep rules that a tag's value says, in any order of the words, or undefined if it says none, says one twice or
 * names a time zone that there isn't.
 */
export const parseKeep: (text: string) => KeepRulesInZone | undefined = memoise(1_000, (text) => {
  const words = text.split(' ').map((word) => word.split('='));
  const values = new Map(words.map(([word = '', value = '']) => [word, value]));
  const timeZone = values.get('zone') ?? '';
  const known = words.every(([word = '', ...value]) => VALUES.get(word)?.test(value.join('=')));
  if (!known || values.size !== words.length || !isTimeZone(timeZone)) return undefined;
  // Either rules, or the word that there are none.
  if (words.length < 2 || (values.has('none') && words.length > 2)) return undefined;

  const counts = COUNTS.flatMap(([rule, word]) => (values.has(word) ? [[rule, Number(values.get(word))]] : []));
  const within = values.get('within');
  return {
    rules: { ...Object.fromEntries(counts), ...(within !== undefined && { keepWithin: parseSpan(within) }) },
    timeZone,
  };
});

function parseSpan(text: string): CalendarSpan {
  const parts = text.matchAll(/(\d+)([ymdh])/g);
  return Object.fromEntries(Array.from(parts, ([, count, letter]) => [UNITS.get(letter ?? ''), Number(count)]));
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function checked(count = 0): number {
  if (Number.isInteger(count) && count >= 0 && count <= LARGEST) return count;
  throw new RangeError(`keep rules: ${count} is not a whole number from 0 to ${LARGEST}`);
}
