import { DeregisterImageCommand, ModifyImageAttributeCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World } from '../world.ts';
import { aPerson, ourTags, snapshotIds, snapshotsOf, sweepDays, wholeOf } from './person.ts';

/** P23: who can only write tags can neither take away nor see what others have. */

const BRIEF = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
const STAGED = BRIEF.replace(
  'endAfterSourceGoneDays: never',
  'deprecateDays: 2, disableDays: 3, endAfterSourceGoneDays: never',
);
const STRANGER = '999999999999';
const PAST = '2026-01-01T00:00:00Z';

async function withNights(policies: string, nights: number, servers = 1): Promise<World> {
  const world = aWorld({ policies });
  await world.launch(servers, { Backup: 'nightly' });
  for (let night = 2; night < 2 + nights; night++) await world.night(`2026-11-0${night}`);
  return world;
}

const idsOf = (world: World, region = FRANKFURT) => world.images(region).map(({ ImageId = '' }) => ImageId);

describe('P23: tags that tell of a sharing of before', () => {
  const forged = {
    'amikeep:disabled': `${PAST} shared=1`,
    'amikeep:shared:1': STRANGER,
    'amikeep:deprecated': `${PAST} before 2027-01-01T00:00:00Z`,
  };

  it.each([
    ['apply', STAGED],
    ['plan', STAGED.replace('mode: apply', 'mode: plan')],
  ])('share nothing with anybody, under retire.mode: %s', async (_, policies) => {
    const world = await withNights(policies, 3);
    const person = aPerson(world);
    for (const image of world.images()) await person.tag([image.ImageId ?? ''], forged);
    await sweepDays(world, 4);
    for (const image of world.images()) await person.tag([image.ImageId ?? ''], { ...forged, 'amikeep:hold': 'mine' });
    await sweepDays(world, 4);
    const shared = world.sandbox.ec2.inspect.images().flatMap(({ permissions }) => permissions);
    expect(shared).toEqual([]);
    expect(world.sandbox.calls.total({ operation: 'ModifyImageAttribute' })).toBe(0);
    expect(world.sandbox.calls.total({ operation: 'ModifySnapshotAttribute' })).toBe(0);
  });

  it('share nothing of an image that amikeep never made, with a stamp copied onto it', async () => {
    const world = await withNights(STAGED, 2);
    const person = aPerson(world);
    const [ours] = world.images();
    const theirs = await person.image(tagOf(ours, 'amikeep:source-instance'), 'payroll');
    await person.tag([theirs.ImageId ?? ''], { ...ourTags(ours ?? {}), ...forged, 'amikeep:hold': 'mine' });
    await sweepDays(world, 6);
    expect(world.sandbox.calls.total({ operation: 'ModifyImageAttribute' })).toBe(0);
    expect(world.sandbox.ec2.inspect.images().map(({ image }) => image.ImageId)).toContain(theirs.ImageId);
  });
});

describe('P23: no backup of a living server goes', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['a source account in which nobody looks', { 'amikeep:source-account': STRANGER }],
    ['an end by hand', { 'amikeep:ended': `${PAST} by hand` }],
    ['a mark of long ago', { 'amikeep:retire': `${PAST} no keep rule wants it` }],
    ['keep rules that want nothing', { 'amikeep:keep': 'last=1 zone=UTC' }],
    ['no instances any more', { 'amikeep:no-instances': PAST }],
    [
      'all of it at once',
      {
        'amikeep:source-account': STRANGER,
        'amikeep:ended': `${PAST} by hand`,
        'amikeep:retire': `${PAST} no keep rule wants it`,
        'amikeep:no-instances': PAST,
      },
    ],
  ])('by %s, written on all of its images and snapshots', async (_, forged) => {
    const world = await withNights(LOCAL, 3);
    const before = [idsOf(world), snapshotIds(world)];
    await aPerson(world).tag(world.images().flatMap(wholeOf), forged);
    await sweepDays(world, 6);
    expect([idsOf(world), snapshotIds(world)]).toEqual(before);
  });

  it('by the name of another lineage, and a mark that was copied from an image on its way out', async () => {
    const world = await withNights(BRIEF, 2, 2);
    const person = aPerson(world);
    const [leaving] = world.images().filter((image) => tagOf(image, 'amikeep:retire') !== '');
    const lineage = tagOf(leaving, 'amikeep:lineage');
    const others = world.images().filter((image) => tagOf(image, 'amikeep:lineage') !== lineage);
    const [newest] = others.filter((image) => tagOf(image, 'amikeep:retire') === '');
    await person.tag(wholeOf(newest ?? {}), {
      'amikeep:lineage': lineage,
      'amikeep:retire': tagOf(leaving, 'amikeep:retire'),
    });
    await sweepDays(world, 6);
    expect(idsOf(world)).toContain(newest?.ImageId);
    expect(idsOf(world)).not.toContain(leaving?.ImageId);
  });

  it('by a mark that was copied onto it, which does not list it', async () => {
    const world = await withNights(BRIEF, 2);
    const [leaving, newest] = world.images();
    await aPerson(world).tag(wholeOf(newest ?? {}), { 'amikeep:retire': tagOf(leaving, 'amikeep:retire') });
    await sweepDays(world, 4);
    expect(idsOf(world)).toEqual([newest?.ImageId]);
  });
});

