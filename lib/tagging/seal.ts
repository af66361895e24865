import { createHash } from 'node:crypto';
import type { AccountId, ImageId, Target } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import type { Stamp } from './stamp.ts';
import { SEAL, SEALED_KEYS } from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';

/**
 * Nearly everybody may write tags, so what takes away, shares or blocks rests on tags only where a signature says that
 * the deployment wrote them. Here is what is signed, and in which form signatures stand in tags. The signatures are
 * Ed25519's: of 64 bytes, and always the same for the same text, so that a call that is made again is the same call.
 */

/** The first word of each text, so that nothing else that the key may ever sign is taken for a seal. */
const DOMAIN = 'amikeep seal 1';

/**
 * The text that is signed for an image and its snapshots, of the tags of their stamp: its name and place follow from them.
 *
 * @param recipe the hash of the image's recipe, where it has one. The snapshots, which bear none, have the same seal; and a
 *   recipe that somebody has changed does not take the rest of the image's seal with it.
 */
export function stampText(tags: Tags, recipe?: string): string {
  const stamp = SEALED_KEYS.map((name) => tags[name] ?? null);
  return JSON.stringify([DOMAIN, 'stamp', ...stamp, ...(recipe === undefined ? [] : [recipe])]);
}

/** `1.` and the signature in 86 characters; with a recipe `2.`, its hash, a dot and the signature. */
export function sealTag(signature: string, recipe?: string): Tags {
  return { [SEAL]: recipe === undefined ? `${PLAIN}${signature}` : `${WITH_RECIPE}${recipe}.${signature}` };
}

const PLAIN = '1.';
const WITH_RECIPE = '2.';

export interface StampSeal {
  readonly signature: string;
  /** The hash of the recipe that it covers. */
  readonly recipe?: string;
}

/** The seal that an image's or a snapshot's tags hold. */
export function sealIn(tags: Tags): StampSeal | undefined {
  const text = tags[SEAL] ?? '';
  if (text.startsWith(PLAIN)) return { signature: text.slice(PLAIN.length) };
  const [, recipe, signature] = text.startsWith(WITH_RECIPE) ? text.split('.', 3) : [];
  return recipe === undefined || signature === undefined ? undefined : { signature, recipe };
}

/** A word that is written on an image later: what it says, and what it is about. */
export type Word =
  /** One mark serves several images and snapshots, which it lists: see {@link withListed}. */
  | { readonly kind: 'mark'; readonly deployment: string; readonly place: Target }
  /** The end of a lineage in one place, on each of its images there: what is said of its sources is not said of a vault. */
  | { readonly kind: 'end'; readonly lineage: LineageName; readonly place: Target }
  /** That the region of a lineage's source has no instances any more, on an image in one place. */
  | { readonly kind: 'vouch'; readonly lineage: LineageName; readonly place: Target }
  /** What a drill came to, and the newest one that was passed: of one image, so that a verdict on another says nothing. */
  | {
      /** `drill`: on what a drill was launched with, of which image it is and when it was launched. */
      readonly kind: 'drilled' | 'passed' | 'drill';
      readonly deployment: string;
      readonly image: ImageId;
      readonly place: Target;
    }
  | { readonly kind: 'loan'; readonly deployment: string; readonly image: ImageId; readonly account: AccountId };

export type LineageName = Pick<Stamp, 'deployment' | 'policy' | 'lineage' | 'source'>;

/** The text that is signed for a word; `said` is the tag's value without its seal. */
export function wordText(word: Word, said: string): string {
  return JSON.stringify([DOMAIN, word.kind, ...subjectOf(word), said]);
}

function subjectOf(word: Word): string[] {
  switch (word.kind) {
    case 'mark':
      return [word.deployment, word.place.account, word.place.region];
    case 'end':
    case 'vouch': {
      const { deployment, policy, lineage, source } = word.lineage;
      return [deployment, policy, lineage, source.account, source.region, word.place.account, word.place.region];
    }
    case 'drilled':
    case 'passed':
    case 'drill':
      return [word.deployment, word.image, word.place.account, word.place.region];
    case 'loan':
      return [word.deployment, word.image, word.account];
  }
}

const BEFORE_SIGNATURE = ' ~';
const SIGNATURE_LENGTH = 86;
/** What a tag has room for beside the seal of a word. */
export const LONGEST_WORD = LONGEST_VALUE - BEFORE_SIGNATURE.length - SIGNATURE_LENGTH;

/** How many images or snapshots one mark serves: as many as fit into it beside its reason. */
export const MOST_LISTED = 8;
/** 48 bits of a hash stand for an id, so that a mark that is copied to anything else is none. */
const LISTED_LENGTH = 8;
const LONGEST_LIST = ' []'.length + MOST_LISTED * LISTED_LENGTH;

/** What a mark says, cut to what a tag has room for beside the list of what it is about and its seal. */
export function sayable(text: string): string {
  return cutText(text, LONGEST_WORD - LONGEST_LIST);
}

/** What a mark says, with what it is about behind it: `2026-11-23T02:00:00Z no keep rule wants it [Zm9vYmFyMTIz]`. */
export function withListed(said: string, ids: readonly string[]): string {
  return `${said} [${ids.map(listed).join('')}]`;
}

/** The parts of {@link withListed}; undefined where there is no list. */
export function parseListed(
  text: string,
): { readonly said: string; readonly isListed: (id: string) => boolean } | undefined {
  const [, said, list = ''] = LISTED.exec(text) ?? [];
  if (said === undefined || list.length % LISTED_LENGTH !== 0) return undefined;
  const all = new Set(list.match(EACH_LISTED));
  return { said, isListed: (id) => all.has(listed(id)) };
}

const LISTED = /^(.*) \[([\w-]*)\]$/s;
const EACH_LISTED = new RegExp(`.{${LISTED_LENGTH}}`, 'g');

function listed(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, LISTED_LENGTH);
}

/** A word with its seal behind it, as a tag's value. */
export function sealed(said: string, signature: string): string {
  return said + BEFORE_SIGNATURE + signature;
}

/** A sealed word in its parts; undefined where a tag's value has no seal. */
export function parseSealed(value: string): { readonly said: string; readonly signature: string } | undefined {
  const at = value.length - SIGNATURE_LENGTH - BEFORE_SIGNATURE.length;
  if (at < 0 || value.slice(at, at + BEFORE_SIGNATURE.length) !== BEFORE_SIGNATURE) return undefined;
  return { said: value.slice(0, at), signature: value.slice(at + BEFORE_SIGNATURE.length) };
}
