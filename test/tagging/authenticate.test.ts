import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, imageId, region, snapshotId } from '../../lib/model/ids.ts';
import type { Image, Recipe, Snapshot, Tags } from '../../lib/model/resources.ts';
import { authenticate, keysBorne } from '../../lib/tagging/authenticate.ts';
import { endedTag } from '../../lib/tagging/ended.ts';
import { loanTag } from '../../lib/tagging/loans.ts';
import { markTag } from '../../lib/tagging/mark.ts';
import { readOwnership } from '../../lib/tagging/ownership.ts';
import { recipeHash, recipeTags } from '../../lib/tagging/recipe-tags.ts';
import { sealTag, type Word } from '../../lib/tagging/seal.ts';
import { sealCheckOf } from '../../lib/tagging/seal-check.ts';
import { encodeStamp, type Stamp } from '../../lib/tagging/stamp.ts';
import { vouchedTag } from '../../lib/tagging/vouched.ts';
import { anImageOf, aStamp, DR, HERE } from '../builders.ts';
import { anyStamp, tagValue } from './arbitraries.ts';
import { aKey, asRead } from './keys.ts';

const key = aKey();
const stamp = aStamp();
const VAULT = accountId('444455556666');
const at = Date.UTC(2026, 10, 24);

const sealedTags = (one: Stamp = stamp) => key.stamped(encodeStamp(one));
const read = (tags: Tags, one: Stamp = stamp, overrides: Partial<Image> = {}) =>
  authenticate(asRead(anImageOf(one, overrides), tags), key.check);

const theSnapshot: Snapshot = {
  id: snapshotId('snap-0123456789abcdef0'),
  ...HERE,
  startedAt: stamp.slot,
  madeFor: imageId('ami-0123456789abcdef0'),
  size: 8,
  tags: {},
  seal: 'missing',
};
const readSnapshot = (tags: Tags, overrides: Partial<Snapshot> = {}) =>
  authenticate(asRead({ ...theSnapshot, ...overrides }, tags), key.check);

