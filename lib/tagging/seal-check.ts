import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { memoise } from './memoise.ts';

/** Says whether a signature is one of a key that is believed, over exactly this text. */
export type SealCheck = (text: string, signature: string) => boolean;

/** Checks of half a kilobyte each. */
const MOST_REMEMBERED = 4_000;

/**
 * A check by the public halves of keys, the most likely first.
 *
 * @param publicKeys Ed25519 keys in DER, as SPKI, in Base64: what KMS gives as `PublicKey`
 * @throws TypeError where one is no such key
 */
export function sealCheckOf(publicKeys: readonly string[]): SealCheck {
  return publicKeys.length === 0 ? () => false : checkBy(publicKeys.join(' '));
}

/**
 * The same check for the same keys, which remembers what it has found out: the snapshots of an image bear its seal too,
 * the second look reads what the first has read, and so does the next run.
 */
const checkBy = memoise(10, (publicKeys: string): SealCheck => {
  const keys = publicKeys.split(' ').map(readPublicKey);
  const isSigned = memoise(MOST_REMEMBERED, (signed: string) => {
    const end = signed.indexOf(' ');
    const [message, bytes] = [Buffer.from(signed.slice(end + 1)), Buffer.from(signed.slice(0, end), 'base64url')];
    return keys.some((key) => verify(null, message, key, bytes));
  });
  return (text, signature) => {
    // Base64 has several texts for the same bytes, of which one alone is written; that one has no blanks.
    if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) return false;
    return isSigned(`${signature} ${text}`);
  };
});

/** @throws TypeError where the text is no Ed25519 public key */
export function readPublicKey(text: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new TypeError(`'${text}' is not the public half of an Ed25519 key, in DER and Base64`);
}
