import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { FRANKFURT, NIGHTLY } from '../handlers/world.ts';
import {
  aLostServer,
  aServer,
  checksOf,
  instancesIn,
  livingIn,
  lose,
  restore,
  restoreBy,
  subnetsIn,
  TAGS,
} from './lost-server.ts';

const APPLY = ['web-1', '--mode', 'apply'];
const HOUR = 3_600_000;

describe('a restore whose answer was lost', () => {
  it('says that nobody knows, and the next try finds the machine by its tag, before a token of another zone', async () => {
    const { world, before } = await aLostServer();
    const [, other] = await subnetsIn(world);
    expect(other?.SubnetId).not.toBe(before.SubnetId);
    // The dry run, and each of the tries.
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances', times: 4 });
    const lost = await restore(world, ...APPLY);
    expect([lost.status, lost.out]).toEqual([1, expect.stringContaining('whether it was made is not known')]);
    expect(lost.out).toContain('ask for the same again');
    world.sandbox.faults.clear();
    const [machine] = await livingIn(world);
    const again = await restore(world, ...APPLY, '--subnet', other?.SubnetId ?? '');
    expect(again.status).toBe(1);
    expect(checksOf(again, 'earlier tries')).toEqual([
      expect.stringMatching(new RegExp(`blocked .* ${machine?.InstanceId} \\(web-1\\).* go on with that one`)),
    ]);
    expect(await livingIn(world)).toEqual([expect.objectContaining({ InstanceId: machine?.InstanceId })]);
  });

  it('says that nobody knows where the credentials went out before the next try', async () => {
    const { world } = await aLostServer();
    // The dry run, and the first try.
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances', times: 2 });
    const expired = { code: 'ExpiredToken', status: 400 };
    world.sandbox.faults.add({ kind: 'error-before', operation: 'RunInstances', ...expired });
    const lost = await restore(world, ...APPLY);
    expect([lost.status, lost.out]).toEqual([
      1,
      expect.stringContaining('whether it was made is not known (ExpiredToken'),
    ]);
    world.sandbox.faults.clear();
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('once is asked for again by the same token, which makes no second machine', async () => {
    const { world } = await aLostServer();
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances', times: 3 });
    expect((await restore(world, ...APPLY)).status).toBe(0);
    expect(await livingIn(world)).toHaveLength(1);
  });
});

describe('a restore that EC2 refuses', () => {
  it('says why and that the image is held, and the next one launches', async () => {
    const { world } = await aLostServer();
    world.sandbox.ec2.setBehaviour({ capacityShortages: [{}] }, FRANKFURT);
    const refused = await restore(world, ...APPLY);
    expect([refused.status, refused.out]).toEqual([
      1,
      expect.stringContaining('EC2 made nothing: InsufficientInstanceCapacity'),
    ]);
    expect(refused.out).toContain('the image has a hold for this');
    expect(await livingIn(world)).toEqual([]);
    world.sandbox.ec2.setBehaviour({ capacityShortages: [] }, FRANKFURT);
    const again = await restore(world, ...APPLY);
    expect(again.status).toBe(0);
    // It is the hold of the first try, which whoever sees the second one through has to take off.
    expect(again.out).toContain('the image has a hold for this');
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('only after it has taken the launch leaves a machine that has ended, and the next one launches another', async () => {
    const { world } = await aLostServer();
    world.sandbox.ec2.setBehaviour({ capacityShortages: [{ strikes: 'pending' }] }, FRANKFURT);
    expect((await restore(world, ...APPLY)).status).toBe(0);
    await world.clock.advance(60_000);
    expect(await livingIn(world)).toEqual([]);
    world.sandbox.ec2.setBehaviour({ capacityShortages: [] }, FRANKFURT);
    expect((await restore(world, ...APPLY)).status).toBe(0);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('launches nothing where the image could not be held', async () => {
    const { world } = await aLostServer();
    world.sandbox.faults.add({ kind: 'denied', operation: 'CreateTags' });
    const ended = await restore(world, ...APPLY);
    expect([ended.status, ended.out]).toEqual([
      1,
      expect.stringContaining('nothing was made: the image could not be held'),
    ]);
    expect(await livingIn(world)).toEqual([]);
  });

  it('launches nothing where it could not be read what was restored before', async () => {
    const { world } = await aLostServer();
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeInstances', region: FRANKFURT });
    const ended = await restore(world, ...APPLY, '--region', FRANKFURT);
    expect(checksOf(ended, 'earlier tries')).toEqual([expect.stringContaining('a second machine could be launched')]);
    world.sandbox.faults.clear();
    expect(await livingIn(world)).toEqual([]);
  });
});

describe('one more restore of a server', () => {
  it('is another machine with --another, and without it once the first one has been terminated', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    expect((await restore(world, ...APPLY)).status).toBe(1);
    expect((await restore(world, ...APPLY, '--another')).status).toBe(0);
    const ids = (await livingIn(world)).map(({ InstanceId }) => InstanceId);
    expect(new Set(ids).size).toBe(2);
  });

  it('P20: whose answer was lost is looked for without --another, which would make yet another one', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances' });
    const lost = await restore(world, ...APPLY, '--another');
    expect([lost.status, lost.out]).toEqual([1, expect.stringContaining('ask for the same again without --another')]);
    world.sandbox.faults.clear();
    const again = await restore(world, ...APPLY);
    const ids = (await livingIn(world)).map(({ InstanceId }) => InstanceId);
    expect(ids).toHaveLength(2);
    const told = checksOf(again, 'earlier tries').join('\n');
    for (const id of ids) expect(told).toContain(id);
  });

  it('of an older version finds the machine that was made of a newer one', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    const older = await restore(world, ...APPLY, '--version', '2026.11.02-0300');
    expect(checksOf(older, 'earlier tries')).toEqual([expect.stringContaining('was restored of it before')]);
  });
});

describe('P20: the machine that an earlier restore has made is found', () => {
  const BOTH = NIGHTLY.replace(
    'policies:',
    `policies:
  weekly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 5 * * ? *), timeZone: UTC }
    image: { reboot: never }
    retention: { keepDaily: 3 }
    retire: { mode: plan, endAfterSourceGoneDays: never }`,
  );

  /** A lost server of which each of two policies has images; the newest one of each. */
  async function ofTwoPolicies() {
    const scene = await aServer({ policies: BOTH });
    const { world } = scene;
    await world.invoke('snapshot', { policy: 'weekly' });
    await world.deliver();
    await lose(scene);
    const newestOf = (policy: string) =>
      world.images().findLast(({ Name }) => Name?.includes(`/${policy}/`))?.ImageId ?? '';
    return { world, nightly: newestOf('nightly'), weekly: newestOf('weekly') };
  }

  it('by the token of its launch, though somebody has written over the tag that says what it is of', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    const [machine] = await livingIn(world);
    await world.tag(machine?.InstanceId ?? '', { 'amikeep:restored-from': '-' });
    const again = await restore(world, ...APPLY, '--type', 't3.small');
    expect(checksOf(again, 'earlier tries')).toEqual([expect.stringContaining(machine?.InstanceId ?? '?')]);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('where the image that it was launched from is no longer listed', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    const [machine] = await livingIn(world);
    // Its seal is broken by that.
    await world.tag(machine?.ImageId ?? '', { 'amikeep:keep': 'last=1 zone=UTC' });
    const again = await restore(world, ...APPLY);
    expect(again.out).toContain('2026.11.02-0300');
    expect(checksOf(again, 'earlier tries')).toEqual([expect.stringContaining(machine?.InstanceId ?? '?')]);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('though it is of an image that another policy has made', async () => {
    const { world, nightly, weekly } = await ofTwoPolicies();
    expect((await restoreBy(BOTH, world, nightly, '--mode', 'apply')).status).toBe(0);
    const [machine] = await livingIn(world);
    const other = await restoreBy(BOTH, world, weekly, '--mode', 'apply');
    expect(checksOf(other, 'earlier tries')).toEqual([expect.stringContaining(machine?.InstanceId ?? '?')]);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('by its tag where it was launched without a token of ours, as from a template', async () => {
    const { world, nightly, weekly } = await ofTwoPolicies();
    const tags = [{ Key: 'amikeep:restored-from', Value: nightly }];
    const input = { ImageId: nightly, MinCount: 1, MaxCount: 1 };
    const launch = new RunInstancesCommand({
      ...input,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
    });
    const { Instances: [machine] = [] } = await world.send(FRANKFURT, (client) => client.send(launch));
    await world.clock.advance(60_000);
    const other = await restoreBy(BOTH, world, weekly, '--mode', 'apply');
    expect(checksOf(other, 'earlier tries')).toEqual([expect.stringContaining(machine?.InstanceId ?? '?')]);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('no more once EC2 has forgotten that it was terminated: the next restore launches another', async () => {
    const { world } = await aLostServer();
    expect((await restore(world, ...APPLY)).status).toBe(0);
    const ids = (await livingIn(world)).map(({ InstanceId = '' }) => InstanceId);
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: ids })));
    await world.clock.advance(2 * HOUR);
    expect(await instancesIn(world)).toEqual([]);
    expect((await restore(world, ...APPLY)).status).toBe(0);
    expect(await livingIn(world)).toHaveLength(1);
  });
});

describe('--take-over', () => {
  it('gives the machine the tags by which it is selected, so that it is imaged in the old one’s place', async () => {
    const { world } = await aLostServer();
    const plain = await restore(world, 'web-1');
    expect(plain.out).toContain('its tags Backup, by which policies select: --take-over gives it these');
    expect((await restore(world, ...APPLY, '--take-over')).status).toBe(0);
    const [machine = {}] = await livingIn(world);
    expect(machine.Tags).toContainEqual({ Key: 'Backup', Value: TAGS.Backup });
    await world.night('2026-11-04');
    expect(world.images().map(({ SourceInstanceId }) => SourceInstanceId)).toContain(machine.InstanceId);
  });

  it('says what two living machines of one selection come to', async () => {
    const { world } = await aServer();
    const ended = await restore(world, 'web-1', '--take-over');
    expect(checksOf(ended, 'take-over')).toEqual([expect.stringMatching(/degraded .* each of both gets a lineage/)]);
  });
});
