import type { Image } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import type { Region } from '../../lib/model/ids.ts';
import { aWorld, FRANKFURT, IRELAND, NIGHTLY, tagOf } from './world.ts';

/** Each of two regions is the other's DR region. */
const MUTUAL = NIGHTLY.replace(/^regions: .*$/m, 'regions: [eu-central-1, eu-west-1]').replace(
  / {4}copies:\n.*\n/,
  `    copies:
      - { region: eu-west-1, retention: { keepDaily: 2 } }
      - { region: eu-central-1, retention: { keepDaily: 2 } }
`,
);

const NIGHTS = ['01', '02', '03', '04', '05', '06', '07', '08'].map((day) => `2026-11-${day}`);

function versionsOf(images: readonly Image[], source: Region): string[] {
  return images
    .filter((image) => tagOf(image, 'amikeep:source-region') === source && tagOf(image, 'amikeep:retire') === '')
    .map((image) => tagOf(image, 'amikeep:version'))
    .sort();
}

it('two regions are DR regions of each other: each keeps its own by its rules and copies by theirs', async () => {
  const world = aWorld({ policies: MUTUAL });
  const [here] = await world.launch(1, { Backup: 'nightly' });
  const [there] = await world.launch(1, { Backup: 'nightly' }, { place: IRELAND });
  for (const night of NIGHTS) expect(await world.night(night)).toEqual([]);

  const ofDays = (...days: readonly string[]) => days.map((day) => `2026.11.${day}-0300`);
  for (const place of [FRANKFURT, IRELAND]) {
    const other = place === FRANKFURT ? IRELAND : FRANKFURT;
    const images = world.images(place);
    expect(versionsOf(images, place)).toEqual(ofDays('06', '07', '08'));
    expect(versionsOf(images, other)).toEqual(ofDays('07', '08'));
    // What expired before its day of rest was over is gone, on both sides.
    expect(images.map((image) => tagOf(image, 'amikeep:version')).filter((version) => version < '2026.11.04')).toEqual(
      [],
    );
    for (const image of images) {
      const instance = tagOf(image, 'amikeep:source-region') === FRANKFURT ? here : there;
      expect(tagOf(image, 'amikeep:source-instance')).toBe(instance);
    }
  }
});

it('a policy for one of them only is planned, copied and retired from there only', async () => {
  const policies = MUTUAL.replace('  nightly:\n', '  nightly:\n    regions: [eu-west-1]\n');
  const world = aWorld({ policies: policies.replace(/ {6}- \{ region: eu-west-1, .*\n/, '') });
  await world.launch(1, { Backup: 'nightly' });
  await world.launch(1, { Backup: 'nightly' }, { place: IRELAND });
  for (const night of NIGHTS.slice(0, 3)) expect(await world.night(night)).toEqual([]);
  expect(versionsOf(world.images(IRELAND), IRELAND)).toHaveLength(3);
  expect(versionsOf(world.images(FRANKFURT), IRELAND)).toHaveLength(2);
  expect(versionsOf([...world.images(FRANKFURT), ...world.images(IRELAND)], FRANKFURT)).toEqual([]);
  const ran = world.finishedRuns().filter(({ action }) => action !== 'retire');
  expect(new Set(ran.map(({ region }) => region))).toEqual(new Set([IRELAND]));
  expect(ran.flatMap(({ warnings }) => warnings)).toEqual([]);
});
