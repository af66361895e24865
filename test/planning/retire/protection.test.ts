import { describe, expect, it } from 'vitest';
import type { Image, Snapshot } from '../../../lib/model/resources.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import type { Plan } from '../../../lib/planning/decision.ts';
import type { Use } from '../../../lib/planning/evidence.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { aPolicy, aPolicyFile, DR } from '../../builders.ts';
import {
  about,
  ami,
  copyOfDay,
  cutShort,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  leftOverSnapshot,
  marked,
  NOW,
  read,
  retireInventory,
  tagged,
} from '../fleet.ts';

/** Of five images, numbered from the newest, the rule keeps three; the oldest has rested long enough to go. */
const KEPT = { 1: 'keep keep-rule', 2: 'keep keep-rule', 3: 'keep keep-rule' };
const five = (): Image[] => [...imagesOfDays(4), marked(imageOfDay(4), NOW - 30 * HOUR)];

const retire = (images: readonly Image[], overrides: Partial<RetireInventory> = {}, file = aPolicyFile()) =>
  planRetirement(file, retireInventory(images, overrides), NOW);
const keeping = (minKeep: number) =>
  aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 }, retire: { ...aPolicy().retire, minKeep } })] });

it('what the rules keep is kept by all that keep it, and says so', () => {
  const file = aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1, keepDaily: 1 } })] });
  expect(about(retire([imageOfDay(0)], {}, file), ami(1)).reason.text).toMatch(/^kept as last, daily\b/);
});

it('what no rule keeps is marked, and goes once its mark has rested', () => {
  expect(inShort(retire(five()))).toEqual({ ...KEPT, 4: 'mark expired', 5: 'deregister expired' });
});

describe('P1: what is not ours is reported and never changed', () => {
  it.each<[string, Image]>([
    ['of another deployment', imageOfDay(4, { deployment: 'test' })],
    ["somebody's copy that carries our tags along", { ...imageOfDay(4), name: 'my copy' }],
    ['in another region than its tags say', imageOfDay(4, {}, { region: DR.region })],
    ['made from another instance than its tags say', imageOfDay(4, {}, { sourceInstance: instanceNumber(9) })],
  ])('%s', (_, image) => {
    expect(about(retire([...imagesOfDays(4), image]), ami(5))).toMatchObject({
      subject: { kind: 'image', id: ami(5), region: image.region },
      action: 'report',
      reason: { code: 'not-ours' },
    });
  });
});

describe('P23: what no seal proves is reported and never changed', () => {
  it.each(['missing', 'broken', 'unread'] as const)('where its seal is %s', (seal) => {
    const plan = retire([...imagesOfDays(4), marked(imageOfDay(4, {}, { seal }), NOW - 30 * HOUR)]);
    expect(about(plan, ami(5))).toMatchObject({ action: 'report', reason: { code: 'unsealed' } });
    expect(plan.problems).toEqual(
      seal === 'unread' ? ['seals in eu-central-1: the key by which they are checked could not be read'] : [],
    );
  });

  it('a mark that nobody can read is none: the image is marked afresh', () => {
    const plan = retire([...imagesOfDays(4), tagged(imageOfDay(4), { 'amikeep:retire': 'soon' })]);
    expect(about(plan, ami(5))).toMatchObject({ action: 'mark', reason: { code: 'expired' } });
  });
});

describe('P2: the newest available image of a lineage', () => {
  it('is never marked, whatever the rules say', () => {
    const images = [imageOfDay(0, {}, { state: 'disabled' }), imageOfDay(1), imageOfDay(2)];
    expect(inShort(retire(images, {}, keeping(1)))).toEqual({
      1: 'keep keep-rule',
      2: 'keep newest',
      3: 'mark expired',
    });
  });

  it('is not the only one to stay where the policy keeps more at least', () => {
    const plan = retire(imagesOfDays(4), {}, keeping(3));
    expect(inShort(plan)).toEqual({ 1: 'keep keep-rule', 2: 'keep min-keep', 3: 'keep min-keep', 4: 'mark expired' });
    expect(about(plan, ami(3)).reason.text).toBe('policy nightly keeps at least 3');
  });

  it('stays although it is marked, and loses the mark', () => {
    expect(inShort(retire([marked(imageOfDay(0), NOW - 30 * HOUR)]))).toEqual({ 1: 'unmark wanted-again' });
  });
});

