import { describe, expect, it } from 'vitest';
import { inTurn, measureBundles } from '../../bench/bundles.ts';
import { measureCalls } from '../../bench/calls.ts';
import { measureCommand } from '../../bench/command.ts';
import { measureDemo } from '../../bench/demo.ts';
import { measureDrills } from '../../bench/drills.ts';
import { measureNight } from '../../bench/large/night.ts';
import { measurePages } from '../../bench/large/pages.ts';
import { measureStock } from '../../bench/large/stock.ts';
import { measureSweeps } from '../../bench/large/sweeps.ts';
import { measureWork } from '../../bench/large/work.ts';
import { measurePacing } from '../../bench/pacing.ts';
import { measurePlanning } from '../../bench/plan.ts';
import { measureRetention } from '../../bench/retention.ts';
import { type Line, linesOf, median, missesOf, type Row } from '../../bench/row.ts';
import { tableOf } from '../../bench/table.ts';

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
    const rows = await measureCalls(2);

    expect(measured(rows, 'created: calls that do it')).toBe(1);
    expect(measured(rows, 'copied by a sweep: calls that do it')).toBe(1);
    expect(measured(rows, 'retired: calls that do it')).toBe(1);
    expect(measured(rows, 'marked and retired: calls in all')).toBeGreaterThan(1);
  });

  it('of changes beyond what a bucket holds none is lost, and hardly any is throttled', async () => {
    const lines = linesOf([], [await measurePacing(110)]).filter(({ what }) => !what.includes('time'));

    expect(lines.map(({ what }) => what)).toContain('DeregisterImage: changes lost');
    expect(lines.flatMap((line) => missesOf(line, false))).toEqual([]);
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
    const rows = await measureWork(3);

    expect(rows.flatMap(({ note }) => note ?? [])).toEqual([
      'CreateImage 3 times',
      'CopyImage 3 times',
      'CreateTags 1 times',
      'DeregisterImage 6 times',
    ]);
    expect(rows.every(({ value }) => value > 0)).toBe(true);
  });

  it('sweeps with nothing to do are measured as they are deployed, with what they log', async () => {
    const { AMIKEEP_POLICY_FILE } = process.env;
    const rows = await measureSweeps(2);

    expect(process.env.AMIKEEP_POLICY_FILE).toBe(AMIKEEP_POLICY_FILE);
    expect(measured(rows, 'retire: calls')).toBeGreaterThan(0);
    expect(measured(rows, 'snapshot: calls')).toBeGreaterThan(0);
    expect(measured(rows, 'retire: peak of memory')).toBeGreaterThan(0);
    expect(measured(rows, 'log of a day')).toBeGreaterThan(0);
  });

  it('pages that take seconds do not keep a small region from being retired', async () => {
    expect((await measurePages(2)).map(({ value }) => value)).toEqual([6, 1]);
  });

  it('a small night is over in the day: every image is made and copied, and nothing fails', async () => {
    const rows = await measureNight(4);

    expect(measured(rows, 'images made')).toBe(4);
    expect(measured(rows, 'copies a day')).toBe(4);
    expect(measured(rows, 'invocations that failed')).toBe(0);
    expect(measured(rows, 'calls throttled')).toBe(0);
  });

  it('a small stock stays the same, since what expires in a day goes in a day', async () => {
    const rows = await measureStock(2);

    expect(measured(rows, 'retired a day')).toBe(4);
    expect(measured(rows, 'stock after five days, to what it was before')).toBe(1);
    expect(measured(rows, 'DescribeInstances a thousand retired')).toBeGreaterThan(0);
    expect(measured(rows, 'invocations that failed')).toBe(0);
  });

  it('drills that are due at once come up one and all, launched no faster than EC2 lets', async () => {
    const rows = await measureDrills(12);

    expect(measured(rows, 'a look that finds no drill: calls a region')).toBe(1);
    expect(measured(rows, '10 at a time: calls a drill from launch to end')).toBeLessThan(12);
    expect(measured(rows, 'images proven')).toBe(12);
    expect(measured(rows, 'launches refused')).toBe(0);
    expect(measured(rows, 'calls throttled')).toBe(0);
  });

  it('some days of the demo cost calls for each image', async () => {
    const rows = await measureDemo('--days', '6');

    expect(measured(rows, 'calls an image retired')).toBeGreaterThan(1);
    expect(measured(rows, 'calls an image copied')).toBeGreaterThan(1);
  });

  it('the help of the command takes more than Node alone', async () => {
    expect(measured(await measureCommand(), 'to that of Node alone')).toBeGreaterThan(1);
  });
});

describe('a line of the bench', () => {
  const row = { what: 'a thing', value: 2, unit: 'x' };
  const lineOf = (one: Row): Line => {
    const [line] = linesOf([], [[one]]);
    if (!line) throw new Error('a row makes a line');
    return line;
  };

  it.each<[string, Row, number]>([
    ['meets its target at the bound', { ...row, target: { atMost: 2 } }, 0],
    ['misses it above', { ...row, target: { atMost: 1.9 } }, 1],
    ['misses one that is a least below that', { ...row, target: { atLeast: 2.1 } }, 1],
    ['misses one that is exact on either side', { ...row, target: { exactly: 3 } }, 1],
    ['misses every target where nothing could be measured', { ...row, value: Number.NaN, target: { atMost: 2 } }, 1],
    ['that has no target cannot miss one', row, 0],
  ])('%s', (_, one, misses) => {
    expect(missesOf(lineOf(one), false)).toHaveLength(misses);
  });

  it('goes by a target of large fleets in small ones only where it is the same anywhere', () => {
    const missing = { ...row, target: { atMost: 1 } };
    expect(missesOf(lineOf(missing), true)).toEqual([]);
    expect(missesOf(lineOf({ ...missing, anywhere: true }), true)).toEqual(['a thing: 2 x, target <= 1']);
  });

  it('tells how much faster than the fleet it grows', () => {
    const sizes = [10, 100];
    const of = (value: number) => [{ ...row, value, growth: { atMost: 1 } }];
    expect(linesOf(sizes, [of(5), of(50)])).toMatchObject([{ values: [5, 50], grown: 1 }]);
    const [line] = linesOf(sizes, [of(5), of(75)]);
    expect(line && missesOf(line, true)).toEqual(['a thing: grows 1.5 times as fast as the fleet, target <= 1']);
  });

  it('is of one thing at every size', () => {
    expect(() => linesOf([1, 2], [[row], [{ ...row, what: 'another' }]])).toThrow(
      "'another' was not measured at every size",
    );
  });

  it('stands in the table with its values, its growth, its target and whether that is missed', () => {
    const of = [{ ...row, target: { atMost: 1 }, growth: { atMost: 1 } }];
    const lines = linesOf([10, 100], [of, of]);
    const table = tableOf([{ piece: 'one', title: 'A piece', sizes: [10, 100], lines }], false);
    expect(table).toContain('A piece: 10 and 100 instances');
    expect(table).toMatch(/a thing +│ 2 +│ 2 x +│ 0\.1x +│ <= 1, growth <= 1 MISSED/);
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
