import type { AccountId, ImageId, SnapshotId, Target } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import type { Stamp } from './stamp.ts';
import * as key from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';

/**
 * Nearly everybody may write tags, so what takes away, shares or blocks rests on tags only where a signature says that
 * the deployment wrote them. Here is what is signed, and in which form signatures stand in tags. The signatures are
 * Ed25519's: of 64 bytes, and always the same for the same text, so that a call that is made again is the same call.
 */

/** The tags that an image's seal covers. Its name and its place follow from them. */
const SEALED_KEYS = [
  key.DEPLOYMENT,
  key.POLICY,
  key.LINEAGE,
  key.SLOT,
  key.VERSION,
  key.ATTEMPT,
  key.HOME,
  key.SOURCE_ACCOUNT,
  key.SOURCE_REGION,
  key.SOURCE_INSTANCE,
  key.KEEP,
  key.RETIRE_RULES,
  key.ADOPTED,
] as const;

/** The first word of each text, so that nothing else that the key may ever sign is taken for a seal. */
const DOMAIN = 'amikeep seal 1';

/** The text that is signed for an image and its snapshots, of the tags of their stamp. */
export function stampText(tags: Tags): string {
  return JSON.stringify([DOMAIN, 'stamp', ...SEALED_KEYS.map((name) => tags[name] ?? null)]);
}

/** `1.` and the signature in 86 characters. */
export function sealTag(signature: string): Tags {
  return { [key.SEAL]: `${FORM}${signature}` };
}

const FORM = '1.';

/** The signature that an image's or a snapshot's seal holds. */
export function signatureOf(tags: Tags): string | undefined {
  const text = tags[key.SEAL];
  return text?.startsWith(FORM) ? text.slice(FORM.length) : undefined;
}

/** A word that is written on an image later: what it says, and what it is about. */
export type Word =
  /** One mark serves all that is marked in a call, so it says of its image only where that is. */
  | { readonly kind: 'mark'; readonly deployment: string; readonly place: Target }
  /** The end of a lineage, on each of its images. */
  | { readonly kind: 'end'; readonly lineage: LineageName }
  /** That the region of a lineage's source has no instances any more. */
  | { readonly kind: 'vouch'; readonly lineage: LineageName }
  | { readonly kind: 'loan'; readonly deployment: string; readonly image: ImageId; readonly account: AccountId }
  /** That a snapshot stayed although its image is gone. */
  | { readonly kind: 'left-over'; readonly deployment: string; readonly snapshot: SnapshotId };

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
      return [deployment, policy, lineage, source.account, source.region];
    }
    case 'loan':
      return [word.deployment, word.image, word.account];
    case 'left-over':
      return [word.deployment, word.snapshot];
  }
}

const BEFORE_SIGNATURE = ' ~';
const SIGNATURE_LENGTH = 86;
/** What a tag has room for beside the seal of a word. */
export const LONGEST_WORD = LONGEST_VALUE - BEFORE_SIGNATURE.length - SIGNATURE_LENGTH;

/** What a sealed word says, cut to what a tag has room for. */
export function sayable(text: string): string {
  return cutText(text, LONGEST_WORD);
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
