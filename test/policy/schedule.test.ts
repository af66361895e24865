import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, formatInstant, HOUR, type Instant, MINUTE, parseInstant } from '../../lib/model/time.ts';
import { parseSchedule, type SlotSchedule, shortestGap, slotScheduleOf } from '../../lib/policy/schedule.ts';

function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(`${text} is no instant`);
  return instant;
}

function aSchedule(expression: string, timeZone = 'UTC'): SlotSchedule {
  const parsed = parseSchedule(expression, timeZone);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.schedule;
}

function slots(expression: string, timeZone: string, from: string, to: string): string[] {
  return aSchedule(expression, timeZone).between(at(from), at(to)).map(formatInstant);
}

describe("AWS's cron expressions", () => {
  // 2026-11-01 is a Sunday.
  it.each([
    ['cron(0 4 * * ? *)', ['2026-11-01T04:00:00Z', '2026-11-02T04:00:00Z', '2026-11-03T04:00:00Z']],
    ['cron(30 5 ? * SUN *)', ['2026-11-01T05:30:00Z', '2026-11-08T05:30:00Z', '2026-11-15T05:30:00Z']],
    ['cron(30 5 ? * 1 *)', ['2026-11-01T05:30:00Z', '2026-11-08T05:30:00Z', '2026-11-15T05:30:00Z']],
    ['cron(0 0 ? * 7 *)', ['2026-11-07T00:00:00Z', '2026-11-14T00:00:00Z', '2026-11-21T00:00:00Z']],
    ['cron(0 0 ? * L *)', ['2026-11-07T00:00:00Z', '2026-11-14T00:00:00Z', '2026-11-21T00:00:00Z']],
    ['cron(0 0 ? * mon-FRI *)', ['2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z']],
    ['cron(0 0 ? * 2/2 *)', ['2026-11-02T00:00:00Z', '2026-11-04T00:00:00Z', '2026-11-06T00:00:00Z']],
    ['cron(0 0 ? * TUE,THU *)', ['2026-11-03T00:00:00Z', '2026-11-05T00:00:00Z', '2026-11-10T00:00:00Z']],
    ['cron(0 0 ? * 3#2 *)', ['2026-11-10T00:00:00Z', '2026-12-08T00:00:00Z', '2027-01-12T00:00:00Z']],
    ['cron(0 0 ? * MON#1 *)', ['2026-11-02T00:00:00Z', '2026-12-07T00:00:00Z', '2027-01-04T00:00:00Z']],
    ['cron(15 10 ? * 6L *)', ['2026-11-27T10:15:00Z', '2026-12-25T10:15:00Z', '2027-01-29T10:15:00Z']],
    ['cron(0 0 L * ? *)', ['2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z', '2027-01-31T00:00:00Z']],
    ['cron(0 0 LW * ? *)', ['2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z', '2027-01-29T00:00:00Z']],
    // The 15th is a Sunday in November and a Tuesday in December; the 16th of January 2027 is a Saturday.
    ['cron(0 0 15W * ? *)', ['2026-11-16T00:00:00Z', '2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z']],
    ['cron(0 0 1W * ? *)', ['2026-11-02T00:00:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z']],
    ['cron(0 0 1,15 * ? *)', ['2026-11-01T00:00:00Z', '2026-11-15T00:00:00Z', '2026-12-01T00:00:00Z']],
    ['cron(0 0 31 * ? *)', ['2026-12-31T00:00:00Z', '2027-01-31T00:00:00Z', '2027-03-31T00:00:00Z']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z', '2036-02-29T00:00:00Z']],
    ['cron(0 0 1 JAN,7 ? *)', ['2027-01-01T00:00:00Z', '2027-07-01T00:00:00Z', '2028-01-01T00:00:00Z']],
    ['cron(0 0 1 6-9/3 ? 2027-2199)', ['2027-06-01T00:00:00Z', '2027-09-01T00:00:00Z', '2028-06-01T00:00:00Z']],
    ['cron(0/20 * * * ? *)', ['2026-11-01T00:00:00Z', '2026-11-01T00:20:00Z', '2026-11-01T00:40:00Z']],
    ['cron(5/25 * * * ? *)', ['2026-11-01T00:05:00Z', '2026-11-01T00:30:00Z', '2026-11-01T00:55:00Z']],
    ['cron(*/30 8-9 * * ? *)', ['2026-11-01T08:00:00Z', '2026-11-01T08:30:00Z', '2026-11-01T09:00:00Z']],
    ['cron(0 20-23/3 * * ? *)', ['2026-11-01T20:00:00Z', '2026-11-01T23:00:00Z', '2026-11-02T20:00:00Z']],
    ['cron(0   4 * * ? *)', ['2026-11-01T04:00:00Z', '2026-11-02T04:00:00Z', '2026-11-03T04:00:00Z']],
    ['cron(0 0 1 1 ? 2027,2030)', ['2027-01-01T00:00:00Z', '2030-01-01T00:00:00Z']],
  ])('%s fires at the times that AWS documents', (expression, expected) => {
    const schedule = aSchedule(expression);
    const found: string[] = [];
    let slot = schedule.next(at('2026-10-31T23:59Z'));
    while (slot !== undefined && found.length < 3) {
      found.push(formatInstant(slot));
      slot = schedule.next(slot);
    }
    expect(found).toEqual(expected);
  });

  it.each([
    ['0 4 * * ? *', 'write cron(...) or rate(...)'],
    ['cron(0 4', 'in quotes if it has a comma'],
    ['at(2026-11-23T00:00:00)', 'write cron(...) or rate(...)'],
    ['cron()', 'six fields'],
    ['cron(0 4 * * ?)', 'six fields'],
    ['cron(0 0 4 * * ? *)', 'six fields'],
    ['cron(0 4 * * * *)', 'exactly one of the fields day-of-month and day-of-week'],
    ['cron(0 4 ? * ? *)', 'exactly one of the fields day-of-month and day-of-week'],
    ['cron(60 4 * * ? *)', "'60' in the field minute is not one of 0 to 59"],
    ['cron(0 24 * * ? *)', "'24' in the field hour is not one of 0 to 23"],
    ['cron(0 -4 * * ? *)', "'' in the field hour is not one of 0 to 23"],
    ['cron(0 4 0 * ? *)', "'0' in the field day-of-month is not one of 1 to 31"],
    ['cron(0 4 32W * ? *)', "'32' in the field day-of-month is not one of 1 to 31"],
    ['cron(0 4 1,L * ? *)', "'L' in the field day-of-month is not one of 1 to 31"],
    ['cron(0 4 1 13 ? *)', "'13' in the field month is not one of 1 to 12 or JAN to DEC"],
    ['cron(0 4 ? * 0 *)', "'0' in the field day-of-week is not one of 1 to 7 or SUN to SAT"],
    ['cron(0 4 ? * 8L *)', "'8' in the field day-of-week is not one of 1 to 7 or SUN to SAT"],
    ['cron(0 4 ? * 3#6 *)', "'3#6' in the field day-of-week is not one of 1 to 7 or SUN to SAT"],
    ['cron(0 4 * * ? 1969)', "'1969' in the field year is not one of 1970 to 2199"],
    ['cron(0 4 ? * FRI-MON *)', "the range 'FRI-MON' in the field day-of-week has to rise"],
    ['cron(0 1-2-3 * * ? *)', "the range '1-2-3' in the field hour has to rise"],
    ['cron(0 1-x * * ? *)', "'x' in the field hour is not one of 0 to 23"],
    ['cron(*/0 4 * * ? *)', "'*/0' in the field minute needs one whole number of at least 1 after the /"],
    ['cron(0/5/5 4 * * ? *)', "'0/5/5' in the field minute needs one whole number"],
    ['cron(/5 4 * * ? *)', "'' in the field minute is not one of 0 to 59"],
  ])('%s is refused', (expression, problem) => {
    expect(parseSchedule(expression, 'UTC')).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it.each(['cron(0 0 30 2 ? *)', 'cron(0 0 1 1 ? 2020)'])('%s never fires again', (expression) => {
    expect(aSchedule(expression).next(at('2026-11-23T00:00Z'))).toBeUndefined();
  });

  it('that have not fired yet have no current slot', () => {
    expect(aSchedule('cron(0 0 1 1 ? 2030)').current(at('2026-11-23T00:00Z'))).toBeUndefined();
  });
});

describe('rates', () => {
  it.each([
    ['rate(1 minute)', MINUTE],
    ['rate(90 minutes)', 90 * MINUTE],
    ['rate(1 hour)', HOUR],
    ['rate(6 hours)', 6 * HOUR],
    ['rate(1 day)', DAY],
    ['rate(10 days)', 10 * DAY],
  ])('%s are counted from the Unix epoch', (expression, period) => {
    const schedule = aSchedule(expression, 'Europe/Berlin');
    expect(schedule.next(-1)).toBe(0);
    expect(schedule.next(0)).toBe(period);
    expect(schedule.current(period - 1)).toBe(0);
    expect(schedule.current(period)).toBe(period);
    expect(schedule.between(0, 3 * period)).toEqual([0, period, 2 * period]);
  });

  it.each([
    'rate(1 hours)',
    'rate(2 hour)',
    'rate(0 days)',
    'rate(1 week)',
    'rate(100000 days)',
    'rate(1  day)',
    'rate()',
  ])('%s is refused', (expression) => {
    expect(parseSchedule(expression, 'UTC')).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^write rate/),
    });
  });

  it('are not moved by daylight saving', () => {
    expect(
      aSchedule('rate(1 hour)', 'Europe/Berlin').skippedLocalTimes(at('2027-03-27T00:00Z'), at('2027-03-30T00:00Z')),
    ).toEqual([]);
  });
});

