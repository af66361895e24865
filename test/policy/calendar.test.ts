import { Cron } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCron } from '../../lib/policy/cron.ts';

const numbers = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc
      .uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 })
      .map((values) => values.sort((one, other) => one - other).join(',')),
  );

const days = fc.oneof(
  numbers(1, 31).map((dates): [string, string] => [dates, '?']),
  numbers(1, 7).map((weekdays): [string, string] => ['?', weekdays]),
  fc.constantFrom<[string, string]>(['L', '?'], ['LW', '?'], ['31W', '?'], ['?', '2L'], ['?', '6#5']),
);

const MOMENT = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2034, 0, 1) });

test('a calendar is that of croner, forwards and backwards', () => {
  fc.assert(
    fc.property(
      numbers(0, 59),
      numbers(0, 23),
      days,
      numbers(1, 12),
      fc.constantFrom('*', '2026', '2025,2029'),
      MOMENT,
      (minute, hour, [date, weekday], month, year, moment) => {
        const parsed = parseCron([minute, hour, date, month, weekday, year].join(' '));
        if (!parsed.ok) throw new Error(parsed.problem);
        const fields = [0, minute, hour, date, month, weekday, year].join(' ').replace('?', '*');
        // With an offset of 0 rather than a zone, croner's dates are plain calendar arithmetic too.
        const cron = new Cron(fields, { mode: '7-part', alternativeWeekdays: true, utcOffset: 0 });
        expect(parsed.value.next(moment)).toBe(cron.nextRun(new Date(moment))?.getTime());
        expect(parsed.value.previous(moment)).toBe(cron.previousRuns(1, new Date(moment))[0]?.getTime());
      },
    ),
    { numRuns: 300 },
  );
});
