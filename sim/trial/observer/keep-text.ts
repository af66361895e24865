import type { KeepCounts } from '../../recount/keep.ts';

const WORDS: Readonly<Record<string, keyof KeepCounts>> = {
  last: 'keepLast',
  hourly: 'keepHourly',
  daily: 'keepDaily',
  weekly: 'keepWeekly',
  monthly: 'keepMonthly',
  yearly: 'keepYearly',
};

/** The rules that are stamped on an image: `last=3 daily=7 within=2d zone=Europe/Berlin`. */
export function readKeep(text: string): { readonly rules: KeepCounts; readonly timeZone: string } {
  const values = new Map(text.split(' ').map((word) => [word.split('=')[0] ?? '', word.split('=')[1] ?? '']));
  const counts = Object.entries(WORDS).flatMap(([word, rule]) => {
    const value = values.get(word);
    return value === undefined ? [] : [[rule, Number(value)]];
  });
  const days = /^(\d+)d$/.exec(values.get('within') ?? '')?.[1];
  const rules = { ...Object.fromEntries(counts), ...(days !== undefined && { keepWithin: { days: Number(days) } }) };
  return { rules, timeZone: values.get('zone') ?? 'UTC' };
}
