import { type Instant, MINUTE } from '../lib/model/time.ts';
import type { Action } from '../lib/run/event.ts';
import type { VirtualClock } from '../sandbox/clock.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { SeededRandom } from '../sandbox/seeded.ts';
import { type Deployment, deploy } from '../sim/deployment.ts';
import { HOME } from './inventory.ts';
import { type LargeRegion, largeRegion, type RegionSettings } from './large/region.ts';
import { policiesKeeping } from './policies.ts';

const START: Instant = Date.UTC(2026, 9, 20);
const FILE = policiesKeeping('{ keepLast: 1 }', '{ keepDaily: 3 }');

/**
 * Copies in flight are a limit of their own, which would hide the one on calls: 300 at a time, each as long as its
 * snapshots take. Here AWS and amikeep allow as many as there are.
 */
const COPIES_IN_FLIGHT = 10_000;

/** Longer than it takes to create all images, so that none of them becomes available while functions are at work. */
const IMAGE_TAKES = 30 * MINUTE;

/** Running instances under one policy on a sandbox with a virtual clock, and amikeep deployed to look after them. */
export class Fleet {
  readonly sandbox: Sandbox;
  readonly #clock: VirtualClock;
  readonly #random = new SeededRandom(1);

  private constructor({ sandbox, clock }: LargeRegion) {
    this.sandbox = sandbox;
    this.#clock = clock;
  }

  /**
   * So many instances, whose newest image is to be kept at home and some more as copies: with each night one image of
   * every instance is to be created, one copied and one retired.
   */
  static async launch(
    instances: number,
    settings: Pick<RegionSettings, 'throttling' | 'encrypted'> = {},
  ): Promise<Fleet> {
    const region = await largeRegion(FILE, instances, {
      ...{ ...settings, startsAt: START, concurrentCopies: COPIES_IN_FLIGHT, imagesTake: IMAGE_TAKES },
      log: 100_000,
    });
    return new Fleet(region);
  }

  /** Lets so many milliseconds of the virtual clock pass. */
  async pass(ms: number): Promise<void> {
    await this.#clock.advance(ms);
  }

  /**
   * Does one action in the home region until nothing of it is left, continuations included. The sandbox's record then
   * holds the calls of this action and no others.
   *
   * @returns when it began
   * @throws AggregateError with what the functions threw
   */
  async do(action: Action): Promise<Instant> {
    const startedAt = this.#clock.now();
    await this.#deployed(async (functions) => {
      await this.#carryOut(functions, action);
    });
    return startedAt;
  }

  async #carryOut(functions: Deployment, action: Action): Promise<void> {
    this.sandbox.calls.reset();
    const slot = { policy: 'nightly', slot: 'current' };
    const payload = { action, target: HOME, ...(action === 'snapshot' && slot) };
    // What a run of copies has no time for, the next sweep does.
    for (let copied = -1; copied < this.#copied; ) {
      copied = this.#copied;
      await this.#clock.run(() => functions.invoke(action, payload));
      await this.#deliver(functions);
    }
  }

  get #copied(): number {
    return this.sandbox.calls.total({ operation: 'CopyImage' });
  }

  async #deliver(functions: Deployment): Promise<void> {
    const errors = await this.#clock.run(() => functions.deliver());
    if (errors.length > 0) throw new AggregateError(errors, 'functions failed');
  }

  /** Functions of their own for each action. */
  async #deployed(work: (functions: Deployment) => Promise<void>): Promise<void> {
    const functions = deploy({
      sandbox: this.sandbox,
      file: FILE,
      account: HOME.account,
      random: () => this.#random.next(),
      maxCopiesInFlight: COPIES_IN_FLIGHT,
    });
    try {
      await work(functions);
    } finally {
      functions.close();
    }
  }
}
