import type { Clock, Instant } from '../../lib/model/time.ts';
import type { Change } from '../../lib/planning/change.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import type { CycleSettings } from '../../lib/run/jobs/job.ts';
import type { OutcomeEvent } from '../../lib/run/outcome/details.ts';
import type { Applied, Applier, Aws, Publisher, Reads } from '../../lib/run/ports.ts';
import { HERE } from '../builders.ts';
import { NOW } from '../planning/fleet.ts';

/** A clock that stands still until somebody waits or a test moves it on. */
export class FakeClock implements Clock {
  #now: Instant = NOW;

  now(): Instant {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.pass(ms);
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** An applier that does what a test says, `done` unless told otherwise, and remembers what it was asked for. */
export class FakeApplier implements Applier {
  readonly asked: Change[] = [];
  readonly #answer: (change: Change, notAfter: Instant) => Applied;

  constructor(answer: (change: Change, notAfter: Instant) => Applied = () => ({ kind: 'done' })) {
    this.#answer = answer;
  }

  readonly #apply = async (change: Change, notAfter = Number.POSITIVE_INFINITY): Promise<Applied> => {
    this.asked.push(change);
    return this.#answer(change, notAfter);
  };
  readonly #applyAll = (changes: readonly Change[]) => Promise.all(changes.map((change) => this.#apply(change)));

  readonly create = this.#apply;
  readonly copy = this.#apply;
  readonly share = this.#apply;
  readonly unshare = this.#apply;
  readonly tag = this.#applyAll;
  readonly unmark = this.#applyAll;
  readonly bringBack = this.#apply;
  readonly restore = this.#apply;
  readonly askUsage = this.#apply;
  readonly launch = (change: Change) => this.#apply(change);
  readonly judge = this.#apply;
  readonly endDrill = this.#apply;
  readonly clearRemnant = this.#apply;
  readonly ask = this.#apply;
  readonly stage = this.#apply;
}

function unexpected(read: string) {
  return () => Promise.reject(new Error(`the test expects no read of ${read}`));
}

/** Reads that fail the test, but for those that it hands in. */
export function fakeReads(reads: Partial<Reads> = {}): Reads {
  return {
    instances: unexpected('instances'),
    heldInstances: unexpected('instances on hold'),
    heldSnapshots: unexpected('snapshots on hold'),
    allInstances: unexpected('all instances'),
    instancesAmong: unexpected('instances of lineages'),
    volumes: unexpected('volumes by their ids'),
    volumesWith: unexpected('volumes'),
    images: unexpected('images'),
    image: unexpected('an image'),
    imagesAmong: unexpected('images by their ids'),
    drills: unexpected('drills'),
    remnants: unexpected('left-overs of drills'),
    networks: unexpected('networks'),
    health: unexpected('status checks'),
    consoles: unexpected('consoles'),
    nodes: unexpected("SSM's nodes"),
    commands: unexpected('commands'),
    copiesInFlight: unexpected('copies in flight'),
    uses: unexpected('uses'),
    imagesWith: unexpected('images by tags'),
    imageEvidence: unexpected('evidence of images'),
    sharing: unexpected('whom images are shared with'),
    snapshots: unexpected('snapshots'),
    snapshotEvidence: unexpected('evidence of snapshots'),
    leftovers: unexpected('what is left over'),
    binRules: unexpected('rules of the bin'),
    binnedImages: unexpected('images in the bin'),
    binnedImage: unexpected('an image in the bin'),
    snapshotUses: unexpected('snapshot uses'),
    ...reads,
  };
}

export function cycleSettings(
  aws: Pick<Aws, 'reads' | 'applier'> & Partial<Aws>,
  overrides: Partial<CycleSettings> = {},
): CycleSettings {
  return {
    deployment: 'prod',
    target: HERE,
    mode: 'apply',
    clock: new FakeClock(),
    aws: { calls: () => ({ sent: 0, throttled: 0 }), isOutOfTime: () => false, ...aws },
    stopAt: Number.POSITIVE_INFINITY,
    ...overrides,
  };
}

export class FakePublisher implements Publisher {
  readonly requested: RunEvent[] = [];
  readonly published: OutcomeEvent[] = [];

  async requestRuns(events: readonly RunEvent[]): Promise<void> {
    this.requested.push(...events);
  }

  async sendOn(event: RunEvent): Promise<void> {
    this.requested.push(event);
  }

  async publish(events: readonly OutcomeEvent[]): Promise<void> {
    this.published.push(...events);
  }
}
