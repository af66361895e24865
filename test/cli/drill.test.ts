import { describe, expect, it } from 'vitest';
import { aDrillWorld, startDrills } from '../handlers/drills/world.ts';
import { amikeep } from './in-world.ts';

describe('amikeep plan drill', () => {
  it('says what would be started and why, and changes nothing', async () => {
    const { world, policies } = await aDrillWorld();
    world.sandbox.calls.reset();
    const { status, out } = await amikeep(world, policies, 'plan', 'drill');
    expect(out).toMatch(/drill +ami-\w+ +nightly .*no image of its lineage has passed a drill here yet/);
    expect(status).toBe(0);
    const changing = world.sandbox.calls.log.filter(({ operation }) => !/^(?:Describe|Get|List)/.test(operation));
    expect(changing).toEqual([]);
  });

  it('tells of drills that run, and of lineages that are proven', async () => {
    const drilled = await aDrillWorld({ servers: 2 });
    await startDrills(drilled);
    const running = await amikeep(drilled.world, drilled.policies, 'plan', 'drill', '--verbose');
    expect(running.out).toMatch(/wait +i-\w+ .*it is being launched|the status of/);
    await drilled.sweepFor(10);
    const proven = await amikeep(drilled.world, drilled.policies, 'plan', 'drill', '--verbose');
    expect(proven.out).toMatch(/skip +ami-\w+ .*its lineage passed 2026-11-02T/);
  });
});

describe('amikeep drill', () => {
  it('starts the newest image of a lineage though it is proven, once it is told to, and sweeps by hand judge it', async () => {
    const drilled = await aDrillWorld();
    const { world, policies } = drilled;
    await startDrills(drilled);
    await drilled.sweepFor(10);
    const pass = drilled.verdict();
    const [lineage = ''] = world
      .images()
      .map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'amikeep:lineage')?.Value);
    const planned = await amikeep(world, policies, 'drill', lineage);
    expect(planned.out).toContain('somebody asked for it');
    expect(await drilled.drills()).toEqual([]);
    const applied = await amikeep(world, policies, 'drill', lineage, '--mode', 'apply');
    expect(applied).toMatchObject({ status: 0, out: expect.stringMatching(/done, i-\w+ as m1.small in subnet-/) });
    expect(applied.out).toContain("where none is deployed, run 'amikeep run drill --sweep' until it has");
    expect(planned.out).not.toContain('until it has');
    await world.clock.advance(5 * 60_000);
    const judged = await amikeep(world, policies, 'run', 'drill', '--sweep');
    expect(judged.out).toContain('it came up: status after');
    expect(drilled.verdict()).toMatch(/^passed /);
    expect(drilled.verdict()).not.toBe(pass);
  });

  it('takes an image, and refuses one that cannot be started, or that no policy starts', async () => {
    const { world, policies } = await aDrillWorld();
    const [image] = world.images();
    const id = image?.ImageId ?? '';
    expect((await amikeep(world, policies, 'drill', id)).out).toMatch(/drill +ami-/);
    await world.tag(id, { 'amikeep:revoked': 'CVE-2026-1' });
    const revoked = await amikeep(world, policies, 'drill', id);
    expect(revoked).toMatchObject({ status: 1, out: expect.stringContaining('it is revoked (CVE-2026-1)') });
    const undrilled = policies.slice(0, policies.indexOf('    drill:'));
    const none = await amikeep(world, undrilled, 'drill', id);
    expect(none).toMatchObject({
      status: 2,
      err: expect.stringMatching(/policies\.yml: no policy has a drill section/),
    });
  });

  it('says of a file without drills which file it is, which key to write, and where that is told', async () => {
    const { world, policies } = await aDrillWorld();
    const undrilled = policies.slice(0, policies.indexOf('    drill:'));
    const remedy = "write the key drill into one; README, 'Prove that they start', tells how";
    const all = await amikeep(world, undrilled, 'plan', 'drill');
    expect(all.status).toBe(2);
    expect(all.err).toMatch(/^amikeep: \/\S+\/policies\.yml: no policy has a drill section: /);
    expect(all.err).toContain(remedy);
    const one = await amikeep(world, undrilled, 'plan', 'drill', '--policy', 'nightly');
    expect(one.err).toContain('--policy: policy nightly has no drill section: write the key drill into it; README');
  });

  it('says what it does not find, and what may have been meant', async () => {
    const { world, policies } = await aDrillWorld();
    const none = await amikeep(world, policies, 'drill', 'ami-0123456789abcdef0');
    expect(none).toMatchObject({ status: 1, out: expect.stringContaining('not found: ami-0123456789abcdef0') });
    const [lineage = ''] = world
      .images()
      .map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'amikeep:lineage')?.Value);
    const nearly = await amikeep(world, policies, 'drill', `${lineage}0`);
    expect(nearly).toMatchObject({ status: 1, out: expect.stringContaining(`did you mean ${lineage}?`) });
  });

  it('refuses words that belong to another action', async () => {
    const { world, policies } = await aDrillWorld();
    const slot = await amikeep(world, policies, 'run', 'drill', '--slot', 'current');
    expect(slot).toMatchObject({ status: 2, err: expect.stringContaining('drill takes no --slot') });
    const sweep = await amikeep(world, policies, 'run', 'drill', '--sweep', '--policy', 'nightly');
    expect(sweep).toMatchObject({ status: 2, err: expect.stringContaining('--sweep') });
  });
});
