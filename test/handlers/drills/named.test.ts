import { describe, expect, it } from 'vitest';
import { aWorldWithNetworks, networkText } from '../drill-network.ts';
import { ACCOUNT, FRANKFURT, IRELAND, NIGHTLY, tagOf } from '../world.ts';
import { aDrillWorld, startDrills } from './world.ts';

const LINEAGE = 'i-0123456789abcdef0';
const IMAGE = 'ami-0123456789abcdef0';
const target = { account: ACCOUNT, region: FRANKFURT };

describe('a drill of what is named and is not there', () => {
  it.each<[object, string, string]>([
    [{ lineages: [LINEAGE] }, 'refuse no-such-lineage', `there is no image of the lineage ${LINEAGE} in eu-central-1`],
    [{ images: [IMAGE] }, 'refuse no-such-image', `there is no image ${IMAGE} in eu-central-1`],
  ])('fails where it names its place, or has one alone: %j', async (named, count, said) => {
    const { world } = await aDrillWorld();
    world.finishedRuns();
    await expect(world.invoke('drill', { ...named, target })).rejects.toThrow(said);
    const errors = await startDrills({ world }, named);
    expect(errors.map(String)).toEqual([expect.stringContaining(said)]);
    const runs = world.finishedRuns();
    expect(runs.length).toBeGreaterThan(0);
    for (const { failures, counts } of runs) {
      expect(failures).toEqual([expect.stringContaining(said)]);
      expect(counts).toEqual({ [count]: 1 });
    }
  });

  it('is counted in each of several places, since what is in another is no failure', async () => {
    const both = [FRANKFURT, IRELAND];
    const { world } = await aWorldWithNetworks(both, (made) =>
      made === undefined
        ? NIGHTLY
        : `${NIGHTLY}    drill: { every: { days: 30 }, regions: [${both}], check: status, instanceType: [m7g.large], maxAgeDays: 45, network: ${networkText(made)} }\n`,
    );
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [image] = world.images();
    world.finishedRuns();
    const named = { images: [image?.ImageId], lineages: [LINEAGE, tagOf(image, 'amikeep:lineage')] };
    expect(await startDrills({ world }, { ...named, mode: 'plan' })).toEqual([]);
    const runs = world.finishedRuns().map(({ region, counts, failures }) => ({ region, counts, failures }));
    expect(runs).toHaveLength(2);
    expect(runs).toContainEqual({
      region: FRANKFURT,
      counts: { 'drill drill-asked': 1, 'refuse no-such-lineage': 1 },
      failures: [],
    });
    expect(runs).toContainEqual({
      region: IRELAND,
      counts: { 'drill drill-asked': 1, 'refuse no-such-lineage': 1, 'refuse no-such-image': 1 },
      failures: [],
    });
  });
});
