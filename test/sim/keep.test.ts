import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type KeepCounts, keptSlots } from '../../sim/recount/keep.ts';

interface Vector {
  readonly name: string;
  readonly timeZone: string;
  readonly retention: KeepCounts;
  readonly takenAt: readonly string[];
  readonly keep: readonly { readonly at: string }[];
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../fixtures/retention-vectors.json', import.meta.url), 'utf8'),
);

/** Slots are whole minutes and differ; restic's snapshots of the vectors may come twice in a moment. */
const comparable = vectors.filter(
  ({ retention, takenAt }) => !('keepWithin' in retention) && new Set(takenAt).size === takenAt.length,
);

test.each(comparable)('the recount keeps what restic keeps: $name', ({ takenAt, retention, timeZone, keep }) => {
  const kept = keptSlots(
    takenAt.map((text) => Date.parse(text)),
    retention,
    timeZone,
  );
  expect([...kept].sort()).toEqual(keep.map(({ at }) => Date.parse(at)).sort());
});
