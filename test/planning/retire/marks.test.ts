import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR, type Instant } from '../../../lib/model/time.ts';
import { isChange } from '../../../lib/planning/decision.ts';
import { DailyCaps } from '../../../lib/planning/retire/daily-cap.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { DailyCap } from '../../../lib/policy/policy.ts';
import { aPolicy, aPolicyFile } from '../../builders.ts';
import {
  about,
  ami,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  marked,
  NOW,
  retireInventory,
  snap,
} from '../fleet.ts';

const capped = (maxPerDay: DailyCap) =>
  aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, maxPerDay } })] });
const retire = (images: readonly Image[], file = aPolicyFile(), now: Instant = NOW) =>
  planRetirement(file, retireInventory(images), now);

/** The numbers of the images that a plan marks. */
function marksOf(plan: ReturnType<typeof retire>): number[] {
  return Object.entries(inShort(plan)).flatMap(([number, short]) => (short === 'mark expired' ? [Number(number)] : []));
}

/** The images as they are once a plan's marks are written. */
function withMarks(images: readonly Image[], plan: ReturnType<typeof retire>): Image[] {
  return images.map((image) => {
    const decision = plan.decisions.find(({ subject }) => subject.id === image.id);
    return decision && isChange(decision) && decision.change.kind === 'mark' ? marked(image, NOW) : image;
  });
}

describe('P8: retirement starts with a mark', () => {
  it('that tells why, on the image and its snapshots', () => {
    expect(about(retire(imagesOfDays(4)), ami(4))).toMatchObject({
      action: 'mark',
      change: {
        kind: 'mark',
        image: ami(4),
        snapshots: [snap(4)],
        text: 'no keep rule wants it (last=3 zone=UTC)',
      },
    });
  });

  it.each([
    { hours: 0, short: 'wait marked' },
    { hours: 24 - 1 / 3600, short: 'wait marked' },
    { hours: 24, short: 'deregister expired' },
    { hours: 24 * 90, short: 'deregister expired' },
    { hours: -3, short: 'wait marked' },
  ])('that rests for 24 hours: after $hours it is to $short', ({ hours, short }) => {
    const images = [...imagesOfDays(3), marked(imageOfDay(3), NOW - hours * HOUR)];
    expect(inShort(retire(images))).toMatchObject({ 4: short });
  });

  it('and says from when on the image may go', () => {
    const images = [...imagesOfDays(3), marked(imageOfDay(3), NOW - HOUR)];
    expect(about(retire(images), ami(4)).reason.text).toBe(
      'marked 2026-11-23T04:00:00Z; the next stage is due 2026-11-24T04:00:00Z',
    );
  });

  it('takes along every snapshot that the image names, in an order of their own', () => {
    const devices = [12, 10, 11].map((number) => ({
      device: '/dev/sdf',
      snapshot: snap(number),
      size: 8,
      encrypted: true,
    }));
    const image = imageOfDay(3, {}, { devices: [...devices, { device: '/dev/sdg', size: 8, encrypted: true }] });
    expect(about(retire([...imagesOfDays(3), image]), ami(4))).toMatchObject({
      change: { snapshots: [snap(10), snap(11), snap(12)] },
    });
  });
});

describe('P8: the cap', () => {
  it.each<{ cap: DailyCap; marks: number[] }>([
    { cap: { count: 2 }, marks: [9, 10] },
    { cap: { percent: 30 }, marks: [8, 9, 10] },
    { cap: { percent: 39 }, marks: [8, 9, 10] },
    { cap: { percent: 0.1 }, marks: [10] },
  ])('of $cap lets the oldest of ten go first, and one at the least', ({ cap, marks }) => {
    const plan = retire(imagesOfDays(10), capped(cap));
    expect(marksOf(plan)).toEqual(marks);
    expect(about(plan, ami(4))).toMatchObject({ action: 'refuse', reason: { code: 'cap-reached' } });
  });

  it('goes to the oldest over all lineages, in whatever order they were read', () => {
    const other = imagesOfDays(10, {
      lineage: instanceNumber(2),
      source: { ...imageOfDay(0), instance: instanceNumber(2) },
    }).map((image, index): Image => ({ ...image, id: ami(100 + index), sourceInstance: instanceNumber(2) }));
    const images = [...imagesOfDays(10), ...other];
    const file = capped({ count: 3 });
    expect(marksOf(retire(images, file))).toEqual([9, 10, 109]);
    expect(marksOf(retire(images.toReversed(), file))).toEqual([9, 10, 109]);
  });

  it('is not there afresh for a run that is repeated', () => {
    const file = capped({ count: 2 });
    const images = withMarks(imagesOfDays(10), retire(imagesOfDays(10), file));
    expect(marksOf(retire(images, file, NOW + HOUR))).toEqual([]);
    expect(marksOf(retire(images, file, NOW + DAY - 1))).toEqual([]);
    expect(marksOf(retire(images, file, NOW + DAY))).toEqual([7, 8]);
  });

  it('is not there afresh after a run that could not read everything', () => {
    const file = capped({ count: 2 });
    const images = withMarks(imagesOfDays(10), retire(imagesOfDays(10), file));
    const blind = planRetirement(
      file,
      retireInventory(images, {
        images: { complete: false, value: images, source: 'images', at: NOW, problem: 'denied' },
      }),
      NOW,
    );
    expect(blind.decisions.filter(isChange)).toEqual([]);
  });

  it('is of 20 percent where no policy speaks for the images any more', () => {
    const images = imagesOfDays(10, { keep: { rules: { keepLast: 3 }, timeZone: 'UTC' } });
    expect(marksOf(retire(images, aPolicyFile({ policies: [] })))).toEqual([9, 10]);
  });

  it('is told of where more images come in than it lets go', () => {
    const hourly = Array.from({ length: 7 * 24 - 1 }, (_, index) =>
      imageOfDay(0, { slot: NOW - (index + 1) * HOUR }, { id: ami(index + 1) }),
    );
    expect(retire(hourly, capped({ count: 23 })).warnings).toEqual([
      'policy nightly makes 23.9 images a day here and may retire 23, so they pile up: raise retire.maxPerDay',
    ]);
    expect(retire(hourly, capped({ count: 24 })).warnings).toEqual([]);
  });

  it('is nobody’s of whom no image was counted', () => {
    expect(() => new DailyCaps([], [], NOW).spend('weekly')).toThrow('no image of policy weekly was counted');
  });

  it('is no matter while nothing has to wait for it, as in the first days of a fleet', () => {
    expect(retire(imagesOfDays(3), capped({ count: 1 })).warnings).toEqual([]);
  });
});

it('a mark comes off an image that the rules want again', () => {
  const images = imagesOfDays(4).map((image) => marked(image, NOW - 30 * HOUR));
  const plan = retire(images, aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 4 } })] }));
  expect(about(plan, ami(4))).toEqual({
    subject: { kind: 'image', id: ami(4), region: 'eu-central-1' },
    policy: 'nightly',
    lineage: 'i-0123456789abcdef0',
    version: '2026.11.20-0200',
    action: 'unmark',
    reason: { code: 'wanted-again', text: 'kept as last; it is brought back' },
    change: {
      kind: 'unmark',
      region: 'eu-central-1',
      image: ami(4),
      snapshots: [snap(4)],
      tagKeys: ['amikeep:retire'],
    },
  });
});
