import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KeepRules } from '../../lib/model/keep-rules.ts';
import { applyKeepRules, type Verdict } from '../../lib/retention/apply-keep-rules.ts';
import { type KeepReason, reasonText } from '../../lib/retention/reason.ts';

interface Vector {
  readonly name: string;
  readonly timeZone: string;
  readonly retention: KeepRules;
  readonly takenAt: readonly string[];
  readonly keep: readonly { readonly at: string; readonly reasons: readonly string[] }[];
  readonly retire: readonly string[];
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../fixtures/retention-vectors.json', import.meta.url), 'utf8'),
);

/** restic's own wording of a reason. */
function resticText(reason: KeepReason): string {
  return reason.rule === 'keepWithin' ? reasonText(reason) : `${reasonText(reason)} snapshot`;
}

describe('keep rules decide as restic 0.18.1 does', () => {
  it.each(vectors)('$name', ({ timeZone, retention, takenAt, keep, retire }) => {
    const verdicts = applyKeepRules(takenAt, Date.parse, { rules: retention, timeZone });
    const kept = verdicts.filter(({ reasons }) => reasons.length > 0);
    expect(kept.map(({ item, reasons }) => ({ at: item, reasons: reasons.map(resticText).sort() }))).toEqual(keep);
    expect(verdicts.filter(({ reasons }) => reasons.length === 0).map(({ item }) => item)).toEqual(retire);
  });
});

function keptOf<T>(verdicts: readonly Verdict<T>[]): T[] {
  return verdicts.filter(({ reasons }) => reasons.length > 0).map(({ item }) => item);
}

