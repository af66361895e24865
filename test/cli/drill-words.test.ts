import { describe, expect, it } from 'vitest';
import { aWorldWithNetworks, networkText } from '../handlers/drill-network.ts';
import { aDrillWorld, startDrills } from '../handlers/drills/world.ts';
import { FRANKFURT, IRELAND, NIGHTLY, type World } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';

/** A deployment whose policy drills its copies, and a server that is imaged in three hours. */
async function aCopyingWorld(nightly = NIGHTLY): Promise<{ world: World; policies: string; server: string }> {
  let policies = '';
  const { world } = await aWorldWithNetworks([IRELAND], (made) => {
    const drill = `    drill: { every: { days: 30 }, regions: [eu-west-1], check: status, instanceType: [m7g.large], maxAgeDays: 45, network: ${networkText(made ?? {})} }\n`;
    policies = made === undefined ? nightly : `${nightly}${drill}`;
    return policies;
  });
  const [server = ''] = await world.launch(1, { Backup: 'nightly', Name: 'web-1' });
  return { world, policies, server };
}

const SLOT = { policy: 'nightly', slot: '2026-11-01T03:00:00Z' };

describe('amikeep drill of a Name', () => {
  it('starts the newest image of the server that has it, whatever its case', async () => {
    const { world, policies, server } = await aCopyingWorld();
    await world.night('2026-11-02');
    const { status, out, err } = await amikeep(world, policies, 'drill', 'WEB-1');
    expect(status).toBe(0);
    // The places are listed for the Name, and nothing else is done there.
    expect(err).toContain('amikeep: list eu-central-1 of account');
    expect(err).not.toContain('retire');
    expect(out).toMatch(new RegExp(`drill +ami-\\w+ +nightly +${server} .*somebody asked for it`));
  });

  it('starts that of a server whose Name begins as an image’s id does', async () => {
    const { world, policies } = await aCopyingWorld();
    const [server] = await world.launch(1, { Backup: 'nightly', Name: 'ami-builder' });
    await world.night('2026-11-02');
    const { status, out } = await amikeep(world, policies, 'drill', 'ami-builder');
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`drill +ami-\\w+ +nightly +${server} .*somebody asked for it`));
  });

  it('that no server has names the one that is near, and of a Name that several have each instance', async () => {
    const { world, policies, server } = await aCopyingWorld();
    await world.night('2026-11-02');
    const none = await amikeep(world, policies, 'drill', 'web-2');
    expect(none).toMatchObject({
      status: 1,
      out: expect.stringContaining('not found: web-2, in eu-west-1; did you mean web-1?'),
    });
    const [other = ''] = await world.launch(1, { Backup: 'nightly', Name: 'web-1' });
    await world.night('2026-11-03');
    const both = await amikeep(world, policies, 'drill', 'web-1');
    expect(both).toMatchObject({
      status: 2,
      err: expect.stringContaining('web-1 means 2 servers: name one by its instance: '),
    });
    for (const one of [server, other]) expect(both.err).toContain(one);
  });
});

describe('amikeep drill of what is elsewhere', () => {
  it('says where it is, where its policy drills, and when its copy is to be waited for', async () => {
    const { world, policies, server } = await aCopyingWorld();
    await world.clock.advanceTo(Date.parse(SLOT.slot));
    await world.invoke('snapshot', SLOT);
    await world.deliver();
    await world.clock.advance(30 * 60_000);
    const [source] = world.images();
    const id = source?.ImageId ?? '';
    const drills = (word: string) => amikeep(world, policies, 'drill', word);
    const elsewhere = 'it is in eu-central-1; nightly drills in eu-west-1, where its copy is';
    for (const word of [server, id, 'web-1']) {
      const { status, out } = await drills(word);
      expect([status, out]).toEqual([1, expect.stringContaining(`${elsewhere} not there yet\n`)]);
    }
    const plan = await amikeep(world, policies, 'plan', 'drill', '--verbose');
    expect(plan).toMatchObject({
      status: 0,
      out: expect.stringContaining('nightly has no image here yet: there is nothing to start'),
    });
    await world.invoke('copy');
    await world.deliver();
    const copy = world.images(IRELAND)[0]?.ImageId ?? '';
    expect((await drills(id)).out).toContain(`${elsewhere} ${copy}, which is pending\n`);
    const pending = await drills(server);
    expect([pending.status, pending.out]).toEqual([
      1,
      expect.stringContaining('it is still being made: wait until it is available'),
    ]);
    await world.clock.advance(6 * 60 * 60_000);
    expect((await drills(id)).out).toContain(`not found: ${id}: ${elsewhere} ${copy}\n`);
    expect(await drills(server)).toMatchObject({ status: 0 });
  });

  it('starts what its policy drills elsewhere, where another policy drills at its source', async () => {
    let policies = '';
    const { world } = await aWorldWithNetworks([FRANKFURT, IRELAND], (made) => {
      const drill = (place: string) =>
        made === undefined
          ? ''
          : `    drill: { every: { days: 30 }, regions: [${place}], check: status, instanceType: [m7g.large], maxAgeDays: 45, network: ${networkText(made)} }\n`;
      const other = NIGHTLY.slice(NIGHTLY.indexOf('  nightly:')).replaceAll('nightly', 'weekly');
      policies = `${NIGHTLY}${drill('eu-west-1')}${other}${drill('eu-central-1')}`;
      return policies;
    });
    const [server = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [source] = world.images();
    const [copy] = world.images(IRELAND);
    expect((await amikeep(world, policies, 'drill', server)).status).toBe(0);
    const { status, out } = await amikeep(world, policies, 'drill', source?.ImageId ?? '');
    expect([status, out]).toEqual([
      1,
      expect.stringContaining(
        `not found: ${source?.ImageId}: it is in eu-central-1; nightly drills in eu-west-1, where its copy is ${copy?.ImageId}\n`,
      ),
    ]);
    expect((await amikeep(world, policies, 'drill', server, '--region', FRANKFURT)).status).toBe(1);
    const undrilled = policies.replace(/ {4}drill:.*\n/, '');
    const none = await amikeep(world, undrilled, 'drill', server);
    expect([none.status, none.out]).toEqual([1, expect.stringContaining('policy nightly starts no images here')]);
  });

  it('says of an instance that its lineage has another name', async () => {
    const ofName = NIGHTLY.replace('    schedule:', '    lineage: { tag: Name }\n    schedule:');
    const { world, policies, server } = await aCopyingWorld(ofName);
    await world.night('2026-11-02');
    const { status, out } = await amikeep(world, policies, 'drill', server);
    expect([status, out]).toEqual([1, expect.stringContaining("its lineage is 'Name=web-1', by which it is drilled")]);
    expect((await amikeep(world, policies, 'drill', 'web-1')).status).toBe(0);
  });
});

describe('amikeep drill of what a drill is under way of', () => {
  it('tells of that drill alone, once, and how far it is', async () => {
    const drilled = await aDrillWorld({ servers: 2 });
    const { world, policies } = drilled;
    expect(await startDrills(drilled)).toEqual([]);
    expect(await drilled.drills()).toHaveLength(2);
    const [server = ''] = world.images().map(({ SourceInstanceId }) => SourceInstanceId);
    const again = await amikeep(world, policies, 'drill', server, '--mode', 'apply');
    expect(again).toMatchObject({ status: 0, out: expect.stringContaining('1 target: 1 waiting.') });
    expect(again.out).toMatch(/wait +i-\w+ +nightly +i-\w+ .*(?:it is being launched|the status of)/);
    expect(await drilled.drills()).toHaveLength(2);
  });
});
