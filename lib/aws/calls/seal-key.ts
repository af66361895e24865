import { GetPublicKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import type { Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { readPublicKey, type SealCheck, sealCheckOf } from '../../tagging/seal-check.ts';
import { type Caller, type CallResult, describeFailure } from './caller.ts';

/** What of a policy file says whose seals are believed, beside those of the deployment's own key. */
type SealingFile = Pick<PolicyFile, 'deployment' | 'trustedKeys'>;

/** The alias by which everybody finds the key that a deployment seals with. */
export function sealKeyAlias(deployment: string): string {
  return `alias/amikeep-${deployment}`;
}

/**
 * The key that a deployment seals with. Its private half never leaves KMS, which signs; seals are checked here, by the
 * public half, which is asked for once for each instance of a function.
 */
export class SealKey {
  readonly #file: SealingFile;
  readonly #home: Target;
  #publicHalf: CallResult<string> | undefined;
  readonly #asking = new WeakMap<Caller, Promise<CallResult<string>>>();
  #check: SealCheck | undefined;

  /** @param home where the deployment's stack is, which makes the key */
  constructor(file: SealingFile, home: Target) {
    this.#file = file;
    this.#home = home;
  }

  /**
   * The check of seals. Where the own key could not be read, the reading is partial and says why: the check knows the trusted
   * keys then, or there is none. Who has written the own key's public half there can restore while its region is out.
   */
  async check(caller: Caller): Promise<Reading<SealCheck | undefined>> {
    const { deployment, trustedKeys } = this.#file;
    const source = `the key ${sealKeyAlias(deployment)}`;
    const at = caller.now();
    if (!this.#check) {
      const half = await this.publicHalf(caller);
      if (!half.ok) {
        const trusted = trustedKeys.length > 0 ? sealCheckOf(trustedKeys) : undefined;
        return partialReading(source, at, trusted, describeFailure(half.failure));
      }
      this.#check ??= sealCheckOf([half.value, ...trustedKeys]);
    }
    return completeReading(source, at, this.#check);
  }

  /** The public half of the deployment's own key, in DER, as SPKI, in Base64. */
  async publicHalf(caller: Caller): Promise<CallResult<string>> {
    if (this.#publicHalf) return this.#publicHalf;
    // Several reads of a run begin at once: the first one asks for all of them. No run waits for what another one asked,
    // which may have had less time, or have died meanwhile.
    const asking = this.#asking.get(caller) ?? this.#ask(caller);
    this.#asking.set(caller, asking);
    const half = await asking;
    if (half.ok) this.#publicHalf = half;
    else this.#asking.delete(caller);
    return half;
  }

  async #ask(caller: Caller): Promise<CallResult<string>> {
    const KeyId = sealKeyAlias(this.#file.deployment);
    const answer = await caller
      .to('kms')
      .call(this.#home, 'GetPublicKey', (kms) => kms.send(new GetPublicKeyCommand({ KeyId })));
    if (!answer.ok) return answer;
    const text = Buffer.from(answer.value.PublicKey ?? []).toString('base64');
    try {
      readPublicKey(text);
      return { ok: true, value: text };
    } catch {
      const message = `${KeyId} is no key that seals: it has to be of the kind ECC_NIST_EDWARDS25519`;
      return { ok: false, failure: { meaning: 'refused', code: 'WrongKey', message } };
    }
  }

  /** Signs a text of at most 4,096 bytes; the signature comes in 86 characters of Base64. */
  async sign(caller: Caller, text: string): Promise<CallResult<string>> {
    const input = {
      KeyId: sealKeyAlias(this.#file.deployment),
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ED25519_SHA_512',
    } as const;
    const answer = await caller.to('kms').call(this.#home, 'Sign', (kms) => kms.send(new SignCommand(input)));
    if (!answer.ok) return answer;
    return { ok: true, value: Buffer.from(answer.value.Signature ?? []).toString('base64url') };
  }
}
