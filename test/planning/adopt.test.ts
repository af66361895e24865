import { describe, expect, it } from 'vitest';
import type { Image } from '../../lib/model/resources.ts';
import { SECOND } from '../../lib/model/time.ts';
import { planAdoption } from '../../lib/planning/adopt.ts';
import { planRetirement } from '../../lib/planning/retire.ts';
import { readOwnership } from '../../lib/tagging/ownership.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { AN_INSTANCE_ID, anImage, aPolicy, aPolicyFile, aStamp, HERE, RETIRE_RULES } from '../builders.ts';
import {
  ami,
  cutShort,
  deprecated,
  disabled,
  ended,
  inShort,
  marked,
  NOW,
  read,
  retireInventory,
  snap,
} from './fleet.ts';

/** An image as a script of former days made it. */
const theirs = (overrides: Partial<Image> = {}): Image =>
  anImage({
    id: ami(1),
    name: 'web-backup-42',
    tags: { Name: 'web', Role: 'web' },
    createdAt: NOW + 42 * SECOND,
    ...overrides,
  });
const policy = aPolicy({
  retention: { keepDaily: 5 },
  schedule: { expression: 'rate(1 day)', timeZone: 'Asia/Tokyo' },
});
const adopt = (image: Image, under = policy) => planAdoption('prod', under, { target: HERE, images: read([image]) });
const decided = (image: Image, under = policy) => {
  const [decision] = adopt(image, under).decisions;
  if (!decision) throw new Error('each image has its decision');
  return decision;
};

describe('an image that something else made', () => {
  const stamp = aStamp({
    slot: NOW,
    keep: { rules: { keepDaily: 5 }, timeZone: 'Asia/Tokyo' },
    retire: RETIRE_RULES,
  });

  it('comes under a policy as the version of the minute in which it was made', () => {
    expect(decided(theirs())).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      policy: 'nightly',
      lineage: AN_INSTANCE_ID,
      version: '2026.11.23-0500',
      action: 'adopt',
      reason: { code: 'adopted', text: `it comes under policy nightly as 2026.11.23-0500 of ${AN_INSTANCE_ID}` },
      change: {
        kind: 'adopt',
        region: HERE.region,
        image: ami(1),
        snapshots: ['snap-0123456789abcdef0'],
        tags: { ...encodeStamp(stamp), 'amikeep:adopted': ami(1) },
      },
    });
    expect(adopt(theirs())).toMatchObject({ warnings: [], problems: [] });
  });

  it('P1: is ours from then on, and nobody’s copy of it is', () => {
    const decision = decided(theirs());
    if (decision.action !== 'adopt') throw new Error(decision.action);
    const tags = { ...theirs().tags, ...decision.change.tags };
    const adopted = theirs({ tags });
    expect(readOwnership(adopted, 'prod')).toMatchObject({ kind: 'ours', stamp });
    expect(readOwnership({ ...adopted, id: ami(2) }, 'prod').kind).toBe('damaged');
    expect(inShort(planRetirement(aPolicyFile(), retireInventory([adopted]), NOW))).toEqual({ 1: 'keep keep-rule' });
  });

  it('takes its snapshots along, those that it names', () => {
    const devices = [3, 2].map((number) => ({ device: '/dev/sdf', snapshot: snap(number), size: 8, encrypted: true }));
    const image = theirs({ devices: [...devices, { device: '/dev/sdg', size: 8, encrypted: true }] });
    expect(decided(image)).toMatchObject({ change: { snapshots: [snap(2), snap(3)] } });
  });

  it.each<[string, string | undefined, Readonly<Record<string, string>>, string]>([
    ['the tag value that the policy goes by', 'Role', { Role: 'web' }, 'Role=web'],
    ['its instance where the policy goes by none', undefined, { Role: 'web' }, AN_INSTANCE_ID],
    ['its instance where it lacks the tag', 'Role', {}, AN_INSTANCE_ID],
    ['its instance where the tag is empty', 'Role', { Role: '' }, AN_INSTANCE_ID],
    ['its instance where only every object has such a key', 'constructor', {}, AN_INSTANCE_ID],
  ])('continues the lineage of %s', (_, lineageTag, tags, lineage) => {
    const under = aPolicy(lineageTag === undefined ? {} : { lineageTag });
    expect(decided(theirs({ tags }), under)).toMatchObject({
      lineage,
      change: { tags: { 'amikeep:lineage': lineage } },
    });
  });

  it('may be disabled', () => {
    expect(decided(theirs({ state: 'disabled' })).action).toBe('adopt');
  });
});

describe('an image is not adopted', () => {
  const leftBehind = (image: Image): Image => {
    const { 'amikeep:deployment': _, ...tags } = image.tags;
    return { ...image, tags };
  };
  const { sourceInstance: _, ...copy } = theirs();

  it.each<[string, Image, string]>([
    [
      'that another deployment has',
      theirs({ tags: { 'amikeep:deployment': 'test' } }),
      "its tag amikeep:deployment says that it is of 'test'",
    ],
    ['that is being made', theirs({ state: 'pending' }), 'it is pending; only an image that is made can be adopted'],
    ['that failed', theirs({ state: 'failed' }), 'it is failed; only an image that is made can be adopted'],
    [
      'of which EC2 does not tell the instance',
      copy,
      'EC2 does not say which instance it was made of, as of copies, so there is no lineage for it',
    ],
    [
      'P8: that bears a mark of earlier days, with which it would go at once',
      leftBehind(marked(anImage({ id: ami(1) }), NOW)),
      'it still bears tags of an earlier retirement; take amikeep:retire off',
    ],
    [
      'P5: that bears an end of earlier days, with which its lineage would end',
      leftBehind(ended(anImage({ id: ami(1) }), 'hand')),
      'it still bears tags of an earlier retirement; take amikeep:ended off',
    ],
    [
      'that bears the stages of earlier days',
      leftBehind(disabled(deprecated(anImage({ id: ami(1) }), NOW), NOW, ['111122223333'])),
      'it still bears tags of an earlier retirement; take amikeep:deprecated, amikeep:disabled, amikeep:shared:1 off',
    ],
  ])('%s', (_, image, text) => {
    expect(decided(image)).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      action: 'refuse',
      reason: { code: 'cannot-adopt', text },
    });
  });

  it('a second time', () => {
    expect(decided(anImage({ id: ami(1) }))).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      action: 'skip',
      reason: { code: 'already-there', text: 'it is under management already' },
    });
  });

  it('that has no room for its tags', () => {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`Key${index}`, 'x']));
    expect(decided(theirs({ tags }))).toMatchObject({
      action: 'refuse',
      version: '2026.11.23-0500',
      reason: { code: 'too-many-tags', text: expect.stringContaining('take 1 off the image') },
    });
  });
});

it('P15: what was read of images that were cut short is adopted, and what is amiss is told', () => {
  const plan = planAdoption('prod', policy, { target: HERE, images: cutShort([theirs(), theirs({ id: ami(2) })]) });
  expect(inShort(plan)).toEqual({ 1: 'adopt adopted', 2: 'adopt adopted' });
  expect(plan.problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
});
