import type { CallSubject, RecordedCall } from './calls.ts';

/** An operation that is about to take effect: faults and throttling have let it through. */
export interface Effect extends CallSubject {
  /** When the call came in: milliseconds since the Unix epoch, of the sandbox's clock. */
  readonly time: number;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Whoever looks on while calls are answered, and changes nothing. */
export interface Watcher {
  /** Told right before an operation runs; what comes back is told once it has succeeded. */
  effect?(effect: Effect): ((output: object) => void) | undefined;
  /** Told of each call once it is answered, with its input. */
  answered?(call: RecordedCall): void;
}
