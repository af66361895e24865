import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Book } from './book.ts';
import type { ImageRecord } from './image-record.ts';
import { Loans } from './loans.ts';
import type { Violation } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import { Verified } from './verified.ts';

/** How old what a run has read may be when it acts on it: what it may not know yet is no reproach. */
const FRESH_FOR = 60_000;

export interface SceneOptions {
  readonly account: string;
  /** The longest that reads may lag behind, in milliseconds. */
  readonly lag: number;
  /** The longest that a call may be on its way, in milliseconds. */
  readonly transit: number;
}

/** What checks are made against, and where their findings go. */
export class Scene {
  readonly violations: Violation[] = [];
  readonly sandbox: Sandbox;
  readonly book: Book;
  readonly account: string;
  readonly verified: Verified;
  readonly loans = new Loans();
  readonly #options: SceneOptions;
  #checks = 0;

  constructor(sandbox: Sandbox, book: Book, options: SceneOptions) {
    this.sandbox = sandbox;
    this.book = book;
    this.account = options.account;
    this.verified = new Verified(book);
    this.#options = options;
  }

  get now(): number {
    return this.sandbox.clock.now();
  }

  /** How many checks there were. */
  get checks(): number {
    return this.#checks;
  }

  /**
   * Since when a fact must have been so at the latest for a run to have to know it. What is read again right before the
   * call has to be known for as long as a reading may be old; what is not, since the run began.
   *
   * @param reread whether the call is one of those that are decided anew right before them
   */
  cutoff(run: RunRecord, reread: boolean): number {
    const { lag, transit } = this.#options;
    return (reread ? this.now - FRESH_FOR - transit : run.startedAt) - lag;
  }

  /** How much earlier something may have been decided than it arrived. */
  get transit(): number {
    return this.#options.transit;
  }

  /** The oldest that a reading may be for a call that arrived then. */
  freshSince(arrived: number): number {
    return arrived - FRESH_FOR - this.#options.transit;
  }

  /** Notes that a promise was kept or broken. */
  expect(kept: boolean, promise: string, subjects: readonly (ImageRecord | string)[], text: () => string): void {
    this.#checks += 1;
    if (kept) return;
    const ids = subjects.flatMap((subject) =>
      typeof subject === 'string' ? [subject] : [subject.id, ...subject.snapshots, subject.stamp.instance],
    );
    this.violations.push({ promise, at: this.now, text: text(), subjects: ids });
  }
}
