import { describe, expect, it } from 'vitest';
import type { Image, ImageState } from '../../../lib/model/resources.ts';
import { HOUR, MINUTE } from '../../../lib/model/time.ts';
import { type CoverageRequest, coverageOf, overdueInstances } from '../../../lib/planning/create/coverage.ts';
import type { SnapshotInventory } from '../../../lib/planning/create/snapshot.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, HERE } from '../../builders.ts';
import { ami, cutShort, imageOfDay, instanceNumber, NOW, read, slotOfDay, snapshotInventory } from '../fleet.ts';

const TODAY = slotOfDay(0);
const YESTERDAY = slotOfDay(1);

function coverage(
  images: readonly Image[],
  { request = {}, ...inventory }: Partial<SnapshotInventory> & { request?: Partial<CoverageRequest> } = {},
) {
  const whole = {
    deployment: 'prod',
    policy: aPolicy(),
    slot: TODAY,
    lastDue: TODAY,
    dueBefore: YESTERDAY,
    ...request,
  };
  return coverageOf(whole, snapshotInventory({ images: read(images), ...inventory }), NOW);
}

/** How many are overdue, of one instance; `asked` if the run has just asked for its image. */
function overdue(images: readonly Image[], asked: boolean, inventory: Parameters<typeof coverage>[1] = {}) {
  const found = coverage(images, inventory);
  return found && overdueInstances(found, new Set(asked ? [AN_INSTANCE_ID] : [])).length;
}

const today = (state: ImageState, attempt = 1) => imageOfDay(0, { attempt }, { id: ami(0xa0 + attempt), state });
const yesterday = (state: ImageState) => imageOfDay(1, {}, { state });
const older = imageOfDay(5);

describe('an instance', () => {
  it.each<[string, readonly Image[], 'asked' | 'not asked', 0 | 1]>([
    ['has a good image of the slot', [today('available')], 'not asked', 0],
    ['has a good one of the slot, and none of the one before', [today('available'), older], 'not asked', 0],
    ['has a disabled one, which is made', [today('disabled')], 'not asked', 0],
    [
      'has one that is being made, and a good one of the slot before',
      [today('pending'), yesterday('available')],
      'not asked',
      0,
    ],
    ['was asked for, and has a good one of the slot before', [yesterday('available')], 'asked', 0],
    ['has one that is being made, and none of the slot before', [today('pending'), older], 'not asked', 1],
    ['was asked for, and has none of the slot before', [older], 'asked', 1],
    [
      'has one that is being made, while that of the slot before is too',
      [today('pending'), yesterday('pending')],
      'not asked',
      1,
    ],
    ['has one that is being made after the one before failed', [today('pending'), yesterday('failed')], 'not asked', 1],
    ['is in a state that nobody knows, as the one before', [today('other'), yesterday('other')], 'not asked', 1],
    ['has its first image being made', [today('pending')], 'not asked', 0],
    ['was asked for its first image', [], 'asked', 0],
    [
      'has none and none was asked for: refused, unsupported, with too many tags or missed',
      [yesterday('available')],
      'not asked',
      1,
    ],
    ['never had one, and none was asked for', [], 'not asked', 1],
    ['has a failed one that was asked for again', [today('failed'), yesterday('available')], 'asked', 0],
    ['has failed ones only', [1, 2, 3].map((attempt) => today('failed', attempt)), 'not asked', 1],
    ['has a failed one and then a good one', [today('failed'), today('available', 2)], 'not asked', 0],
  ])('that %s', (_, images, asked, count) => {
    expect(overdue(images, asked === 'asked')).toBe(count);
  });

  it('with a later image than the slot, by hand, lacks nothing', () => {
    const byHand = imageOfDay(0, { slot: TODAY + HOUR });
    expect(overdue([byHand, older], false)).toBe(0);
    expect(overdue([byHand, older], false, { request: { slot: NOW } })).toBe(0);
  });

  it.each([
    ['was launched after the slot', TODAY + MINUTE, [], 0],
    ['was launched at the slot', TODAY, [], 1],
    [
      'took the place of another after the slot before, which had been missed',
      YESTERDAY + MINUTE,
      [today('pending'), older],
      0,
    ],
    ['was there when the slot before was missed', YESTERDAY, [today('pending'), older], 1],
  ] as const)('that %s', (_, thereSince, images, count) => {
    expect(overdue(images, false, { instances: read([anInstance({ thereSince })]) })).toBe(count);
  });

  it('that the policy does not select is nobody’s lack', () => {
    expect(overdue([], false, { instances: read([anInstance({ tags: {} })]) })).toBe(0);
  });

  it('is covered by an image of its lineage that the instance before it had', () => {
    const policy = aPolicy({ lineageTag: 'Service' });
    const instances = read([anInstance({ tags: { Backup: 'nightly', Service: 'web' } })]);
    const inherited = imageOfDay(0, {
      lineage: 'Service=web',
      source: { ...HERE, instance: instanceNumber(7) },
    });
    expect(overdue([inherited], false, { request: { policy }, instances })).toBe(0);
    expect(overdue([inherited], false, { instances })).toBe(1);
  });

  it('does not hide behind those that have theirs', () => {
    const fleet = [1, 2, 3].map((number) => anInstance({ id: instanceNumber(number) }));
    const images = [1, 3].map((number) =>
      imageOfDay(0, {
        lineage: instanceNumber(number),
        source: { ...HERE, instance: instanceNumber(number) },
      }),
    );
    const found = coverage(images, { instances: read(fleet) });
    expect(found && overdueInstances(found, new Set())).toEqual([instanceNumber(2)]);
  });

  it('of a policy whose first slot this is has no slot before to miss', () => {
    expect(overdue([today('pending')], false, { request: { dueBefore: undefined } })).toBe(0);
    expect(overdue([], false, { request: { dueBefore: undefined } })).toBe(1);
  });
});

describe('there is no answer', () => {
  it.each<[string, Parameters<typeof coverage>[1]]>([
    ['where instances were not read whole', { instances: cutShort([anInstance()], 'instances') }],
    ['where images were not read whole', { images: cutShort([today('available')]) }],
    ['from a run for some instances', { request: { instances: [AN_INSTANCE_ID] } }],
    ['from a run for an older slot', { request: { slot: YESTERDAY } }],
    ['from a run for a slot that is still to come', { request: { slot: NOW + HOUR } }],
    ['where no slot was ever due', { request: { lastDue: undefined, dueBefore: undefined } }],
  ])('%s', (_, given) => {
    expect(coverage([today('available')], given)).toBeUndefined();
  });

  it('but there is from a slot that is due by a clock which is a little ahead', () => {
    expect(overdue([yesterday('available')], true, { request: { slot: NOW + MINUTE } })).toBe(0);
  });
});

describe('the newest good image of a policy', () => {
  it.each<[string, readonly Image[], number | undefined]>([
    ['is the newest that is made', [older, yesterday('available'), today('pending')], YESTERDAY],
    ['may be older than the slot before', [imageOfDay(9), older, today('failed')], slotOfDay(5)],
    ['is none of another policy', [imageOfDay(0, { policy: 'other' })], undefined],
    ['is none where there is none', [today('failed')], undefined],
  ])('%s', (_, images, newest) => {
    expect(coverage(images)?.newest).toBe(newest);
  });
});
