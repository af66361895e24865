import { DeregisterImageCommand, RegisterImageCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { type Region, region } from '../../lib/model/ids.ts';
import { PartialFailureError } from '../../lib/run/outcome/outcome.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World } from './world.ts';

const SLOT = '2026-11-02T03:00:00Z';

/** What a run decided, by the texts of its reasons. */
function decisions(error: unknown): { action: string; reason: { code: string; text: string } }[] {
  return error instanceof PartialFailureError ? error.outcomes.flatMap(({ plan }) => [...plan.decisions]) : [];
}

async function snapshotNow(world: World, payload: object = {}): Promise<Error[]> {
  await world.clock.advanceTo(Math.max(world.clock.now(), Date.parse(SLOT)));
  await world.invoke('snapshot', { policy: 'nightly', slot: SLOT, ...payload });
  return world.deliver();
}

const lastCounts = (world: World) => world.finishedRuns().at(-1)?.counts;

describe('what is asked for wrongly', () => {
  it('a wrong payload is answered with every problem by its path, and nothing is done', async () => {
    const world = aWorld();
    const payload = { policy: '', slot: 'yesterday', mode: 'maybe', instanses: [] };
    await expect(world.invoke('snapshot', payload)).rejects.toThrow(
      /policy: [\s\S]*slot: [\s\S]*mode: [\s\S]*instanses/,
    );
    expect(world.sandbox.calls.total()).toBe(0);
  });

  it('an unknown policy is answered with those that there are', async () => {
    const world = aWorld();
    await expect(world.invoke('snapshot', { policy: 'nigthly' })).rejects.toThrow(
      "no policy 'nigthly'; the policy file has nightly",
    );
    expect(world.sandbox.calls.total()).toBe(0);
  });

  it('a region without work is answered with those that have some', async () => {
    const world = aWorld();
    await expect(world.invoke('snapshot', { target: { region: 'us-east-1' } })).rejects.toThrow(
      'us-east-1 is no region that snapshot has work in; those are eu-central-1',
    );
  });

  it('another account is refused', async () => {
    const world = aWorld();
    const target = { account: '999999999999', region: FRANKFURT };
    await expect(world.invoke('retire', { target })).rejects.toThrow('999999999999 is no account of this deployment');
  });

  it('the wrong function says which is the right one', async () => {
    const world = aWorld();
    await expect(world.invoke('copy', { action: 'retire' })).rejects.toThrow("this function does 'copy', not 'retire'");
  });
});

describe('an instance', () => {
  it('that does not exist is refused by name, and the others get their image', async () => {
    const world = aWorld();
    const [known = ''] = await world.launch(2, { Backup: 'nightly' });
    const errors = await snapshotNow(world, { instances: [known, 'i-0123456789abcdef0'] });
    expect(errors).toEqual([]);
    expect(lastCounts(world)).toEqual({ 'create slot-due': 1, 'refuse no-such-instance': 1 });
    expect(world.images().map(({ SourceInstanceId }) => SourceInstanceId)).toEqual([known]);
  });

  it('that the policy does not select is skipped with the condition that it fails', async () => {
    const world = aWorld();
    const [other = ''] = await world.launch(1, { Backup: 'weekly' });
    expect(await snapshotNow(world, { instances: [other] })).toEqual([]);
    expect(lastCounts(world)).toEqual({ 'skip not-selected': 1 });
  });

  it('that is in a state without an image to be had is passed over, and says so when it is asked for', async () => {
    const world = aWorld();
    const [gone = '', there = ''] = await world.launch(2, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T02:59:50Z'));
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
    expect(await snapshotNow(world, { instances: [gone, there] })).toEqual([]);
    expect(lastCounts(world)).toEqual({ 'create slot-due': 1, 'skip not-selected': 1 });
  });

  it('that EC2 refuses between the read and the call fails alone, with EC2’s own words', async () => {
    const world = aWorld();
    await world.launch(3, { Backup: 'nightly' });
    world.sandbox.faults.add({
      kind: 'error-before',
      operation: 'CreateImage',
      times: 1,
      code: 'InvalidParameterValue',
      status: 400,
      message: "Instance is not in state 'running' or 'stopping' or 'stopped'",
    });
    const errors = await snapshotNow(world);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(
      /1 failed, the rest is done: create i-\w+ in eu-central-1: .*Instance is not in state/,
    );
    expect(world.images()).toHaveLength(2);
    // The sweep makes up for it, as the slot is still open.
    await world.invoke('snapshot', { slot: 'current' });
    expect(await world.deliver()).toEqual([]);
    expect(world.images()).toHaveLength(3);
  });

  it('zero matches are explained: which condition removed how many', async () => {
    const world = aWorld();
    await world.launch(4, { Backup: 'weekly' });
    expect(await snapshotNow(world)).toEqual([]);
    expect(world.finishedRuns()[0]?.warnings[0]).toMatch(
      /selects nothing in eu-central-1: of 4 instances .*nightly.* removed 4, 0 left/,
    );
  });
});

describe('an image name', () => {
  it('P1: that somebody else holds is a refusal that names the holder, and that image is left as it is', async () => {
    const world = aWorld({ policies: LOCAL });
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    const Name = `test/nightly/${instance}/2026.11.02-0300/1`;
    const { ImageId: theirs } = await world.send(FRANKFURT, (client) =>
      client.send(
        new RegisterImageCommand({
          Name,
          Architecture: 'x86_64',
          RootDeviceName: '/dev/xvda',
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
        }),
      ),
    );
    const before = JSON.stringify(world.sandbox.ec2.inspect.image(ACCOUNT, FRANKFURT, theirs ?? ''));
    const [error] = await snapshotNow(world);
    expect(error?.message).toContain(`the name '${Name}' is held by ${theirs}, of which EC2 does not say`);
    expect(JSON.stringify(world.sandbox.ec2.inspect.image(ACCOUNT, FRANKFURT, theirs ?? ''))).toBe(before);
  });

  it('P12: whose first answer was lost is found to be ours, so that the slot has one image', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(3, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CreateImage', times: 2 });
    world.sandbox.faults.add({ kind: 'error-after', operation: 'CreateImage', times: 1 });
    expect(await snapshotNow(world)).toEqual([]);
    expect(world.images()).toHaveLength(3);
  });

  it('of a failed attempt leads to the next attempt, three at most', async () => {
    const world = aWorld({ policies: LOCAL });
    const [instance] = await world.launch(1, { Backup: 'nightly' });
    for (let attempt = 1; attempt <= 4; attempt++) {
      world.sandbox.ec2.failNextImage({
        region: FRANKFURT,
        after: 60_000,
        code: 'Client.InternalError',
        message: 'disk trouble',
      });
      await snapshotNow(world, { slot: SLOT });
      await world.clock.advance(600_000);
      await world.deliver();
    }
    const names = world.images().map(({ Name, State }) => `${Name?.split('/').slice(2).join('/')} ${State}`);
    expect(names).toEqual([1, 2, 3].map((attempt) => `${instance}/2026.11.02-0300/${attempt} failed`));
    expect(lastCounts(world)).toEqual({ 'refuse attempts-exhausted': 1 });
  });

  it('that is taken by an image which cannot be read yet is left to the next sweep', async () => {
    const world = aWorld({ policies: LOCAL, behaviour: { createVisibilityMs: 120_000 } });
    await world.launch(1, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CreateImage', times: 1 });
    const [error] = await snapshotNow(world);
    expect(error?.message).toContain('is not readable yet');
    await world.clock.advance(180_000);
    await world.invoke('snapshot', { slot: 'current' });
    expect(await world.deliver()).toEqual([]);
    expect(world.images()).toHaveLength(1);
  });
});

describe('a copy', () => {
  const WITH_KEY = NIGHTLY.replace('region: eu-west-1,', 'region: eu-west-1, kmsKey: alias/dr,');

  it('under a key that cannot be used fails late; it is tried three times, counted on its source, then refused', async () => {
    const world = aWorld({ policies: WITH_KEY, behaviour: { unusableKmsKeys: ['alias/dr'] } });
    await world.launch(1, { Backup: 'nightly' });
    await snapshotNow(world);
    for (let sweep = 0; sweep < 5; sweep++) {
      await world.clock.advance(3_600_000);
      await world.invoke('copy');
      await world.deliver();
    }
    expect(world.images(IRELAND).map(({ State, Name }) => `${State} ${Name?.at(-1)}`)).toEqual([
      'failed 1',
      'failed 2',
      'failed 3',
    ]);
    expect(tagOf(world.images()[0], 'amikeep:copy-attempts:eu-west-1')).toBe(
      '3 Copy image failed with an internal error',
    );
    expect(lastCounts(world)).toEqual({ 'refuse attempts-exhausted': 1 });
  });

  it('P5: that is wanted and failed keeps its source from being retired', async () => {
    const world = aWorld({
      policies: WITH_KEY.replace('keepDaily: 3', 'keepDaily: 1'),
      behaviour: { unusableKmsKeys: ['alias/dr'] },
    });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of [2, 3]) await world.night(`2026-11-0${day}`);
    expect(world.images().filter((image) => tagOf(image, 'amikeep:retire') !== '')).toEqual([]);
    expect(world.images()).toHaveLength(2);
  });

  it('that somebody deregistered is made again, though EC2 remembers the call that made it', async () => {
    const world = aWorld({ behaviour: { clientTokenMemoryMs: 'forever' } });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [copy] = world.images(IRELAND);
    await world.send(IRELAND, (client) => client.send(new DeregisterImageCommand({ ImageId: copy?.ImageId ?? '' })));
    await world.clock.advance(86_400_000);
    await world.invoke('copy');
    expect(await world.deliver()).toEqual([]);
    expect(world.images(IRELAND).map(({ Name }) => Name)).toEqual([copy?.Name]);
    expect(world.images(IRELAND)[0]?.ImageId).not.toBe(copy?.ImageId);
  });

  it('P13: under a key asks for encryption', async () => {
    const world = aWorld({ policies: WITH_KEY });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const devices = world.images(IRELAND)[0]?.BlockDeviceMappings ?? [];
    expect(devices.map(({ Ebs }) => Ebs?.Encrypted)).toEqual([true]);
  });

  it('whose answer was lost is not made twice', async () => {
    const world = aWorld();
    await world.launch(2, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CopyImage', times: 3 });
    await world.night('2026-11-02');
    expect(world.images(IRELAND)).toHaveLength(2);
  });
});

describe('a region', () => {
  const TWO = NIGHTLY.replace('regions: [eu-central-1]', 'regions: [eu-central-1, us-east-1]');

  it('P15: that denies access stops no other, and says so', async () => {
    const world = aWorld({ policies: TWO });
    await world.launch(2, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'denied', region: 'us-east-1' });
    const errors = await snapshotNow(world);
    expect(world.images()).toHaveLength(2);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(/instances in us-east-1: UnauthorizedOperation: You are not authorized/);
  });

  it.each([
    'DescribeInstances',
    'DescribeImages',
    'DescribeLaunchTemplates',
    'DescribeAutoScalingGroups',
    'DescribeImageReferences',
    'DescribeImageAttribute',
    'DescribeSnapshots',
  ])('P4: that denies %s keeps what it has and says why, while another one retires its own', async (operation) => {
    const AMERICA = region('us-east-1');
    const world = aWorld({
      policies: LOCAL.replace('regions: [eu-central-1]', 'regions: [eu-central-1, us-east-1]'),
    });
    await world.launch(1, { Backup: 'nightly' });
    await world.launch(1, { Backup: 'nightly' }, { place: AMERICA });
    for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
    const idsIn = (place?: Region) => world.images(place).map(({ ImageId }) => ImageId);
    const [here, there] = [idsIn(), idsIn(AMERICA)];
    expect([here.length, there.length]).toEqual([4, 4]);
    await world.clock.advance(25 * 3_600_000);
    world.sandbox.faults.add({ kind: 'denied', operation, region: FRANKFURT });
    await world.invoke('retire');
    const errors = await world.deliver();
    expect(idsIn()).toEqual(here);
    expect(idsIn(AMERICA)).toEqual(there.slice(1));
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/in eu-central-1: .*not authorized/)]);
    const kept = errors.flatMap(decisions).filter(({ action }) => action === 'refuse');
    // Where no image is known there is none to decide on.
    expect(kept.length > 0).toBe(operation !== 'DescribeImages');
    expect(kept.map(({ reason }) => reason)).toEqual(
      kept.map(() => ({
        code: 'evidence-incomplete',
        text: expect.stringContaining('not authorized'),
      })),
    );
  });

  it('P4: whose uses of images cannot be read retires nothing, and says why', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeLaunchTemplates' });
    const before = world.images().length;
    const errors = await world.night('2026-11-06');
    expect(world.images()).toHaveLength(before + 1);
    const refused = errors.flatMap(decisions).filter(({ reason }) => reason.code === 'evidence-incomplete');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.reason.text).toContain('UnauthorizedOperation');
  });

  it('of copies that is out for a day is made up for, newest first, and nothing is retired before', async () => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    world.sandbox.faults.add({
      kind: 'error-before',
      region: IRELAND,
      until: '2026-11-04T00:00:00Z',
      code: 'Unavailable',
      status: 503,
    });
    await world.night('2026-11-03');
    expect(world.images(IRELAND)).toHaveLength(1);
    await world.night('2026-11-04');
    expect(new Set(world.images(IRELAND).map((image) => tagOf(image, 'amikeep:version')))).toEqual(
      new Set(['2026.11.02-0300', '2026.11.03-0300', '2026.11.04-0300']),
    );
  });

  it('that throttles four calls in ten loses nothing', async () => {
    const world = aWorld();
    await world.launch(20, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'throttle', probability: 0.4 });
    for (const day of [2, 3, 4, 5, 6]) {
      await world.night(`2026-11-0${day}`);
      await world.invoke('snapshot', { slot: 'current' });
      await world.deliver();
    }
    const count = new Map<string, number>();
    for (const image of world.images()) {
      const version = tagOf(image, 'amikeep:version');
      count.set(version, (count.get(version) ?? 0) + 1);
    }
    const versions = [...count.keys()].sort().reverse();
    expect(versions.slice(0, 3).map((version) => count.get(version))).toEqual([20, 20, 20]);
    // Older ones are on their way out, each a day after its own mark, which a throttled key may have kept waiting.
    expect(Math.max(...count.values())).toBe(20);
    expect(versions.length).toBeGreaterThanOrEqual(4);
  });
});

