import type { ServiceName } from './contract.ts';

export interface CallSubject {
  readonly service: ServiceName;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** Who calls, where that is known: `shop`, or `shop/17` for one session of it. */
  readonly caller?: string | undefined;
}

/** How a call ended: `ok`, or the error's code; `status` is the HTTP status that the sandbox answered with. */
export interface CallOutcome {
  readonly outcome: string;
  readonly status: number;
  /** The caller never saw the answer: the connection died after the effect. */
  readonly lost: boolean;
}

export interface RecordedCall extends CallSubject, CallOutcome {
  readonly requestId: string;
  /** When it came in: milliseconds since the Unix epoch, of the sandbox's clock. */
  readonly time: number;
  /** As the operation gets it. Only where inputs are kept, and the input could be read. */
  readonly input?: unknown;
}

/** How many calls there were that are alike in everything but their inputs. */
export interface CallCount extends CallSubject, CallOutcome {
  readonly count: number;
}

export interface CallRecordOptions {
  /** How many calls the log holds, the newest; 0 by default, since counts are enough for most. */
  readonly log?: number;
  /** Whether the log holds inputs. */
  readonly inputs?: boolean;
}

/** Counts every call that has been answered and, where asked to, remembers the newest. */
export class CallRecord {
  readonly #counts = new Map<string, CallSubject & CallOutcome & { count: number }>();
  readonly #options: Required<CallRecordOptions>;
  #log: RecordedCall[] = [];

  constructor(options: CallRecordOptions = {}) {
    this.#options = { log: options.log ?? 0, inputs: options.inputs ?? false };
  }

  /** The newest calls, oldest first. */
  get log(): readonly RecordedCall[] {
    return this.#log.slice(-this.#options.log || this.#log.length);
  }

  /** By service, operation, account, region and outcome, in the order in which each was first seen. */
  counts(): readonly CallCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }

  /** How many calls there were of which everything that `like` names is so: `total({ operation: 'CreateImage' })`. */
  total(like: Partial<CallSubject & CallOutcome> = {}): number {
    const wanted = Object.entries(like);
    let total = 0;
    for (const { count, ...call } of this.#counts.values()) {
      const values = new Map<string, unknown>(Object.entries(call));
      if (wanted.every(([name, value]) => values.get(name) === value)) total += count;
    }
    return total;
  }

  add(call: RecordedCall): void {
    const { service, operation, account, region, outcome, status, lost } = call;
    const key = `${service} ${operation} ${account} ${region} ${outcome} ${status} ${lost}`;
    const known = this.#counts.get(key);
    if (known === undefined) {
      this.#counts.set(key, { service, operation, account, region, outcome, status, lost, count: 1 });
    } else known.count += 1;
    if (this.#options.log > 0) this.#remember(call);
  }

  reset(): void {
    this.#counts.clear();
    this.#log = [];
  }

  /** Lets the log grow to twice its size before it is cut, so that cutting costs next to nothing a call. */
  #remember(call: RecordedCall): void {
    const { input, ...rest } = call;
    this.#log.push(this.#options.inputs && input !== undefined ? { ...rest, input } : rest);
    if (this.#log.length >= 2 * this.#options.log) this.#log = this.#log.slice(-this.#options.log);
  }
}
