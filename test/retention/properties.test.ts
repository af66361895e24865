import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalendarSpan, COUNT_RULES, type KeepRules, SPAN_RULES } from '../../lib/model/keep-rules.ts';
import { mapTable } from '../../lib/model/table.ts';
import { HOUR, type Instant, MINUTE } from '../../lib/model/time.ts';
import { applyKeepRules } from '../../lib/retention/apply-keep-rules.ts';

/** Zones whose clocks never show one hour as two: see the docstring of applyKeepRules. */
const timeZone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
const START = Date.UTC(2023, 0, 1);
const instant = (days: number) => fc.integer({ min: 0, max: days * 24 * 4 }).map((n) => START + n * 15 * MINUTE);
/** Some sets are dense, with many in an hour, and some are spread over years. */
const instants = fc
  .constantFrom(2, 40, 1_500)
  .chain((days) => fc.uniqueArray(instant(days), { minLength: 1, maxLength: 40 }));

const count = fc.integer({ min: 1, max: 8 });
const counts = fc
  .record(
    mapTable(COUNT_RULES, () => count),
    { requiredKeys: [] },
  )
  .filter((rules) => Object.keys(rules).length > 0);
const spanInHours = fc.record({ hours: fc.integer({ min: 1, max: 2_000 }) });
const span = fc
  .record({
    years: fc.integer({ min: 0, max: 2 }),
    months: fc.integer({ min: 0, max: 14 }),
    days: fc.integer({ min: 0, max: 40 }),
    hours: fc.integer({ min: 0, max: 40 }),
  })
  .filter(({ years, months, days, hours }) => years + months + days + hours > 0);
const spansOf = (length: fc.Arbitrary<CalendarSpan>) =>
  fc
    .record(
      mapTable(SPAN_RULES, () => length),
      { requiredKeys: [] },
    )
    .filter((rules) => Object.keys(rules).length > 0);
const rulesWith = (spans: fc.Arbitrary<KeepRules>): fc.Arbitrary<KeepRules> =>
  fc.oneof(
    counts,
    spans,
    fc.tuple(counts, spans).map(([some, others]) => ({ ...some, ...others })),
  );
const anyRules = rulesWith(spansOf(span));
/** Without the spans whose length depends on the day from which they are counted. */
const steadyRules = rulesWith(spansOf(spanInHours));

function keptOf(items: readonly Instant[], rules: KeepRules, zone: string): Set<Instant> {
  const verdicts = applyKeepRules(items, (at) => at, { rules, timeZone: zone });
  return new Set(verdicts.filter(({ reasons }) => reasons.length > 0).map(({ item }) => item));
}

describe('keep rules', () => {
  it('always keep the newest', () => {
    fc.assert(
      fc.property(instants, anyRules, timeZone, (items, rules, zone) => {
        expect(keptOf(items, rules, zone)).toContain(Math.max(...items));
      }),
    );
  });

  it('give a verdict on each item, newest first, whatever order the items come in', () => {
    const shuffled = instants.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
    );
    fc.assert(
      fc.property(shuffled, anyRules, timeZone, ([items, others], rules, zone) => {
        const [verdicts, again] = [items, others].map((set) =>
          applyKeepRules(set, (at) => at, { rules, timeZone: zone }),
        );
        expect(again).toEqual(verdicts);
        expect(verdicts?.map(({ item }) => item)).toEqual(items.toSorted((a, b) => b - a));
      }),
    );
  });

  it('keep at least as much when a count is raised or another rule is added', () => {
    fc.assert(
      fc.property(instants, counts, counts, timeZone, (items, rules, more, zone) => {
        const raised: KeepRules = Object.fromEntries(
          Object.entries({ ...more, ...rules }).map(([rule, n]) => [rule, n + (more[rule as keyof typeof more] ?? 0)]),
        );
        const kept = keptOf(items, raised, zone);
        for (const item of keptOf(items, rules, zone)) expect(kept).toContain(item);
      }),
    );
  });

  it('keep nothing of a larger set that they do not keep of a smaller one', () => {
    fc.assert(
      fc.property(instants, instants, steadyRules, timeZone, (items, more, rules, zone) => {
        const [small, large] = [keptOf(items, rules, zone), keptOf([...new Set([...items, ...more])], rules, zone)];
        for (const item of items) if (!small.has(item)) expect(large).not.toContain(item);
      }),
      { numRuns: 500 },
    );
  });

  it('never bring back what they let go when a newer item comes', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 3_000 }), steadyRules, timeZone, (items, later, rules, zone) => {
        const [before, after] = [items, [...items, Math.max(...items) + later * HOUR]].map((set) =>
          keptOf(set, rules, zone),
        );
        for (const item of items) if (!before?.has(item)) expect(after).not.toContain(item);
      }),
      { numRuns: 500 },
    );
  });

  it('P11: count from the newest item, so that the same set shifted by whole weeks comes out the same', () => {
    const weekly = counts
      .map(({ keepMonthly: _, keepYearly: __, ...rules }) => rules)
      .filter((rules) => Object.keys(rules).length > 0);
    const weeklySpans = spansOf(spanInHours)
      .map(({ keepWithinMonthly: _, keepWithinYearly: __, ...rules }) => rules)
      .filter((rules) => Object.keys(rules).length > 0);
    fc.assert(
      fc.property(
        instants,
        weekly,
        weeklySpans,
        fc.integer({ min: -5_000, max: 5_000 }),
        (items, rules, spans, weeks) => {
          const shift = weeks * 7 * 24 * HOUR;
          const moved = keptOf(
            items.map((at) => at + shift),
            { ...rules, ...spans },
            'UTC',
          );
          expect(new Set([...moved].map((at) => at - shift))).toEqual(keptOf(items, { ...rules, ...spans }, 'UTC'));
        },
      ),
    );
  });
});

describe('the exceptions to that, which are those of the calendar', () => {
  const at = (text: string) => Date.parse(text);

  it('a month before 1 April reaches further back than a month before 31 March', () => {
    const items = [at('2023-03-02T02:00:00Z'), at('2023-03-31T02:00:00Z')];
    const rules = { keepWithin: { months: 1 } };
    expect(keptOf(items, rules, 'UTC')).not.toContain(items[0]);
    expect(keptOf([...items, at('2023-04-01T02:00:00Z')], rules, 'UTC')).toContain(items[0]);
  });

  it('where the clocks go back two hours, an hour that shows twice is two hours if there is another between', () => {
    // Two o'clock in summer, one o'clock in winter, two o'clock in winter: later by an hour each.
    const [summer, between, winter] = [
      at('2024-10-27T00:30:00Z'),
      at('2024-10-27T01:30:00Z'),
      at('2024-10-27T02:30:00Z'),
    ];
    const oldest = at('2024-10-20T00:00:00Z');
    const rules = { keepHourly: 3 };
    expect(keptOf([oldest, summer, winter], { keepHourly: 1 }, 'Antarctica/Troll')).toEqual(new Set([winter]));
    expect(keptOf([oldest, summer, between, winter], rules, 'Antarctica/Troll')).toContain(summer);
  });
});
