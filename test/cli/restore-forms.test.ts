import { describe, expect, it } from 'vitest';
import { ACCOUNT, FRANKFURT } from '../handlers/world.ts';
import { aLostServer, aProfile, aServer, checksOf, livingIn, lose, restore } from './lost-server.ts';

const SECRET = Buffer.from('#!/bin/sh\nPASSWORD=hunter2\n').toString('base64');
const WITH_SECRET = { launch: async () => ({ UserData: SECRET }) };

describe('amikeep restore --as json', () => {
  it('prints the launch and nothing else, and tells beside it what there is to hear', async () => {
    const { world, before } = await aLostServer();
    const { status, out, err } = await restore(world, 'web-1', '--as', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ SubnetId: before.SubnetId, AssociatePublicIpAddress: true }],
    });
    expect(err).toContain('admissible: ');
  });

  it('leaves the user data of a living machine out, and says so; --json tells only that there is some', async () => {
    const { world } = await aServer(WITH_SECRET);
    for (const form of ['json', 'template']) {
      const { out, err } = await restore(world, 'web-1', '--as', form);
      expect(out + err).not.toContain(SECRET);
      expect(err).toContain('the user data of the old machine is left out of it: it may hold secrets');
    }
    const { out } = await restore(world, 'web-1', '--json');
    expect(out).not.toContain(SECRET);
    expect(JSON.parse(out).plan.making.launch).toMatchObject({ hasUserData: true });
  });

  it('gives a template a name that tells its image, and one launch from another', async () => {
    const { world } = await aLostServer();
    const nameOf = async (...args: readonly string[]): Promise<string> =>
      JSON.parse((await restore(world, 'web-1', '--as', 'template', ...args)).out).LaunchTemplateName;
    const [name, other] = [await nameOf(), await nameOf('--type', 't3.small')];
    expect(name).toMatch(new RegExp(`^restore-${world.images().at(-1)?.ImageId}-[0-9a-f]{8}$`));
    expect(other).not.toBe(name);
  });

  it('prints nothing where the restore is blocked, and why beside it', async () => {
    const { world } = await aLostServer();
    const { status, out, err } = await restore(world, 'web-1', '--type', 'm7g.large', '--as', 'json');
    expect([status, out, err]).toEqual([1, '', expect.stringContaining('blocked (type)')]);
  });
});

describe('amikeep restore --json', () => {
  it('is one document with the plan, each setting and its source, and what was made', async () => {
    const { world, id } = await aLostServer();
    const { status, out } = await restore(world, 'web-1', '--mode', 'apply', '--json');
    const [machine = {}] = await livingIn(world);
    expect([status, JSON.parse(out)]).toMatchObject([
      0,
      {
        server: { name: 'web-1', policy: 'nightly', lineage: id },
        account: ACCOUNT,
        place: { account: ACCOUNT, region: FRANKFURT },
        plan: {
          verdict: 'admissible',
          settings: expect.arrayContaining([expect.objectContaining({ source: 'recipe' })]),
        },
        made: { kind: 'done', id: machine.InstanceId },
        held: true,
      },
    ]);
  });
});

describe('what a restored machine has of the old one', () => {
  it('is its user data, while EC2 tells of it', async () => {
    const { world } = await aServer(WITH_SECRET);
    const { out } = await restore(world, 'web-1', '--mode', 'apply');
    expect(out).toMatch(/user data +27 bytes +instance/);
    const launches = world.sandbox.calls.log.filter(({ operation }) => operation === 'RunInstances');
    expect(launches.at(-1)?.input).toMatchObject({ UserData: SECRET });
    const back = await restore(world, world.images()[0]?.ImageId ?? '', '--another', '--mode', 'apply');
    expect([back.status, back.out]).toEqual([0, expect.stringMatching(/user data +none: /)]);
    const later = world.sandbox.calls.log.filter(({ operation }) => operation === 'RunInstances');
    expect(later.at(-1)?.input).not.toHaveProperty('UserData');
  });

  it('is its instance profile, whose role is named', async () => {
    const { world } = await aLostServer({ launch: aProfile });
    const ended = await restore(world, 'web-1', '--mode', 'apply');
    expect(checksOf(ended, 'instance profile')).toEqual([
      expect.stringMatching(/ok .*web is there, with the role web-role/),
    ]);
    const [machine] = await livingIn(world);
    expect(machine?.IamInstanceProfile?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:instance-profile/web`);
  });

  it('is its private address with --keep-address, once the old machine is gone', async () => {
    const scene = await aServer();
    const { world, id, before } = scene;
    const blocked = await restore(world, 'web-1', '--keep-address', '--mode', 'apply');
    expect(checksOf(blocked, 'private address')).toEqual([
      expect.stringContaining(`${id} still has ${before.PrivateIpAddress}: terminate it first`),
    ]);
    await lose(scene);
    expect((await restore(world, 'web-1', '--keep-address', '--mode', 'apply')).status).toBe(0);
    expect(await livingIn(world)).toEqual([expect.objectContaining({ PrivateIpAddress: before.PrivateIpAddress })]);
  });
});
