import { type Instant, MINUTE } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { VirtualClock } from '../sandbox/clock.ts';
import { publicImageId } from '../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { SeededRandom } from '../sandbox/seeded.ts';
import { type Deployment, deploy, stackKeys } from '../sim/deployment.ts';
import { HOME } from './inventory.ts';
import { policiesKeeping } from './policies.ts';

const START: Instant = Date.UTC(2026, 9, 20);
/** What RunInstances takes in one call under its bucket for instances. */
const MOST_AT_ONCE = 1000;

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
  readonly #clock = new VirtualClock(START);
  readonly #random = new SeededRandom(1);
  readonly #file: PolicyFile;

  private constructor(file: PolicyFile, throttling: boolean) {
    this.#file = file;
    this.sandbox = createSandbox({
      clock: this.#clock,
      seed: 1,
      throttling,
      calls: { log: 100_000 },
      ec2: { ...stackKeys(file), concurrentCopies: COPIES_IN_FLIGHT, snapshotBaseMs: IMAGE_TAKES },
    });
  }

  /**
   * So many instances, whose newest image is to be kept at home and some more as copies: with each night one image of
   * every instance is to be created, one copied and one retired.
   */
  static async launch(instances: number, { throttling }: { readonly throttling: boolean }): Promise<Fleet> {
    const fleet = new Fleet(policiesKeeping('{ keepLast: 1 }', '{ keepDaily: 3 }'), throttling);
    for (let left = instances; left > 0; left -= MOST_AT_ONCE) {
      const count = Math.min(left, MOST_AT_ONCE);
      await fleet.sandbox.call({
        service: 'ec2',
        operation: 'RunInstances',
        region: HOME.region,
        account: HOME.account,
        input: {
          ImageId: publicImageId(HOME.region, 'al2023'),
          MinCount: count,
          MaxCount: count,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
        },
      });
    }
    await fleet.pass(10 * MINUTE);
    return fleet;
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

  /** A night's images, and their copies as EC2 tells of each image that it is available; the record holds the copying. */
  async snapshotAndCopyWhenTold(): Promise<void> {
    await this.#deployed(async (functions) => {
      await this.#carryOut(functions, 'snapshot');
      await this.pass(2 * IMAGE_TAKES);
      this.sandbox.calls.reset();
      await this.#deliver(functions);
    });
  }

  async #carryOut(functions: Deployment, action: Action): Promise<void> {
    this.sandbox.calls.reset();
    const slot = { policy: 'nightly', slot: 'current' };
    const payload = { action, target: HOME, ...(action === 'snapshot' && slot) };
    await this.#clock.run(() => functions.invoke(action, payload));
    await this.#deliver(functions);
  }

  async #deliver(functions: Deployment): Promise<void> {
    const errors = await this.#clock.run(() => functions.deliver());
    if (errors.length > 0) throw new AggregateError(errors, 'functions failed');
  }

  /** Functions of their own for each action: what EC2 tells of images afterwards reaches none, and sweeps do the work. */
  async #deployed(work: (functions: Deployment) => Promise<void>): Promise<void> {
    const functions = deploy({
      sandbox: this.sandbox,
      file: this.#file,
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