describe('what is not finished', () => {
  it.each(['pending', 'other'] as const)(
    'stays and pushes nothing out while it is %s, since it may yet fail',
    (state) => {
      const plan = retire([imageOfDay(0, {}, { state }), ...imagesOfDays(4).slice(1)]);
      expect(about(plan, ami(1)).reason.text).toBe(
        state === 'pending' ? 'it is still being made' : 'EC2 says neither that it is made nor that it failed',
      );
      expect(inShort(plan)).toEqual({
        1: 'keep pending',
        2: 'keep keep-rule',
        3: 'keep keep-rule',
        4: 'keep keep-rule',
      });
    },
  );

  it('pushes nothing out once it has failed either, and stays as the record of an attempt', () => {
    const images = [
      imageOfDay(0, {}, { state: 'failed', stateReason: 'Client.InternalError' }),
      ...imagesOfDays(4).slice(1),
    ];
    const plan = retire(images);
    expect(inShort(plan)).toMatchObject({ 1: 'keep failed', 4: 'keep keep-rule' });
    expect(about(plan, ami(1)).reason.text).toBe('it failed (Client.InternalError) and holds no version');
    expect(about(retire([imageOfDay(0, {}, { state: 'failed' })]), ami(1)).reason.text).toContain('no reason given');
  });
});

describe('P3: an image in use', () => {
  const by = (...uses: Use[]) => ({ uses: read(new Map([[ami(5), uses]])) });

  it.each<Use>([
    { kind: 'instance', id: 'i-0123456789abcdef0' },
    { kind: 'launch template', id: 'lt-0123456789abcdef0' },
  ])('by a $kind is not retired, and loses its mark', (use) => {
    const plan = retire(five(), by(use));
    expect(inShort(plan)).toEqual({ ...KEPT, 4: 'mark expired', 5: 'unmark wanted-again' });
    expect(about(plan, ami(5)).reason.text).toContain(`in use by ${use.kind} ${use.id}`);
    expect(inShort(retire(imagesOfDays(5), by(use)))).toMatchObject({ 5: 'refuse in-use' });
  });

  it('by many names three of them', () => {
    const uses = [1, 2, 3, 4, 5].map((number): Use => ({ kind: 'instance', id: `i-${number}` }));
    expect(about(retire(imagesOfDays(5), by(...uses)), ami(5)).reason.text).toBe(
      'it is in use by instance i-1, instance i-2, instance i-3 and 2 more',
    );
  });

  it('by nobody any more is in nobody’s way', () => {
    expect(inShort(retire(five(), by()))).toMatchObject({ 5: 'deregister expired' });
  });
});

describe('P4: where a read failed nothing is retired, and marks stay as they are', () => {
  it.each<[string, Partial<RetireInventory>]>([
    ['images', { images: cutShort(five()) }],
    ['uses', { uses: cutShort(new Map(), 'uses') }],
  ])('%s', (source, partial) => {
    const plan = retire(five(), partial);
    expect(inShort(plan)).toEqual({ ...KEPT, 4: 'refuse evidence-incomplete', 5: 'refuse evidence-incomplete' });
    expect(about(plan, ami(5)).reason.text).toBe(
      `${source} could not be read whole (UnauthorizedOperation), so nothing is retired in this region now`,
    );
    expect(plan.problems).toEqual([`${source} in eu-central-1: UnauthorizedOperation`]);
  });

  it('an image that only seems to be the newest keeps its mark for the next whole read to judge', () => {
    expect(inShort(retire([], { images: cutShort([marked(imageOfDay(4), NOW - HOUR)]) }))).toEqual({
      5: 'keep keep-rule',
    });
  });

  it('an image that a partial reading shows in use loses its mark, for what it shows is true', () => {
    const uses = cutShort(new Map([[ami(5), [{ kind: 'instance', id: 'i-1' } as const]]]), 'uses');
    expect(inShort(retire(five(), { uses }))).toMatchObject({ 5: 'unmark wanted-again' });
  });

  it('images are judged as ever where only what names snapshots could not be read', () => {
    const plan = retire(five(), { snapshotUses: cutShort(new Map()) });
    expect(inShort(plan)).toEqual({ ...KEPT, 4: 'mark expired', 5: 'deregister expired' });
    expect(plan.problems).toHaveLength(1);
  });

  it('no image goes any stage where the snapshots on hold could not be read, of which its own may be one', () => {
    const plan = retire(five(), { heldSnapshots: cutShort([], 'snapshots on hold') });
    expect(inShort(plan)).toEqual({ ...KEPT, 4: 'refuse evidence-incomplete', 5: 'refuse evidence-incomplete' });
    expect(about(plan, ami(5)).reason.text).toBe(
      'snapshots on hold could not be read whole (UnauthorizedOperation), so nothing is retired in this region now',
    );
    expect(plan.problems).toHaveLength(1);
  });
});

