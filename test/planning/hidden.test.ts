import { describe, expect, it } from 'vitest';
import type { Image } from '../../lib/model/resources.ts';
import { DAY, HOUR } from '../../lib/model/time.ts';
import { planCopies } from '../../lib/planning/copy/copy.ts';
import { overdueCopies } from '../../lib/planning/copy/overdue.ts';
import { sortByLineage } from '../../lib/planning/lineages.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import type { CopySettings } from '../../lib/policy/policy.ts';
import { encodeStamp, type Stamp } from '../../lib/tagging/stamp.ts';
import { vouchedTag } from '../../lib/tagging/vouched.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE, RETIRE_RULES } from '../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyInventory,
  copyOfDay,
  destination,
  ended,
  ending,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  instancesHere,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  sourceGone,
  tagged,
} from './fleet.ts';

const hide = (image: Image): Image => ({ ...image, seal: 'missing' });

/**
 * What somebody has hidden by tags: its name, and what EC2 made it from, go on telling that there is a newer version, or a
 * copy.
 */
const WAYS: readonly (readonly [how: string, hide: (image: Image) => Image])[] = [
  ['has lost its seal', hide],
  ['has tags that its seal does not fit', (image) => ({ ...image, seal: 'broken' })],
  ['says that it is of another deployment', (image) => tagged(image, { 'amikeep:deployment': 'theirs' })],
  [
    'bears all tags of another one, a seal that holds among them',
    (image) => tagged(image, encodeStamp(aStamp({ slot: slotOfDay(50), lineage: 'Role=db' }))),
  ],
  ['has lost all its tags', (image) => ({ ...image, tags: {}, seal: 'missing' })],
];

const retire = (images: readonly Image[], file = ending(30), overrides = sourceGone) =>
  inShort(planRetirement(file, retireInventory(images, overrides), NOW));