describe('daylight saving', () => {
  it('skips a local time that does not exist that day', () => {
    expect(slots('cron(30 2 * * ? *)', 'Europe/Berlin', '2027-03-27T00:00Z', '2027-03-30T00:00Z')).toEqual([
      '2027-03-27T01:30:00Z',
      '2027-03-29T00:30:00Z',
    ]);
  });

  it('leaves the slot before a skipped one current until the next', () => {
    expect(aSchedule('cron(30 2 * * ? *)', 'Europe/Berlin').current(at('2027-03-28T12:00Z'))).toBe(
      at('2027-03-27T01:30Z'),
    );
  });

  it('fires once at a local time that occurs twice, at its first occurrence', () => {
    expect(slots('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-27T00:00Z')).toEqual([
      '2026-10-24T00:30:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });

  it('does not fire an hourly schedule again in the hour that occurs twice', () => {
    expect(slots('cron(0 * * * ? *)', 'Europe/Berlin', '2026-10-24T23:00Z', '2026-10-25T04:00Z')).toEqual([
      '2026-10-24T23:00:00Z',
      '2026-10-25T00:00:00Z',
      '2026-10-25T02:00:00Z',
      '2026-10-25T03:00:00Z',
    ]);
  });

  it.each([
    // 02:15 for the second time: 02:30 was fired three quarters of an hour ago and is not to come.
    ['2026-10-25T01:15Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ['2026-10-25T00:29Z', '2026-10-24T00:30Z', '2026-10-25T00:30Z'],
    ['2026-10-25T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ])('at %s the current slot is %s and the next %s', (now, current, next) => {
    const schedule = aSchedule('cron(30 2 * * ? *)', 'Europe/Berlin');
    expect(schedule.current(at(now))).toBe(at(current));
    expect(schedule.next(at(now))).toBe(at(next));
  });

  it('keeps to local time in zones west, with half hours, and across a day that never was', () => {
    expect(slots('cron(0 4 * * ? *)', 'America/New_York', '2026-11-01T00:00Z', '2026-11-02T12:00Z')).toEqual([
      '2026-11-01T09:00:00Z',
      '2026-11-02T09:00:00Z',
    ]);
    expect(slots('cron(45 1 * * ? *)', 'Australia/Lord_Howe', '2027-04-02T12:00Z', '2027-04-05T00:00Z')).toEqual([
      '2027-04-02T14:45:00Z',
      '2027-04-03T14:45:00Z',
      '2027-04-04T15:15:00Z',
    ]);
    expect(slots('cron(0 12 * * ? *)', 'Pacific/Apia', '2011-12-29T00:00Z', '2011-12-31T12:00Z')).toEqual([
      '2011-12-29T22:00:00Z',
      '2011-12-30T22:00:00Z',
    ]);
  });

  it('is warned of by the local times that it drops', () => {
    const schedule = aSchedule('cron(0/30 2 * * ? *)', 'Europe/Berlin');
    expect(schedule.skippedLocalTimes(at('2026-11-23T00:00Z'), at('2028-11-23T00:00Z'))).toEqual([
      '2027-03-28T02:00',
      '2027-03-28T02:30',
      '2028-03-26T02:00',
      '2028-03-26T02:30',
    ]);
  });

  it('drops nothing where the schedule has no slot in the hour that is skipped, or never fires', () => {
    const year = [at('2026-11-23T00:00Z'), at('2027-11-23T00:00Z')] as const;
    expect(aSchedule('cron(0 3 * * ? *)', 'Europe/Berlin').skippedLocalTimes(...year)).toEqual([]);
    expect(aSchedule('cron(30 2 * * ? 2020)', 'Europe/Berlin').skippedLocalTimes(...year)).toEqual([]);
  });
});

describe('slots', () => {
  const expression = fc.constantFrom(
    'cron(30 2 * * ? *)',
    'cron(0/15 1-3 * * ? *)',
    'cron(0 0 L * ? *)',
    'cron(0 5 ? * MON-FRI *)',
    'cron(10 1 ? * 3#2 *)',
    'cron(0 0 15W * ? *)',
    'rate(7 hours)',
  );
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
  const instant = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2029-01-01T00:00Z') });

  it('lie with the current one at or before now and the next one after it, with none between', () => {
    fc.assert(
      fc.property(expression, zone, instant, (text, timeZone, now) => {
        const schedule = aSchedule(text, timeZone);
        const [current, next] = [schedule.current(now), schedule.next(now)];
        if (current === undefined || next === undefined) throw new Error('these schedules always fire');
        expect(current).toBeLessThanOrEqual(now);
        expect(next).toBeGreaterThan(now);
        expect(schedule.next(current)).toBe(next);
        expect(schedule.current(next - 1)).toBe(current);
        expect(schedule.current(next)).toBe(next);
      }),
    );
  });

  it('are those minutes, and only those, at which a clock on the wall first shows a time of the schedule', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 364 }), fc.nat(23), fc.nat(59), (day, hour, minute) => {
        const [from, schedule] = [
          at('2026-06-01T00:00Z') + day * DAY,
          aSchedule(`cron(${minute} ${hour} * * ? *)`, 'Europe/Berlin'),
        ];
        const clock = new Intl.DateTimeFormat('en-GB', {
          timeZone: 'Europe/Berlin',
          dateStyle: 'short',
          timeStyle: 'short',
        });
        const seen = new Set<string>();
        const expected: Instant[] = [];
        // A day earlier, so that a time shown for the second time is known to be.
        for (let now = from - DAY; now < from + 2 * DAY; now += MINUTE) {
          const shown = clock.format(now);
          const wanted = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          if (shown.endsWith(wanted) && !seen.has(shown) && now >= from) expected.push(now);
          seen.add(shown);
        }
        expect(schedule.between(from, from + 2 * DAY)).toEqual(expected);
      }),
      {
        numRuns: 15,
        examples: [
          [299, 2, 30],
          [145, 2, 30],
          [146, 2, 0],
        ],
      },
    );
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires'])('%s is accepted', (timeZone) => {
    expect(parseSchedule('rate(1 day)', timeZone).ok).toBe(true);
  });

  it.each([
    ['Europe/Berln', "; did you mean 'Europe/Berlin'?"],
    ['europe/berlin', "; did you mean 'Europe/Berlin'?"],
    ['utc', "; did you mean 'UTC'?"],
    ['+01:00', ''],
    ['Middle/Earth', ''],
    ['', ''],
  ])("'%s' is refused, with the one that was likely meant", (timeZone, hint) => {
    expect(parseSchedule('rate(1 day)', timeZone)).toEqual({
      ok: false,
      problem: `write an IANA time zone such as Europe/Berlin or UTC${hint}`,
    });
  });
});

describe("a policy's schedule", () => {
  it('is read once', () => {
    const schedule = { expressions: ['rate(1 day)'], timeZone: 'UTC' };
    expect(slotScheduleOf(schedule)).toBe(slotScheduleOf(schedule));
    expect(slotScheduleOf(schedule).next(0)).toBe(DAY);
  });

  describe('of several expressions', () => {
    const several = slotScheduleOf({
      // Each night, at noon of working days, and on Mondays at both.
      expressions: ['cron(0 4 * * ? *)', 'cron(0 12 ? * MON-FRI *)', 'cron(0 4,12 ? * MON *)'],
      timeZone: 'Europe/Berlin',
    });

    it('has the moments of all, each once, in order', () => {
      const weekend = several.between(at('2026-11-20T12:00:00Z'), at('2026-11-24T00:00:00Z'));
      expect(weekend.map(formatInstant)).toEqual([
        '2026-11-21T03:00:00Z',
        '2026-11-22T03:00:00Z',
        '2026-11-23T03:00:00Z',
        '2026-11-23T11:00:00Z',
      ]);
    });

    it('has the next of any and the latest of any', () => {
      const noon = at('2026-11-23T11:00:00Z');
      expect(several.next(noon - 1)).toBe(noon);
      expect(several.next(noon)).toBe(at('2026-11-24T03:00:00Z'));
      expect(several.current(noon)).toBe(noon);
      expect(several.current(noon - 1)).toBe(at('2026-11-23T03:00:00Z'));
    });

    it('goes on with those that still fire', () => {
      const once = slotScheduleOf({ expressions: ['cron(0 2 1 1 ? 2026)', 'rate(1 day)'], timeZone: 'UTC' });
      expect(once.next(at('2026-01-01T02:00:00Z'))).toBe(at('2026-01-02T00:00:00Z'));
      const over = slotScheduleOf({ expressions: ['cron(0 2 1 1 ? 2026)', 'cron(0 2 2 1 ? 2026)'], timeZone: 'UTC' });
      expect(over.next(at('2026-01-02T02:00:00Z'))).toBeUndefined();
      expect(over.current(at('2025-12-31T00:00:00Z'))).toBeUndefined();
    });

    it('tells each local time that any of them skips', () => {
      const skipping = slotScheduleOf({
        expressions: ['cron(30 2 * * ? *)', 'cron(15,30 2 ? * SUN *)', 'rate(1 hour)'],
        timeZone: 'Europe/Berlin',
      });
      expect(skipping.skippedLocalTimes(at('2027-03-27T00:00:00Z'), at('2027-03-29T00:00:00Z'))).toEqual([
        '2027-03-28T02:15',
        '2027-03-28T02:30',
      ]);
    });
  });

  it('that no parsed file could hold is an error', () => {
    expect(() => slotScheduleOf({ expressions: ['rate(1 day)', 'daily'], timeZone: 'UTC' })).toThrow(
      "'daily' in UTC: write cron(...)",
    );
  });
});

describe('the shortest time between two slots', () => {
  it.each([
    ['rate(90 minutes)', 'UTC', 90 * MINUTE],
    ['cron(0 4 * * ? *)', 'UTC', DAY],
    ['cron(0 4 * * ? *)', 'Europe/Berlin', 23 * HOUR],
    ['cron(50,55 23 ? * MON *)', 'UTC', 5 * MINUTE],
    ['cron(0 0/5 * * ? *)', 'UTC', 4 * HOUR],
  ])('of %s in %s', (expression, timeZone, gap) => {
    expect(shortestGap(aSchedule(expression, timeZone))).toBe(gap);
  });

  it('of a schedule that fires once is none', () => {
    expect(shortestGap(aSchedule('cron(0 4 1 1 ? 2027)'))).toBeUndefined();
  });
});
