import type { CallSubject } from './calls.ts';
import { type Charge, chargesOf } from './throttle-rates.ts';

interface Bucket {
  tokens: number;
  /** When `tokens` was right: milliseconds since the epoch. */
  at: number;
}

/** The request throttling of the services, by `throttle-rates.ts`. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();

  /**
   * Takes what the call costs out of its buckets, or, where one of them has too little, nothing.
   *
   * @param now milliseconds since the epoch, for the continuous refill
   * @returns whether the call may pass
   */
  admits(call: CallSubject, input: Readonly<Record<string, unknown>>, now: number): boolean {
    const charged = chargesOf(call, input).map((charge) => ({
      bucket: this.#bucket(call, charge, now),
      tokens: charge.tokens,
    }));
    if (charged.some(({ bucket, tokens }) => bucket.tokens < tokens)) return false;
    for (const { bucket, tokens } of charged) bucket.tokens -= tokens;
    return true;
  }

  reset(): void {
    this.#buckets.clear();
  }

  #bucket({ account, region, service }: CallSubject, charge: Charge, now: number): Bucket {
    const key = `${account} ${region} ${service} ${charge.bucket}`;
    const known = this.#buckets.get(key);
    if (known === undefined) {
      const bucket = { tokens: charge.rate.burst, at: now };
      this.#buckets.set(key, bucket);
      return bucket;
    }
    const refilled = (Math.max(0, now - known.at) / 1000) * charge.rate.refill;
    known.tokens = Math.min(charge.rate.burst, known.tokens + refilled);
    known.at = now;
    return known;
  }
}
