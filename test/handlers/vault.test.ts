import {
  type EC2Client,
  type Image,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../lib/aws/calls/caller.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { accountId, imageId, type Region, snapshotId } from '../../lib/model/ids.ts';
import { formatProblem, parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { deploy } from '../../sim/deployment.ts';
import {
  ACCOUNT,
  aWorld,
  awsOf,
  FRANKFURT,
  IRELAND,
  LOCAL,
  sealKeyOf,
  tagOf,
  type World,
  type WorldOptions,
} from './world.ts';

const VAULT = accountId('444455556666');
const OWN_KEY = `arn:aws:kms:${FRANKFURT}:${ACCOUNT}:key/0d1e2f30-0000-4000-8000-000000000001`;

/** One image stays at home, the last two are to be in the vault. */
const HUB = LOCAL.replace('keepDaily: 3', 'keepLast: 1')
  .replace('policies:', `accounts: [{ id: '${VAULT}', rolePrefix: amikeep, vault: true }]\npolicies:`)
  .replace(
    '    retention:',
    `    copies:\n      - { region: eu-west-1, account: '${VAULT}', kmsKey: alias/vault, retention: { keepLast: 2 } }\n    retention:`,
  );

/** What the vault has for a policy file of its own: that no policy is its own. */
const OF_THE_VAULT = 'deployment: test\nregions: [eu-west-1]\npolicies: {}\n';

/** A hub with a server whose volume is under a key of its own, which lets the vault use it. */
async function withServer({ key = OWN_KEY, ...options }: WorldOptions & { key?: string | undefined } = {}) {
  const world = aWorld({
    policies: HUB,
    ...options,
    behaviour: { kmsKeyUsers: { [OWN_KEY]: [VAULT] }, ...options.behaviour },
  });
  const Ebs = { Encrypted: true, ...(key !== 'aws' && { KmsKeyId: key }) };
  await world.launch(1, { Backup: 'nightly' }, { volumes: [{ DeviceName: '/dev/xvda', Ebs }] });
  return world;
}

function imagesIn(world: World, account: string, region: Region): Image[] {
  return world.sandbox.ec2.inspect.images({ account, region }).map(({ image }) => image);
}
const inVault = (world: World): Image[] => imagesIn(world, VAULT, IRELAND);

/** Whom anything of the hub is shared with, and the tags that say so. */
function shared(world: World): string[] {
  const here = { account: ACCOUNT, region: FRANKFURT };
  const images = world.sandbox.ec2.inspect.images(here).map(({ permissions }) => permissions);
  const snapshots = world.sandbox.ec2.inspect.snapshots(here).map(({ permissions }) => permissions);
  return [...images, ...snapshots].flat().flatMap(({ UserId }) => UserId ?? []);
}
const lent = (world: World): string[] =>
  world.images().flatMap(({ Tags = [] }) => Tags.flatMap(({ Key = '' }) => (/lent/.test(Key) ? [Key] : [])));

/** The sweep that copies, and time for what it has begun; what it threw. */
async function sweepCopies(world: World, times = 1): Promise<Error[]> {
  const errors: Error[] = [];
  for (let count = 0; count < times; count++) {
    await world.invoke('copy');
    errors.push(...(await world.deliver()));
    await world.clock.advance(3_600_000);
  }
  return errors;
}

function fileOf(text: string): PolicyFile {
  const parsed = parsePolicyFile(text, 'policies.yml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.file;
}

/** The image of a night is made and available, and nothing else has been done yet. */
async function nightOnly(world: World, date: string): Promise<void> {
  await world.clock.advanceTo(Date.parse(`${date}T03:00:00Z`));
  await world.invoke('snapshot', { policy: 'nightly', slot: `${date}T03:00:00Z` });
  await world.deliver();
  await world.clock.advance(3_600_000);
}

async function retire(world: World, days = 1): Promise<Error[]> {
  const errors: Error[] = [];
  for (let day = 0; day < days; day++) {
    await world.invoke('retire');
    errors.push(...(await world.deliver()));
    await world.clock.advance(25 * 3_600_000);
  }
  return errors;
}

/** A run of the hub that shares an image with the vault, and dies before it could take that back. */
async function lendAgain(world: World, ImageId: string): Promise<void> {
  const { applier } = awsOf(world);
  const loan = { deployment: 'test', region: FRANKFURT, image: imageId(ImageId), snapshots: [], account: VAULT };
  expect(await world.clock.run(() => applier.share({ kind: 'share', ...loan, theirs: [] }))).toEqual({ kind: 'done' });
}

/** The public half of the key that a world's deployment seals with. */
async function publicHalfOf(world: World): Promise<string> {
  const { clients, clock } = world;
  const ports = { clients, clock, pace: new Pace(clock, 1), random: () => 0.5 };
  const half = await clock.run(() => sealKeyOf(world).publicHalf(new Caller(ports, Number.POSITIVE_INFINITY, 'ec2')));
  if (!half.ok) throw new Error(half.failure.message);
  return half.value;
}

const reasons = (world: World): string[] => world.finishedRuns().flatMap(({ counts }) => Object.keys(counts));
const here = <T>(world: World, send: (client: EC2Client) => Promise<T>) => world.send(FRANKFURT, send);

describe('P6: the hold of an instance', () => {
  async function withCopy(): Promise<{ readonly world: World; readonly instance: string }> {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    await sweepCopies(world, 3);
    expect(inVault(world).map(({ State }) => State)).toEqual(['available']);
    return { world, instance: tagOf(world.images()[0], 'amikeep:source-instance') };
  }
  const holds = (world: World) => inVault(world).map((copy) => tagOf(copy, 'amikeep:hold'));

  it('is written on the copies in the vault by the next sweep that copies, and on their snapshots', async () => {
    const { world, instance } = await withCopy();
    await world.tag(instance, { 'amikeep:hold': 'legal' });
    expect(await sweepCopies(world)).toEqual([]);
    expect(holds(world)).toEqual(['legal']);
    const snapshots = world.sandbox.ec2.inspect.snapshots({ account: VAULT, region: IRELAND });
    expect(snapshots.map(({ snapshot: { Tags = [] } }) => Tags)).toEqual([
      expect.arrayContaining([{ Key: 'amikeep:hold', Value: 'legal' }]),
    ]);
  });

  it('is written there from a region in which no policy makes images any more', async () => {
    const { world, instance } = await withCopy();
    await world.tag(instance, { 'amikeep:hold': 'legal' });
    const both = HUB.replace('regions: [eu-central-1]', 'regions: [eu-central-1, us-east-1]');
    const moved = both.replace('    select:', '    regions: [us-east-1]\n    select:');
    const { sandbox, clock } = world;
    const hub = deploy({ sandbox, file: fileOf(moved), account: ACCOUNT, random: () => 0.5 });
    await clock.run(() => hub.invoke('copy', { action: 'copy' }));
    expect(await clock.run(() => hub.deliver())).toEqual([]);
    hub.close();
    expect(holds(world)).toEqual(['legal']);
  });

  it('is inherited by copies that are made while it lasts', async () => {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    await world.tag(tagOf(world.images()[0], 'amikeep:source-instance'), { 'amikeep:hold': 'legal' });
    await world.invoke('snapshot', { slot: 'current' });
    await world.deliver();
    await sweepCopies(world, 2);
    expect(holds(world)).toEqual(['legal']);
  });

  it('is told as a failure where the vault does not let it be written', async () => {
    const { world, instance } = await withCopy();
    await world.tag(instance, { 'amikeep:hold': 'legal' });
    world.sandbox.faults.add({ kind: 'denied', operation: 'CreateTags', region: IRELAND });
    const [error] = await sweepCopies(world);
    expect(String(error)).toContain(`${inVault(world)[0]?.ImageId} in eu-west-1`);
    expect(holds(world)).toEqual(['']);
  });
});

describe('P13: a run that lends what another run has just begun to lend', () => {
  it('does not take that for what people share, but leaves it to the other one', async () => {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    const [image] = world.images();
    const snapshot = snapshotId(image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '');
    await lendAgain(world, image?.ImageId ?? '');
    const loan = { deployment: 'test', region: FRANKFURT, image: imageId(image?.ImageId ?? ''), account: VAULT };
    const change = { kind: 'share', ...loan, snapshots: [snapshot], theirs: [snapshot] } as const;
    const applied = await world.clock.run(() => awsOf(world).applier.share(change));
    expect(applied).toMatchObject({ kind: 'refused' });
    expect(world.images().map((one) => tagOf(one, `amikeep:lent:${VAULT}`))).not.toContainEqual(
      expect.stringContaining('but'),
    );
  });
});

describe('a version that goes into a vault', () => {
  it('P13: is shared, copied there under the key of the vault, and shared no more', async () => {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    await world.invoke('copy');
    await world.deliver();
    expect([shared(world), lent(world).length, inVault(world)]).toEqual([[VAULT, VAULT], 1, []]);

    await sweepCopies(world);
    const [copy] = inVault(world);
    expect(copy).toMatchObject({ State: 'available', OwnerId: VAULT, Name: world.images()[0]?.Name });
    expect(tagOf(copy, 'amikeep:home')).toBe(`${VAULT}/eu-west-1`);
    const [{ snapshot } = {}] = world.sandbox.ec2.inspect.snapshots({ account: VAULT, region: IRELAND });
    expect(snapshot?.KmsKeyId).toContain(`:${VAULT}:`);

    await sweepCopies(world);
    expect([shared(world), lent(world), inVault(world)]).toMatchObject([[], [], [{ State: 'available' }]]);
    expect(await sweepCopies(world)).toEqual([]);
    expect(inVault(world)).toHaveLength(1);
  });

  it('P5: is kept at home until the vault has it, and goes then', async () => {
    const world = await withServer();
    const versions = (images: readonly Image[]) => images.map((image) => tagOf(image, 'Version').slice(0, 10));
    await nightOnly(world, '2026-11-02');
    await sweepCopies(world, 3);
    world.sandbox.faults.add({ kind: 'denied', operation: 'CopyImage', until: '2026-11-08T00:00:00Z' });
    await nightOnly(world, '2026-11-03');
    await nightOnly(world, '2026-11-04');
    await sweepCopies(world, 2);
    for (let day = 0; day < 3; day++) {
      await retire(world, 1);
      // What is lent is written anew each half day, so that it still counts once the copy is there.
      await sweepCopies(world);
    }
    expect(versions(inVault(world))).toEqual(['2026.11.02']);
    expect(versions(world.images())).toEqual(['2026.11.03', '2026.11.04']);
    expect(reasons(world)).toContain('refuse copy-missing');

    await world.clock.advanceTo(Date.parse('2026-11-08T01:00:00Z'));
    await sweepCopies(world, 3);
    expect(versions(inVault(world)).toSorted()).toEqual(['2026.11.02', '2026.11.03', '2026.11.04']);
    await retire(world, 3);
    expect(versions(world.images())).toEqual(['2026.11.04']);
    expect(shared(world)).toEqual([]);
  });

  it('P3: counts its being lent as no use, so that what no rule wants is marked meanwhile', async () => {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    await sweepCopies(world, 2);
    // The first of the two is lent again, by the hand of a run that died before it could take it back.
    await nightOnly(world, '2026-11-03');
    await sweepCopies(world, 3);
    const [oldest] = world.images();
    await lendAgain(world, oldest?.ImageId ?? '');
    await world.invoke('retire');
    await world.deliver();
    expect(reasons(world)).toContain('mark expired');
    expect(world.sandbox.calls.total({ operation: 'CreateImageUsageReport' })).toBe(0);
  });

  it('P4: is kept where the role there cannot be assumed, which is told', async () => {
    const world = await withServer({ behaviour: { roles: {} } });
    await nightOnly(world, '2026-11-02');
    await nightOnly(world, '2026-11-03');
    const errors = [...(await sweepCopies(world)), ...(await retire(world, 2))];
    expect(errors.map(({ message }) => message).join('\n')).toContain(
      `arn:aws:iam::${VAULT}:role/amikeep-copy cannot be assumed`,
    );
    expect(errors.map(({ message }) => message).join('\n')).toContain(`role/amikeep-retire cannot be assumed`);
    expect([world.images().length, shared(world)]).toEqual([2, []]);
  });

  it('P13: is refused under the key that AWS keeps for EBS, and nothing of it is shared', async () => {
    const world = await withServer({ key: 'aws' });
    await nightOnly(world, '2026-11-02');
    expect(await sweepCopies(world, 2)).toEqual([]);
    expect(reasons(world)).toContain('refuse cannot-be-shared');
    expect([shared(world), lent(world), inVault(world)]).toEqual([[], [], []]);
  });

  it('is given up, and shared no more, where its key does not let the vault use it', async () => {
    const world = await withServer({ behaviour: { kmsKeyUsers: {} } });
    await nightOnly(world, '2026-11-02');
    await sweepCopies(world, 6);
    expect(inVault(world).map(({ State }) => State)).toEqual(['failed', 'failed', 'failed']);
    expect([shared(world), lent(world)]).toEqual([[], []]);
    expect(reasons(world)).toContain('refuse attempts-exhausted');
  });

  it('P12: is copied once although EC2 shows late what is shared', async () => {
    const world = await withServer({ behaviour: { changeVisibilityMs: 90_000, createVisibilityMs: 60_000 } });
    await nightOnly(world, '2026-11-02');
    const errors: Error[] = [];
    for (let minutes = 0; minutes < 30; minutes++) {
      await world.invoke('copy');
      errors.push(...(await world.deliver()));
      await world.clock.advance(45_000);
    }
    await sweepCopies(world, 3);
    expect(errors).toEqual([]);
    expect([inVault(world).length, shared(world), lent(world)]).toEqual([1, [], []]);
  });
});

describe('what a person shares with the vault', () => {
  async function withShared(all: boolean) {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    const [image] = world.images();
    const Add = [{ UserId: VAULT }];
    await here(world, async (client) => {
      const LaunchPermission = { Add };
      await client.send(new ModifyImageAttributeCommand({ ImageId: image?.ImageId, LaunchPermission }));
      const SnapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
      if (all) await client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } }));
    });
    await sweepCopies(world, 4);
    return world;
  }

  it.each([
    ['image and snapshot', true, [VAULT, VAULT]],
    ['the image alone', false, [VAULT]],
  ])('stays shared: %s', async (_, all, left) => {
    const world = await withShared(all);
    expect([inVault(world).length, shared(world), lent(world)]).toEqual([1, left, []]);
  });
});

