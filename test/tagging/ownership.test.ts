import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceId, region } from '../../lib/model/ids.ts';
import type { Image } from '../../lib/model/resources.ts';
import { copyAttemptTag } from '../../lib/tagging/copy-attempts.ts';
import { endedTag } from '../../lib/tagging/ended.ts';
import { markTag } from '../../lib/tagging/mark.ts';
import { readOwnership, readSnapshotOwnership } from '../../lib/tagging/ownership.ts';
import { deprecatedTag, disabledTags } from '../../lib/tagging/stages.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { anImage, anImageOf, aStamp, DR, HERE } from '../builders.ts';
import { anyStamp } from './arbitraries.ts';

const stamp = aStamp();
const tagged = (more: Record<string, string>): Image => anImage({ tags: { ...encodeStamp(stamp), ...more } });

describe('P1: an image is ours', () => {
  it('if its tags, its name and its place agree', () => {
    const image = anImage();
    expect(readOwnership(image, 'prod')).toEqual({
      kind: 'ours',
      image,
      stamp,
      mark: undefined,
      stages: { sharedWith: [] },
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

  it('with its stages and its end', () => {
    const at = Date.UTC(2026, 11, 24);
    const tags = { ...deprecatedTag({ at }), ...disabledTags(at, ['111122223333']), ...endedTag({ at, by: 'hand' }) };
    expect(readOwnership(tagged(tags), 'prod')).toMatchObject({
      kind: 'ours',
      stages: { deprecated: { at }, disabledAt: at, sharedWith: ['111122223333'] },
      ended: { at, by: 'hand' },
    });
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
  ])('%s', (_, tags, problem) => {
    expect(readOwnership(anImage({ tags }), 'prod')).toEqual({ kind: 'foreign', problem });
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
      'a mark without its moment',
      tagged({ 'amikeep:retire': 'soon' }),
      'its tag amikeep:retire does not begin with the moment of its mark; remove that tag, then it is judged afresh',
    ],
    [
      'a stage without its moment',
      tagged({ 'amikeep:disabled': 'yes' }),
      'its tag amikeep:disabled does not say since when',
    ],
    ['an end without its moment', tagged({ 'amikeep:ended': 'yes' }), 'its tag amikeep:ended does not say since when'],
    [
      "somebody's copy of what was adopted, which carries its tags along",
      tagged({ 'amikeep:adopted': 'ami-0000000000000000a' }),
      "its tag amikeep:adopted says 'ami-0000000000000000a', as on somebody's copy of that image",
    ],
    [
      'attempts that are no number',
      tagged({ 'amikeep:copy-attempts:eu-west-1': 'two' }),
      'its tag amikeep:copy-attempts:eu-west-1 is not the number of an attempt to copy it to a region',
    ],
    [
      'attempts of no region',
      tagged({ 'amikeep:copy-attempts:mars': '2' }),
      'its tag amikeep:copy-attempts:mars is not the number of an attempt to copy it to a region',
    ],
  ])('if it is damaged: %s', (_, image, problem) => {
    expect(readOwnership(image, 'prod')).toEqual({ kind: 'damaged', problem: problem + remedy });
  });
});

describe('P1: a snapshot', () => {
  it('is ours by its tags and its place', () => {
    const tags = { ...encodeStamp(stamp), ...markTag({ at: 0, reason: 'x' }), 'amikeep:hold': 'y' };
    expect(readSnapshotOwnership({ ...HERE, tags }, 'prod')).toEqual({
      kind: 'ours',
      stamp,
      mark: { at: 0, reason: 'x' },
      stages: { sharedWith: [] },
      ended: undefined,
      loans: new Map(),
      hold: 'y',
    });
  });

  it.each([
    ['amikeep:retire', 'does not begin with the moment of its mark'],
    ['amikeep:deprecated', 'does not say since when'],
    ['amikeep:ended', 'does not say since when'],
  ])('is damaged by a tag %s that cannot be read', (key, problem) => {
    const tags = { ...encodeStamp(stamp), [key]: 'soon' };
    expect(readSnapshotOwnership({ ...HERE, tags }, 'prod')).toMatchObject({
      kind: 'damaged',
      problem: expect.stringContaining(`its tag ${key} ${problem}`),
    });
  });

  it('is not ours in another place, without our tags or with damaged ones', () => {
    const tags = encodeStamp(stamp);
    expect(readSnapshotOwnership({ ...DR, tags }, 'prod').kind).toBe('damaged');
    expect(readSnapshotOwnership({ ...HERE, tags: {} }, 'prod').kind).toBe('foreign');
    expect(readSnapshotOwnership({ ...HERE, tags: { 'amikeep:deployment': 'prod' } }, 'prod').kind).toBe('damaged');
  });
});