describe('P23: the seal of an image', () => {
  it('holds on what it was made for, whatever its texts are', () => {
    fc.assert(
      fc.property(anyStamp, (any) => {
        const image = read({ Name: 'web', ...sealedTags(any), 'amikeep:hold': 'x' }, any);
        expect(image.seal).toBe('valid');
        expect(readOwnership(image, any.deployment)).toMatchObject({ kind: 'ours', stamp: any });
      }),
      { numRuns: 200 },
    );
  });

  it('breaks with any change of any tag that it covers', () => {
    const keys = [...Object.keys(encodeStamp(stamp)), 'amikeep:adopted'];
    fc.assert(
      fc.property(
        anyStamp,
        fc.constantFrom(...keys),
        fc.option(tagValue, { nil: undefined }),
        (any, changed, value) => {
          const { [changed]: before, ...others } = sealedTags(any);
          fc.pre(value !== before && !(changed === 'amikeep:deployment' && value === undefined));
          const tags = value === undefined ? others : { ...others, [changed]: value };
          expect(read(tags, any).seal).toBe('broken');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, Tags, Image['seal']]>([
    ['is missing where there is none', encodeStamp(stamp), 'missing'],
    ['is missing in a form that nobody writes', { ...encodeStamp(stamp), 'amikeep:seal': 'yes' }, 'missing'],
    ['is broken where another key made it', aKey().stamped(encodeStamp(stamp)), 'broken'],
    ['is broken where it is that of a word', { ...encodeStamp(stamp), 'amikeep:seal': `1.${key.sign('x')}` }, 'broken'],
  ])('%s', (_, tags, seal) => {
    expect(read(tags).seal).toBe(seal);
  });

  it('is believed by the public halves of keys that were replaced as well', () => {
    const old = aKey();
    const check = sealCheckOf([key.publicHalf, old.publicHalf]);
    const image = asRead(anImageOf(stamp), old.stamped(encodeStamp(stamp)));
    expect(authenticate(image, check).seal).toBe('valid');
    expect(authenticate(image, key.check).seal).toBe('broken');
  });

  it.each<[string, Stamp, Partial<Image>]>([
    ['another name', stamp, { name: 'golden' }],
    ['another home', stamp, DR],
    ['another account', stamp, { account: VAULT }],
    ['a creation before the slot', stamp, { createdAt: stamp.slot - 3_600_000 }],
  ])('is not believed on an image to which somebody copied all tags and which has %s', (_, one, overrides) => {
    const image = read(sealedTags(one), one, overrides);
    expect(image.seal).toBe('valid');
    expect(readOwnership(image, 'prod').kind).toBe('damaged');
  });
});

it('the keys that a resource bears are all that it was read with, whatever was taken out of its tags', () => {
  const recipe: Recipe = { shape: 'm7g.large', address: '10.0.3.7' };
  const tags = { ...encodeStamp(stamp), ...recipeTags(recipe), 'amikeep:retire': 'forged', Team: 'web' };
  const sealed = { ...tags, ...sealTag(key.sign('x'), recipeHash(recipe)) };
  const odd = { ...tags, 'amikeep:seal': 'yes' };
  for (const borne of [tags, sealed, odd]) {
    for (const check of [key.check, undefined]) {
      const found = authenticate(asRead(anImageOf(stamp), borne), check);
      expect(keysBorne(found).sort()).toEqual(Object.keys(borne).sort());
    }
  }
  expect(read(sealed).tags).toEqual({ ...encodeStamp(stamp), Team: 'web' });
});

it('P23: of a seal that no key known here made nothing is known while one of them could not be read', () => {
  const image = asRead(anImageOf(stamp), key.stamped(encodeStamp(stamp)));
  expect(authenticate(image, aKey().check, false).seal).toBe('unread');
  expect(authenticate(image, key.check, false).seal).toBe('valid');
  expect(authenticate(asRead(anImageOf(stamp), encodeStamp(stamp)), key.check, false).seal).toBe('missing');
});

describe('P23: the recipe of an image', () => {
  const recipe: Recipe = { shape: 'm7g.large profile=web', address: '10.0.3.7' };
  const tags = key.stamped(encodeStamp(stamp), recipe);

  it('is covered by the seal, and is no tag any more', () => {
    const image = read(tags);
    expect(image.recipe).toEqual({ ...recipe, sealed: true });
    expect(image.tags).toEqual(encodeStamp(stamp));
    expect(image.seal).toBe('valid');
  });

  it.each<[string, Tags]>([
    ['another text', { 'amikeep:shape': 'm7g.large profile=admin' }],
    ['more behind it', { 'amikeep:address': '10.0.3.7 public=203.0.113.9' }],
  ])('is not believed with %s, which leaves the rest of the seal whole', (_, forged) => {
    const image = read({ ...tags, ...forged });
    expect(image).toMatchObject({ seal: 'valid', recipe: { sealed: false } });
    expect(readOwnership(image, 'prod').kind).toBe('ours');
  });

  it('is not believed with one of its texts taken off, and taken off whole it is none', () => {
    const { 'amikeep:shape': _, ...without } = tags;
    expect(read(without)).toMatchObject({ seal: 'valid', recipe: { address: '10.0.3.7', sealed: false } });
    const { 'amikeep:address': __, ...none } = without;
    expect(read(none)).toMatchObject({ seal: 'valid' });
    expect(read(none).recipe).toBeUndefined();
  });

  it('is not believed on an image that was sealed without one, under a seal that is broken, or unread', () => {
    const added = { ...sealedTags(), 'amikeep:shape': 'm7g.large' };
    expect(read(added)).toMatchObject({ seal: 'valid', recipe: { sealed: false } });
    expect(read({ ...tags, 'amikeep:keep': 'none zone=UTC' })).toMatchObject({
      seal: 'broken',
      recipe: { sealed: false },
    });
    expect(authenticate(asRead(anImageOf(stamp), tags), undefined)).toMatchObject({
      seal: 'unread',
      recipe: { sealed: false },
    });
  });

  it('cannot be replaced by a hash in the seal without breaking that', () => {
    const [, , signature = ''] = tags['amikeep:seal']?.split('.') ?? [];
    const forged = { shape: 'm7g.large profile=admin' };
    expect(read({ ...tags, ...recipeTags(forged), ...sealTag(signature, recipeHash(forged)) }).seal).toBe('broken');
    expect(read({ ...tags, ...sealTag(signature) }).seal).toBe('broken');
  });

  it('is not on snapshots, which have the same seal', () => {
    const { 'amikeep:shape': _, 'amikeep:address': __, ...ofSnapshot } = tags;
    expect(readSnapshot(ofSnapshot).seal).toBe('valid');
  });
});

/** What a word is about here, and the same said of something else. */
const { deployment, policy, lineage, source } = stamp;
const named = { deployment, policy, lineage, source };
const OTHER_LINEAGES = {
  'another policy': { ...named, policy: 'weekly' },
  'another lineage': { ...named, lineage: 'Role=web' },
  'another source region': { ...named, source: { ...source, region: region('us-east-1') } },
  'another source account': { ...named, source: { ...source, account: VAULT } },
  'another deployment': { ...named, deployment: 'test' },
};
const image = imageId('ami-0123456789abcdef0');
const mark = markTag({ at, reason: 'no rule keeps it' });
const loan = loanTag(VAULT, { since: at, theirs: [] });

const ON_IMAGES: readonly (readonly [tags: Tags, of: Word, elsewhere: Readonly<Record<string, Word>>])[] = [
  [
    mark,
    { kind: 'mark', deployment, place: HERE },
    {
      'another region': { kind: 'mark', deployment, place: DR },
      'another account': { kind: 'mark', deployment, place: { ...HERE, account: VAULT } },
      'another deployment': { kind: 'mark', deployment: 'test', place: HERE },
    },
  ],
  [
    endedTag({ at, by: 'hand' }),
    { kind: 'end', lineage: named, place: HERE },
    {
      ...Object.fromEntries(
        Object.entries(OTHER_LINEAGES).map(([what, other]) => [
          what,
          { kind: 'end', lineage: other, place: HERE } as const,
        ]),
      ),
      'another region': { kind: 'end', lineage: named, place: DR },
      'a vault': { kind: 'end', lineage: named, place: { ...HERE, account: VAULT } },
      'what a person vouches for': { kind: 'vouch', lineage: named, place: HERE },
    },
  ],
  [
    vouchedTag(at),
    { kind: 'vouch', lineage: named, place: HERE },
    {
      ...Object.fromEntries(
        Object.entries(OTHER_LINEAGES).map(([what, other]) => [
          what,
          { kind: 'vouch', lineage: other, place: HERE } as const,
        ]),
      ),
      'another region': { kind: 'vouch', lineage: named, place: DR },
      'a vault': { kind: 'vouch', lineage: named, place: { ...HERE, account: VAULT } },
      'an end': { kind: 'end', lineage: named, place: HERE },
    },
  ],
  [
    loan,
    { kind: 'loan', deployment, image, account: VAULT },
    {
      'another image': { kind: 'loan', deployment, image: imageId('ami-0123456789abcdef1'), account: VAULT },
      'another account': { kind: 'loan', deployment, image, account: HERE.account },
      'another deployment': { kind: 'loan', deployment: 'test', image, account: VAULT },
    },
  ],
];

describe('P23: a word on an image', () => {
  it.each(ON_IMAGES)('is believed with its own seal, and read without it: %j', (said, word) => {
    const { seal, tags, ignored } = read({ ...sealedTags(), ...key.word(said, word, image) });
    expect({ seal, ignored }).toEqual({ seal: 'valid', ignored: undefined });
    expect(tags).toEqual({ ...encodeStamp(stamp), ...said });
  });

  it.each(
    ON_IMAGES.flatMap(([said, , elsewhere]) => Object.entries(elsewhere).map(([of, word]) => ({ said, of, word }))),
  )('is not believed where it was said of $of: $said', ({ said, word }) => {
    const { seal, tags, ignored } = read({ ...sealedTags(), ...key.word(said, word, image) });
    expect({ seal, ignored }).toEqual({ seal: 'valid', ignored: Object.keys(said) });
    expect(tags).toEqual(encodeStamp(stamp));
  });

  it.each(ON_IMAGES)('is not believed without a seal, with another key’s, or of a later day: %j', (said, word) => {
    const [name = ''] = Object.keys(said);
    const value = key.word(said, word, image)[name] ?? '';
    const forged = [
      said,
      aKey().word(said, word, image),
      { [name]: value.replace('2026-11-24', '2026-01-24') },
      { [name]: `${value} ` },
      { [name]: value.slice(-86) },
    ];
    for (const one of forged) expect(read({ ...sealedTags(), ...one }).ignored).toEqual([name]);
  });

  it('says what it was told, whatever that is', () => {
    fc.assert(
      fc.property(tagValue, (reason) => {
        const said = markTag({ at, reason: `"quoted"\n😀 ${reason}` });
        const { tags } = read({ ...sealedTags(), ...key.word(said, { kind: 'mark', deployment, place: HERE }, image) });
        expect(tags).toEqual({ ...encodeStamp(stamp), ...said });
      }),
    );
  });

  it('that marks several of them is believed of each that it lists, and copied to another one it is not', () => {
    const other = imageId('ami-0123456789abcdef1');
    const marked = key.word(mark, { kind: 'mark', deployment, place: HERE }, other, image);
    for (const id of [image, other]) {
      const found = read({ ...sealedTags(), ...marked }, stamp, { id });
      expect(readOwnership(found, 'prod')).toMatchObject({ kind: 'ours', mark: { at } });
    }
    const third = read({ ...sealedTags(), ...marked }, stamp, { id: imageId('ami-0123456789abcdef2') });
    expect(third).toMatchObject({ seal: 'valid', ignored: ['amikeep:retire'] });
  });

  it('that ends a lineage is not believed where the stamp that names the lineage cannot be read', () => {
    const { 'amikeep:keep': _, ...tags } = {
      ...sealedTags(),
      ...key.word(endedTag({ at, by: 'hand' }), { kind: 'end', lineage: named, place: HERE }),
    };
    expect(read(tags)).toMatchObject({ seal: 'broken', ignored: ['amikeep:ended'] });
  });

  it('is left where it only protects: a hold needs no seal', () => {
    expect(read({ ...sealedTags(), 'amikeep:hold': 'audit' }).tags).toHaveProperty('amikeep:hold', 'audit');
  });

  it('of a loan is of an account, whatever stands behind its key', () => {
    expect(read({ ...sealedTags(), 'amikeep:lent:somebody': 'x' }).ignored).toEqual(['amikeep:lent:somebody']);
  });
});

describe('P23: a word on a snapshot', () => {
  const marking = { kind: 'mark', deployment, place: HERE } as const;

  it.each<[string, string]>([
    ['itself', theSnapshot.id],
    ['the image that EC2 made it for', image],
  ])('that marks is believed where it lists %s', (_, listed) => {
    const marked = { ...sealedTags(), ...key.word(mark, marking, listed) };
    expect(readSnapshot(marked)).toMatchObject({ seal: 'valid', tags: mark });
  });

  it('that marks is not believed where it lists neither, whatever a tag says that the snapshot is of', () => {
    const marked = { ...sealedTags(), ...key.word(mark, marking, 'ami-0123456789abcdef1') };
    expect(readSnapshot(marked)).toMatchObject({ seal: 'valid', ignored: ['amikeep:retire'] });
    const { madeFor: _, ...unsaid } = theSnapshot;
    const ofImage = { ...sealedTags(), ...key.word(mark, marking, image) };
    expect(authenticate(asRead(unsaid, ofImage), key.check).ignored).toEqual(['amikeep:retire']);
  });

  it('that it is lent is nobody’s: that is written on images alone', () => {
    const tags = { ...sealedTags(), ...key.word(loan, { kind: 'loan', deployment, image, account: VAULT }) };
    expect(readSnapshot(tags).ignored).toEqual(['amikeep:lent:444455556666']);
  });
});

describe('where the key could not be read', () => {
  it('P4: nothing is known of any seal, and no word is believed', () => {
    const tags = {
      ...sealedTags(),
      ...key.word(mark, { kind: 'mark', deployment, place: HERE }, image),
      'amikeep:hold': 'x',
    };
    expect(authenticate(asRead(anImageOf(stamp), tags), undefined)).toEqual({
      ...anImageOf(stamp),
      seal: 'unread',
      ignored: ['amikeep:retire'],
      tags: { ...sealedTags(), 'amikeep:hold': 'x' },
    });
    expect(authenticate(asRead(theSnapshot, sealedTags()), undefined)).toMatchObject({ seal: 'unread' });
  });
});

it('what bears no tag of a deployment is left as it was read', () => {
  const foreign = asRead(anImageOf(stamp), { Name: 'web', 'amikeep:retire': 'x' });
  expect(authenticate(foreign, key.check)).toBe(foreign);
  expect(authenticate(foreign, undefined)).toBe(foreign);
});
