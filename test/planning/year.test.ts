import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeepRules } from '../../lib/model/keep-rules.ts';
import type { Image } from '../../lib/model/resources.ts';
import { DAY, HOUR, type Instant } from '../../lib/model/time.ts';
import { aPolicy, aPolicyFile, DR, HERE } from '../builders.ts';
import { type Fate, TinyFleet } from './tiny-fleet.ts';

const START = Date.UTC(2026, 0, 1, 2);
const SWEEPS = [1, 9, 17];
/** A year is much work: what is tried of each property is dealt out to tests that are short. */
const THIRDS = ['first third', 'second third', 'last third'];

const fileOf = (source: KeepRules, copy: KeepRules) =>
  aPolicyFile({
    policies: [aPolicy({ retention: source, copies: [{ region: DR.region, encrypt: 'as-source', retention: copy }] })],
  });

/** Lives through days, each with a backup and its sweeps; `look` after every sweep. */
function live(fleet: TinyFleet, days: number, look: (now: Instant) => void = () => {}): void {
  for (let day = 0; day < days; day++) {
    const slot = START + day * DAY;
    fleet.backUp(slot);
    for (const hours of SWEEPS) {
      fleet.sweep(slot + hours * HOUR);
      look(slot + hours * HOUR);
    }
  }
}

/** Goes on sweeping without any more backups until nothing is left to do; how many days that took, 60 at most. */
function settle(fleet: TinyFleet, after: number): number {
  for (let day = 0; day < 60; day++) {
    const changes = SWEEPS.flatMap((hours) => fleet.sweep(START + (after + day) * DAY + hours * HOUR));
    const waiting = [...fleet.images(HERE.region), ...fleet.images(DR.region)].some(isUnderWay);
    if (changes.length === 0 && !waiting) return day;
  }
  return 60;
}

const isUnderWay = ({ state, tags }: Image) => state === 'pending' || 'amikeep:retire' in tags;
const isAvailable = ({ state }: Image) => state === 'available';
const copies = (fleet: TinyFleet) => fleet.history.flatMap((change) => (change.kind === 'copy' ? [change.name] : []));

const count = fc.integer({ min: 1, max: 9 });
/** No months and years in `keepWithin`, which may want again what they let go: see `copyStates`. */
const rules: fc.Arbitrary<KeepRules> = fc.oneof(
  fc.record({ keepLast: count }),
  fc.record({ keepDaily: count, keepWeekly: count, keepMonthly: count }, { requiredKeys: ['keepDaily'] }),
  fc.record({ keepLast: count, keepWithin: fc.record({ days: fc.integer({ min: 1, max: 40 }) }) }),
);
const fate = (worst: number): fc.Arbitrary<Fate> =>
  fc.record({ sweeps: fc.nat(worst), fails: fc.nat(9).map((chance) => chance === 0) });
const fates = (worst: number) =>
  fc.array(fate(worst), { minLength: 1, maxLength: 40 }).filter((all) => all.some(({ fails }) => !fails));

describe('different rules at source and copy, over a year of days', () => {
  it.each(THIRDS)('make no loop: no copy is ever made twice, and once backups stop nothing is left to do (%s)', () => {
    fc.assert(
      fc.property(rules, rules, fates(1), (source, copy, chances) => {
        const fleet = new TinyFleet(fileOf(source, copy), chances);
        live(fleet, 365);
        const names = copies(fleet);
        expect(new Set(names).size).toBe(names.length);
        expect(settle(fleet, 365)).toBeLessThan(60);
      }),
      { numRuns: 2 },
    );
  });

  it.each(THIRDS)('make no loop either where images take days and fail after all (%s)', () => {
    fc.assert(
      fc.property(rules, rules, fates(12), (source, copy, chances) => {
        const fleet = new TinyFleet(fileOf(source, copy), chances);
        live(fleet, 90);
        const names = copies(fleet);
        expect(new Set(names).size).toBe(names.length);
        expect(settle(fleet, 90)).toBeLessThan(60);
      }),
      { numRuns: 4 },
    );
  });

  it.each(THIRDS)('P2: leave a region that ever had an available image with one, at every moment (%s)', () => {
    fc.assert(
      fc.property(rules, rules, fates(12), (source, copy, chances) => {
        const fleet = new TinyFleet(fileOf(source, copy), chances);
        const had = new Set<string>();
        live(fleet, 60, () => {
          for (const { region } of [HERE, DR]) {
            if (fleet.images(region).some(isAvailable)) had.add(region);
            else expect(had).not.toContain(region);
          }
        });
      }),
      { numRuns: 4 },
    );
  });

  it('P8: deregister nothing that has not borne a mark for 24 hours', () => {
    const fleet = new TinyFleet(fileOf({ keepLast: 2 }, { keepDaily: 3, keepWeekly: 2 }), [
      { sweeps: 1, fails: false },
    ]);
    let seen = 0;
    live(fleet, 60, (now) => {
      for (const change of fleet.history.slice(seen)) {
        if (change.kind === 'deregister') {
          expect(now - (fleet.markedAt.get(change.image) ?? now)).toBeGreaterThanOrEqual(DAY);
        }
      }
      seen = fleet.history.length;
    });
    expect(seen).toBeGreaterThan(100);
  });
});

it('a region added with a hundred old images there starts with the newest, and copies each day’s from then on', () => {
  const copy = { keepDaily: 30 };
  const before = new TinyFleet(fileOf({ keepLast: 200 }, copy), [{ sweeps: 0, fails: false }]);
  for (let day = 0; day < 100; day++) before.backUp(START + day * DAY);
  before.sweep(START + 100 * DAY);
  expect(copies(before)).toHaveLength(1);
  for (let day = 101; day < 111; day++) {
    before.backUp(START + day * DAY);
    before.sweep(START + day * DAY + HOUR);
  }
  expect(copies(before)).toHaveLength(11);
});
