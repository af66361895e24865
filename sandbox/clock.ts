import type { SandboxClock } from './contract.ts';
import { TimerQueue } from './timer-queue.ts';

export interface RunOptions {
  /**
   * How many calls are under way that only the real world can end (HTTP over loopback). While there is one, virtual
   * time stands still and real time passes.
   */
  readonly inFlight?: () => number;
}

/** One turn of the event loop: when it is over, every promise continuation that was ready has run. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @throws RangeError for a duration that is not a finite number of milliseconds, or a negative one. */
function assertDuration(ms: number): void {
  if (!Number.isFinite(ms) || ms < 0) {
    throw new RangeError(`a duration must be a finite, non-negative number of milliseconds, not ${ms}`);
  }
}

/**
 * A clock that moves only when it is told to, so months pass in seconds and every run has the same order: timers run in
 * the order of their times, those of one time in the order in which they were set, and between two of them everything
 * that waits on a promise gets its turn.
 */
export class VirtualClock implements SandboxClock {
  readonly #queue = new TimerQueue();
  #now: number;
  #driven = false;

  /** @param startsAt milliseconds since the Unix epoch */
  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    assertDuration(ms);
    return new Promise((resolve) => {
      this.#queue.add(this.#now + ms, resolve);
    });
  }

  at(at: number, task: () => void): () => void {
    return this.#queue.add(at, task);
  }

  /**
   * Puts the clock to another time without running anything: for loading a saved state, which brings its own time.
   * Timers that are then overdue run first when the clock next moves.
   */
  set(at: number): void {
    this.#now = at;
  }

  /** Lets `ms` milliseconds pass. Rejects with what a timer threw. */
  async advance(ms: number): Promise<void> {
    assertDuration(ms);
    await this.advanceTo(this.#now + ms);
  }

  /** Lets time pass until `at`; timers due by then have run, and what they started has settled as far as it can. */
  async advanceTo(at: number): Promise<void> {
    if (at < this.#now) throw new RangeError(`the clock is at ${this.#now} and does not go back to ${at}`);
    await this.#drive(async () => {
      await turnOfTheLoop();
      for (let next = this.#queue.nextAt(); next !== undefined && next <= at; next = this.#queue.nextAt()) {
        this.#runNext();
        await turnOfTheLoop();
      }
      this.#now = Math.max(this.#now, at);
    });
  }

  /**
   * Runs `task` to its end, and moves the clock whenever nothing else can happen. Gives what the task gives.
   *
   * @throws Error when the task waits for something that no timer will bring about: a deadlock
   */
  async run<T>(task: () => Promise<T>, options: RunOptions = {}): Promise<T> {
    const inFlight = options.inFlight ?? (() => 0);
    return await this.#drive(async () => {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      const result = task();
      result.then(settle, settle);
      while (true) {
        await turnOfTheLoop();
        if (settled) return await result;
        if (inFlight() > 0) continue;
        if (this.#queue.nextAt() === undefined) {
          throw new Error(
            'the virtual clock stands still: the task is not done, no timer is set and no call is in flight, so nothing would ever wake it',
          );
        }
        this.#runNext();
      }
    });
  }

  #runNext(): void {
    const timer = this.#queue.take();
    if (timer === undefined) return;
    this.#now = Math.max(this.#now, timer.at);
    timer.task();
  }

  async #drive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#driven) throw new Error('the virtual clock is already being moved: two drivers would race for its order');
    this.#driven = true;
    try {
      return await work();
    } finally {
      this.#driven = false;
    }
  }
}

/** The longest that a timer of Node can wait, in milliseconds; longer waits are made of several. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive, its sleepers do. */
export class RealClock implements SandboxClock {
  now(): number {
    return Date.now();
  }

  sleep(ms: number): Promise<void> {
    assertDuration(ms);
    return new Promise((resolve) => {
      const wait = (left: number) => {
        if (left > LONGEST_TIMER) setTimeout(() => wait(left - LONGEST_TIMER), LONGEST_TIMER);
        else setTimeout(resolve, left);
      };
      wait(ms);
    });
  }

  at(at: number, task: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = at - this.now();
      timer = setTimeout(left > LONGEST_TIMER ? arm : task, Math.min(Math.max(left, 0), LONGEST_TIMER));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  }
}
