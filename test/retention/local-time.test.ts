import { describe, expect, it } from 'vitest';
import { offsetsOf } from '../../lib/model/zone-offset.ts';
import { localTime, spanBefore } from '../../lib/retention/local-time.ts';

describe('local time', () => {
  it("is what the zone's clocks show", () => {
    expect(localTime(Date.parse('2024-07-01T12:00:00Z'), offsetsOf('Europe/Berlin'))).toBe(
      Date.parse('2024-07-01T14:00:00Z'),
    );
  });
});

describe('a span before a moment', () => {
  it.each([
    [
      'hours are hours over the end of daylight saving',
      'Europe/Berlin',
      '2024-10-27T12:00:00Z',
      { hours: 24 },
      '2024-10-26T12:00:00Z',
    ],
    ['days leave the time of day alone', 'Europe/Berlin', '2024-10-27T12:00:00Z', { days: 1 }, '2024-10-26T11:00:00Z'],
    ['a month is as long as the month is', 'UTC', '2024-03-15T02:00:00Z', { months: 1 }, '2024-02-15T02:00:00Z'],
    ['a day that the month lacks runs over', 'UTC', '2023-03-31T02:00:00Z', { months: 1 }, '2023-03-03T02:00:00Z'],
    [
      'days are taken away before a day runs over',
      'UTC',
      '2023-03-31T02:00:00Z',
      { months: 1, days: 5 },
      '2023-02-26T02:00:00Z',
    ],
    ['months go over the turn of the year', 'UTC', '2024-01-15T02:00:00Z', { months: 2 }, '2023-11-15T02:00:00Z'],
    ['29 February is 1 March in other years', 'UTC', '2024-02-29T02:00:00Z', { years: 1 }, '2023-03-01T02:00:00Z'],
    [
      'all parts at once',
      'UTC',
      '2024-05-20T10:00:00Z',
      { years: 1, months: 2, days: 3, hours: 4 },
      '2023-03-17T06:00:00Z',
    ],
    ['a time that the clocks skip', 'Europe/Berlin', '2024-04-01T00:30:00Z', { days: 1 }, '2024-03-31T01:30:00Z'],
    ['a time that the clocks show twice', 'Europe/Berlin', '2024-10-28T01:30:00Z', { days: 1 }, '2024-10-27T01:30:00Z'],
    ['a zone of half hours', 'Australia/Lord_Howe', '2024-04-07T12:00:00Z', { days: 1 }, '2024-04-06T11:30:00Z'],
    ['a zone west of UTC', 'America/New_York', '2024-03-11T02:00:00Z', { days: 2 }, '2024-03-09T03:00:00Z'],
  ])('%s', (_, zone, at, span, before) => {
    expect(new Date(spanBefore(Date.parse(at), span, offsetsOf(zone))).toISOString()).toBe(
      new Date(before).toISOString(),
    );
  });
});
