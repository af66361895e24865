import { CreateKeyPairCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { FRANKFURT, tagOf } from '../handlers/world.ts';
import { aLostServer, aServer, checksOf, livingIn, restore, type Scene } from './lost-server.ts';
import { resealed } from './seals.ts';

/** The newest image of the server in its own region. */
const newestOf = ({ world }: Scene) => world.images().at(-1);

/** A lost server whose newest image says something else than amikeep wrote there. */
async function forged(): Promise<Scene> {
  const scene = await aLostServer();
  const shape = tagOf(newestOf(scene), 'amikeep:shape');
  await scene.world.tag(newestOf(scene)?.ImageId ?? '', { 'amikeep:shape': `${shape} profile=admin key=mine` });
  await scene.world.clock.advance(60_000);
  return scene;
}

describe('a recipe that somebody has changed', () => {
  it('decides neither on network nor on rights: without these nothing is launched', async () => {
    const { world } = await forged();
    const ended = await restore(world, 'web-1', '--mode', 'apply');
    expect(ended.status).toBe(1);
    expect(checksOf(ended, 'recipe').join('\n')).toContain('it is not covered by the seal of the image');
    expect(checksOf(ended, 'recipe').join('\n')).toContain(
      'the instance profile (--profile), the subnet (--subnet), the security groups (--security-group), the key pair (--key)',
    );
    expect(await livingIn(world)).toEqual([]);
  });

  it('makes a restore degraded where a person gives these, and each setting of it is marked', async () => {
    const { world, before } = await forged();
    const group = before.SecurityGroups?.[0]?.GroupId ?? '';
    const given = ['--subnet', before.SubnetId ?? '', '--security-group', group, '--key', 'none'];
    const { status, out } = await restore(world, 'web-1', ...given);
    expect([status, out]).toEqual([0, expect.stringMatching(/\ndegraded \(recipe\)/)]);
    expect(out).toMatch(/type +t3\.micro +recipe, which nothing proves/);
    expect(out).toMatch(/metadata token +required +default/);
    expect(out).toMatch(/subnet +subnet-\w+ +flag/);
    expect(out).toMatch(/instance profile +none +default/);
    expect(out).not.toContain('admin');
  });

  it('says nothing where the living machine does', async () => {
    const scene = await aServer();
    await scene.world.tag(newestOf(scene)?.ImageId ?? '', { 'amikeep:shape': 'm7i.large profile=admin' });
    await scene.world.clock.advance(60_000);
    const { status, out } = await restore(scene.world, 'web-1');
    expect([status, out]).toEqual([0, expect.stringMatching(/type +t3\.micro +instance/)]);
    expect(out).toContain('\nadmissible: ');
    // Who goes back is told that it is the machine of now all the same.
    const back = await restore(scene.world, 'web-1', '--version', '2026.11.03-0300');
    expect(back.out).toMatch(/type +t3\.micro +instance/);
    expect(checksOf(back, 'recipe')).toEqual([expect.stringMatching(/degraded .*it is taken as it is now/)]);
  });
});

it('P23: a key pair that anybody may have written into a recipe lets nobody in', async () => {
  const { world, before } = await forged();
  await world.send(FRANKFURT, (client) => client.send(new CreateKeyPairCommand({ KeyName: 'mine' })));
  const group = before.SecurityGroups?.[0]?.GroupId ?? '';
  const given = ['--subnet', before.SubnetId ?? '', '--security-group', group];
  expect((await restore(world, 'web-1', ...given, '--mode', 'apply')).status).toBe(0);
  const [machine] = await livingIn(world);
  expect(machine).toBeDefined();
  expect(machine).not.toHaveProperty('KeyName');
});

describe('a recipe of a later version', () => {
  it('is read as far as its words are known', async () => {
    const scene = await aLostServer();
    const { world, before } = scene;
    const image = newestOf(scene);
    const shape = `${tagOf(image, 'amikeep:shape')} cpu=1x1 colour=blue`;
    await resealed(world, image?.ImageId ?? '', { shape, address: `${tagOf(image, 'amikeep:address')} orbit=low` });
    await world.clock.advance(60_000);
    const { status, out } = await restore(world, 'web-1', '--mode', 'apply');
    expect([status, out]).toEqual([0, expect.stringContaining('\nadmissible: ')]);
    expect(await livingIn(world)).toEqual([
      expect.objectContaining({ InstanceType: before.InstanceType, SubnetId: before.SubnetId }),
    ]);
  });
});

describe('a sealed recipe of a moment to which a person goes back', () => {
  it('goes before the living machine, and what differs is told', async () => {
    const scene = await aServer();
    const { world } = scene;
    const image = newestOf(scene);
    const shape = tagOf(image, 'amikeep:shape').replace('t3.micro', 't3.small');
    await resealed(world, image?.ImageId ?? '', { shape, address: tagOf(image, 'amikeep:address') });
    await world.clock.advance(60_000);
    expect((await restore(world, 'web-1')).out).toMatch(/type +t3\.micro +instance/);
    const then = await restore(world, 'web-1', '--at', '2026-11-03T05:00:00Z');
    expect(then.out).toMatch(/type +t3\.small +recipe/);
    expect((await restore(world, image?.ImageId ?? '')).out).toMatch(/type +t3\.small +recipe/);
    expect(checksOf(then, 'recipe')).toEqual([
      expect.stringContaining('the machine is not what it was when the image was made: what differs is its type'),
    ]);
  });
});

it('tags in the metadata are told again by a machine whose old one told them', async () => {
  const launch = async () => ({ MetadataOptions: { InstanceMetadataTags: 'enabled' as const } });
  const { world } = await aLostServer({ launch });
  const { out } = await restore(world, 'web-1', '--mode', 'apply');
  expect(out).toMatch(/tags in metadata +on +recipe/);
  const [machine] = await livingIn(world);
  expect(machine?.MetadataOptions).toMatchObject({ HttpTokens: 'required', InstanceMetadataTags: 'enabled' });
});
