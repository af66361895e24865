import { describe, expect, it } from 'vitest';
import { aWorld, FRANKFURT, IRELAND } from '../handlers/world.ts';
import { aLostServer, aServer, instancesIn, livingIn, lose, restore, stateOf, TAGS } from './lost-server.ts';

/** The names and sources under `settings:`. */
function sourcesIn(out: string): Map<string, string> {
  const [, settings = ''] = out.split('\n\n');
  const rows = settings.split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const cells = row.trim().split(/ {2,}/);
      return [cells[0] ?? '', cells.at(-1) ?? ''];
    }),
  );
}

describe('P20: a restore plan', () => {
  it('makes calls that change nothing, and leaves everything as it was', async () => {
    const { world } = await aLostServer();
    const before = stateOf(world);
    world.sandbox.calls.reset();
    const { status, out } = await restore(world, 'web-1');
    expect(out).toContain('admissible: ');
    expect(out).toContain('Nothing was changed; --mode apply does it.');
    const changing = world.sandbox.calls.log.filter(({ operation }) => !/^(?:Describe|Get|List)/.test(operation));
    expect(changing.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'RunInstances DryRunOperation',
    ]);
    expect(stateOf(world)).toEqual(before);
    expect(status).toBe(0);
  });

  it('names the source of each setting', async () => {
    const scene = await aServer();
    const sources = sourcesIn((await restore(scene.world, 'web-1')).out);
    expect(sources.get('type')).toBe('instance');
    expect(sources.get('user data')).toBe('instance');
    await lose(scene);
    const [{ SecurityGroups: [{ GroupId: group = '' } = {}] = [] } = {}] = [scene.before];
    const later = sourcesIn((await restore(scene.world, 'web-1', '--security-group', group)).out);
    expect(Object.fromEntries(later)).toMatchObject({
      type: 'recipe',
      subnet: 'recipe',
      'security groups': 'flag',
      'instance profile': 'default',
      'private address': 'default',
      'metadata token': 'recipe',
      encryption: 'default',
      tags: 'image',
    });
    const known = new Set(['flag', 'instance', 'recipe', 'image', 'map', 'default']);
    for (const [name, source] of [...sources, ...later]) expect([name, known.has(source)]).toEqual([name, true]);
  });
});

describe('P20: an applied restore of a server that is gone', () => {
  it('launches it where it was, with what it had, and says from which image', async () => {
    const { world, before } = await aLostServer();
    const applied = await restore(world, 'web-1', '--mode', 'apply');
    expect(applied.status).toBe(0);
    const [machine = {}] = await livingIn(world);
    expect(applied.out).toContain(`launched ${machine.InstanceId}`);
    expect(applied.out).toContain('--tags Key=amikeep:hold');
    expect(machine).toMatchObject({
      InstanceType: 't3.micro',
      SubnetId: before.SubnetId,
      SecurityGroups: before.SecurityGroups,
      MetadataOptions: { HttpTokens: 'required' },
    });
    const tags = Object.fromEntries((machine.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const newest = world.images().at(-1)?.ImageId;
    expect(tags).toEqual({ Name: TAGS.Name, 'amikeep:restored-from': newest });
    expect(applied.out).toContain('its tags but for those that its policy has put on its images');
  });

  it('touches no other instance and no other image', async () => {
    const { world } = await aLostServer();
    const [other = ''] = await world.launch(1, { Backup: 'nightly', Name: 'db-1' });
    await world.night('2026-11-04');
    const othersOf = async () => ({
      instances: (await instancesIn(world)).filter(({ InstanceId }) => InstanceId === other),
      images: world.images().filter(({ SourceInstanceId }) => SourceInstanceId === other),
      copies: world.images(IRELAND),
    });
    const before = await othersOf();
    expect(before.images).not.toEqual([]);
    expect((await restore(world, 'web-1', '--mode', 'apply')).status).toBe(0);
    expect(await othersOf()).toEqual(before);
    expect(await livingIn(world)).toHaveLength(2);
  });

  it('leaves a living server as it is, and says that there are two of it then', async () => {
    const { world, id, before } = await aServer();
    const { status, out } = await restore(world, 'web-1', '--mode', 'apply');
    expect([status, out]).toEqual([0, expect.stringContaining(`${id} is running: there will be two of it`)]);
    const [old, machine] = await livingIn(world);
    expect(old).toEqual(before);
    expect(machine?.InstanceType).toBe(before.InstanceType);
  });
});

describe('which image is restored', () => {
  it('is the newest one, the version that is named, or the newest one from a moment or before', async () => {
    const { world } = await aLostServer();
    const [first = '', second = ''] = world.images().map(({ ImageId }) => ImageId);
    expect((await restore(world, 'web-1')).out).toContain(`2026.11.03-0300, ${second} in ${FRANKFURT}`);
    const named = await restore(world, 'web-1', '--version', '2026.11.02-0300');
    expect(named.out).toContain(`2026.11.02-0300, ${first} in ${FRANKFURT}`);
    const at = await restore(world, 'web-1', '--at', '2026-11-03T02:59:59Z');
    expect(at.out).toContain(`2026.11.02-0300, ${first} in ${FRANKFURT}`);
    expect(at.out).toContain('the newest good one in eu-central-1 from 2026-11-03T02:59:59Z or before');
    expect((await restore(world, first)).out).toContain(`2026.11.02-0300, ${first} in ${FRANKFURT}`);
  });

  it('is found by a server’s name, its instance and its image, though it is long gone', async () => {
    const { world, id } = await aLostServer();
    const [image = ''] = world.images().map(({ ImageId }) => ImageId);
    for (const word of ['WEB-1', id, image]) {
      expect((await restore(world, word)).status).toBe(0);
    }
  });

  it('is none in a deployment that has no images', async () => {
    expect(await restore(aWorld(), 'web-1')).toMatchObject({
      status: 1,
      err: expect.stringContaining("there is no image of 'web-1'"),
    });
  });
});
