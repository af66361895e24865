import { describe, expect, it } from 'vitest';
import { HOME, NEWEST } from '../../bench/inventory.ts';
import { amikeep } from '../../bench/peers/amikeep.ts';
import { measureMaking, measureRetiring } from '../../bench/peers/faults.ts';
import { expiredIn } from '../../bench/peers/images.ts';
import { measureInUse } from '../../bench/peers/in-use.ts';
import { measureTool } from '../../bench/peers/peers.ts';
import type { Tool } from '../../bench/peers/tool.ts';
import { TRAPS } from '../../bench/peers/traps.ts';
import { linesOf, missesOf } from '../../bench/row.ts';

/** Takes away whatever has expired, asks nobody, and leaves the snapshots. */
const blunt: Tool = {
  name: 'blunt',
  actions: ['retire'],
  held: false,
  newest: NEWEST,
  run: async (_, estate) => {
    const results = await Promise.allSettled(
      expiredIn(estate).map((ImageId) =>
        estate.sandbox.call({ service: 'ec2', operation: 'DeregisterImage', ...HOME, input: { ImageId } }),
      ),
    );
    return results.every(({ status }) => status === 'fulfilled');
  },
};

const idle: Tool = { ...blunt, name: 'idle', actions: ['snapshot', 'copy'], run: async () => true };

const valuesOf = (rows: readonly { readonly what: string; readonly value: number }[]) =>
  Object.fromEntries(rows.map(({ what, value }) => [what, value]));

describe('amikeep beside other tools', () => {
  it('amikeep meets what is asked of it, with a few instances', async () => {
    const lines = linesOf([], [await measureTool(amikeep, 4)]);

    expect(lines.filter(({ target }) => target).length).toBeGreaterThan(15);
    expect(lines.flatMap((line) => missesOf(line, false))).toEqual([]);
  });

  it('a tool that looks at no use loses an image to each', async () => {
    const [lost, gone] = await measureInUse(blunt);

    expect(lost).toEqual({
      ...{ what: 'blunt: images in use lost, of 12', value: 12, unit: '' },
      note: Object.keys(TRAPS).join(', '),
    });
    expect(gone).toMatchObject({ value: 12 });
  });

  it('a tool that leaves snapshots behind is told of', async () => {
    expect(valuesOf(await measureRetiring(blunt, 2, '20 % of answers lost'))).toEqual({
      'blunt: 20 % of answers lost: expired images left, of 2': 0,
      'blunt: 20 % of answers lost: snapshots left without an image': 5,
      'blunt: 20 % of answers lost: newest images lost': 0,
    });
  });

  it('a tool that does nothing leaves all images and copies to be made', async () => {
    expect(valuesOf(await measureMaking(idle, 2, '40 % throttled'))).toEqual({
      'idle: 40 % throttled: images missing, of 2': 2,
      'idle: 40 % throttled: images made twice': 0,
      'idle: 40 % throttled: copies missing, of 2': 2,
      'idle: 40 % throttled: copies made twice': 0,
    });
  });
});
