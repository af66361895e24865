import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, imageId, region } from '../../lib/model/ids.ts';
import type { Tags } from '../../lib/model/resources.ts';
import {
  LONGEST_WORD,
  MOST_LISTED,
  parseListed,
  parseSealed,
  sayable,
  sealed,
  sealIn,
  sealTag,
  stampText,
  type Word,
  withListed,
  wordText,
} from '../../lib/tagging/seal.ts';
import { sealCheckOf } from '../../lib/tagging/seal-check.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { aStamp, DR, HERE } from '../builders.ts';
import { anyStamp, tagValue } from './arbitraries.ts';
import { aKey } from './keys.ts';

const A_KEY_OF_CURVE_P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ format: 'der', type: 'spki' })
  .toString('base64');
const key = aKey();
const SIGNATURE = key.sign('a text');
const SEALED_KEYS = [...Object.keys(encodeStamp(aStamp())), 'amikeep:adopted'];

describe('P23: what is signed for an image', () => {
  it('is the tags of its stamp, in an order of their own, behind a word that nothing else begins with', () => {
    const tags = encodeStamp(aStamp());
    const text = stampText({ 'amikeep:seal': 'x', Name: 'web', ...tags });
    expect(JSON.parse(text)).toEqual(['amikeep seal 1', 'stamp', ...Object.values(tags), null]);
    expect(stampText(Object.fromEntries(Object.entries(tags).reverse()))).toBe(text);
  });

  it.each(SEALED_KEYS)('is another text whenever %s is changed, put there or taken off', (changed) => {
    fc.assert(
      fc.property(anyStamp, fc.option(tagValue, { nil: undefined }), (stamp, adopted) => {
        const tags: Tags = { ...encodeStamp(stamp), ...(adopted !== undefined && { 'amikeep:adopted': adopted }) };
        const { [changed]: before, ...others } = tags;
        const without = stampText(others);
        expect(stampText({ ...tags, [changed]: `${before ?? ''}x` })).not.toBe(stampText(tags));
        if (before !== undefined) expect(without).not.toBe(stampText(tags));
        expect(stampText({ ...others, [changed]: 'null' })).not.toBe(without);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same whatever else stands on the image: holds, people’s tags, words that are written later', () => {
    const tags = encodeStamp(aStamp());
    for (const more of [{ Name: 'x' }, { 'amikeep:hold': 'x' }, { 'amikeep:retire': 'x' }, { 'amikeep:seal': 'x' }]) {
      expect(stampText({ ...tags, ...more })).toBe(stampText(tags));
    }
  });

  it('says where one text ends and the next begins, whatever they are', () => {
    const named = (policy: string, lineage: string) =>
      stampText({ 'amikeep:policy': policy, 'amikeep:lineage': lineage });
    const texts = fc.constantFrom(
      'a',
      '","',
      'a","b',
      '"',
      '\\',
      '\\"',
      ',',
      'null',
      '\n',
      '\u2028',
      '',
      '😀',
      '\ud83d',
    );
    fc.assert(
      fc.property(texts, texts, texts, texts, (one, other, third, fourth) => {
        expect(named(one, other) === named(third, fourth)).toBe(one === third && other === fourth);
      }),
      { numRuns: 500 },
    );
  });

  it('is short enough for KMS, which signs 4,096 bytes, with the longest tags that there are', () => {
    const stamp = encodeStamp(aStamp());
    const longest = Object.fromEntries(Object.keys(stamp).map((name) => [name, stamp[name] ?? '']));
    const people = { 'amikeep:deployment': '語'.repeat(256), 'amikeep:lineage': '語'.repeat(256) };
    const text = stampText({
      ...longest,
      ...people,
      'amikeep:policy': '語'.repeat(256),
      'amikeep:keep': 'x'.repeat(256),
    });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
  });
});

describe('a seal in a tag', () => {
  it('comes back from it', () => {
    expect(sealTag(SIGNATURE)).toEqual({ 'amikeep:seal': `1.${SIGNATURE}` });
    expect(sealIn({ Name: 'web', ...sealTag(SIGNATURE) })).toEqual({ signature: SIGNATURE });
    expect(sealTag(SIGNATURE, 'hash')).toEqual({ 'amikeep:seal': `2.hash.${SIGNATURE}` });
    expect(sealIn(sealTag(SIGNATURE, 'hash'))).toEqual({ signature: SIGNATURE, recipe: 'hash' });
  });

  it.each([{}, { 'amikeep:seal': '' }, { 'amikeep:seal': `2.${SIGNATURE}` }, { 'amikeep:seal': SIGNATURE }])(
    'is none in %j',
    (tags) => {
      expect(sealIn(tags)).toBeUndefined();
    },
  );
});

const { deployment, policy, lineage, source } = aStamp();
const VAULT = accountId('444455556666');
const image = imageId('ami-0123456789abcdef0');
const named = { deployment, policy, lineage, source };
const elsewhere = { ...source, region: region('us-east-1') };
/** Each differs from the first of its row in one thing. */
const WORDS: readonly (readonly Word[])[] = [
  [
    { kind: 'mark', deployment, place: HERE },
    { kind: 'mark', deployment: 'test', place: HERE },
    { kind: 'mark', deployment, place: DR },
    { kind: 'mark', deployment, place: { ...HERE, account: VAULT } },
  ],
  ...(['end', 'vouch'] as const).map((kind): Word[] => [
    { kind, lineage: named, place: HERE },
    { kind, lineage: named, place: DR },
    { kind, lineage: named, place: { ...HERE, account: VAULT } },
    { kind, lineage: { ...named, deployment: 'test' }, place: HERE },
    { kind, lineage: { ...named, policy: 'weekly' }, place: HERE },
    { kind, lineage: { ...named, lineage: 'Role=web' }, place: HERE },
    { kind, lineage: { ...named, source: elsewhere }, place: HERE },
    { kind, lineage: { ...named, source: { ...source, account: VAULT } }, place: HERE },
  ]),
  [
    { kind: 'loan', deployment, image, account: VAULT },
    { kind: 'loan', deployment: 'test', image, account: VAULT },
    { kind: 'loan', deployment, image: imageId('ami-0123456789abcdef1'), account: VAULT },
    { kind: 'loan', deployment, image, account: HERE.account },
  ],
];

describe('P23: what is signed for a word that is written later', () => {
  it('is another text for each thing that it may be about, and for each that it may say', () => {
    const texts = WORDS.flat().flatMap((word) => ['', 'x', '2026-11-23T02:00:00Z'].map((said) => wordText(word, said)));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).not.toContain(stampText({}));
  });

  it('is the same for the end of a lineage on whichever of its images it stands, and whichever instance made that', () => {
    const again = { ...named, source: { ...source, instance: aStamp().source.instance } };
    expect(wordText({ kind: 'end', lineage: { ...again, ...aStamp({ attempt: 2 }) }, place: HERE }, 'x')).toBe(
      wordText({ kind: 'end', lineage: named, place: HERE }, 'x'),
    );
  });
});

const anId = fc.nat({ max: 0xffff_ffff }).map((number) => `ami-f${number.toString(16).padStart(16, '0')}`);

describe('what a mark is about', () => {
  it('is listed behind what it says, whatever that is, and nothing else is', () => {
    fc.assert(
      fc.property(tagValue, fc.uniqueArray(anId, { maxLength: MOST_LISTED }), (text, ids) => {
        const said = sayable(text);
        const listed = withListed(said, ids);
        expect(listed.length).toBeLessThanOrEqual(LONGEST_WORD);
        const list = parseListed(listed);
        expect(list?.said).toBe(said);
        expect(ids.every((id) => list?.isListed(id))).toBe(true);
        expect(list?.isListed('ami-0123456789abcdef0')).toBe(false);
      }),
    );
  });

  it.each(['', 'soon', 'soon [', 'soon [abc]', 'soon[]', 'soon [abcdefgh] '])('is nothing in %j', (text) => {
    expect(parseListed(text)).toBeUndefined();
  });
});

describe('a word with its seal', () => {
  it('comes back in its parts, whatever it says, and fits into a tag', () => {
    fc.assert(
      fc.property(fc.oneof(tagValue, fc.constantFrom(' ~', `x ~${SIGNATURE}`, 'a"b\n😀')), (text) => {
        const said = sayable(text);
        const value = sealed(said, SIGNATURE);
        expect(value.length).toBeLessThanOrEqual(256);
        expect(said.length).toBeLessThanOrEqual(LONGEST_WORD);
        expect(parseSealed(value)).toEqual({ said, signature: SIGNATURE });
      }),
    );
  });

  it.each(['', 'soon', SIGNATURE, `~${SIGNATURE}`, `soon ${SIGNATURE}`, `soon~ ${SIGNATURE}`, `soon ~${SIGNATURE}x`])(
    'is none in %j',
    (value) => {
      expect(parseSealed(value)).toBeUndefined();
    },
  );
});

describe('the check of a signature', () => {
  it('believes every key that it was given, and no other', () => {
    const other = aKey();
    const both = sealCheckOf([other.publicHalf, key.publicHalf]);
    expect(both('a text', SIGNATURE)).toBe(true);
    expect(both('a text', other.sign('a text'))).toBe(true);
    expect(both('a text', aKey().sign('a text'))).toBe(false);
    expect(sealCheckOf([])('a text', SIGNATURE)).toBe(false);
  });

  it('holds for that very text alone, to the byte', () => {
    fc.assert(
      fc.property(tagValue, tagValue, (text, other) => {
        const signature = key.sign(text);
        expect(key.check(text, signature)).toBe(true);
        expect(key.check(`${text} `, signature)).toBe(false);
        if (Buffer.from(other).compare(Buffer.from(text)) !== 0) expect(key.check(other, signature)).toBe(false);
      }),
    );
  });

  it('answers the same however often it is asked, and takes no part of a text for one of the signature', () => {
    const signature = key.sign('one two');
    for (let asked = 0; asked < 3; asked++) {
      expect(key.check('one two', signature)).toBe(true);
      expect(key.check('two', `${signature} one`)).toBe(false);
      expect(key.check(`${signature} one two`, '')).toBe(false);
    }
  });

  it('holds for no other signature, whichever character of it is changed', () => {
    for (let at = 0; at < SIGNATURE.length; at++) {
      const changed = `${SIGNATURE.slice(0, at)}${SIGNATURE[at] === 'A' ? 'B' : 'A'}${SIGNATURE.slice(at + 1)}`;
      expect(key.check('a text', changed)).toBe(false);
    }
  });

  it.each([
    ['padded', (signature: string) => `${signature}==`],
    ['in the other alphabet', (signature: string) => Buffer.from(signature, 'base64url').toString('base64')],
    ['with a space', (signature: string) => `${signature} `],
    ['with a line break within', (signature: string) => `${signature.slice(0, 40)}\n${signature.slice(40)}`],
    [
      'with other spare bits at its end',
      (signature: string) =>
        [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
          .map((last) => signature.slice(0, -1) + last)
          .find(
            (text) => text !== signature && Buffer.from(text, 'base64url').equals(Buffer.from(signature, 'base64url')),
          ) ?? '',
    ],
    ['cut', (signature: string) => signature.slice(0, -2)],
    ['empty', () => ''],
  ])('holds for one text of a signature alone: not %s', (_, spelt) => {
    // One that has both characters in which the alphabets differ.
    const text = Array.from({ length: 200 }, (_, number) => `text ${number}`).find((one) => /[-_]/.test(key.sign(one)));
    const signature = key.sign(text ?? '');
    expect(key.check(text ?? '', signature)).toBe(true);
    expect(key.check(text ?? '', spelt(signature))).toBe(false);
  });

  it.each(['', 'MCowBQYDK2VwAyEA', 'no key', A_KEY_OF_CURVE_P256])('is not made of what is no such key: %j', (text) => {
    expect(() => sealCheckOf([key.publicHalf, text])).toThrow(TypeError);
  });
});
