import type { Clock, Random } from '../../model/time.ts';
import type { CallFailure } from './caller.ts';
import { readError } from './errors.ts';
import { pauseAfter, triesOf } from './retries.ts';

export interface PatiencePorts {
  readonly clock: Clock;
  readonly random: Random;
}

/** How it ended; `cause` is what the last try threw. */
export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CallFailure; readonly cause: unknown };

/** A call that belongs to no run, and so has no turn and no end: sent again where its answer says that this helps, as a run's are. */
export async function patiently<T>(
  action: string,
  send: () => Promise<T>,
  { clock, random }: PatiencePorts,
): Promise<Answered<T>> {
  for (let tried = 1; ; tried++) {
    try {
      return { ok: true, value: await send() };
    } catch (error) {
      const failure = readError(error);
      if (tried >= triesOf(failure.meaning, action)) return { ok: false, failure, cause: error };
      await clock.sleep(pauseAfter(failure.meaning, tried, random));
    }
  }
}
