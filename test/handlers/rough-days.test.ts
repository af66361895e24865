import { describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../lib/model/time.ts';
import type { FaultRule } from '../../sandbox/fault-rule.ts';
import { aWorld, LOCAL, tagOf, type World } from './world.ts';

// How long simulated sweeps take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 120_000 });

const FLEET = 100;

/** A hundred images that no rule wants, and as many that are kept. */
async function anExpiredFleet(seed: number): Promise<World> {
  const world = aWorld({ policies: LOCAL.replace('keepDaily: 3', 'keepLast: 1'), seed });
  await world.launch(FLEET, { Backup: 'nightly' });
  for (const day of [2, 3]) {
    await world.clock.advanceTo(Date.parse(`2026-11-0${day}T03:00:00Z`));
    await world.invoke('snapshot', { policy: 'nightly', slot: `2026-11-0${day}T03:00:00Z` });
    await world.deliver();
  }
  await world.clock.advance(12 * HOUR);
  return world;
}

const expired = (world: World) =>
  world.images().filter((image) => tagOf(image, 'amikeep:version') === '2026.11.02-0300');

/** The sweep of every six hours, once. */
async function sweep(world: World): Promise<void> {
  await world.invoke('retire');
  await world.deliver();
  await world.clock.advance(6 * HOUR);
}

const ROUGH: readonly (readonly [string, FaultRule])[] = [
  ['one answer in five is lost', { kind: 'lost-answer', probability: 0.2 }],
  ['four calls in ten are throttled', { kind: 'throttle', probability: 0.4 }],
];

describe.each(ROUGH)('where %s', (_, fault) => {
  it.each([1, 2, 3, 4, 5])(
    'a hundred expired images are gone within two sweeps after their day of rest, by seed %d',
    async (seed) => {
      const world = await anExpiredFleet(seed);
      expect(expired(world)).toHaveLength(FLEET);
      // Of EC2 alone: that events come is no subject here.
      world.sandbox.faults.add({ ...fault, service: 'ec2' });
      for (let count = 0; count < 2; count++) await sweep(world);
      expect(expired(world).filter((image) => tagOf(image, 'amikeep:retire') === '')).toEqual([]);
      await world.clock.advance(18 * HOUR);
      for (let count = 0; count < 2; count++) await sweep(world);
      expect(expired(world)).toEqual([]);
      expect(world.images()).toHaveLength(FLEET);
    },
  );
});

describe('P4: what cannot be read of one image', () => {
  it('keeps that one, and says so, while all others go', async () => {
    const world = await anExpiredFleet(1);
    await sweep(world);
    await world.clock.advance(24 * HOUR);
    world.finishedRuns();
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImageAttribute', times: 1 });
    await sweep(world);
    expect(expired(world)).toHaveLength(1);
    const runs = world.finishedRuns();
    expect(runs.flatMap(({ failures }) => failures)).toEqual([expect.stringContaining('launch permissions of ami-')]);
    expect(runs.at(-1)?.counts).toMatchObject({ 'refuse evidence-incomplete': 1 });
  });
});
