import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Region, Target } from '../model/ids.ts';
import { type Clock, type Instant, type Random, SECOND } from '../model/time.ts';
import { type AwsError, type ErrorMeaning, readError } from './errors.ts';
import type { Pace } from './pace.ts';

/** How a call ended that did not succeed. */
export type CallFailure =
  | AwsError
  | { readonly meaning: 'not-started'; readonly code: 'OutOfTime'; readonly message: string };

export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CallFailure };

/** How often a call is sent in all, by what the last answer meant. Whatever is not listed is final. */
const TRIES: Partial<Record<ErrorMeaning, number>> = {
  throttled: 10,
  'too-soon': 4,
  transient: 5,
  'no-answer': 3,
};

interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** In milliseconds; each pause is twice the one before. */
const PAUSES: Partial<Record<ErrorMeaning, Pauses>> = {
  throttled: { first: 1 * SECOND, longest: 20 * SECOND },
  // Half of a pause is chance, and 15 seconds is what EC2 asks for at the least.
  'too-soon': { first: 30 * SECOND, longest: 30 * SECOND },
};
const COMMON_PAUSES: Pauses = { first: SECOND / 5, longest: 20 * SECOND };

export interface CallerPorts {
  readonly clientFor: (region: Region) => EC2Client;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes calls: each in its turn, again where its answer says that this helps, and none after `stopAt`. The SDK must
 * not retry by itself (`maxAttempts: 1`): it waits in real time and makes a new client token for each send.
 */
export class Caller {
  readonly #ports: CallerPorts;
  readonly #stopAt: Instant;

  constructor(ports: CallerPorts, stopAt: Instant) {
    this.#ports = ports;
    this.#stopAt = stopAt;
  }

  now(): Instant {
    return this.#ports.clock.now();
  }

  /** @param notAfter sent no later than this, though the run goes on */
  async call<T>(
    target: Target,
    action: string,
    send: (client: EC2Client) => Promise<T>,
    notAfter = Number.POSITIVE_INFINITY,
  ): Promise<CallResult<T>> {
    const { pace, clientFor } = this.#ports;
    const stopAt = Math.min(this.#stopAt, notAfter);
    let last: AwsError | undefined;
    for (let tried = 1; ; tried++) {
      if (!(await pace.turn(target, action, stopAt))) return { ok: false, failure: last ?? outOfTime(action) };
      try {
        return { ok: true, value: await send(clientFor(target.region)) };
      } catch (error) {
        last = readError(error);
        if (tried >= (TRIES[last.meaning] ?? 1)) return { ok: false, failure: last };
        if (last.meaning === 'throttled') pace.throttled(target, action);
        if (!(await this.#pause(last.meaning, tried, stopAt))) return { ok: false, failure: last };
      }
    }
  }

  /** Exponential, with full jitter over its upper half; false if it would end at `stopAt` or later. */
  async #pause(meaning: ErrorMeaning, tried: number, stopAt: Instant): Promise<boolean> {
    const { clock, random } = this.#ports;
    const { first, longest } = PAUSES[meaning] ?? COMMON_PAUSES;
    const pause = Math.ceil(Math.min(longest, first * 2 ** (tried - 1)) * (0.5 + random() / 2));
    if (clock.now() + pause >= stopAt) return false;
    await clock.sleep(pause);
    return true;
  }
}

function outOfTime(action: string): CallFailure {
  return { meaning: 'not-started', code: 'OutOfTime', message: `no time was left for ${action}` };
}

/** A failure as a person reads it: `UnauthorizedOperation: You are not authorized ...`. */
export function describeFailure({ code, message }: CallFailure): string {
  return `${code}: ${message}`;
}