describe('what AWS has no room for', () => {
  it('a quota that is reached is told as what failed, and the rest is done', async () => {
    const world = aWorld({ policies: LOCAL, behaviour: { imageQuota: 1 } });
    await world.launch(3, { Backup: 'nightly' });
    const errors = await snapshotNow(world);
    expect(world.images()).toHaveLength(1);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^2 failed, the rest is done: create i-/),
    ]);
  });

  it('an account that throttles every call is told of, and nothing is half done', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(2, { Backup: 'nightly' });
    world.sandbox.faults.add({ kind: 'throttle', operation: 'CreateImage' });
    const [error] = await snapshotNow(world);
    expect(error?.message).toMatch(/2 failed, the rest is done: create i-\w+ in eu-central-1: RequestLimitExceeded/);
    expect(world.images()).toEqual([]);
  });

  it('P15: one image that takes no more tags keeps no other from being retired', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(3, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [full] = world.images();
    const room = 50 - (full?.Tags?.length ?? 0);
    const many = Object.fromEntries(Array.from({ length: room }, (_, index) => [`More${index}`, 'x']));
    await world.tag(full?.ImageId ?? '', many);
    world.finishedRuns();
    for (const day of [3, 4, 5, 6, 7]) expect(await world.night(`2026-11-0${day}`)).toEqual([]);
    const left = world.images().filter((image) => tagOf(image, 'amikeep:version') === '2026.11.02-0300');
    expect(left.map(({ ImageId }) => ImageId)).toEqual([full?.ImageId]);
    const counts = world.finishedRuns().map((run) => run.counts);
    expect(counts).toContainEqual(expect.objectContaining({ 'refuse too-many-tags': 1 }));
    // It is not even tried.
    expect(world.sandbox.calls.log.filter(({ outcome }) => outcome === 'TagLimitExceeded')).toEqual([]);
  });
});

