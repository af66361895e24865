import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { region } from '../../../lib/model/ids.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World } from '../world.ts';
import { aPerson, ourTags, type Person, sweepDays, wholeOf } from './person.ts';

/** P23: who hides images by their tags gains nothing by it: EC2's own words go on telling of them. */

const ids = (world: World, place = FRANKFURT) =>
  world.sandbox.ec2.inspect.images({ account: ACCOUNT, region: place }).map(({ image }) => image.ImageId ?? '');

const HIDING: readonly (readonly [how: string, hide: (person: Person, whole: readonly string[]) => Promise<void>])[] = [
  ['takes their seals off', (person, whole) => person.untag(whole, 'amikeep:seal')],
  ['takes the deployment’s tag off', (person, whole) => person.untag(whole, 'amikeep:deployment')],
  ['says that they are of another deployment', (person, whole) => person.tag(whole, { 'amikeep:deployment': 'x' })],
  ['says that they are of another policy', (person, whole) => person.tag(whole, { 'amikeep:policy': 'weekly' })],
  ['says that they are of another region', (person, whole) => person.tag(whole, { 'amikeep:source-region': 'x' })],
];

describe('P23: the last backups of a server that is gone are kept as long as the policy says, though somebody', () => {
  const ENDS = LOCAL.replace('endAfterSourceGoneDays: never', 'endAfterSourceGoneDays: 6');

  it.each(HIDING)('%s', async (_, hide) => {
    const world = aWorld({ policies: ENDS });
    const [gone = ''] = await world.launch(2, { Backup: 'nightly' });
    for (const day of ['02', '03', '04', '05']) await world.night(`2026-11-${day}`);
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
    const [oldest, ...newer] = world
      .images()
      .filter((image) => tagOf(image, 'amikeep:source-instance') === gone && tagOf(image, 'amikeep:retire') === '');
    await hide(aPerson(world), newer.flatMap(wholeOf));
    // Six days after the version of the 3rd, and not after that of the 5th.
    await world.clock.advanceTo(Date.parse('2026-11-09T06:00:00Z'));
    await sweepDays(world, 1);
    expect(
      oldest &&
        tagOf(
          world.images().find(({ ImageId }) => ImageId === oldest.ImageId),
          'amikeep:retire',
        ),
    ).toBe('');
    await sweepDays(world, 4);
    expect(ids(world)).not.toContain(oldest?.ImageId);
    // What nothing proves to be ours stays.
    expect(ids(world)).toEqual(expect.arrayContaining(newer.map(({ ImageId }) => ImageId)));
  });
});

describe('P23: a copy is not asked for again, and its source waits, though somebody', () => {
  it.each(HIDING)('%s', async (_, hide) => {
    const world = aWorld({ policies: NIGHTLY });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03', '04']) await world.night(`2026-11-${day}`);
    const there = ids(world, IRELAND);
    await hide(aPerson(world, IRELAND), world.images(IRELAND).flatMap(wholeOf));
    const before = world.sandbox.calls.total({ operation: 'CopyImage' });
    expect(await sweepDays(world, 3)).toEqual([]);
    expect(world.sandbox.calls.total({ operation: 'CopyImage' })).toBe(before);
    expect(ids(world, IRELAND)).toEqual(there);
  });
});

it('P23: a copy is not asked for again, though it bears the whole stamp of one from another region, seal and all', async () => {
  const VIRGINIA = region('us-east-1');
  const world = aWorld({ policies: NIGHTLY.replace('regions: [eu-central-1]', 'regions: [eu-central-1, us-east-1]') });
  for (const place of [FRANKFURT, VIRGINIA]) await world.launch(1, { Backup: 'nightly' }, { place });
  for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
  const from = (place: string) =>
    world.images(IRELAND).filter((image) => tagOf(image, 'amikeep:source-region') === place);
  const [[other], mine] = [from(FRANKFURT), from(VIRGINIA)];
  expect([other, ...mine]).toHaveLength(3);
  await aPerson(world, IRELAND).tag(mine.flatMap(wholeOf), ourTags(other ?? {}));
  const before = world.sandbox.calls.total({ operation: 'CopyImage' });
  expect(await sweepDays(world, 2)).toEqual([]);
  expect(world.sandbox.calls.total({ operation: 'CopyImage' })).toBe(before);
  expect(ids(world, VIRGINIA)).toHaveLength(2);
});
