/**
 * The process of one invocation, as Lambda has one for a function that has just started: it loads the function's bundle,
 * hands it a payload and tells what that took.
 */
import { systemClock } from '../../lib/aws/calls/system.ts';
import { accountId } from '../../lib/model/ids.ts';
import type { Instant } from '../../lib/model/time.ts';
import type { Action } from '../../lib/run/event.ts';
import { contextFor } from '../../sim/lambda-context.ts';
import { type Footprint, footprint } from './footprint.ts';

/** What the process of one invocation is told. */
export interface Invocation {
  readonly action: Action;
  /** The bundle's URL. */
  readonly bundle: string;
  readonly account: string;
  readonly payload: unknown;
  /** What time the function takes it to be as it begins: milliseconds since the epoch. */
  readonly now: Instant;
  /** Milliseconds. */
  readonly timeout: number;
}

async function invoke({ action, bundle, account, payload, now, timeout }: Invocation): Promise<Footprint> {
  // The bundle reads the machine's clock; the sandbox that it calls is at another time.
  const began = performance.now();
  Object.defineProperty(Date, 'now', { value: () => now + Math.floor(performance.now() - began) });
  const { handler } = await import(bundle);
  await handler(payload, contextFor(action, accountId(account), systemClock, timeout));
  return footprint();
}

const [invocation = ''] = process.argv.slice(2);
process.send?.(await invoke(JSON.parse(invocation)));
process.disconnect();