describe('P23: where the newest image of a lineage', () => {
  const old = imageOfDay(40, {}, { id: ami(2) });

  it.each(WAYS)('%s, the days to the end of the lineage count from it all the same', (_, hidden) => {
    const newer = (daysAgo: number) => hidden(imageOfDay(daysAgo, {}, { id: ami(1) }));
    expect(retire([newer(29), old])).toMatchObject({ 2: 'keep keep-rule' });
    expect(retire([newer(30), old])).toMatchObject({ 2: 'mark source-gone' });
  });

  it('is hidden and of an instance that took the place of the one before, its lineage does not end sooner either', () => {
    const lineage = 'Role=web';
    const before = imageOfDay(40, { lineage }, { id: ami(2) });
    const replacement: Partial<Stamp> = { source: { ...HERE, instance: instanceNumber(7) } };
    const newer = hide(imageOfDay(1, { lineage, ...replacement }, { id: ami(1) }));
    expect(retire([newer, before])).toMatchObject({ 2: 'keep keep-rule' });
    // That its instance is of another lineage by now says nothing: instances lose the tag, and get another one.
    const other = imageOfDay(1, { lineage: 'Role=db', ...replacement }, { id: ami(3) });
    expect(retire([newer, before, other])).toMatchObject({ 2: 'keep keep-rule' });
    // What is hidden of another policy has no say, nor of another instance where each has a lineage of its own.
    const byInstance = imageOfDay(40, {}, { id: ami(2) });
    expect(retire([newer, byInstance])).toMatchObject({ 2: 'mark source-gone' });
    const elsewhere = hide(imageOfDay(1, { lineage, ...replacement, policy: 'weekly' }, { id: ami(1) }));
    expect(retire([elsewhere, before])).toMatchObject({ 2: 'mark source-gone' });
  });

  it('is hidden and of an instance that lives, its lineage does not end at all', () => {
    const lineage = 'Role=web';
    const before = imageOfDay(90, { lineage }, { id: ami(2) });
    const replacement: Partial<Stamp> = { source: { ...HERE, instance: instanceNumber(9) } };
    const newer = hide(imageOfDay(60, { lineage, ...replacement }, { id: ami(1) }));
    expect(retire([newer, before])).toMatchObject({ 2: 'keep keep-rule' });
    expect(retire([before])).toMatchObject({ 2: 'mark source-gone' });
  });

  it('bears a name of ours but was made from another instance, it is nobody’s newest image', () => {
    const forged = hide(imageOfDay(1, {}, { id: ami(1), sourceInstance: instanceNumber(8) }));
    expect(retire([forged, old])).toMatchObject({ 2: 'mark source-gone' });
  });

  it('is hidden, an end that a person told of before it was made holds no more', () => {
    const images = [hide(imageOfDay(0)), ended(imageOfDay(1), 'hand', slotOfDay(0) - 1), imageOfDay(2)];
    expect(retire(images)).toMatchObject({ 2: 'unmark wanted-again', 3: 'keep keep-rule' });
  });

  it('is hidden, and its policy is gone, nothing goes by what older ones were stamped with', () => {
    const policy = { policy: 'gone', keep: { rules: { keepLast: 1 }, timeZone: 'UTC' } };
    const apply = { ...RETIRE_RULES, mode: 'apply' } as const;
    const [newest, ...older] = imagesOfDays(3, { ...policy, retire: apply });
    if (!newest) throw new Error('there is no newest image');
    expect(retire([newest, ...older], ending(30), instancesHere(anInstance()))).toMatchObject({ 3: 'mark expired' });
    expect(retire([hide(newest), ...older], ending(30), instancesHere(anInstance()))).toMatchObject({
      3: 'propose policy-in-plan-mode',
    });
  });

  it.each([
    ['the second of two attempts at its slot, nothing goes by what the first was stamped with', 2, 1, 'propose'],
    ['the first of two attempts at its slot, what the second was stamped with goes on holding', 1, 2, 'mark'],
  ])('is hidden and %s', (_, hidden, shown, action) => {
    const keep = { rules: { keepLast: 1 }, timeZone: 'UTC' };
    const gone = { policy: 'gone', keep, retire: { ...RETIRE_RULES, mode: 'apply' } } as const;
    const attempt = (number: number) =>
      imageOfDay(0, { ...gone, attempt: number }, { id: ami(20 + number), createdAt: slotOfDay(0) + number * HOUR });
    const images = [hide(attempt(hidden)), attempt(shown), imageOfDay(1, gone)];
    for (const order of [images, images.toReversed()])
      expect(retire(order, ending(30), instancesHere(anInstance()))[2]).toContain(action);
  });

  it('is hidden, what a person vouched for before it was made is not believed any more', () => {
    const vouched = tagged(imageOfDay(1), vouchedTag(slotOfDay(1)));
    const expired = imageOfDay(2, { keep: { rules: { keepLast: 1 }, timeZone: 'UTC' } });
    const keepOne = aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 } })] });
    expect(retire([vouched, expired], keepOne, instancesHere())).toMatchObject({ 3: 'mark expired' });
    expect(retire([hide(imageOfDay(0)), vouched, expired], keepOne, instancesHere())).toMatchObject({
      3: 'refuse evidence-suspect',
    });
  });
});

it('what is hidden of a policy is one list for all lineages that go by a tag, since there may be thousands of both', () => {
  const lineages = ['Role=a', 'Role=b'].map((lineage, index) => imageOfDay(index, { lineage }, { id: ami(index + 1) }));
  const hidden = [5, 6, 7].map((day) => hide(imageOfDay(day)));
  const [one, other, ...more] = [...sortByLineage([...lineages, ...hidden], 'prod').lineages.values()];
  expect(more).toEqual([]);
  expect(one?.hidden.map(({ slot }) => slot)).toEqual([5, 6, 7].map(slotOfDay));
  expect(other?.hidden).toBe(one?.hidden);
});

it('P5: an end that a person told of before the newest image was made holds no more', () => {
  const images = [imageOfDay(0), ended(imageOfDay(1), 'hand', slotOfDay(0) - 1)];
  expect(retire(images)).toEqual({ 1: 'keep keep-rule', 2: 'unmark wanted-again' });
  expect(retire([imageOfDay(0), ended(imageOfDay(1), 'hand', slotOfDay(0))])).toEqual({
    1: 'mark ended-by-hand',
    2: 'mark ended-by-hand',
  });
});

const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 5 } };
const policies = [aPolicy({ copies: [toDr] })];
const copies = (sources: readonly Image[], there: readonly Image[]) =>
  planCopies({ deployment: 'prod', policies, maxInFlight: 5, maxStarted: 5 }, copyInventory(sources, there), NOW);
const copyOf = (daysAgo: number, overrides: Partial<Image> = {}) =>
  copyOfDay(daysAgo, {}, { sourceImage: ami(1 + daysAgo), ...overrides });

