import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, type Instant } from '../../lib/model/time.ts';
import { parseSchedule } from '../../lib/policy/schedule.ts';

/** A day of the calendar, with what AWS's day fields ask about. */
interface Day {
  readonly start: Instant;
  readonly month: number;
  readonly date: number;
  readonly last: number;
  /** From 1 for Sunday. */
  readonly weekday: number;
}

function dayAt(start: Instant): Day {
  const date = new Date(start);
  return {
    start,
    month: date.getUTCMonth(),
    date: date.getUTCDate(),
    last: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
    weekday: date.getUTCDay() + 1,
  };
}

const isWorkday = ({ weekday }: Day) => weekday >= 2 && weekday <= 6;

/** Saturday gives way to the Friday before, Sunday to the Monday after, neither beyond the month. */
function isWorkdayNearest(day: Day, date: number): boolean {
  if (date > day.last || !isWorkday(day)) return false;
  const nominal = dayAt(day.start + (date - day.date) * DAY);
  if (nominal.weekday === 7) return day.date === (date === 1 ? 3 : date - 1);
  if (nominal.weekday === 1) return day.date === (date === day.last ? date - 2 : date + 1);
  return day.date === date;
}

/** A pair of day fields, and the rule that AWS's documentation gives for it, written without any library. */
interface DayFields {
  readonly dayOfMonth: string;
  readonly dayOfWeek: string;
  matches(day: Day): boolean;
}

const ofMonth = (dayOfMonth: string, matches: DayFields['matches']): DayFields => ({
  dayOfMonth,
  dayOfWeek: '?',
  matches,
});
const ofWeek = (dayOfWeek: string, matches: DayFields['matches']): DayFields => ({
  dayOfMonth: '?',
  dayOfWeek,
  matches,
});

const date = fc.integer({ min: 1, max: 31 });
const weekday = fc.integer({ min: 1, max: 7 });
const dayFields: fc.Arbitrary<DayFields> = fc.oneof(
  fc.constant(ofMonth('*', () => true)),
  fc.constant(ofMonth('L', (day) => day.date === day.last)),
  fc.constant(ofMonth('LW', (day) => isWorkdayNearest(day, day.last))),
  date.map((n) => ofMonth(`${n}`, (day) => day.date === n)),
  date.map((n) => ofMonth(`${n}W`, (day) => isWorkdayNearest(day, n))),
  fc
    .tuple(date, weekday)
    .map(([n, step]) => ofMonth(`${n}/${step}`, (day) => day.date >= n && (day.date - n) % step === 0)),
  fc.constant(ofWeek('L', (day) => day.weekday === 7)),
  weekday.map((n) => ofWeek(`${n}`, (day) => day.weekday === n)),
  weekday.map((n) => ofWeek(`${n}-7`, (day) => day.weekday >= n)),
  weekday.map((n) => ofWeek(`${n}L`, (day) => day.weekday === n && day.date > day.last - 7)),
  fc
    .tuple(weekday, fc.integer({ min: 1, max: 5 }))
    .map(([n, nth]) => ofWeek(`${n}#${nth}`, (day) => day.weekday === n && Math.ceil(day.date / 7) === nth)),
);

describe('the days of a cron expression', () => {
  it('are those that its day fields describe, forwards and backwards', () => {
    const firstDay = fc.integer({ min: Date.UTC(2024, 0, 1) / DAY, max: Date.UTC(2036, 0, 1) / DAY });
    fc.assert(
      fc.property(dayFields, firstDay, ({ dayOfMonth, dayOfWeek, matches }, first) => {
        const parsed = parseSchedule(`cron(0 0 ${dayOfMonth} * ${dayOfWeek} *)`, 'UTC');
        if (!parsed.ok) throw new Error(parsed.problem);
        const days = Array.from({ length: 130 }, (_, index) => dayAt((first + index) * DAY));
        const expected = days.filter(matches).map(({ start }) => start);
        expect(parsed.schedule.between(first * DAY, (first + 130) * DAY)).toEqual(expected);
        expect(parsed.schedule.current((first + 129) * DAY)).toBe(
          expected.at(-1) ?? parsed.schedule.current(first * DAY),
        );
      }),
      { numRuns: 500 },
    );
  });
});
