import {
  CreateImageCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  EC2Client,
  EnableImageDeregistrationProtectionCommand,
  type Image,
  LockSnapshotCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../lib/run/event.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World, type WorldOptions } from './world.ts';

/** One image is kept; what goes is marked, deprecated for two days, disabled for three, and then deregistered. */
const STAGED = LOCAL.replace('keepDaily: 3', 'keepLast: 1').replace(
  'endAfterSourceGoneDays: never',
  'deprecateDays: 2, disableDays: 3, endAfterSourceGoneDays: never',
);

const OTHER = '444455556666';

/** A world with two nights' images, the older of which no rule wants any more. */
async function withExpired(options: WorldOptions = {}) {
  const world = aWorld({ policies: STAGED, ...options });
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [expired = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await world.night('2026-11-03');
  return { world, instance, expired };
}

const oneOf = (world: World, id: string): Image | undefined => world.images().find(({ ImageId }) => ImageId === id);

/** Where an image stands on its way out, in a word. */
function stageOf(world: World, id: string): string {
  const image = oneOf(world, id);
  if (!image) return 'gone';
  if (image.State === 'disabled') return 'disabled';
  if (image.DeprecationTime !== undefined) return 'deprecated';
  return tagOf(image, 'amikeep:retire') === '' ? 'kept' : 'marked';
}

/** The retire sweep at the same time of each of the next days; the stage after each. */
async function sweepDays(world: World, id: string, days: number): Promise<string[]> {
  const stages: string[] = [];
  for (let day = 0; day < days; day++) stages.push(await sweepHours(world, id, 24));
  return stages;
}

/** The retire sweep so many hours later, and a little; the stage after it. */
async function sweepHours(world: World, id: string, hours: number): Promise<string> {
  await world.clock.advance(hours * 3_600_000 + 120_000);
  await world.invoke('retire').catch(() => {});
  await world.deliver();
  return stageOf(world, id);
}

const reasons = (world: World): string[] => world.finishedRuns().flatMap(({ counts }) => Object.keys(counts));

/** The mark of a snapshot: nothing where it bears none, undefined where it is gone. */
function markOn(world: World, id: string): string | undefined {
  const found = world.sandbox.ec2.inspect.snapshots().find(({ snapshot }) => snapshot.SnapshotId === id);
  return found && (found.snapshot.Tags?.find(({ Key }) => Key === 'amikeep:retire')?.Value ?? '');
}

const here = <T>(world: World, send: (client: EC2Client) => Promise<T>) => world.send(FRANKFURT, send);

describe('an image that no rule wants', () => {
  it('P8: is marked, deprecated, disabled and deregistered, each stage after its days', async () => {
    const { world, expired } = await withExpired();
    expect(stageOf(world, expired)).toBe('marked');
    expect(await sweepDays(world, expired, 7)).toEqual([
      'deprecated',
      'deprecated',
      'disabled',
      'disabled',
      'disabled',
      'gone',
      'gone',
    ]);
    expect(world.images()).toHaveLength(1);
  });

  it('goes from the mark to the end where its policy has no stages', async () => {
    const { world, expired } = await withExpired({
      policies: STAGED.replace('deprecateDays: 2, disableDays: 3, ', ''),
    });
    expect(await sweepDays(world, expired, 2)).toEqual(['gone', 'gone']);
  });
});

describe('what becomes wanted again is brought back', () => {
  it.each([
    { stage: 'marked', after: 0 },
    { stage: 'deprecated', after: 1 },
    { stage: 'disabled', after: 4 },
  ])('P6: by a hold when it is $stage', async ({ stage, after }) => {
    const { world, expired } = await withExpired();
    await sweepDays(world, expired, after);
    expect(stageOf(world, expired)).toBe(stage);
    await world.tag(expired, { 'amikeep:hold': 'audit' });
    expect(await sweepDays(world, expired, 2)).toEqual(['kept', 'kept']);
    const left = (oneOf(world, expired)?.Tags ?? []).map(({ Key = '' }) => Key);
    expect(left).not.toContain('amikeep:retire');
    expect(oneOf(world, expired)?.DeprecationTime).toBeUndefined();
  });

  it('P3: by a launch in another account that shares it, which EC2 tells a day late', async () => {
    const { world, expired } = await withExpired();
    const share = { LaunchPermission: { Add: [{ UserId: OTHER }] } };
    await here(world, (client) => client.send(new ModifyImageAttributeCommand({ ImageId: expired, ...share })));
    expect((await sweepDays(world, expired, 3)).at(-1)).toBe('deprecated');
    const elsewhere = new EC2Client({
      region: FRANKFURT,
      credentials: { accessKeyId: OTHER, secretAccessKey: 'any' },
      maxAttempts: 1,
    });
    connectInProcess(world.sandbox, elsewhere, { account: OTHER });
    await world.clock.advance(23 * 3_600_000);
    await world.clock.run(() =>
      elsewhere.send(new RunInstancesCommand({ ImageId: expired, MinCount: 1, MaxCount: 1 })),
    );
    const stages = await sweepDays(world, expired, 40);
    expect(stages.slice(0, 3)).toContain('kept');
    expect(stages).not.toContain('disabled');
    expect(stages).not.toContain('gone');
  });

  it('P15: by a later sweep where enabling it was denied', async () => {
    const { world, expired } = await withExpired();
    expect((await sweepDays(world, expired, 4)).at(-1)).toBe('disabled');
    await world.tag(expired, { 'amikeep:hold': 'audit' });
    const denied = world.sandbox.faults.add({ kind: 'denied', operation: 'EnableImage' });
    await world.clock.advance(3_600_000);
    await world.invoke('retire');
    expect(await world.deliver()).toEqual([expect.objectContaining({ message: expect.stringMatching(/bring-back/) })]);
    world.sandbox.faults.remove(denied);
    expect(await sweepDays(world, expired, 1)).toEqual(['kept']);
  });

  it('by the loss of a newer image', async () => {
    const { world, expired } = await withExpired();
    await sweepDays(world, expired, 4);
    expect(stageOf(world, expired)).toBe('disabled');
    const newest = world.images().find(({ ImageId }) => ImageId !== expired)?.ImageId ?? '';
    await world.send(FRANKFURT, async (client) => {
      await client.send(new DeregisterImageCommand({ ImageId: newest }));
    });
    expect(await sweepDays(world, expired, 1)).toEqual(['kept']);
  });
});

describe('what people have fenced in is respected and told', () => {
  it('deregistration protection', async () => {
    const { world, expired } = await withExpired();
    await here(world, (client) =>
      client.send(new EnableImageDeregistrationProtectionCommand({ ImageId: expired, WithCooldown: false })),
    );
    expect(await sweepDays(world, expired, 9)).toEqual(Array.from({ length: 9 }, () => 'kept'));
    expect(reasons(world)).toContain('refuse protected');
  });

  it('P9: a locked snapshot', async () => {
    const { world, expired } = await withExpired();
    const SnapshotId = oneOf(world, expired)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    await here(world, (client) =>
      client.send(new LockSnapshotCommand({ SnapshotId, LockMode: 'governance', LockDuration: 20 })),
    );
    expect((await sweepDays(world, expired, 9)).at(-1)).toBe('disabled');
    expect(reasons(world)).toContain('refuse locked');
    expect((await sweepDays(world, expired, 14)).at(-1)).toBe('gone');
  });

  it('P6: a held snapshot, until the hold is lifted from it as well', async () => {
    const { world, expired } = await withExpired();
    const SnapshotId = oneOf(world, expired)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await world.tag(SnapshotId, { 'amikeep:hold': 'audit' });
    expect((await sweepDays(world, expired, 9)).at(-1)).toBe('kept');
    expect(reasons(world)).toContain('refuse hold');
    await here(world, (client) =>
      client.send(new DeleteTagsCommand({ Resources: [SnapshotId], Tags: [{ Key: 'amikeep:hold' }] })),
    );
    expect((await sweepDays(world, expired, 8)).at(-1)).toBe('gone');
  });

  it('P9: a shared snapshot', async () => {
    const { world, expired } = await withExpired();
    const SnapshotId = oneOf(world, expired)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    await here(world, (client) =>
      client.send(
        new ModifySnapshotAttributeCommand({
          SnapshotId,
          Attribute: 'createVolumePermission',
          OperationType: 'add',
          UserIds: [OTHER],
        }),
      ),
    );
    expect((await sweepDays(world, expired, 9)).at(-1)).toBe('disabled');
    expect(reasons(world)).toContain('refuse shared');
  });
});

it('P4: a region that has no instances any more is believed once a person has vouched for it, and from then on', async () => {
  const { world, instance, expired } = await withExpired();
  await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
  expect(await sweepDays(world, expired, 10)).toEqual(Array.from({ length: 10 }, () => 'marked'));
  expect(reasons(world)).toContain('refuse evidence-suspect');
  await world.invoke('retire', { confirmNoInstances: true });
  await world.deliver();
  expect(stageOf(world, expired)).toBe('deprecated');
  expect((await sweepDays(world, expired, 8)).at(-1)).toBe('gone');
  expect(world.images()).toHaveLength(1);
});

describe('P6: a hold on an instance', () => {
  it('is stamped on its images and their copies, and outlives it', async () => {
    const world = aWorld({ policies: NIGHTLY.replace('keepDaily: 3', 'keepLast: 1') });
    const [instance = ''] = await world.launch(2, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await world.night('2026-11-03');
    await world.tag(instance, { 'amikeep:hold': 'court order' });
    await world.invoke('retire');
    await world.deliver();
    await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
    for (let day = 0; day < 5; day++) {
      await world.clock.advance(24 * 3_600_000);
      await world.invoke('retire');
      await world.deliver();
    }
    const held = [...world.images(), ...world.images(IRELAND)].filter(
      (image) => tagOf(image, 'amikeep:source-instance') === instance,
    );
    expect(held).toHaveLength(4);
    expect(held.map((image) => tagOf(image, 'amikeep:hold'))).toEqual(Array.from({ length: 4 }, () => 'court order'));
  });

  const holdsIn = (world: World, region = FRANKFURT) =>
    world.images(region).map((image) => tagOf(image, 'amikeep:hold'));

  it.each<[action: Action, payload: object, here: string, there: string]>([
    ['snapshot', { slot: 'current' }, 'legal', ''],
    ['copy', {}, 'legal', 'legal'],
    ['retire', {}, 'legal', 'legal'],
  ])('is written where it looks by whichever run sees it: %s', async (action, payload, source, copy) => {
    const world = aWorld();
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await world.tag(instance, { 'amikeep:hold': 'legal' });
    await world.invoke(action, payload);
    expect(await world.deliver()).toEqual([]);
    expect([holdsIn(world), holdsIn(world, IRELAND)]).toEqual([[source], [copy]]);
    await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
    await world.clock.advance(24 * 3_600_000);
    await world.invoke('retire');
    await world.deliver();
    expect([holdsIn(world), holdsIn(world, IRELAND)]).toEqual([[source], [copy]]);
  });

  it('reaches images and copies though the instance is terminated right after, and no retire run has seen it', async () => {
    const world = aWorld();
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await world.tag(instance, { 'amikeep:hold': 'legal' });
    await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
    await world.clock.advance(50 * 60_000);
    await world.invoke('snapshot', { slot: 'current' });
    await world.invoke('copy');
    expect(await world.deliver()).toEqual([]);
    expect([holdsIn(world), holdsIn(world, IRELAND)]).toEqual([['legal'], ['legal']]);
  });
});

describe('P5: a lineage whose source is gone', () => {
  const ending = (days: number | 'never') =>
    NIGHTLY.replace('endAfterSourceGoneDays: never', `endAfterSourceGoneDays: ${days}`);

  async function withGone(policies: string) {
    const world = aWorld({ policies });
    const [gone = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
    const left = () =>
      [...world.images(), ...world.images(IRELAND)].filter((image) => tagOf(image, 'amikeep:lineage') === gone).length;
    return { world, gone, left };
  }

  async function sweep(world: World, days: number) {
    for (let day = 0; day < days; day++) {
      await world.clock.advance(24 * 3_600_000 + 60_000);
      await world.invoke('copy');
      await world.deliver();
      await world.invoke('retire');
      await world.deliver();
    }
  }

  it('is kept for ever where its policy never ends it, and told with what it takes', async () => {
    const { world, gone, left } = await withGone(ending('never'));
    await sweep(world, 60);
    expect(left()).toBe(4);
    const told = world.finishedRuns().flatMap(({ abandoned }) => abandoned);
    expect(told).toContainEqual({ policy: 'nightly', lineage: gone, images: 2, gib: 16 });
  });

  it('ends with all its images and copies after the days that its policy says', async () => {
    const { world, left } = await withGone(ending(30));
    await sweep(world, 29);
    expect(left()).toBe(4);
    await sweep(world, 4);
    expect(left()).toBe(0);
    expect(world.images()).not.toEqual([]);
  });

  it('ends by a person’s word, but not while its source lives', async () => {
    const { world, gone, left } = await withGone(ending('never'));
    const living = world
      .images()
      .map((image) => tagOf(image, 'amikeep:lineage'))
      .find((lineage) => lineage !== gone);
    await world.clock.advance(3_600_000);
    await world.invoke('retire', { abandoned: [gone, living] });
    await world.deliver();
    expect(reasons(world)).toEqual(expect.arrayContaining(['end ended-by-hand', 'refuse source-alive']));
    await sweep(world, 3);
    expect(left()).toBe(0);
    expect(world.images().filter((image) => tagOf(image, 'amikeep:lineage') === living)).not.toEqual([]);
  });

  it('P4: is not gone where the region shows no instance at all, unless a person vouches for it', async () => {
    const world = aWorld({ policies: ending(1) });
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await here(world, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
    await sweep(world, 2);
    expect(world.images()).toHaveLength(1);
    await world.clock.advance(24 * 3_600_000);
    await world.invoke('retire', { confirmNoInstances: true });
    await world.deliver();
    expect(stageOf(world, world.images()[0]?.ImageId ?? '')).toBe('marked');
  });
});

/** A world with two nights' images, the older of which somebody deregisters, so that its snapshot stays. */
async function withOrphan() {
  const world = aWorld({ policies: LOCAL });
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  const [orphaned] = world.images();
  await here(world, (client) => client.send(new DeregisterImageCommand({ ImageId: orphaned?.ImageId })));
  return { world, instance, snapshot: orphaned?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '' };
}

const snapshotIds = (world: World) =>
  world.sandbox.ec2.inspect.snapshots().map(({ snapshot: { SnapshotId = '' } }) => SnapshotId);

async function retire(world: World, event: object = {}): Promise<readonly string[]> {
  world.finishedRuns();
  await world.invoke('retire', event);
  await world.deliver();
  return world.finishedRuns().flatMap(({ warnings }) => warnings);
}

it('P9, P23: an orphan stays until a person says otherwise, is marked then, and goes a day later; what others left stays', async () => {
  const { world, instance, snapshot } = await withOrphan();
  await here(world, async (client) => {
    const { ImageId } = await client.send(
      new CreateImageCommand({ InstanceId: instance, Name: 'by hand', NoReboot: true }),
    );
    await client.send(new DeregisterImageCommand({ ImageId }));
  });
  await world.clock.advance(30 * 24 * 3_600_000);
  const told = [
    `1 snapshots in eu-central-1, of up to 8 GiB, have lost their image and stay until a person says otherwise: amikeep retire --orphans: ${snapshot}`,
    expect.stringContaining('were not made by this deployment, which leaves them alone'),
  ];
  expect(await retire(world)).toEqual(told);
  expect(markOn(world, snapshot)).toBe('');
  expect(snapshotIds(world)).toHaveLength(3);

  await retire(world, { orphans: true });
  expect(markOn(world, snapshot)).toMatch(/Z no image names it any more \[/);
  await world.clock.advance(23 * 3_600_000);
  await retire(world);
  expect(snapshotIds(world)).toHaveLength(3);
  await world.clock.advance(3_600_000);
  await retire(world);
  expect(snapshotIds(world)).not.toContain(snapshot);
  expect(snapshotIds(world)).toHaveLength(2);
});

it('P9: a snapshot that EC2 leaves when its image goes bears the mark of that, and goes with the next sweep', async () => {
  const { world, expired } = await withExpired({
    policies: STAGED.replace('deprecateDays: 2, disableDays: 3, ', ''),
  });
  const snapshot = oneOf(world, expired)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  world.sandbox.ec2.failSnapshotDeletion(snapshot, 'client-error');
  expect(await sweepHours(world, expired, 25)).toBe('gone');
  world.sandbox.ec2.failSnapshotDeletion(snapshot, undefined);
  expect(markOn(world, snapshot)).toContain('no keep rule wants it');
  await sweepHours(world, expired, 1);
  expect(snapshotIds(world)).not.toContain(snapshot);
});

it('P6: an orphan that was on hold is marked anew by a person’s word once the hold is lifted, and rests a day again', async () => {
  const { world, snapshot } = await withOrphan();
  const wordsAfterDays = async (days: number, event: object = {}) => {
    await world.clock.advance(days * 24 * 3_600_000);
    await retire(world, { confirmNoInstances: true, ...event });
    return markOn(world, snapshot);
  };
  const orphans = true;
  expect(await wordsAfterDays(3, { orphans })).toMatch(/^2026-11-06/);
  await world.tag(snapshot, { 'amikeep:hold': 'audit' });
  expect(await wordsAfterDays(2)).toBe('');
  expect(await wordsAfterDays(10, { orphans })).toBe('');
  await here(world, (client) =>
    client.send(new DeleteTagsCommand({ Resources: [snapshot], Tags: [{ Key: 'amikeep:hold' }] })),
  );
  expect(await wordsAfterDays(5)).toBe('');
  expect(await wordsAfterDays(0, { orphans })).toMatch(/^2026-11-23/);
  expect(await wordsAfterDays(2)).toBeUndefined();
});

describe('a failed image', () => {
  it('goes once a later attempt has succeeded, and rests 24 hours marked like any other', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    world.sandbox.ec2.failNextImage({ region: FRANKFURT, code: 'Client.InternalError', message: 'no luck' });
    await world.night('2026-11-02');
    await world.invoke('snapshot', { policy: 'nightly', slot: 'current' });
    await world.deliver();
    await world.clock.advance(3_600_000);
    expect(world.images().map(({ State }) => State)).toEqual(['failed', 'available']);
    await world.invoke('retire');
    await world.deliver();
    expect(tagOf(world.images()[0], 'amikeep:retire')).toContain('attempt 2');
    await world.clock.advance(24 * 3_600_000);
    await world.invoke('retire');
    await world.deliver();
    expect(world.images().map(({ State }) => State)).toEqual(['available']);
  });
});

describe('an image that others share', () => {
  async function withShared() {
    const { world, expired } = await withExpired();
    await here(world, (client) =>
      client.send(
        new ModifyImageAttributeCommand({ ImageId: expired, LaunchPermission: { Add: [{ UserId: OTHER }] } }),
      ),
    );
    const sharedWith = () =>
      world.sandbox.ec2.inspect
        .images()
        .flatMap(({ image, permissions }) => (image.ImageId === expired ? permissions : []))
        .map(({ UserId }) => UserId);
    return { world, expired, sharedWith };
  }

  it('is deprecated for the days of both stages and never disabled, and then it goes', async () => {
    const { world, expired, sharedWith } = await withShared();
    const stages: string[] = [];
    while (stages.at(-1) !== 'gone' && stages.length < 20) {
      stages.push(...(await sweepDays(world, expired, 1)));
      if (stages.at(-1) !== 'gone') expect(sharedWith()).toEqual([OTHER]);
    }
    // A report is asked for first, which is there a day later.
    expect(stages).toEqual(['marked', ...Array.from({ length: 5 }, () => 'deprecated'), 'gone']);
    expect(world.sandbox.calls.total({ operation: 'DisableImage' })).toBe(0);
  });

  it('P23: is shared again with nobody once it is wanted again, whatever tags say', async () => {
    const { world, expired, sharedWith } = await withShared();
    await sweepDays(world, expired, 4);
    const forged = { 'amikeep:disabled': '2026-11-04T00:00:00Z shared=1', 'amikeep:shared:1': '999999999999' };
    await world.tag(expired, { ...forged, 'amikeep:hold': 'audit' });
    expect(await sweepDays(world, expired, 2)).toEqual(['kept', 'kept']);
    expect(sharedWith()).toEqual([OTHER]);
  });
});

it.each(['EnableImage', 'DisableImageDeprecation', 'DeleteTags'])(
  'P15: what is wanted again fails where %s is denied, and comes back whole by the next sweep',
  async (operation) => {
    const { world, expired } = await withExpired();
    expect((await sweepDays(world, expired, 4)).at(-1)).toBe('disabled');
    await world.tag(expired, { 'amikeep:hold': 'audit' });
    const denied = world.sandbox.faults.add({ kind: 'denied', operation });
    const sweep = async () => {
      await world.clock.advance(3_600_000);
      await world.invoke('retire');
      return world.deliver();
    };
    const [error] = await sweep();
    expect(error?.message).toMatch(/1 failed, the rest is done: bring-back ami-/);
    expect(tagOf(oneOf(world, expired), 'amikeep:retire')).not.toBe('');
    world.sandbox.faults.remove(denied);
    expect(await sweep()).toEqual([]);
    expect(stageOf(world, expired)).toBe('kept');
    expect(oneOf(world, expired)).toMatchObject({ State: 'available' });
  },
);