it.each<[string, Readonly<Record<string, string>>]>([
  ['says that it is of another deployment', { 'amikeep:deployment': 'theirs' }],
  ['spoils its seal', { 'amikeep:seal': '1.nothing' }],
])('P6: a hold on a snapshot keeps its image, even where somebody %s', async (_, tags) => {
  const world = await withNights(BRIEF, 1);
  const [image] = world.images();
  await aPerson(world).tag(snapshotsOf(image ?? {}), { 'amikeep:hold': 'audit', ...tags });
  await world.night('2026-11-03');
  await sweepDays(world, 3);
  expect(idsOf(world)).toContain(image?.ImageId);
  const kept = world.images().find(({ ImageId }) => ImageId === image?.ImageId);
  expect(tagOf(kept, 'amikeep:retire')).toBe('');
});

it('P23: a server that is gone keeps its last backups, whatever a person writes of its end', async () => {
  const world = await withNights(LOCAL, 2, 2);
  const [first] = world.images();
  const gone = tagOf(first, 'amikeep:source-instance');
  await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
  const ofGone = world.images().filter((image) => tagOf(image, 'amikeep:source-instance') === gone);
  await aPerson(world).tag(ofGone.flatMap(wholeOf), {
    'amikeep:ended': `${PAST} by hand`,
    'amikeep:no-instances': PAST,
    'amikeep:retire-rules': 'apply keep=1 deprecate=0d disable=0d end=0d',
  });
  await sweepDays(world, 10);
  expect(idsOf(world)).toEqual(expect.arrayContaining(ofGone.map(({ ImageId }) => ImageId)));
});

describe('P23: a snapshot that amikeep did not make stays', () => {
  it('with the tags of another one copied onto it: stamp, seal and mark', async () => {
    const world = await withNights(BRIEF, 2);
    const person = aPerson(world);
    const [leaving] = world.images();
    const theirs = await person.image(tagOf(leaving, 'amikeep:source-instance'), 'payroll');
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: theirs.ImageId })));
    const [left = ''] = snapshotsOf(leaving ?? {});
    // One of ours that is left over in truth, so that its mark is one that holds.
    world.sandbox.ec2.failSnapshotDeletion(left, 'client-error');
    await sweepDays(world, 2);
    const found = world.sandbox.ec2.inspect.snapshots().find(({ snapshot }) => snapshot.SnapshotId === left);
    const copied = ourTags(found?.snapshot ?? {});
    expect(Object.keys(copied)).toEqual(expect.arrayContaining(['amikeep:seal', 'amikeep:retire']));
    await person.tag(snapshotsOf(theirs), copied);
    world.sandbox.ec2.failSnapshotDeletion(left, undefined);
    await sweepDays(world, 5);
    expect(snapshotIds(world)).toEqual(expect.arrayContaining(snapshotsOf(theirs)));
    expect(snapshotIds(world)).not.toContain(left);
  });

  it('after the copy of ours that they made with our tags is deregistered', async () => {
    const world = await withNights(BRIEF, 2);
    const person = aPerson(world);
    const [leaving] = world.images();
    const theirs = await person.image(tagOf(leaving, 'amikeep:source-instance'), 'my copy');
    await person.tag(wholeOf(theirs), ourTags(leaving ?? {}));
    await sweepDays(world, 3);
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: theirs.ImageId })));
    await sweepDays(world, 5);
    expect(snapshotIds(world)).toEqual(expect.arrayContaining(snapshotsOf(theirs)));
  });
});

describe('P23: what is shared for copies', () => {
  const VAULT = '444455556666';
  const INTO_VAULT = LOCAL.replace(
    'policies:',
    `accounts: [{ id: '${VAULT}', rolePrefix: amikeep, vault: true }]\npolicies:`,
  ).replace(
    '    retention:',
    `    copies:\n      - { region: eu-west-1, account: '${VAULT}', retention: { keepLast: 2 } }\n    retention:`,
  );

  it('by a person stays so, whatever tag says that it was lent', async () => {
    const world = aWorld({ policies: INTO_VAULT });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await sweepDays(world, 2);
    const [image] = world.images();
    const LaunchPermission = { Add: [{ UserId: VAULT }] };
    await world.send(FRANKFURT, (client) =>
      client.send(new ModifyImageAttributeCommand({ ImageId: image?.ImageId, LaunchPermission })),
    );
    await aPerson(world).tag([image?.ImageId ?? ''], { [`amikeep:lent:${VAULT}`]: PAST });
    await sweepDays(world, 3);
    const shares = world.sandbox.ec2.inspect
      .images({ region: FRANKFURT })
      .flatMap((one) => (one.image.ImageId === image?.ImageId ? one.permissions : []));
    expect(shares).toMatchObject([{ UserId: VAULT }]);
  });
});

it('P23: a copy is made, whatever number of attempts a tag says', async () => {
  const world = aWorld({ policies: NIGHTLY });
  await world.launch(1, { Backup: 'nightly' });
  await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
  await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
  await world.deliver();
  const [source] = world.images();
  await aPerson(world).tag([source?.ImageId ?? ''], { 'amikeep:copy-attempts:eu-west-1': '99 no luck' });
  await sweepDays(world, 2);
  expect(world.images(IRELAND)).toMatchObject([{ State: 'available' }]);
});
