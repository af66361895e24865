import { beforeAll, describe, expect, it, vi } from 'vitest';
import { MINUTE } from '../../lib/model/time.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { Action } from '../../lib/run/event.ts';
import { MAX_CONTINUATIONS } from '../../lib/run/event-schema.ts';
import { SeededRandom } from '../../sandbox/seeded.ts';
import { routeOf } from '../../sim/deployment.ts';
import { aWorld, LOCAL, tagOf, type World } from './world.ts';

// How long simulated hours take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Lambda tries an event again after one minute, and once more after two (Lambda Developer Guide, asynchronous invocation). */
const RETRY_PAUSES = [1 * MINUTE, 2 * MINUTE];
/** Tries of one delivery. */
const TRIES = 1 + RETRY_PAUSES.length;
/** Deliveries of one event and its successors, where none is doubled. */
const ROW = 1 + MAX_CONTINUATIONS;
/** The same, where nothing gets done. */
const FRUITLESS_ROW = 4;

interface Delivery {
  readonly at: number;
  readonly action: Action;
  readonly payload: object;
  readonly tried: number;
}

/**
 * What EventBridge and Lambda make of events: each goes to its function at once, now and then twice, and again where the
 * function fails.
 */
class Lambda {
  invocations = 0;
  doubled = 0;
  readonly #world: World;
  readonly #waiting: Delivery[] = [];
  readonly #isDoubled: () => boolean;

  constructor(world: World, policies: string, isDoubled: () => boolean = () => false) {
    const parsed = parsePolicyFile(policies, 'policies.yml');
    if (!parsed.ok) throw new TypeError('the policies of the world are not accepted');
    this.#world = world;
    this.#isDoubled = isDoubled;
    world.sandbox.onEvent((event) => {
      const action = routeOf(event, 'amikeep-test');
      if (action) this.send(action, event);
    });
  }

  send(action: Action, payload: object): void {
    const delivery = { at: this.#world.clock.now(), action, payload, tried: 0 };
    this.#waiting.push(delivery);
    if (!this.#isDoubled()) return;
    this.doubled += 1;
    this.#waiting.push(delivery);
  }

  /** Until nothing waits any more, or far more was invoked than any bound allows. */
  async settle(): Promise<void> {
    for (let next = this.#next(); next && this.invocations < 2_000; next = this.#next()) {
      const { clock } = this.#world;
      if (next.at > clock.now()) await clock.advanceTo(next.at);
      this.invocations += 1;
      const failed = await this.#world.invoke(next.action, next.payload).then(
        () => false,
        () => true,
      );
      const pause = RETRY_PAUSES[next.tried];
      if (failed && pause !== undefined) {
        this.#waiting.push({ ...next, at: clock.now() + pause, tried: next.tried + 1 });
      }
    }
  }

  #next(): Delivery | undefined {
    const [first] = this.#waiting.toSorted((one, other) => one.at - other.at);
    if (first) this.#waiting.splice(this.#waiting.indexOf(first), 1);
    return first;
  }
}

const POLICIES = LOCAL.replace('keepDaily: 3', 'keepLast: 1');

/** Five images of five nights: of those that no rule wants, some are due to go and one is due its mark. */
async function aWorldWithWork(): Promise<World> {
  const world = aWorld({ policies: POLICIES });
  await world.launch(1, { Backup: 'nightly' });
  for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
  await world.clock.advanceTo(Date.parse('2026-11-06T03:00:00Z'));
  await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-06T03:00:00Z' });
  await world.deliver();
  await world.clock.advance(12 * 60 * MINUTE);
  return world;
}

/** A second look takes 61 seconds, and what is marked is refused: each run fails in part and leaves work over. */
function slowAndRefused(world: World): void {
  world.sandbox.faults.add({ kind: 'latency', operation: 'DescribeImageReferences', latencyMs: 61_000 });
  world.sandbox.faults.add({
    kind: 'error-before',
    operation: 'CreateTags',
    code: 'TagLimitExceeded',
    status: 400,
    message: 'More than 50 tags specified',
  });
}

describe('P15: one event leads to a bounded number of invocations', () => {
  it('where each run fails in part and gets nothing done in its time', async () => {
    const world = await aWorldWithWork();
    slowAndRefused(world);
    const lambda = new Lambda(world, POLICIES);
    lambda.send('retire', { target: { account: '111122223333', region: 'eu-central-1' } });
    await lambda.settle();
    expect(lambda.invocations).toBeLessThanOrEqual(FRUITLESS_ROW - 1 + TRIES);
    expect(lambda.invocations).toBeGreaterThan(1);
  });

  it('where a read is denied: each event is tried three times', async () => {
    const world = await aWorldWithWork();
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeLaunchTemplates' });
    const lambda = new Lambda(world, POLICIES);
    lambda.send('retire', {});
    await lambda.settle();
    // The sweep is expanded into one event for the one region.
    expect(lambda.invocations).toBeLessThanOrEqual(1 + TRIES);
  });

  it.each([1, 2, 3, 4, 5])('where deliveries are doubled as well, by seed %d', async (seed) => {
    const world = await aWorldWithWork();
    slowAndRefused(world);
    const random = new SeededRandom(seed);
    const lambda = new Lambda(world, POLICIES, () => random.next() < 0.3);
    lambda.send('retire', { target: { account: '111122223333', region: 'eu-central-1' } });
    await lambda.settle();
    // Each doubled delivery begins one more row, which ends where the first one does.
    expect(lambda.invocations).toBeLessThanOrEqual((1 + lambda.doubled) * (FRUITLESS_ROW - 1 + TRIES));
  });
});

describe('under failing runs, their second tries and doubled deliveries', () => {
  let images: ReturnType<World['images']>;
  let [invocations, doubled] = [0, 0];

  beforeAll(async () => {
    const world = aWorld({ policies: LOCAL, functionTime: 12_000 });
    await world.launch(300, { Backup: 'nightly' });
    const random = new SeededRandom(7);
    const lambda = new Lambda(world, LOCAL, () => random.next() < 0.3);
    world.sandbox.faults.add({ kind: 'denied', operation: 'CreateImage', probability: 0.1 });
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CreateImage', probability: 0.1 });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    lambda.send('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    await lambda.settle();
    ({ invocations, doubled } = lambda);
    // One sweep after the other, as long as the slot is open.
    for (let hour = 0; hour < 6; hour++) {
      await world.clock.advance(60 * MINUTE);
      lambda.send('snapshot', { slot: 'current' });
      await lambda.settle();
    }
    images = world.images();
  });

  it('P15: one event has a bounded number of runs, though each gets little done', () => {
    // The schedule's event is expanded into the one of its region.
    expect(invocations).toBeLessThanOrEqual((1 + doubled) * (1 + ROW - 1 + TRIES));
    expect(invocations).toBeGreaterThan(4);
  });

  it('P12: each slot has exactly one image of each instance', () => {
    const of = images.map((image) => `${tagOf(image, 'amikeep:source-instance')} ${tagOf(image, 'amikeep:slot')}`);
    expect(of).toHaveLength(300);
    expect(new Set(of).size).toBe(300);
  });
});
