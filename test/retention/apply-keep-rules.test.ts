import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KeepRules } from '../../lib/model/keep-rules.ts';
import { applyKeepRules } from '../../lib/retention/apply-keep-rules.ts';
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
