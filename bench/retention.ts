import { HOUR } from '../lib/model/time.ts';
import { applyKeepRules } from '../lib/retention/apply-keep-rules.ts';
import type { Row } from './row.ts';

const SIZES = [1_000, 10_000, 100_000];
const NEWEST = Date.UTC(2026, 10, 23, 2);
/** With more years than any lineage has, so that no image is passed over because all counts are used up. */
const KEEP = {
  rules: { keepLast: 3, keepHourly: 24, keepDaily: 7, keepWeekly: 4, keepMonthly: 12, keepYearly: 100 },
  timeZone: 'Europe/Berlin',
};

/** A lineage with an image each hour, judged by all keep rules: the time must grow as the lineage does, and no faster. */
export function measureRetention(sizes: readonly number[] = SIZES): Row[] {
  const lineages = sizes.map((size) => Array.from({ length: size }, (_, hours) => NEWEST - hours * HOUR));
  // In turns, so that no size gets all of the warm-up; and the fastest, since whatever else the machine does only adds.
  const times = lineages.map((): number[] => []);
  for (let turn = 0; turn < 15; turn++) {
    for (const [index, slots] of lineages.entries()) {
      times[index]?.push(timeOf(() => applyKeepRules(slots, (slot) => slot, KEEP)));
    }
  }
  const fastest = times.map((of) => Math.min(...of));
  const perImage = fastest.map((ms, index) => ms / (sizes[index] ?? 1));
  return [
    ...fastest.map((value, index): Row => {
      const size = sizes[index] ?? 0;
      const row = { what: `a lineage of ${size} images`, value, unit: 'ms' };
      return size === 100_000 ? { ...row, target: { atMost: 200 } } : row;
    }),
    {
      what: 'time an image, the slowest size to the fastest',
      value: Math.max(...perImage) / Math.min(...perImage),
      unit: 'x',
      target: { atMost: 2 },
    },
  ];
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
