import type { SandboxEvent } from '../contract.ts';
import { SeededRandom } from '../seeded.ts';

export type EventListener = (event: SandboxEvent) => void;

/** Hands every event to everyone who listens, AWS's own ones and those that were put. */
export class EventFeed {
  readonly #seed: number;
  readonly #listeners = new Set<EventListener>();
  #ids: SeededRandom;

  constructor(seed: number) {
    this.#seed = seed;
    this.#ids = new SeededRandom(seed);
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
    const id = this.#ids.uuid();
    const complete: SandboxEvent = { version: '0', id, ...event };
    for (const listener of this.#listeners) listener(complete);
    return id;
  }

  /** Starts the ids anew; who listens still does. */
  reset(): void {
    this.#ids = new SeededRandom(this.#seed);
  }
}

/** `2026-01-02T03:04:05Z` */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
