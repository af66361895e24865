import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, imageId, instanceId, region, type Target } from '../../lib/model/ids.ts';
import type { Image, Tags } from '../../lib/model/resources.ts';
import { formatInstant, MINUTE } from '../../lib/model/time.ts';
import { copyAttemptTag } from '../../lib/tagging/copy-attempts.ts';
import { endedTag } from '../../lib/tagging/ended.ts';
import { markTag } from '../../lib/tagging/mark.ts';
import { imageName } from '../../lib/tagging/name.ts';
import { readOwnership, readSnapshotOwnership } from '../../lib/tagging/ownership.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { anImage, anImageOf, aStamp, DR, HERE } from '../builders.ts';
import { anyStamp } from './arbitraries.ts';

const stamp = aStamp();
const tagged = (more: Record<string, string>): Image => anImage({ tags: { ...encodeStamp(stamp), ...more } });

function copiedFrom(sourceImageRegion: string): Image {
  return { ...anImageOf(aStamp({ home: DR })), sourceImageRegion: region(sourceImageRegion) };
}

describe('P1: an image is ours', () => {
  it('if its seal holds, and its tags, its name and its place agree', () => {
    const image = anImage();
    expect(readOwnership(image, 'prod')).toEqual({
      kind: 'ours',
      image,
      stamp,
      mark: undefined,
      ended: undefined,
      loans: new Map(),
      hold: undefined,
      copyAttempts: new Map(),
    });
  });

  it('whatever its texts are', () => {
    fc.assert(
      fc.property(anyStamp, (any) => {
        expect(readOwnership(anImageOf(any), any.deployment)).toMatchObject({ kind: 'ours', stamp: any });
      }),
    );
  });

  it('if it is a copy, which EC2 knows no source instance of', () => {
    const copy = aStamp({ home: DR, attempt: 3 });
    expect(readOwnership(anImageOf(copy), 'prod')).toMatchObject({ kind: 'ours', stamp: copy });
    expect(readOwnership(copiedFrom(HERE.region), 'prod').kind).toBe('ours');
  });

  it('if EC2 does not tell the source instance', () => {
    const { sourceInstance: _, ...image } = anImage();
    expect(readOwnership(image, 'prod').kind).toBe('ours');
  });

  it('with its mark', () => {
    const mark = { at: Date.UTC(2026, 11, 24), reason: 'no rule keeps it' };
    expect(readOwnership(tagged(markTag(mark)), 'prod')).toMatchObject({ kind: 'ours', mark });
  });

  it.each([
    ['audit 2026', 'audit 2026'],
    ['', 'no reason given'],
  ])('P6: with its hold %j', (text, hold) => {
    expect(readOwnership(tagged({ 'amikeep:hold': text }), 'prod')).toMatchObject({ kind: 'ours', hold });
  });

  it('with its end', () => {
    const at = Date.UTC(2026, 11, 24);
    expect(readOwnership(tagged(endedTag({ at, by: 'hand' })), 'prod')).toMatchObject({
      kind: 'ours',
      ended: { at, by: 'hand' },
    });
  });

  it('if EC2 made it when its slot was due or later, whose clock may be a little behind', () => {
    for (const createdAt of [stamp.slot - 5 * MINUTE, stamp.slot, stamp.slot + 1e10]) {
      expect(readOwnership(anImage({ createdAt }), 'prod').kind).toBe('ours');
    }
  });

  it('if it was adopted under the name that it had, which its own id in its tags says', () => {
    const image = anImage({ name: 'before amikeep' });
    const adopted = { ...image, tags: { ...image.tags, 'amikeep:adopted': image.id } };
    expect(readOwnership(adopted, 'prod')).toMatchObject({ kind: 'ours', stamp });
  });

  it('with the attempts that its copies have come to', () => {
    const tags = {
      ...copyAttemptTag({ region: DR.region }, 2, 'Client.InternalError'),
      ...copyAttemptTag({ region: region('us-east-1') }, 4, ''),
    };
    expect(readOwnership(tagged(tags), 'prod')).toMatchObject({
      copyAttempts: new Map([
        ['eu-west-1', 2],
        ['us-east-1', 4],
      ]),
    });
  });
});

