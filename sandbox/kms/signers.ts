import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** What stands before the 32 bytes of a private key of Ed25519 in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

/** The key pairs behind signing keys. A pair follows from its key's ARN alone, so that whatever it signs can be repeated. */
export class Signers {
  readonly #pairs = new Map<string, Pair>();

  /** The 64 bytes of an Ed25519 signature (RFC 8032) over a message as it is. */
  sign(arn: string, message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.#pair(arn).privateKey));
  }

  /** DER of a SubjectPublicKeyInfo. What comes back is the caller's own. */
  publicKey(arn: string): Uint8Array {
    return new Uint8Array(this.#pair(arn).publicKey);
  }

  #pair(arn: string): Pair {
    const known = this.#pairs.get(arn);
    if (known !== undefined) return known;
    const bytes = createHash('sha256').update(`private key of ${arn}`).digest();
    const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, bytes]), format: 'der', type: 'pkcs8' });
    const pair = { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }) };
    this.#pairs.set(arn, pair);
    return pair;
  }
}
