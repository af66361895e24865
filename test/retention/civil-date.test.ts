import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../lib/model/time.ts';
import { firstDayOf, monthAndDayOf, weekOf, yearOf } from '../../lib/retention/civil-date.ts';

/** From the year -10,000 to 10,000: on both sides of every rule for leap years. */
const days = fc.integer({ min: -4_371_953, max: 2_932_896 });

describe('civil dates', () => {
  it('are those of Date', () => {
    fc.assert(
      fc.property(days, (dayNumber) => {
        const date = new Date(dayNumber * DAY);
        const { month, day } = monthAndDayOf(dayNumber);
        expect([yearOf(month), month - (yearOf(month) - 1970) * 12, day]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth(),
          date.getUTCDate(),
        ]);
      }),
    );
  });

  it.each(['1970-01-01', '2000-02-29', '2000-03-01', '1900-02-28', '1900-03-01', '2024-12-31', '1600-02-29'])(
    '%s is what Date says',
    (text) => {
      const { month, day } = monthAndDayOf(Date.parse(text) / DAY);
      expect(firstDayOf(month) + day - 1).toBe(Date.parse(text) / DAY);
      expect(new Date((firstDayOf(month) + day - 1) * DAY).toISOString().slice(0, 10)).toBe(text);
      expect(day).toBe(Number(text.slice(8)));
    },
  );

  it('lead back to the day that they came from', () => {
    fc.assert(
      fc.property(days, (dayNumber) => {
        const { month, day } = monthAndDayOf(dayNumber);
        expect(firstDayOf(month) + day - 1).toBe(dayNumber);
      }),
    );
  });

  it('have weeks that begin on Monday', () => {
    fc.assert(
      fc.property(days, (dayNumber) => {
        const isMonday = new Date(dayNumber * DAY).getUTCDay() === 1;
        expect(weekOf(dayNumber) - weekOf(dayNumber - 1)).toBe(isMonday ? 1 : 0);
      }),
    );
  });
});