describe('copies in flight', () => {
  it('are counted in EC2, other people’s too, and no more than the limit are', async () => {
    const world = aWorld({ maxCopiesInFlight: 3, behaviour: { copyBaseMs: 3_600_000 } });
    await world.launch(5, { Backup: 'nightly' });
    await snapshotNow(world);
    await world.clock.advance(600_000);
    const flying = () => world.images(IRELAND).filter(({ State }) => State === 'pending').length;
    await world.invoke('copy');
    await world.deliver();
    const first = flying();
    await world.invoke('copy');
    await world.deliver();
    expect(first).toBeGreaterThan(0);
    expect(flying()).toBe(3);
    await world.clock.advance(2 * 3_600_000);
    await world.invoke('copy');
    await world.deliver();
    expect(world.images(IRELAND)).toHaveLength(5);
  });

  it('are shared among source regions, whose runs may count at the same moment', async () => {
    const policies = NIGHTLY.replace('regions: [eu-central-1]', 'regions: [eu-central-1, us-east-1]');
    const world = aWorld({ policies, maxCopiesInFlight: 4, behaviour: { copyBaseMs: 3_600_000 } });
    await world.launch(5, { Backup: 'nightly' });
    await snapshotNow(world);
    await world.clock.advance(600_000);
    await world.invoke('copy', { target: { account: ACCOUNT, region: FRANKFURT } });
    expect(world.images(IRELAND)).toHaveLength(2);
  });
});

