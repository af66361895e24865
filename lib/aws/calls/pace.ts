import { type Rate, rateOf } from '../../model/call-rates.ts';
import type { Target } from '../../model/ids.ts';
import { type Clock, type Instant, SECOND } from '../../model/time.ts';

interface Bucket {
  readonly rate: Rate;
  tokens: number;
  filledAt: Instant;
}

/**
 * Keeps calls within AWS's rates, so that being throttled is the exception: a bucket on our side for each of AWS's.
 * Whoever finds it empty waits on the clock for a token of his own; tokens are given out in the order of asking.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #share: number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param share how much of AWS's rates to use, in (0, 1]: the rest is for whoever else works in the account */
  constructor(clock: Clock, share: number) {
    this.#clock = clock;
    this.#share = share;
  }

  /** Waits for the turn of a call; false if it would come at `stopAt` or later, and then no turn is taken. */
  async turn({ account, region }: Target, action: string, stopAt: Instant): Promise<boolean> {
    const bucket = this.#filled(`${account}/${region}/${action}`, action);
    const wait = Math.max(0, Math.ceil(((1 - bucket.tokens) / bucket.rate.perSecond) * SECOND));
    if (this.#clock.now() + wait >= stopAt) return false;
    // Taken before waiting: those who ask meanwhile queue up behind.
    bucket.tokens -= 1;
    if (wait > 0) await this.#clock.sleep(wait);
    return true;
  }

  /** AWS has fewer tokens than we thought, since we are not alone: ours are gone too. */
  throttled({ account, region }: Target, action: string): void {
    const bucket = this.#filled(`${account}/${region}/${action}`, action);
    bucket.tokens = Math.min(bucket.tokens, 0);
  }

  #filled(key: string, action: string): Bucket {
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      const { burst, perSecond } = rateOf(action);
      const rate = { burst: Math.max(1, burst * this.#share), perSecond: perSecond * this.#share };
      bucket = { rate, tokens: rate.burst, filledAt: now };
      this.#buckets.set(key, bucket);
    }
    const { rate } = bucket;
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.filledAt) / SECOND) * rate.perSecond);
    bucket.filledAt = now;
    return bucket;
  }
}
