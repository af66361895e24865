import { CopyImageCommand } from '@aws-sdk/client-ec2';
import { expect, it, vi } from 'vitest';
import { region } from '../../lib/model/ids.ts';
import { aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World } from './world.ts';

// How long days take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 120_000 });

const OREGON = region('us-west-2');

const date = (day: number) => new Date(Date.UTC(2026, 10, 1 + day)).toISOString().slice(0, 10);

async function nights(world: World, first: number, last: number): Promise<void> {
  for (let day = first; day <= last; day++) await world.night(date(day));
}

const days = (month: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `${month}.${String(first + index).padStart(2, '0')}`);

const atThree = (day: string) => `${day}-0300`;

/** The slots of the copies that were made, in the order of the calls. */
const copiedSlots = (world: World): string[] =>
  world.sandbox.calls.log
    .filter(({ operation, outcome }) => operation === 'CopyImage' && outcome === 'ok')
    .map(({ input }) => new Map(Object.entries(input ?? {})).get('Name'))
    .map((name) => String(name).split('/').slice(2, 4).join('/'));

it('source and copy under different rules make no copy twice in a year, and both keep what their rules say', async () => {
  const policies = NIGHTLY.replace('keepDaily: 2', 'keepLast: 2, keepWeekly: 5, keepMonthly: 6').replace(
    'retention: { keepDaily: 3 }',
    'retention: { keepDaily: 10, keepMonthly: 2 }',
  );
  const world = aWorld({ policies });
  await world.launch(1, { Backup: 'nightly' });
  const slots: string[] = [];
  for (let day = 1; day <= 365; day++) {
    await world.night(date(day));
    slots.push(...copiedSlots(world));
    // The log has an end; what it held has been taken down.
    world.sandbox.calls.reset();
  }
  expect(slots).toHaveLength(365);
  expect(new Set(slots).size).toBe(365);
  const kept = (place: typeof IRELAND) =>
    world
      .images(place)
      .filter((image) => tagOf(image, 'amikeep:retire') === '')
      .map((image) => tagOf(image, 'amikeep:version').slice(0, 10));
  // Ten days, in which the newest of two months are.
  expect(kept(FRANKFURT)).toEqual([...days('2027.10', 23, 31), '2027.11.01']);
  // The last two, the Sundays of four weeks and the Monday that begins the fifth, and the ends of six months.
  expect(kept(IRELAND)).toEqual([
    ...['2027.06.30', '2027.07.31', '2027.08.31', '2027.09.30'],
    ...['2027.10.10', '2027.10.17', '2027.10.24', '2027.10.31', '2027.11.01'],
  ]);
});

it('P1: an image of ours that somebody copied with its tags is reported, and nothing is ever done to it', async () => {
  const world = aWorld({ policies: NIGHTLY });
  await world.launch(1, { Backup: 'nightly' });
  await world.night(date(1));
  const [ours] = world.images();
  const copy = new CopyImageCommand({
    Name: 'mine',
    SourceImageId: ours?.ImageId,
    SourceRegion: FRANKFURT,
    CopyImageTags: true,
  });
  for (const place of [FRANKFURT, IRELAND]) await world.send(place, (client) => client.send(copy));
  const theirs = () =>
    [FRANKFURT, IRELAND].flatMap((place) => world.images(place)).filter(({ Name }) => Name === 'mine');
  const before = theirs().map(({ Tags }) => Tags);
  await nights(world, 2, 12);
  expect(theirs().map(({ Tags }) => Tags)).toEqual(before);
  expect(world.finishedRuns().flatMap(({ counts }) => Object.keys(counts))).toContain('report not-ours');
});

it('P15: of two DR regions that which fails keeps sources waiting, and the other has its copies', async () => {
  const policies = NIGHTLY.replace(
    '- { region: eu-west-1, retention: { keepDaily: 2 } }',
    '- { region: eu-west-1, retention: { keepDaily: 2 } }\n      - { region: us-west-2, retention: { keepDaily: 2 } }',
  ).replace('retention: { keepDaily: 3 }', 'retention: { keepDaily: 1 }');
  const world = aWorld({ policies });
  await world.launch(1, { Backup: 'nightly' });
  await world.night(date(1));
  world.sandbox.faults.add({ kind: 'error-before', operation: 'CopyImage', region: OREGON });
  await nights(world, 2, 5);
  const slots = (place: typeof IRELAND) => world.images(place).map((image) => tagOf(image, 'amikeep:version'));
  expect(slots(IRELAND)).toContain('2026.11.06-0300');
  expect(slots(OREGON)).toEqual(['2026.11.02-0300']);
  // Two are wanted in Oregon: as long as they are missing there, their sources stay.
  expect(slots(FRANKFURT)).toEqual(expect.arrayContaining(['2026.11.05-0300', '2026.11.06-0300']));

  world.sandbox.faults.clear();
  await nights(world, 6, 8);
  expect(slots(OREGON)).toEqual(expect.arrayContaining(['2026.11.08-0300', '2026.11.09-0300']));
});

it('P5: nothing goes at home while the DR region has no copy, since every call for one was refused', async () => {
  const world = aWorld({ policies: NIGHTLY.replace('retention: { keepDaily: 3 }', 'retention: { keepLast: 1 }') });
  await world.launch(1, { Backup: 'nightly' });
  world.sandbox.faults.add({ kind: 'denied', operation: 'CopyImage' });
  await nights(world, 1, 6);
  expect(world.images(IRELAND)).toEqual([]);
  expect(world.images().map((image) => tagOf(image, 'amikeep:version'))).toEqual(days('2026.11', 2, 7).map(atThree));

  world.sandbox.faults.clear();
  await nights(world, 7, 10);
  expect(world.images(IRELAND).map((image) => tagOf(image, 'amikeep:version'))).toContain('2026.11.11-0300');
  // Once there is a copy, what had expired goes.
  expect(world.images().map((image) => tagOf(image, 'amikeep:version'))).not.toContain('2026.11.02-0300');
});

it('a DR region that is added to a hundred old images starts with the newest', async () => {
  const before = aWorld({ policies: LOCAL.replace('keepDaily: 3', 'keepLast: 100') });
  await before.launch(1, { Backup: 'nightly' });
  await nights(before, 1, 100);
  expect(before.images()).toHaveLength(100);

  const world = aWorld({ policies: NIGHTLY.replace('keepDaily: 3', 'keepLast: 100') });
  world.sandbox.load(before.sandbox.dump());
  await world.invoke('copy');
  await world.deliver();
  await world.clock.advance(3 * 3_600_000);
  expect(copiedSlots(world)).toHaveLength(1);
  expect(world.images(IRELAND).map((image) => tagOf(image, 'amikeep:version'))).toEqual(['2027.02.09-0300']);
  await nights(world, 101, 103);
  expect(new Set(copiedSlots(world)).size).toBe(4);
});

it('short and empty pages change nothing of what becomes of a fleet', async () => {
  const fates = [];
  for (const pageFill of ['full', 'uneven'] as const) {
    const world = aWorld({ behaviour: { pageFill } });
    await world.launch(4, { Backup: 'nightly' });
    await nights(world, 1, 8);
    const names = [FRANKFURT, IRELAND].flatMap((place) => world.images(place).map(({ Name, State }) => [Name, State]));
    fates.push(names.sort());
  }
  expect(fates[0]).toEqual(fates[1]);
  expect(fates[0]?.length).toBeGreaterThan(20);
});