describe('P23: a copy that', () => {
  it.each(WAYS)('%s is not made again, and older ones are wanted as before', (_, hidden) => {
    const plan = copies(imagesOfDays(4), [hidden(copyOf(2)), copyOf(1)]);
    expect(inShort(plan)).toMatchObject({
      1: 'copy copy-wanted',
      2: 'skip copied',
      3: 'skip copy-unsealed',
      4: 'skip copy-not-wanted',
    });
    expect(about(plan, ami(3)).reason.text).toBe(
      'by its name its copy is ami-000000000000c0002, but that has no seal that holds: amikeep adopt --unsealed seals it where its tags are whole',
    );
  });

  it.each(WAYS)('%s keeps no other lineage by a tag from being copied, of which all is older', (_, hidden) => {
    const from = (number: number) => ({ ...HERE, instance: instanceNumber(number) });
    const source = (daysAgo: number) => imageOfDay(daysAgo, { lineage: 'Role=web', source: from(1) });
    const there = (number: number) =>
      hidden(copyOfDay(0, { lineage: 'Role=db', source: from(number) }, { sourceImage: ami(90) }));
    expect(inShort(copies([source(3), source(4)], [there(2)]))).toMatchObject({
      4: 'copy copy-wanted',
      5: 'skip copy-not-wanted',
    });
    // What is hidden is one of its own, which has begun with that.
    expect(inShort(copies([source(3), source(4)], [there(1)]))).toMatchObject({ 4: 'skip copy-not-wanted' });
  });

  it('is under way and hidden is waited for, and one that failed is none', () => {
    const one = (state: Image['state']) => inShort(copies(imagesOfDays(1), [hide(copyOf(0, { state }))]));
    expect(one('pending')).toEqual({ 1: 'wait copy-pending' });
    expect(one('failed')).toEqual({ 1: 'copy copy-wanted' });
  });

  it('is hidden stands for no source, which waits for it', () => {
    const keepOne = aPolicyFile({ policies: [aPolicy({ copies: [toDr], retention: { keepLast: 1 } })] });
    const abroad = (there: readonly Image[]) => ({
      ...instancesHere(anInstance()),
      copies: new Map([[AT_DR, read(there)]]),
    });
    expect(retire(imagesOfDays(2), keepOne, abroad([copyOf(0), copyOf(1)]))).toMatchObject({ 2: 'mark expired' });
    expect(retire(imagesOfDays(2), keepOne, abroad([copyOf(0), hide(copyOf(1))]))).toMatchObject({
      2: 'refuse copy-missing',
    });
  });
});

describe('P23: where a source', () => {
  const count = (sources: readonly Image[], there: readonly Image[]) =>
    overdueCopies(
      { deployment: 'prod', policies },
      copyInventory(sources, [], { destinations: new Map([[AT_DR, destination(there)]]) }),
      NOW + DAY,
    )[0]?.count;
  const made = (daysAgo: number, overrides: Partial<Image> = {}) =>
    imageOfDay(daysAgo, {}, { sourceInstance: AN_INSTANCE_ID, ...overrides });

  it.each(WAYS)('is the newest of its instance and %s, its copy is overdue all the same', (_, hidden) => {
    expect(count([made(1), made(2)], [copyOf(1), copyOf(2)])).toBe(0);
    expect(count([hidden(made(0)), made(1), made(2)], [copyOf(1), copyOf(2)])).toBe(1);
  });

  it('is hidden, its copy is not overdue once it is there, nor where it failed or a newer one is sealed', () => {
    const there = [copyOf(1), copyOf(2)];
    expect(count([hide(made(0)), made(1)], [copyOf(0), ...there])).toBe(0);
    expect(count([hide(made(0)), made(1)], [hide(copyOf(0)), ...there])).toBe(0);
    expect(count([hide(made(0, { state: 'failed' })), made(1)], there)).toBe(0);
    expect(count([made(1), hide(made(2))], [copyOf(1)])).toBe(0);
  });

  it('and all others are hidden, each instance has one overdue copy', () => {
    expect(count([hide(made(0)), hide(made(1)), hide(made(2))], [])).toBe(1);
  });

  it('is sealed and its copies are all hidden, none is overdue', () => {
    expect(count([made(1)], [hide(copyOf(1))])).toBe(0);
  });
});