describe('P1: an image is not ours', () => {
  const remedy = '. amikeep leaves it alone; put it right, or take its tag amikeep:deployment off to make it yours';

  it.each([
    ['if it has no deployment', { Name: 'web' }, 'it has no tag amikeep:deployment: amikeep did not make it'],
    [
      "if it is another deployment's",
      encodeStamp(aStamp({ deployment: 'test' })),
      "its tag amikeep:deployment says that it is of 'test', not of 'prod'",
    ],
  ])('%s, and where its name is one of ours its tags were taken away', (_, tags, problem) => {
    expect(readOwnership(anImage({ name: 'golden', tags }), 'prod')).toEqual({ kind: 'foreign', problem });
    expect(readOwnership(anImage({ tags }), 'prod')).toEqual({
      kind: 'unsealed',
      problem: `its name is one of deployment prod, but ${problem}. amikeep keeps it and does nothing with it; if somebody took the tag off, put it back: then its seal holds again`,
    });
  });

  it.each<[string, Image, string]>([
    ['a tag that cannot be read', tagged({ 'amikeep:keep': '?' }), "its tag amikeep:keep can't be read: '?'"],
    [
      "somebody's copy of it under another name",
      anImage({ name: 'my copy' }),
      "its name is 'my copy', but its tags are those of 'prod/nightly/i-0123456789abcdef0/2026.11.23-0200/1', as on somebody's copy of that image",
    ],
    [
      "somebody's copy of it in another region",
      anImage({ region: DR.region }),
      "its tags say that it is in account 111122223333, eu-central-1, but it is in account 111122223333, eu-west-1, as somebody's copy would be",
    ],
    [
      'tags of another instance',
      anImage({ sourceInstance: instanceId('i-0123456789abcdef1') }),
      'EC2 made it from i-0123456789abcdef1, but its tags say that it is of i-0123456789abcdef0',
    ],
    [
      'tags of an instance in another region than that which it was copied from',
      copiedFrom('us-east-1'),
      'EC2 copied it from us-east-1, but its tags say that it is of an instance in eu-central-1',
    ],
    [
      "another instance's lineage",
      anImage({ tags: encodeStamp(aStamp({ lineage: 'i-0123456789abcdef1' })) }),
      'its tags say that it is of i-0123456789abcdef0, and of the lineage of another instance, i-0123456789abcdef1',
    ],
    [
      'a slot of a time when EC2 had already made it',
      anImage({ createdAt: stamp.slot - 5 * MINUTE - 1_000 }),
      `EC2 made it ${formatInstant(stamp.slot - 5 * MINUTE - 1_000)}, before the slot that its tags say, ${formatInstant(stamp.slot)}`,
    ],
    [
      "somebody's copy of what was adopted, which carries its tags along",
      tagged({ 'amikeep:adopted': 'ami-0000000000000000a' }),
      "its tag amikeep:adopted says 'ami-0000000000000000a', as on somebody's copy of that image",
    ],
  ])('if it is damaged: %s', (_, image, problem) => {
    expect(readOwnership(image, 'prod')).toEqual({ kind: 'damaged', problem: problem + remedy });
  });

  it.each([
    ['missing', 'it has no seal, in the tag amikeep:seal: '],
    ['broken', 'its seal does not fit its tags, which somebody has changed or copied from elsewhere. '],
    ['unread', 'whether its seal holds is not known, since the key could not be read; '],
  ] as const)('P23: if its seal is %s, whatever else agrees', (seal, problem) => {
    expect(readOwnership(anImage({ seal }), 'prod')).toEqual({
      kind: 'unsealed',
      problem: expect.stringContaining(problem),
    });
  });

  it('P23: with a remedy where its seal is missing or broken', () => {
    for (const seal of ['missing', 'broken'] as const) {
      expect(readOwnership(anImage({ seal }), 'prod')).toMatchObject({
        problem: expect.stringContaining('if it is yours, amikeep adopt --unsealed seals it'),
      });
    }
  });
});

describe('P23: a seal that holds is believed of the image alone that it was made for, so not on', () => {
  it.each<[string, Partial<Image>]>([
    ['an image of another name', { name: imageName(aStamp({ attempt: 2 })) }],
    ['an image in another region', { region: DR.region }],
    ['an image of another account', { account: accountId('444455556666') }],
    ['an image of another instance', { sourceInstance: instanceId('i-0123456789abcdef1') }],
    ['an image of before its slot', { createdAt: stamp.slot - 60 * MINUTE }],
  ])('%s', (_, overrides) => {
    expect(readOwnership(anImage({ ...overrides, seal: 'valid' }), 'prod').kind).toBe('damaged');
  });

  it('an image that was copied from one that was adopted', () => {
    const adopted = { ...encodeStamp(stamp), 'amikeep:adopted': 'ami-0000000000000000a' };
    expect(readOwnership(anImage({ id: imageId('ami-0000000000000000a'), tags: adopted }), 'prod').kind).toBe('ours');
    expect(readOwnership(anImage({ id: imageId('ami-0000000000000000b'), tags: adopted }), 'prod').kind).toBe(
      'damaged',
    );
  });
});

describe('P23: what anybody may write and cannot be read', () => {
  it.each([
    ['amikeep:retire', 'soon'],
    ['amikeep:ended', 'yes'],
    ['amikeep:lent:444455556666', 'yesterday'],
    ['amikeep:copy-attempts:eu-west-1', 'two'],
    ['amikeep:copy-attempts:mars', '2'],
    // Of a design of before: nothing is read from them any more.
    ['amikeep:deprecated', 'yes'],
    ['amikeep:disabled', '2026-11-23T02:00:00Z shared=1'],
    ['amikeep:shared:1', '444455556666'],
  ])('says nothing, and does not make the image another’s: %s', (key, value) => {
    expect(readOwnership(tagged({ [key]: value }), 'prod')).toEqual({
      ...readOwnership(anImage(), 'prod'),
      image: tagged({ [key]: value }),
    });
  });
});

describe('P1: a snapshot', () => {
  it('is ours by its tags and its place', () => {
    const tags = { ...encodeStamp(stamp), ...markTag({ at: 0, reason: 'x' }), 'amikeep:hold': 'y' };
    expect(readSnapshotOwnership({ ...HERE, tags, seal: 'valid' }, 'prod')).toEqual({
      kind: 'ours',
      stamp,
      mark: { at: 0, reason: 'x' },
      ended: undefined,
      hold: 'y',
    });
  });

  it.each(['missing', 'broken', 'unread'] as const)('P23: is not known to be ours where its seal is %s', (seal) => {
    expect(readSnapshotOwnership({ ...HERE, tags: encodeStamp(stamp), seal }, 'prod').kind).toBe('unsealed');
  });

  it('is not ours in another place, without our tags or with damaged ones', () => {
    const kindOf = (place: Target, tags: Tags) => readSnapshotOwnership({ ...place, tags, seal: 'valid' }, 'prod').kind;
    expect(kindOf(DR, encodeStamp(stamp))).toBe('damaged');
    expect(kindOf(HERE, {})).toBe('foreign');
    expect(kindOf(HERE, { 'amikeep:deployment': 'prod' })).toBe('damaged');
  });
});
