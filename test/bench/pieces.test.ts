import { describe, expect, it } from 'vitest';
import { inTurn, measureBundles } from '../../bench/bundles.ts';
import { measureCalls } from '../../bench/calls.ts';
import { measureMemory } from '../../bench/memory.ts';
import { measurePacing } from '../../bench/pacing.ts';
import { measurePlanning } from '../../bench/plan.ts';
import { measureRetention } from '../../bench/retention.ts';
import { isMissed, median, type Row } from '../../bench/row.ts';

const measured = (rows: readonly Row[], what: string) => rows.find((row) => row.what === what)?.value;

describe('each piece of the bench measures, at a size that takes no time', () => {
  it('planning decides on every instance, and on every image twice', () => {
    const notes = measurePlanning(3, 10).map(({ note }) => note);

    expect(notes.slice(0, 3)).toEqual(['3 decisions', '30 decisions', '30 decisions']);
  });

  it('keep rules give a time for each size and how the times compare', () => {
    expect(measureRetention([10, 100]).map(({ unit }) => unit)).toEqual(['ms', 'ms', 'x']);
  });

  it('a small fleet costs one changing call an image', async () => {
    const rows = await measureCalls([2]);

    expect(measured(rows, '2 created: calls that do it')).toBe(1);
    expect(measured(rows, '2 copied by a sweep: calls that do it')).toBe(1);
    expect(measured(rows, '2 retired: calls that do it')).toBe(1);
    expect(measured(rows, '2 retired: reads that protect')).toBeGreaterThan(0);
  });

  it("changes beyond what a bucket holds take the bucket's time, and none is lost", async () => {
    expect((await measurePacing(110)).filter(isMissed)).toEqual([]);
  });

  it('a handler is bundled as serverless.yml says and can be imported', async () => {
    const rows = await measureBundles(1, ['retire']);

    for (const what of ['bare client: size', 'bare client: import', 'retire: size', 'retire: import']) {
      expect(measured(rows, what)).toBeGreaterThan(0);
    }
  });

  it('of four modules each is imported right after each other one equally often', () => {
    const pairs = [0, 1, 2, 3].flatMap((turn) => {
      const order = inTurn(['bare', 'snapshot', 'copy', 'retire'], turn);
      return order.slice(1).map((module, at) => `${module} after ${order[at]}`);
    });
    expect(new Set(pairs).size).toBe(12);
  });

  it('each function does its work in a process whose memory is limited', async () => {
    const rows = await measureMemory(3, 9, [1024]);

    expect(rows.map(({ value, note }) => [value, note?.replace(/^.*, /, '')])).toEqual([
      [1024, 'CreateImage 3 times'],
      [1024, 'CopyImage 3 times'],
      [1024, 'CreateTags 2 times'],
      [1024, 'DeregisterImage 9 times'],
    ]);
  });
});

describe('a target', () => {
  const row = { what: 'a thing', value: 2, unit: 'x' };

  it.each<[string, Row, boolean]>([
    ['is met at its bound', { ...row, target: { atMost: 2 } }, false],
    ['is missed above it', { ...row, target: { atMost: 1.9 } }, true],
    ['that is exact is missed below it too', { ...row, target: { exactly: 3 } }, true],
    ['that is not there cannot be missed', row, false],
  ])('%s', (_, line, missed) => {
    expect(isMissed(line)).toBe(missed);
  });
});

describe('the median', () => {
  it('is the middle one by size', () => {
    expect(median([30, 4, 5])).toBe(5);
  });

  it('of nothing does not exist', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