describe('P6: what a person restored from the Recycle Bin', () => {
  const restored = (image: Image) => tagged(image, { 'amikeep:binned': '2026-11-20T05:00:00Z' });

  it('stays, and comes back from its stages', () => {
    const plan = retire([...imagesOfDays(3), restored(imageOfDay(3)), restored(marked(imageOfDay(4), NOW - 9 * DAY))]);
    expect(inShort(plan)).toMatchObject({ 4: 'refuse hold', 5: 'unmark wanted-again' });
    expect(about(plan, ami(4)).reason.text).toBe(
      'it went into the Recycle Bin 2026-11-20T05:00:00Z and was restored; take its tag amikeep:binned off to let it go',
    );
  });

  it('as a snapshot stays, and loses its mark', () => {
    const snapshots = (tags: Readonly<Record<string, string>>) =>
      retire([imageOfDay(0)], { snapshots: read([leftOverSnapshot(9, NOW - 2 * DAY, tags)]) });
    const last = (plan: Plan) => plan.decisions.at(-1);
    expect(last(snapshots({}))).toMatchObject({ action: 'delete-snapshot' });
    expect(last(snapshots({ 'amikeep:binned': 'x' }))).toMatchObject({ action: 'unmark-snapshot' });
    expect(last(snapshots({ 'amikeep:binned': 'x', 'amikeep:retire': 'no mark' }))).toMatchObject({
      action: 'refuse',
      reason: { code: 'hold' },
    });
  });
});

describe('P6: a hold', () => {
  it('stops an image from being marked', () => {
    const plan = retire([...imagesOfDays(4), tagged(imageOfDay(4), { [HOLD]: 'audit 2026' })]);
    expect(about(plan, ami(5))).toMatchObject({
      action: 'refuse',
      reason: { code: 'hold', text: 'it is on hold: audit 2026' },
    });
  });

  it('of a snapshot stops its image', () => {
    const held = { ...leftOverSnapshot(5, NOW), tags: { [HOLD]: 'audit' } };
    const plan = retire([...imagesOfDays(4), imageOfDay(4)], { snapshots: read([leftOverSnapshot(4, NOW), held]) });
    expect(about(plan, ami(5))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'hold',
        text: `its snapshot ${held.id} is on hold: audit; a hold is lifted from an image and from its snapshots`,
      },
    });
  });

  it('of a snapshot stops a copy as well', () => {
    const keep = { rules: { keepLast: 3 }, timeZone: 'UTC' };
    const copies = [0, 1, 2, 3, 4].map((day) => copyOfDay(day, { keep }));
    const plan = (tags: Snapshot['tags']) => {
      const snapshots = read([{ ...leftOverSnapshot(5, NOW), ...DR, tags }]);
      const inventory = retireInventory(copies, { target: DR, snapshots });
      return about(planRetirement(aPolicyFile({ policies: [] }), inventory, NOW), copies[4]?.id);
    };
    expect(plan({})).toMatchObject({ action: 'mark' });
    expect(plan({ [HOLD]: 'audit' })).toMatchObject({ action: 'refuse', reason: { code: 'hold' } });
  });

  it('takes the mark off an image that was to go', () => {
    const held = tagged(marked(imageOfDay(4), NOW - 30 * HOUR), { [HOLD]: '' });
    expect(about(retire([...imagesOfDays(4), held]), ami(5))).toMatchObject({
      action: 'unmark',
      change: { kind: 'unmark', image: held.id },
      reason: { text: 'it is on hold: no reason given; it is brought back' },
    });
  });
});
