import {
  type CalendarSpan,
  COUNT_RULE_NAMES,
  COUNT_RULES,
  formatRules,
  type KeepRulesInZone,
  LARGEST_NUMBER,
  SPAN_RULE_NAMES,
  SPAN_RULES,
  SPAN_UNIT_LETTERS,
} from '../model/keep-rules.ts';
import { memoise } from './memoise.ts';

const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries(SPAN_UNIT_LETTERS).map(([unit, letter]) => [letter, unit]),
);

const COUNT = /^[1-9]\d{0,8}$/;
const SPAN = new RegExp(`^(?=.)${[...UNITS.keys()].map((letter) => `(?:[1-9]\\d{0,8}${letter})?`).join('')}$`);

/** What a later version may add to the words below. */
const WORD_OF_LATER = /^[a-z][a-z0-9-]*=[^\s=]+$/;

/** The words of the tag's value, each with the form of what stands behind its `=`. */
const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ...COUNT_RULE_NAMES.map((rule): [string, RegExp] => [COUNT_RULES[rule].word, COUNT]),
  ...SPAN_RULE_NAMES.map((rule): [string, RegExp] => [SPAN_RULES[rule].word, SPAN]),
  ['zone', /^[^\s=]+$/],
  ['none', /^$/],
]);

/**
 * Keep rules as the value of a tag: `last=3 daily=7 within=1m3d zone=Europe/Berlin`. A rule of 0 is left out, as it
 * keeps nothing; no rule at all is said aloud: `none zone=UTC`, so that a text that lost its rules is not one. Words of a
 * later version stand there as they were read.
 *
 * @throws RangeError if a number is not a whole one from 0 to 999,999,999.
 */
export function formatKeep({ rules, timeZone, unknown = [] }: KeepRulesInZone): string {
  for (const rule of COUNT_RULE_NAMES) check(rules[rule]);
  for (const rule of SPAN_RULE_NAMES) Object.values(rules[rule] ?? {}).forEach(check);
  const words = [formatRules(rules), ...unknown].filter((word) => word !== '').join(' ');
  return `${words || 'none'} zone=${timeZone}`;
}

/**
 * The keep rules that a tag's value says, in any order of the words, or undefined if it says none, says one twice or
 * names a time zone that there isn't. A word of a later version is none of that: it is kept.
 */
export const parseKeep: (text: string) => KeepRulesInZone | undefined = memoise(1_000, (text) => {
  const texts = text.split(' ');
  const words = texts.map((word) => word.split('='));
  const unknown = texts.filter((word, index) => !VALUES.has(words[index]?.[0] ?? '') && WORD_OF_LATER.test(word));
  const values = new Map(words.map(([word = '', value = '']) => [word, value]));
  const timeZone = values.get('zone') ?? '';
  const known = words.filter(([word = '', ...value]) => VALUES.get(word)?.test(value.join('=')));
  if (known.length + unknown.length < words.length || values.size !== words.length || !isTimeZone(timeZone))
    return undefined;
  // Either rules, or the word that there are none.
  if (words.length < 2 || (values.has('none') && words.length > 2)) return undefined;

  const counts = COUNT_RULE_NAMES.flatMap((rule) => {
    const value = values.get(COUNT_RULES[rule].word);
    return value === undefined ? [] : [[rule, Number(value)]];
  });
  const spans = SPAN_RULE_NAMES.flatMap((rule) => {
    const value = values.get(SPAN_RULES[rule].word);
    return value === undefined ? [] : [[rule, parseSpan(value)]];
  });
  return { rules: Object.fromEntries([...counts, ...spans]), timeZone, ...(unknown.length > 0 && { unknown }) };
});

function parseSpan(text: string): CalendarSpan {
  const parts = text.matchAll(/(\d+)([a-z])/g);
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

function check(count = 0): void {
  if (Number.isInteger(count) && count >= 0 && count <= LARGEST_NUMBER) return;
  throw new RangeError(`keep rules: ${count} is not a whole number from 0 to ${LARGEST_NUMBER}`);
}