describe('P12: a run that dies on the way', () => {
  const calls = ['CreateTags', 'ModifySnapshotAttribute', 'ModifyImageAttribute', 'CopyImage', 'DeleteTags'] as const;
  const ends = ['error-before', 'error-after', 'lost-answer'] as const;

  it.each(calls.flatMap((operation) => ends.map((kind) => ({ operation, kind }))))(
    'at $operation, by $kind, leaves nothing that a later one does not put right',
    async ({ operation, kind }) => {
      const world = await withServer();
      await nightOnly(world, '2026-11-02');
      // As often as a call is tried: the run gives up, as if it had died.
      world.sandbox.faults.add({ kind, operation, times: 5 });
      await sweepCopies(world, 8);
      expect(inVault(world)).toMatchObject([{ State: 'available' }]);
      expect([shared(world), lent(world)]).toEqual([[], []]);
    },
  );
});

describe('a vault', () => {
  it('P1: is only copied into and read by the hub', async () => {
    const world = await withServer();
    await nightOnly(world, '2026-11-02');
    await sweepCopies(world, 3);
    await retire(world, 2);
    await expect(world.invoke('retire', { target: { account: VAULT, region: FRANKFURT } })).rejects.toThrow(
      'is a vault, which only its own deployment works in',
    );
    const operations = world.sandbox.calls
      .counts()
      .flatMap(({ account, operation }) => (account === VAULT ? [operation] : []));
    expect([...new Set(operations)].sort()).toEqual(['CopyImage', 'DescribeImages']);
  });

  /** The vault's own deployment on a world in which three versions have been copied into it. */
  async function withVault(trustedKeys: (world: World) => Promise<readonly string[]>) {
    const signingKeys = { [FRANKFURT]: ['alias/amikeep-test'], [`${VAULT}/eu-west-1`]: ['alias/amikeep-test'] };
    const world = await withServer({ behaviour: { signingKeys } });
    const believed = (await trustedKeys(world)).map((key) => `  - ${key}\n`).join('');
    const own = believed === '' ? OF_THE_VAULT : `${OF_THE_VAULT}trustedKeys:\n${believed}`;
    const { sandbox, clock } = world;
    const vault = deploy({ sandbox, file: fileOf(own), account: VAULT, random: () => 0.5 });
    for (const day of ['02', '03', '04']) {
      await nightOnly(world, `2026-11-${day}`);
      await sweepCopies(world, 3);
    }
    expect(inVault(world)).toHaveLength(3);
    const errors: Error[] = [];
    for (let day = 0; day < 3; day++) {
      await clock.run(() => vault.invoke('retire', { action: 'retire' }));
      errors.push(...(await clock.run(() => vault.deliver())));
      await clock.advance(25 * 3_600_000);
    }
    return { world, errors, vault };
  }

  const ofTheHub = async (world: World) => [await publicHalfOf(world)];

  it('retires by itself, by the rules on its copies, which the hub has sealed and its file trusts', async () => {
    const { world, errors } = await withVault(ofTheHub);
    expect(errors).toEqual([]);
    expect(inVault(world).map((image) => tagOf(image, 'Version'))).toEqual(['2026.11.03-0300', '2026.11.04-0300']);
    expect(world.images()).toHaveLength(3);
  });

  it('P23: has the recipe of the server on each copy, under the seal of the hub', async () => {
    const { world } = await withVault(ofTheHub);
    const shape = tagOf(world.images().at(-1), 'amikeep:shape');
    expect(shape).toContain('m1.small');
    // A seal of the second form covers the recipe too.
    const has = (image: Image) => [tagOf(image, 'amikeep:shape'), tagOf(image, 'amikeep:seal').slice(0, 2)];
    expect(inVault(world).map(has)).toEqual(inVault(world).map(() => [shape, '2.']));
  });

  it('P23: keeps all copies of a hub whose key its file does not trust, and reports them', async () => {
    const { world, errors, vault } = await withVault(async () => []);
    expect(errors).toEqual([]);
    expect(inVault(world)).toHaveLength(3);
    expect(inVault(world).map((image) => tagOf(image, 'amikeep:retire'))).toEqual(['', '', '']);
    const counts = vault.takeOutcomes().map(({ detail }) => JSON.stringify(detail));
    expect(counts.join()).toContain('"report unsealed":3');
  });
});
