import { generateKeyPairSync, sign } from 'node:crypto';
import type { Image, Recipe, Snapshot, Tags } from '../../lib/model/resources.ts';
import { recipeHash, recipeTags } from '../../lib/tagging/recipe-tags.ts';
import { sealed, sealTag, stampText, type Word, withListed, wordText } from '../../lib/tagging/seal.ts';
import { type SealCheck, sealCheckOf } from '../../lib/tagging/seal-check.ts';

/** A key as KMS has it, and what it signs. */
export interface TestKey {
  /** In DER, as SPKI, in Base64. */
  readonly publicHalf: string;
  readonly check: SealCheck;
  readonly sign: (text: string) => string;
  /** The tags with the seal over those of their stamp and a recipe, which they get as well. */
  readonly stamped: (tags: Tags, recipe?: Recipe) => Tags;
  /** The only tag that `said` has, with its seal; of a mark, with what it lists. */
  readonly word: (said: Tags, word: Word, ...listed: readonly string[]) => Tags;
}

export function aKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicHalf = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const signText = (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64url');
  return {
    publicHalf,
    check: sealCheckOf([publicHalf]),
    sign: signText,
    stamped: (tags, recipe) => {
      const hash = recipe && recipeHash(recipe);
      return { ...tags, ...recipeTags(recipe ?? {}), ...sealTag(signText(stampText(tags, hash)), hash) };
    },
    word: (said, word, ...listed) =>
      Object.fromEntries(
        Object.entries(said).map(([key, value]) => {
          const text = word.kind === 'mark' ? withListed(value, listed) : value;
          return [key, sealed(text, signText(wordText(word, text)))];
        }),
      ),
  };
}

/** A resource as EC2 shows it, before anything of it is believed. */
export function asRead<R extends Image | Snapshot>(resource: R, tags: Tags): R {
  return { ...resource, tags, seal: 'missing' };
}
