import type { Reading } from '../../model/reading.ts';

/** What could not be read of single images or snapshots, by their ids: who fails stands alone. */
export class Unread<Id> {
  readonly #problems = new Map<Id, string>();

  /** What is known by now; of each id the first problem. */
  get problems(): ReadonlyMap<Id, string> {
    return this.#problems;
  }

  /** Remembers of whom a reading is, if it is not whole, and hands it on. */
  note<T>(ids: readonly Id[], reading: Reading<T>): Reading<T> {
    if (reading.complete) return reading;
    for (const id of ids) if (!this.#problems.has(id)) this.#problems.set(id, `${reading.source}: ${reading.problem}`);
    return reading;
  }
}
