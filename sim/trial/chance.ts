import { createHash } from 'node:crypto';
import { SeededRandom } from '../../sandbox/seeded.ts';

/**
 * All that is left to chance in one part of a trial. Each part has a stream of its own, from the seed and the part's
 * name: so what one part draws does not change what happens in another.
 */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number, part: string) {
    const digest = createHash('sha256').update(`${seed}/${part}`).digest();
    this.#random = new SeededRandom(digest.readUIntBE(0, 6));
  }

  /** From 0 up to, never including, 1. */
  next(): number {
    return this.#random.next();
  }

  /** A whole number from 0 up to, never including, `count`. */
  below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  /** A whole number, both ends included. */
  from(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** Whether something of this probability happens. */
  hits(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T {
    const [found] = list.slice(this.below(list.length)).slice(0, 1);
    if (found === undefined) throw new RangeError('there is nothing to pick from');
    return found;
  }

  /** The value of one of the pairs, each as likely as its weight says. */
  weighted<T>(pairs: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#random.next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(pairs)[1];
  }

  /** How long until something happens that happens so often on average, in milliseconds. */
  pause(average: number): number {
    return Math.ceil(-Math.log(1 - this.#random.next()) * average);
  }
}