describe('keep rules', () => {
  const at = (item: { readonly at: string }) => Date.parse(item.at);
  const daily = { rules: { keepDaily: 1 }, timeZone: 'UTC' };

  it('say nothing about nothing', () => {
    expect(applyKeepRules([], at, daily)).toEqual([]);
  });

  it.each([{}, { keepDaily: 0 }, { keepWithin: {} }, { keepWithin: { days: 0 } }])(
    'that are none keep all: %j',
    (rules) => {
      const items = [{ at: '2024-01-02T00:00:00Z' }, { at: '2024-01-01T00:00:00Z' }];
      const verdicts = applyKeepRules(items, at, { rules, timeZone: 'UTC' });
      expect(verdicts).toEqual(items.map((item) => ({ item, reasons: [{ rule: 'none' }] })));
    },
  );

  it('leave out what is exactly as old as the span', () => {
    const items = ['2024-01-08T02:00:00Z', '2024-01-01T02:00:01Z', '2024-01-01T02:00:00Z'];
    const verdicts = applyKeepRules(items, Date.parse, { rules: { keepWithin: { days: 7 } }, timeZone: 'UTC' });
    expect(verdicts.map(({ reasons }) => reasons.length)).toEqual([1, 1, 0]);
  });

  it.each([{ years: 999_999_999 }, { hours: 999_999_999_999 }])(
    'keep all within a span longer than time: %j',
    (keepWithin) => {
      const items = ['2024-01-08T02:00:00Z', '1970-01-01T00:00:00Z'];
      const verdicts = applyKeepRules(items, Date.parse, { rules: { keepWithin }, timeZone: 'Europe/Berlin' });
      expect(verdicts.map(({ reasons }) => reasons.length)).toEqual([1, 1]);
    },
  );

  it.each<[KeepRules, readonly string[]]>([
    [{ keepWithinHourly: { hours: 3 } }, ['01-10T12:50', '01-10T11:30', '01-10T10:10']],
    [{ keepWithinDaily: { days: 3 } }, ['01-10T12:50', '01-09T22:00', '01-08T09:00', '01-07T23:00']],
    [{ keepWithinWeekly: { days: 14 } }, ['01-10T12:50', '01-07T23:00', '12-31T23:30']],
    [{ keepWithinMonthly: { months: 2 } }, ['01-10T12:50', '12-31T23:30']],
    [{ keepWithinYearly: { years: 2 } }, ['01-10T12:50', '12-31T23:30', '12-31T00:00']],
  ])('keep the newest of each period within a span, as restic does: %j', (rules, kept) => {
    const items = [
      '2024-01-10T12:50:00Z',
      '2024-01-10T12:10:00Z',
      '2024-01-10T11:30:00Z',
      '2024-01-10T10:10:00Z',
      // Exactly as old as the three hours.
      '2024-01-10T09:50:00Z',
      '2024-01-09T22:00:00Z',
      '2024-01-08T09:00:00Z',
      // A Sunday, the last day of its week.
      '2024-01-07T23:00:00Z',
      // Exactly as old as the three days.
      '2024-01-07T12:50:00Z',
      '2023-12-31T23:30:00Z',
      '2022-12-31T00:00:00Z',
    ];
    const verdicts = applyKeepRules(items, Date.parse, { rules, timeZone: 'UTC' });
    expect(keptOf(verdicts).map((item) => item.slice('2024-'.length, '2024-01-10T12:50'.length))).toEqual(kept);
  });

  it("draw the periods of a span on the zone's calendar", () => {
    // Half past eleven in Berlin, and half an hour into the next day there.
    const items = ['2024-07-02T08:00:00Z', '2024-07-01T22:30:00Z', '2024-07-01T21:30:00Z'];
    const rules = { keepWithinDaily: { days: 7 } };
    expect(keptOf(applyKeepRules(items, Date.parse, { rules, timeZone: 'Europe/Berlin' }))).toEqual([
      items[0],
      items[2],
    ]);
    expect(keptOf(applyKeepRules(items, Date.parse, { rules, timeZone: 'UTC' }))).toEqual([items[0], items[1]]);
  });

  it('keep no oldest for a span, unlike for a count', () => {
    const items = ['2024-01-02T03:00:00Z', '2024-01-02T02:00:00Z'];
    const ofCount = applyKeepRules(items, Date.parse, { rules: { keepDaily: 5 }, timeZone: 'UTC' });
    const ofSpan = applyKeepRules(items, Date.parse, { rules: { keepWithinDaily: { days: 5 } }, timeZone: 'UTC' });
    expect([keptOf(ofCount), keptOf(ofSpan)]).toEqual([items, items.slice(0, 1)]);
  });

  it("give their reasons in restic's order: within, counts, then the spans by period", () => {
    const rules: KeepRules = {
      keepWithinYearly: { years: 2 },
      keepWithinHourly: { hours: 3 },
      keepWithin: { days: 1 },
      keepYearly: 1,
      keepLast: 1,
    };
    const [newest] = applyKeepRules(['2024-01-02T03:00:00Z'], Date.parse, { rules, timeZone: 'UTC' });
    expect(newest?.reasons.map(reasonText)).toEqual([
      'within 1d',
      'last',
      'yearly',
      'hourly within 3h',
      'yearly within 2y',
    ]);
  });

  it('keep all, each with its other reasons, where a rule is of a later version', () => {
    const items = ['2024-01-02T03:00:00Z', '2024-01-01T02:00:00Z'];
    const unknown = ['minutely=90'];
    const verdicts = applyKeepRules(items, Date.parse, { rules: { keepLast: 1 }, timeZone: 'UTC', unknown });
    expect(verdicts.map(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([
      ['keepLast', 'unknown'],
      ['unknown'],
    ]);
  });

  it('take the first handed in for the newer of two items of one moment', () => {
    const [first, second] = [
      { at: '2024-01-01T00:00:00Z', id: 'a' },
      { at: '2024-01-01T00:00:00Z', id: 'b' },
    ];
    const rules = { rules: { keepLast: 1 }, timeZone: 'UTC' };
    expect(applyKeepRules([first, second], at, rules).map(({ item }) => item.id)).toEqual(['a', 'b']);
    expect(applyKeepRules([second, first], at, rules).map(({ item }) => item.id)).toEqual(['b', 'a']);
  });

  it('keep the oldest while a count is not used up, and say so', () => {
    const items = ['2024-01-02T03:00:00Z', '2024-01-02T02:00:00Z', '2024-01-02T01:00:00Z'];
    const verdicts = applyKeepRules(items, Date.parse, { rules: { keepDaily: 2 }, timeZone: 'UTC' });
    expect(verdicts.map(({ reasons }) => reasons)).toEqual([
      [{ rule: 'keepDaily', oldest: false }],
      [],
      [{ rule: 'keepDaily', oldest: true }],
    ]);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse the count %s', (keepDaily) => {
    expect(() => applyKeepRules([], at, { rules: { keepDaily }, timeZone: 'UTC' })).toThrow(
      `keepDaily: ${keepDaily} is not a whole number from 0 up`,
    );
    expect(() => applyKeepRules([], at, { rules: { keepWithin: { days: keepDaily } }, timeZone: 'UTC' })).toThrow(
      `keepWithin: ${keepDaily} is not a whole number from 0 up`,
    );
  });

  it('refuse a time zone that does not exist', () => {
    expect(() => applyKeepRules([], at, { ...daily, timeZone: 'Europe/Atlantis' })).toThrow(RangeError);
  });
});
