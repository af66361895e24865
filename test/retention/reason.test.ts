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
  [{ rule: 'none' }, 'no keep rule'],
])('%j reads %s', (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});
