import type { Simulation } from './simulate.ts';
import type { Caller } from './tally.ts';

/** What the images of one function cost in calls. */
export interface FunctionCost {
  readonly action: (typeof FUNCTIONS)[number];
  readonly calls: number;
  /** Images created, copied, retired or drilled by it. */
  readonly images: number;
}

export interface Cost {
  readonly functions: readonly FunctionCost[];
  /** EC2 calls of the deployment by operation, the most frequent first. */
  readonly operations: readonly { readonly operation: string; readonly calls: number }[];
  readonly total: number;
  /** Answered with an error, by code; people's are among them, if they had any. */
  readonly errors: Readonly<Record<string, number>>;
}

const FUNCTIONS = ['snapshot', 'copy', 'retire', 'drill'] as const;

/** Everyone who makes calls. */
export const CALLERS: readonly Caller[] = [...FUNCTIONS, 'people', 'report'];

/** What the deployment cost in EC2 calls. */
export function costOf({ tally, journal, sandbox }: Simulation): Cost {
  const made = { snapshot: journal.created, copy: journal.copied, retire: journal.retired, drill: journal.drilled };
  const byOperation = new Map<string, number>();
  for (const action of FUNCTIONS) {
    for (const [operation, calls] of tally.callsOf(action)) {
      byOperation.set(operation, (byOperation.get(operation) ?? 0) + calls);
    }
  }
  const errors: Record<string, number> = {};
  for (const { service, outcome, count } of sandbox.calls.counts()) {
    if (service === 'ec2' && outcome !== 'ok') errors[outcome] = (errors[outcome] ?? 0) + count;
  }
  return {
    functions: FUNCTIONS.map((action) => ({ action, calls: tally.totalOf(action), images: made[action].length })),
    operations: [...byOperation]
      .map(([operation, calls]) => ({ operation, calls }))
      .sort((one, other) => other.calls - one.calls || one.operation.localeCompare(other.operation)),
    total: FUNCTIONS.reduce((sum, action) => sum + tally.totalOf(action), 0),
    errors,
  };
}
