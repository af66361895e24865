import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/model/time.ts';
import { offsetsOf } from '../../lib/model/zone-offset.ts';

/** The offset as Intl's own calendar shows it: what the zone's clocks say, read as UTC, less the moment. */
function offsetByParts(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / SECOND) * SECOND;
  };
}

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Antarctica/Troll',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Pacific/Auckland',
  '+05:30',
];
const FROM = Date.UTC(1800, 0, 1);
const TO = Date.UTC(2100, 0, 1);

describe('offsets of time zones', () => {
  it.each(ZONES)('are those of Intl at any moment in %s', (zone) => {
    const [offsetAt, expected] = [offsetsOf(zone), offsetByParts(zone)];
    fc.assert(
      fc.property(fc.integer({ min: FROM, max: TO }), (at) => {
        expect(offsetAt(at)).toBe(expected(at));
      }),
      { numRuns: 500 },
    );
  });

  it.each(ZONES)('are those of Intl to the second on every day on which the clocks change in %s', (zone) => {
    const [offsetAt, expected] = [offsetsOf(zone), offsetByParts(zone)];
    const around = [-HOUR, -MINUTE, -SECOND, -1, 0, 1, SECOND, MINUTE, HOUR];
    for (let day = Date.UTC(1970, 0, 1); day < Date.UTC(2030, 0, 1); day += DAY) {
      if (offsetAt(day) === offsetAt(day + DAY)) continue;
      const change = changeWithin(expected, day, day + DAY);
      for (const by of around) expect(offsetAt(change + by)).toBe(expected(change + by));
    }
  });

  it.each([
    ['half an hour of daylight saving', 'Australia/Lord_Howe', '2024-10-05T15:29:59Z', '2024-10-05T15:30:00Z', 0.5],
    ['a day that was skipped', 'Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z', 24],
    [
      'the end of local mean time',
      'Europe/Berlin',
      '1893-03-31T23:06:31Z',
      '1893-03-31T23:06:32Z',
      6 / 60 + 32 / 3_600,
    ],
  ])('change on the second: %s', (_, zone, before, after, hours) => {
    const offsetAt = offsetsOf(zone);
    expect(offsetAt(Date.parse(after)) - offsetAt(Date.parse(before))).toBeCloseTo(hours * HOUR, 3);
  });

  it('are never guessed where Intl answers otherwise than it does today', () => {
    const Noon = class {
      format = () => 'noon';
    };
    vi.stubGlobal('Intl', { DateTimeFormat: Noon });
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    expect(() => offsetsOf('Europe/Oslo')(0)).toThrow("Intl's offset of Europe/Oslo can't be read: 'noon'");
  });

  it('are refused for a zone that does not exist', () => {
    expect(() => offsetsOf('Europe/Atlantis')).toThrow(RangeError);
  });
});

function changeWithin(offsetAt: (at: number) => number, from: number, to: number): number {
  let [last, change] = [from, to];
  while (change - last > 1) {
    const middle = Math.floor((last + change) / 2);
    if (offsetAt(middle) === offsetAt(from)) last = middle;
    else change = middle;
  }
  return change;
}
