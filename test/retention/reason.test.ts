import { expect, it } from 'vitest';
import { type KeepReason, reasonText } from '../../lib/retention/reason.ts';

it.each<[KeepReason, string]>([
  [{ rule: 'keepLast', oldest: false }, 'last'],
  [{ rule: 'keepHourly', oldest: false }, 'hourly'],
  [{ rule: 'keepDaily', oldest: true }, 'oldest daily'],
  [{ rule: 'keepWeekly', oldest: false }, 'weekly'],
  [{ rule: 'keepMonthly', oldest: true }, 'oldest monthly'],
  [{ rule: 'keepYearly', oldest: false }, 'yearly'],
  [{ rule: 'keepWithin', span: { months: 1, days: 19, hours: 22 } }, 'within 1m19d22h'],
  [{ rule: 'keepWithin', span: { years: 2 } }, 'within 2y'],
  [{ rule: 'keepWithinHourly', span: { days: 2 } }, 'hourly within 2d'],
  [{ rule: 'keepWithinDaily', span: { months: 1 } }, 'daily within 1m'],
  [{ rule: 'keepWithinWeekly', span: { days: 90 } }, 'weekly within 90d'],
  [{ rule: 'keepWithinMonthly', span: { years: 1 } }, 'monthly within 1y'],
  [{ rule: 'keepWithinYearly', span: { years: 75 } }, 'yearly within 75y'],
  [{ rule: 'unknown', words: ['minutely=90', 'a=b'] }, 'what a later version of amikeep wrote (minutely=90 a=b)'],
  [{ rule: 'none' }, 'no keep rule'],
])('%j reads %s', (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});
