import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatKeep, parseKeep } from '../../lib/tagging/keep-text.ts';
import { anyKeepRules, anyTimeZone } from './arbitraries.ts';

describe('keep rules as text', () => {
  it('are what a person would write', () => {
    const rules = {
      keepYearly: 2,
      keepLast: 3,
      keepDaily: 7,
      keepWithin: { hours: 4, months: 1, days: 3 },
      keepWithinDaily: { years: 1 },
    };
    expect(formatKeep({ rules, timeZone: 'Europe/Berlin' })).toBe(
      'last=3 daily=7 yearly=2 within=1m3d4h within-daily=1y zone=Europe/Berlin',
    );
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(anyKeepRules, anyTimeZone, (rules, timeZone) => {
        expect(parseKeep(formatKeep({ rules, timeZone }))).toEqual({ rules, timeZone });
      }),
    );
  });

  it.each([{}, { keepLast: 0 }, { keepWithin: {} }, { keepWithin: { days: 0 } }])(
    'say aloud that there are none: %j',
    (rules) => {
      expect(formatKeep({ rules, timeZone: 'UTC' })).toBe('none zone=UTC');
      expect(parseKeep('none zone=UTC')).toEqual({ rules: {}, timeZone: 'UTC' });
    },
  );

  it('may be put in another order by a person', () => {
    expect(parseKeep('zone=UTC daily=7 last=3')).toEqual({ rules: { keepLast: 3, keepDaily: 7 }, timeZone: 'UTC' });
  });

  it.each([
    ['minutely=90 zone=UTC', {}, ['minutely=90']],
    ['constructor=3 zone=UTC', {}, ['constructor=3']],
    ['last=3 minutely=90 tagged=Release:yes zone=UTC', { keepLast: 3 }, ['minutely=90', 'tagged=Release:yes']],
  ])('with words of a later version keep these word for word: %s', (text, rules, unknown) => {
    expect(parseKeep(text)).toEqual({ rules, timeZone: 'UTC', unknown });
    expect(formatKeep({ rules, timeZone: 'UTC', unknown })).toBe(text);
  });

  it.each([-1, 0.5, Number.NaN, 1_000_000_000])('are not written with the number %s', (keepLast) => {
    expect(() => formatKeep({ rules: { keepLast }, timeZone: 'UTC' })).toThrow(
      `keep rules: ${keepLast} is not a whole number from 0 to 999999999`,
    );
    expect(() => formatKeep({ rules: { keepWithin: { days: keepLast } }, timeZone: 'UTC' })).toThrow(RangeError);
  });

  it.each([
    '',
    'zone=UTC',
    'none',
    'last=3',
    'last=3 zone=',
    'last=3 zone=Europe/Atlantis',
    'last=3 last=4 zone=UTC',
    'last=3 zone=UTC zone=UTC',
    'last=03 zone=UTC',
    'last=-1 zone=UTC',
    'last=1234567890 zone=UTC',
    'last=3=4 zone=UTC',
    'last zone=UTC',
    'minutely zone=UTC',
    'minutely= zone=UTC',
    'Minutely=3 zone=UTC',
    'minutely=3=4 zone=UTC',
    'minutely=3 minutely=4 zone=UTC',
    'none minutely=3 zone=UTC',
    'minutely=3',
    'within= zone=UTC',
    'within=3d1m zone=UTC',
    'within=3 zone=UTC',
    'none last=3 zone=UTC',
    'none=1 zone=UTC',
    'none none zone=UTC',
    'last=3  zone=UTC',
  ])('cannot be read from %j', (text) => {
    expect(parseKeep(text)).toBeUndefined();
  });
});
