import { INSTANCE_STATE_CHANGE, type SandboxEvent } from '../contract.ts';
import { SeededRandom } from '../seeded.ts';

export type EventListener = (event: SandboxEvent) => void;

/** Hands every event to everyone who listens, AWS's own ones and those that were put. */
export class EventFeed {
  readonly #seed: number;
  readonly #listeners = new Set<EventListener>();
  #ids: SeededRandom;
  /**
   * There are many of these events and few go by them, so they take no id of the others': the ids of a seed stay what
   * they are, however many instances start and stop in between.
   */
  #idsOfInstances: SeededRandom;

  constructor(seed: number) {
    this.#seed = seed;
    this.#ids = new SeededRandom(seed);
    this.#idsOfInstances = new SeededRandom(seed + OTHER_SEQUENCE);
  }

  /** The function that comes back ends it. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** @returns the id that the event got */
  publish(event: Omit<SandboxEvent, 'id' | 'version'>): string {
    const ids = event['detail-type'] === INSTANCE_STATE_CHANGE ? this.#idsOfInstances : this.#ids;
    const id = ids.uuid();
    const complete: SandboxEvent = { version: '0', id, ...event };
    for (const listener of this.#listeners) listener(complete);
    return id;
  }

  /** Starts the ids anew; who listens still does. */
  reset(): void {
    this.#ids = new SeededRandom(this.#seed);
    this.#idsOfInstances = new SeededRandom(this.#seed + OTHER_SEQUENCE);
  }
}

/** What is added to a seed for numbers that have nothing to do with its own, nor with those of its neighbours. */
const OTHER_SEQUENCE = 2 ** 40;

/** `2026-01-02T03:04:05Z` */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
