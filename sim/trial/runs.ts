import { AsyncLocalStorage } from 'node:async_hooks';
import { readInvocation } from '../../lib/lambda/payload.ts';
import { MINUTE, SECOND } from '../../lib/model/time.ts';
import { type Action, parseRunEvent, type RunEvent } from '../../lib/run/event.ts';
import { expandEvent, type TargetedEvent } from '../../lib/run/expand.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { run, runTarget } from '../../lib/run/run.ts';
import type { VirtualClock } from '../../sandbox/clock.ts';
import type { Answer, Answering, Call } from '../../sandbox/pipeline.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Observer } from './observer/observer.ts';
import type { AskedFor } from './observer/promised.ts';
import { textAt } from './observer/texts.ts';
import type { Site } from './site.ts';
import { told } from './told.ts';
import type { Weather } from './weather.ts';

/** Lambda tries an event again after one minute, and once more after two (Lambda Developer Guide, asynchronous invocation). */
const RETRY_PAUSES = [1 * MINUTE, 2 * MINUTE] as const;
/** As the handlers keep back at the end of a function's time. */
const LONGEST_MARGIN = 30 * SECOND;
const MARGIN_SHARE = 0.2;

/** One run while it is under way. */
interface Running {
  /** `ours/17`: what it calls itself to the sandbox. */
  readonly caller: string;
  readonly endsAt: number;
  /** The call at which it dies, and whether that call still arrives. */
  readonly diesAt: number;
  readonly diesAfter: boolean;
  readonly die: (how: string) => void;
  calls: number;
  dead: boolean;
}

/** What a function is invoked with, and by which event. */
interface Invocation {
  readonly site: Site;
  readonly action: Action;
  readonly payload: unknown;
  readonly invokedBy: string;
}

export interface RunsPorts {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly weather: Weather;
  readonly chance: Chance;
}

/** At which of its calls a run dies: among the reads that all begin with, at its first changes, between later ones. */
const DYING = [
  [1, 12],
  [13, 30],
  [31, 80],
] as const;

/** Whoever calls outside every run. */
const PEOPLE = 'people';

export type End =
  | { readonly kind: 'ended'; readonly failed: boolean }
  | { readonly kind: 'died'; readonly how: string };

