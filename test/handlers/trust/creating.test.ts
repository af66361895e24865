import { describe, expect, it } from 'vitest';
import { aWorld, FRANKFURT, IRELAND, NIGHTLY, tagOf, type World } from '../world.ts';
import { aPerson, ourTags, sweepDays, wholeOf } from './person.ts';

/** P23: who can only write tags can neither stop what is made, nor make one lineage's images go for another's. */

/** Two policies that keep differently, so that each tag has a valid value on an image of another one. */
const SEVERAL = NIGHTLY.replace('policies:', 'formerRegions: [us-east-1]\npolicies:').concat(`  weekly:
    select: { tags: { Backup: weekly } }
    schedule: { expression: cron(0 3 * * ? *), timeZone: UTC }
    image: { reboot: never }
    retention: { keepLast: 1 }
    retire: { mode: apply, minKeep: 1, maxPerDay: 100%, deprecateDays: 1, endAfterSourceGoneDays: 1 }
`);

const versions = (world: World, instance: string, region = FRANKFURT) =>
  world
    .images(region)
    .filter(({ Name = '' }) => Name.includes(instance))
    .map(({ Name = '' }) => Name.split('/')[3]?.slice(0, 10));

/** A night on which both policies are due. */
async function nightOfBoth(world: World, day: string): Promise<Error[]> {
  await world.clock.advanceTo(Date.parse(`2026-11-${day}T03:00:00Z`));
  await world.invoke('snapshot', { policy: 'weekly', slot: `2026-11-${day}T03:00:00Z` });
  return [...(await world.deliver()), ...(await world.night(`2026-11-${day}`))];
}

it('P23: a forged image of the year 2099 stops neither new images of that server nor their copies', async () => {
  const world = aWorld({ policies: NIGHTLY });
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const person = aPerson(world);
  const forged = await person.image(instance, 'golden');
  const [ours] = world.images();
  await person.tag(wholeOf(forged), {
    ...ourTags(ours ?? {}),
    'amikeep:slot': '2099-01-01T03:00:00Z',
    'amikeep:version': '2099.01.01-0300',
    'amikeep:adopted': forged.ImageId ?? '',
  });
  for (const day of ['03', '04', '05', '06']) expect(await world.night(`2026-11-${day}`)).toEqual([]);
  expect(await sweepDays(world, 1)).toEqual([]);
  expect(versions(world, instance)).toEqual(['2026.11.04', '2026.11.05', '2026.11.06']);
  expect(versions(world, instance, IRELAND)).toEqual(['2026.11.05', '2026.11.06']);
});

describe('P23: a tag that is overwritten night after night by the valid one of another image', () => {
  it.each([
    ['amikeep:lineage'],
    ['amikeep:keep'],
    ['amikeep:retire-rules'],
    ['amikeep:policy'],
    ['amikeep:source-region'],
    ['amikeep:source-instance'],
    ['amikeep:slot', 'amikeep:version'],
    ['amikeep:attempt'],
    ['amikeep:seal'],
    ['amikeep:lineage', 'amikeep:policy', 'amikeep:keep', 'amikeep:retire-rules', 'amikeep:seal'],
  ])('%s %s: loses nothing of another lineage, and new images are made each night', async (...keys) => {
    const world = aWorld({ policies: SEVERAL });
    const person = aPerson(world);
    const [nightly = ''] = await world.launch(1, { Backup: 'nightly' });
    const [weekly = ''] = await world.launch(1, { Backup: 'weekly' });
    await world.launch(1, { Backup: 'nightly' });
    const tampered = new Set<string>();
    for (const day of ['02', '03', '04', '05', '06', '07']) {
      // What a sweep of the night before has kept of the nightly server gets the tags of the weekly one.
      const from = world.images().findLast(({ Name = '' }) => Name.includes(weekly));
      const [into] = world.images().filter(({ Name = '' }) => Name.includes(nightly));
      if (from && into) {
        const valid: Record<string, string> = {
          ...ourTags(from),
          'amikeep:attempt': '2',
          'amikeep:source-region': 'us-east-1',
        };
        await person.tag(wholeOf(into), Object.fromEntries(keys.map((key) => [key, valid[key] ?? ''])));
        if (keys.some((key) => valid[key] !== ourTags(into)[key])) tampered.add(into.ImageId ?? '');
      }
      const made = await nightOfBoth(world, day);
      expect(made).toEqual([]);
      expect(versions(world, nightly)).toContain(`2026.11.${day}`);
      expect(versions(world, weekly)).toContain(`2026.11.${day}`);
    }
    await sweepDays(world, 1);
    const [other] = world.images().filter(({ Name = '' }) => !Name.includes(nightly) && !Name.includes(weekly));
    expect(versions(world, tagOf(other, 'amikeep:source-instance'))).toEqual([
      '2026.11.05',
      '2026.11.06',
      '2026.11.07',
    ]);
    // What was tampered with stays; beside it what the rules keep.
    expect(tampered.size).toBeGreaterThan(0);
    expect(world.images().map(({ ImageId = '' }) => ImageId)).toEqual(expect.arrayContaining([...tampered]));
    expect(versions(world, nightly)).toEqual(expect.arrayContaining(['2026.11.05', '2026.11.06', '2026.11.07']));
    expect(versions(world, weekly).at(-1)).toBe('2026.11.07');
  });
});