describe('a deregistration', () => {
  it('whose snapshots EC2 did not delete is finished by a later run', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [snapshot] = world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT });
    const id = snapshot?.snapshot.SnapshotId ?? '';
    world.sandbox.ec2.failSnapshotDeletion(id, 'internal-error');
    for (const day of [3, 4, 5, 6]) await world.night(`2026-11-0${day}`);
    const left = () =>
      world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT }).filter(({ images }) => images.length === 0);
    expect(left().map((entry) => entry.snapshot.SnapshotId)).toEqual([id]);
    world.sandbox.ec2.failSnapshotDeletion(id, undefined);
    await world.night('2026-11-07');
    expect(left()).toEqual([]);
  });

  it('that somebody else did meanwhile counts as done', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(2, { Backup: 'nightly' });
    for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
    const [first] = world.images();
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'DeregisterImage', times: 1 });
    expect(await world.night('2026-11-06')).toEqual([]);
    expect(world.images().map(({ ImageId }) => ImageId)).not.toContain(first?.ImageId);
    await expect(
      world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: first?.ImageId ?? '' }))),
    ).rejects.toThrow('no longer available');
  });

  it('P6: does not happen to an image that was put on hold after its mark', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
    const [oldest] = world.images();
    expect(tagOf(oldest, 'amikeep:retire')).not.toBe('');
    await world.tag(oldest?.ImageId ?? '', { 'amikeep:hold': 'audit' });
    for (const day of [6, 7]) await world.night(`2026-11-0${day}`);
    const [still] = world.images();
    expect(still?.ImageId).toBe(oldest?.ImageId);
    expect(tagOf(still, 'amikeep:retire')).toBe('');
  });

  it('P3: does not happen to an image that something runs from, stopped or not', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [used] = world.images();
    await world.launch(1, { Name: 'restored' }, { imageId: used?.ImageId ?? '' });
    for (const day of [3, 4, 5, 6, 7]) await world.night(`2026-11-0${day}`);
    expect(world.images().map(({ ImageId }) => ImageId)).toContain(used?.ImageId);
  });
});