/** All runs of all deployments: each event takes the way of a function from there on, and its calls their chances. */
export class Runs {
  readonly #ports: RunsPorts;
  readonly #current = new AsyncLocalStorage<Running>();
  #started = 0;
  #events = 0;
  #underWay = 0;
  #defect: string | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(ports: RunsPorts) {
    this.#ports = ports;
  }

  /** How many there were. */
  get started(): number {
    return this.#started;
  }

  /** The first thing that was thrown and that nothing should have. */
  get defect(): string | undefined {
    return this.#defect;
  }

  /** Notes what was thrown where a run would take it for a call that failed, and try again. */
  stumble(error: unknown): void {
    this.#defect ??= told(error);
  }

  /** What clients are to be answered by. A dead run's calls are never answered. */
  get answering(): Answering {
    const { clock, weather, chance } = this.#ports;
    return {
      answer: async (call) => {
        const running = this.#current.getStore();
        if (running === undefined) return await this.#answer({ ...call, caller: PEOPLE });
        if (weather.transit > 0 && !running.dead) await clock.sleep(chance.below(weather.transit));
        if (!running.dead && clock.now() >= running.endsAt) running.die('its time is over');
        running.calls += 1;
        const isLast = running.calls === running.diesAt;
        if (isLast && !running.diesAfter) running.die('it crashes before a call');
        if (running.dead) return await never();
        const answer = await this.#answer({ ...call, caller: running.caller });
        if (isLast) running.die('it crashes after a call');
        return running.dead ? await never() : answer;
      },
    };
  }

  /** The sandbox says what AWS refuses; what it throws is a mistake, of its own or of those who look on. */
  async #answer(call: Call): Promise<Answer> {
    try {
      return await this.#ports.sandbox.answer(call);
    } catch (error) {
      this.stumble(error);
      throw error;
    }
  }

  /** Resolves once no run is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Starts what an event asks for, once or, if chance will have it, twice at once. */
  start(site: Site, action: Action, payload: unknown): void {
    const twins = this.#ports.chance.hits(this.#ports.weather.twins);
    this.#events += 1;
    const invocation = { site, action, payload, invokedBy: textAt(payload, 'id') || `event ${this.#events}` };
    for (let count = twins ? 2 : 1; count > 0; count--) {
      this.#invoke(invocation, 0).catch((error: unknown) => this.stumble(error));
    }
  }

  /**
   * Runs what a person asks for by the command, in each place that it is about: it has no deadline, and is not tried again
   * by itself.
   *
   * @returns what it came to, in words
   */
  async byHand(site: Site, payload: unknown): Promise<string> {
    const { clock } = this.#ports;
    const parsed = parseRunEvent(payload);
    if (!parsed.ok) throw new InputError(parsed.problems);
    const ends: string[] = [];
    for (const targeted of expandEvent(parsed.event, site.promised, site.account, clock.now())) {
      const end = await this.inPerson(site, targeted, async () => {
        const instance = site.take();
        const aws = (one: TargetedEvent, until: number) => site.aws(instance, one, until);
        const { failures } = await runTarget(targeted, { ...instance, aws }, Number.POSITIVE_INFINITY);
        site.giveBack(instance);
        return { kind: 'ended', failed: failures.length > 0 };
      });
      ends.push(end.kind === 'died' ? end.how : end.failed ? 'failed in part' : 'well');
    }
    return ends.join(', ');
  }

  /** Lets a person do something by the command, in the name of a deployment: its calls take their chances like those of runs. */
  async inPerson(site: Site, event: AskedFor, work: (caller: string) => Promise<End>): Promise<End> {
    const { clock, journal, observer } = this.#ports;
    this.#underWay += 1;
    this.#events += 1;
    const { promise: dying, resolve: end } = Promise.withResolvers<End>();
    const running = this.#begin(site, Number.POSITIVE_INFINITY, (how) => end({ kind: 'died', how }));
    const { caller } = running;
    try {
      journal.add(clock.now(), [caller], () => `${caller} begins by hand: ${JSON.stringify(event)}`);
      const invokedBy = `event ${this.#events}`;
      const { endsAt: stopAt } = running;
      const { name: deployment, promised, account } = site;
      observer.runBegins({
        stopAt,
        caller,
        deployment,
        account,
        event,
        promised,
        window: undefined,
        invokedBy,
        retry: 0,
      });
      const ended = await Promise.race([this.#current.run(running, () => work(caller)), dying]);
      observer.runEnds(caller, ended.kind === 'died' ? 'died' : ended.failed ? 'failed' : 'well');
      return ended;
    } finally {
      this.#ended();
    }
  }

  async #invoke(invocation: Invocation, retry: number): Promise<void> {
    this.#underWay += 1;
    try {
      const end = await this.#run(invocation, retry);
      const pause = RETRY_PAUSES[retry];
      if (pause === undefined || (end.kind === 'ended' && !end.failed)) return;
      await this.#ports.clock.sleep(pause);
      await this.#invoke(invocation, retry + 1);
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) for (const wake of this.#whenIdle.splice(0)) wake();
  }

  async #run({ site, action, payload, invokedBy }: Invocation, retry: number): Promise<End> {
    const { clock, journal, observer, weather } = this.#ports;
    const read = readInvocation(payload, action);
    const event = site.asTaken(read);
    const { promise: dying, resolve: end } = Promise.withResolvers<End>();
    const running = this.#begin(site, clock.now() + weather.functionTime, (how) => end({ kind: 'died', how }));
    const { caller } = running;
    journal.add(clock.now(), [caller, action], () => `${caller} begins: ${JSON.stringify(read)}`);
    const left = running.endsAt - clock.now();
    const stopAt = running.endsAt - Math.min(LONGEST_MARGIN, left * MARGIN_SHARE);
    observer.runBegins({
      stopAt,
      caller,
      deployment: site.name,
      account: site.account,
      event: read,
      promised: site.promised,
      window: site.windowOf(event),
      invokedBy,
      retry,
    });
    const working = this.#current.run(running, () => this.#work(site, event, stopAt));
    const ended = await Promise.race([working, dying]);
    observer.runEnds(caller, ended.kind === 'died' ? 'died' : ended.failed ? 'failed' : 'well');
    journal.add(
      clock.now(),
      [caller, action],
      () => `${caller} ends: ${ended.kind === 'died' ? ended.how : ended.failed ? 'failed in part' : 'well'}`,
    );
    return ended;
  }

  #begin(site: Site, endsAt: number, onDeath: (how: string) => void): Running {
    const { chance, weather } = this.#ports;
    this.#started += 1;
    const crashes = chance.hits(weather.crash);
    const running: Running = {
      caller: `${site.name}/${this.#started}`,
      endsAt,
      diesAt: crashes ? diesAt(chance) : Number.POSITIVE_INFINITY,
      diesAfter: chance.hits(0.5),
      calls: 0,
      dead: false,
      die: (how) => {
        running.dead = true;
        onDeath(how);
      },
    };
    return running;
  }

  async #work(site: Site, event: RunEvent, stopAt: number): Promise<End> {
    try {
      const instance = site.take();
      const aws = (one: TargetedEvent, until: number) => site.aws(instance, one, until);
      const result = await run(event, { ...instance, account: site.account, aws, ...UNTOLD }, stopAt);
      site.giveBack(instance);
      // As the handlers do: what has sent its event on ends well, whatever failed.
      const failed = result.kind === 'ran' && result.outcome.failures.length > 0 && !result.sentOn;
      return { kind: 'ended', failed };
    } catch (error) {
      // What an event asks of a policy that is dropped by now, and what could not be put on the bus.
      if (error instanceof InputError) return { kind: 'ended', failed: false };
      if (error instanceof Error && / could not be put on bus /.test(error.message))
        return { kind: 'ended', failed: true };
      throw error;
    }
  }
}

/** The call of a run at which it dies: runs read first, and of those that read the most, most calls come late. */
/** Nobody reads a log here: what a run tells on the bus is looked at. */
const UNTOLD = { tell: () => {}, tellFailure: () => {} };

function diesAt(chance: Chance): number {
  const [least, most] = chance.pick(DYING);
  return chance.from(least, most);
}

function never(): Promise<never> {
  return new Promise(() => {});
}
