import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deprecatedTag,
  disabledTagCount,
  disabledTags,
  NO_STAGES,
  readStages,
  stageKeys,
} from '../../lib/tagging/stages.ts';
import { HOLD, RETIRE } from '../../lib/tagging/tag-keys.ts';

const at = Date.UTC(2026, 10, 23, 2);
const before = Date.UTC(2027, 0, 1);

const anyInstant = fc.integer({ min: 0, max: 4e9 }).map((second) => second * 1_000);
const anyAccount = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 });
const anyOrganisation = fc
  .tuple(anyAccount, fc.string({ unit: fc.constantFrom(...'abcdef0123456789'), minLength: 10, maxLength: 32 }))
  .map(([account, id]) => `arn:aws:organizations::${account}:organization/o-${id}`);
const anyShares = fc.array(fc.oneof(anyAccount, anyOrganisation), { maxLength: 150 });

describe('what is written of a stage before it is taken', () => {
  it('of deprecation is our date, and the one that stood there before', () => {
    expect(deprecatedTag({ at })).toEqual({ 'amikeep:deprecated': '2026-11-23T02:00:00Z' });
    expect(deprecatedTag({ at, before })).toEqual({
      'amikeep:deprecated': '2026-11-23T02:00:00Z before 2027-01-01T00:00:00Z',
    });
  });

  it('of disabling is since when, and whom the image was shared with', () => {
    expect(disabledTags(at, [])).toEqual({ 'amikeep:disabled': '2026-11-23T02:00:00Z shared=0' });
    expect(disabledTags(at, ['111122223333', '444455556666'])).toEqual({
      'amikeep:disabled': '2026-11-23T02:00:00Z shared=1',
      'amikeep:shared:1': '111122223333 444455556666',
    });
  });

  it('fills each tag to its last character with whole names', () => {
    // Nineteen account ids and the spaces between them are 246 characters, and a name of nine makes 256.
    const names = [...Array.from({ length: 19 }, () => '111122223333'), '123456789'];
    expect(disabledTags(at, [...names, 'next'])).toEqual({
      'amikeep:disabled': '2026-11-23T02:00:00Z shared=2',
      'amikeep:shared:1': names.join(' '),
      'amikeep:shared:2': 'next',
    });
    expect(names.join(' ')).toHaveLength(256);
  });

  it('comes back as it was, the order of those that it was shared with included', () => {
    fc.assert(
      fc.property(
        anyInstant,
        fc.option(anyInstant, { nil: undefined }),
        anyInstant,
        anyShares,
        (date, old, off, shares) => {
          const deprecated = { at: date, ...(old !== undefined && { before: old }) };
          expect(readStages({ ...deprecatedTag(deprecated), ...disabledTags(off, shares) })).toEqual({
            deprecated,
            disabledAt: off,
            sharedWith: shares,
          });
          expect(readStages(deprecatedTag(deprecated))).toEqual({ deprecated, sharedWith: [] });
          expect(readStages(disabledTags(off, shares))).toEqual({ disabledAt: off, sharedWith: shares });
        },
      ),
    );
  });

  it('fits into tags, and takes as many as it says', () => {
    fc.assert(
      fc.property(anyShares, (shares) => {
        const tags = disabledTags(at, shares);
        expect(Object.keys(tags)).toHaveLength(disabledTagCount(shares));
        for (const value of Object.values(tags)) expect(value.length).toBeLessThanOrEqual(256);
      }),
    );
  });

  it('is not mixed up with what an earlier time left there', () => {
    const earlier = disabledTags(
      at,
      Array.from({ length: 60 }, () => '999999999999'),
    );
    expect(readStages({ ...earlier, ...disabledTags(at, ['111122223333']) })).toMatchObject({
      sharedWith: ['111122223333'],
    });
    expect(readStages({ ...earlier, ...disabledTags(at, []) })).toMatchObject({ sharedWith: [] });
  });
});

describe('tags that tell of no stage', () => {
  it.each([{}, { Name: 'web', [RETIRE]: '2026-11-23T02:00:00Z old' }, { 'amikeep:shared:1': '111122223333' }])(
    'are %j',
    (tags) => {
      expect(readStages(tags)).toBe(NO_STAGES);
    },
  );
});

describe('tags of a stage that cannot be read', () => {
  it.each([
    '',
    'yes',
    '2026-11-23',
    '2026-02-30T02:00:00Z',
    '2026-11-23T02:00:00Z ',
    '2026-11-23T02:00:00Z after 2027-01-01T00:00:00Z',
    '2026-11-23T02:00:00Z before',
    '2026-11-23T02:00:00Z before long',
    '2026-11-23T02:00:00Z before 2027-01-01T00:00:00Z and more',
  ])('are named: amikeep:deprecated is %j', (text) => {
    expect(readStages({ 'amikeep:deprecated': text })).toEqual({ unreadable: 'amikeep:deprecated' });
    expect(readStages({ 'amikeep:deprecated': text, ...disabledTags(at, []) })).toEqual({
      unreadable: 'amikeep:deprecated',
    });
  });

  it.each([
    '',
    'yes',
    '2026-11-23T02:00:00Z',
    '2026-11-23T02:00:00Z shared=',
    '2026-11-23T02:00:00Z shared=one',
    '2026-11-23T02:00:00Z shared=100',
    '2026-11-23T02:00:00Z shared=0 more',
    'since 2026-11-23T02:00:00Z shared=0',
    '2026-13-23T02:00:00Z shared=0',
  ])('are named: amikeep:disabled is %j', (text) => {
    expect(readStages({ 'amikeep:disabled': text })).toEqual({ unreadable: 'amikeep:disabled' });
    expect(readStages({ ...deprecatedTag({ at }), 'amikeep:disabled': text })).toEqual({
      unreadable: 'amikeep:disabled',
    });
  });

  it('are named: one of those that hold whom it was shared with is gone', () => {
    const shares = Array.from({ length: 50 }, () => '111122223333');
    const { 'amikeep:shared:2': _, ...tags } = disabledTags(at, shares);
    expect(readStages(tags)).toEqual({ unreadable: 'amikeep:shared:2' });
    expect(readStages({ 'amikeep:disabled': '2026-11-23T02:00:00Z shared=1' })).toEqual({
      unreadable: 'amikeep:shared:1',
    });
  });
});

it('the keys of stages are those of deprecation, of disabling and of sharing, of those that are there', () => {
  const shares = Array.from({ length: 30 }, () => '111122223333');
  const tags = { Name: 'web', [RETIRE]: 'x', [HOLD]: '', ...deprecatedTag({ at }), ...disabledTags(at, shares) };
  expect(stageKeys(tags)).toEqual(['amikeep:deprecated', 'amikeep:disabled', 'amikeep:shared:1', 'amikeep:shared:2']);
  expect(stageKeys({ 'amikeep:shared:7': 'left behind' })).toEqual(['amikeep:shared:7']);
  expect(stageKeys({ Name: 'amikeep:deprecated' })).toEqual([]);
});
