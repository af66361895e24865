import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { AccountId, Region, Target } from '../../model/ids.ts';
import type { Clock, Instant, Random } from '../../model/time.ts';
import type { CallCounts } from '../../run/ports.ts';
import { type AwsError, type ErrorMeaning, readError } from './errors.ts';
import { type Memory, shortageOf } from './memory.ts';
import type { Pace } from './pace.ts';
import type { RecycleBinClient } from './recycle-bin-client.ts';
import { pauseAfter, triesOf } from './retries.ts';

/** How a call ended that did not succeed. */
export type CallFailure =
  | AwsError
  | { readonly meaning: 'not-started'; readonly code: 'OutOfTime'; readonly message: string };

export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CallFailure };

/** The services whose calls go by region, each with its client. */
export interface ClientTypes {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly kms: KMSClient;
  readonly recycleBin: RecycleBinClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export type Service = keyof ClientTypes;

export type RegionalClients = { readonly [S in Service]: (region: Region) => ClientTypes[S] };

/** Gives the clients that act in an account; nothing for the account that needs no role. */
export type Entrance = (
  account: AccountId,
  caller: Pick<Caller, 'to'>,
) => Promise<CallResult<RegionalClients>> | undefined;

export interface CallerPorts {
  /** Those of the account that amikeep runs in. */
  readonly clients: RegionalClients;
  /** The way into other accounts; absent: there are none. */
  readonly entrance?: Entrance;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: as much as the machine has. */
  readonly memory?: Memory;
}

/**
 * Makes calls: each in its turn, again where its answer says that this helps, and none after `stopAt`. The SDK must
 * not retry by itself (`maxAttempts: 1`): it waits in real time and makes a new client token for each send.
 */
export class Caller<S extends Service = 'ec2'> {
  readonly #ports: CallerPorts;
  readonly #stopAt: Instant;
  readonly #service: S;
  readonly #counts: { sent: number; throttled: number };
  /** Shared by all that share the counts. */
  readonly #end: { cameFirst: boolean };

  constructor(
    ports: CallerPorts,
    stopAt: Instant,
    service: S,
    counts = { sent: 0, throttled: 0 },
    end = { cameFirst: false },
  ) {
    this.#ports = ports;
    this.#stopAt = stopAt;
    this.#service = service;
    this.#counts = counts;
    this.#end = end;
  }

  /** The same for another service: one pace, one clock, one end, one count. */
  to<T extends Service>(service: T): Caller<T> {
    return new Caller(this.#ports, this.#stopAt, service, this.#counts, this.#end);
  }

  /** What was sent until now, to whichever service; each try counts. */
  counts(): CallCounts {
    return { ...this.#counts };
  }

  /** Whether a call was left out since its turn would have come after the end. */
  isOutOfTime(): boolean {
    return this.#end.cameFirst;
  }

  /** Why nothing more is to be read into memory; undefined while there is room. */
  shortage(): string | undefined {
    return this.#ports.memory && shortageOf(this.#ports.memory);
  }

  now(): Instant {
    return this.#ports.clock.now();
  }

  /** @param notAfter sent no later than this, though the run goes on */
  async call<T>(
    target: Target,
    action: string,
    send: (client: ClientTypes[S]) => Promise<T>,
    notAfter = Number.POSITIVE_INFINITY,
  ): Promise<CallResult<T>> {
    const { pace } = this.#ports;
    const stopAt = Math.min(this.#stopAt, notAfter);
    let last: AwsError | undefined;
    for (let tried = 1; ; tried++) {
      if (!(await pace.turn(target, action, stopAt))) {
        this.#noteEnd(notAfter);
        return { ok: false, failure: last ?? outOfTime(action) };
      }
      // After the turn, for which a call may wait longer than a session lasts.
      const entering = this.#ports.entrance?.(target.account, this);
      const entered = entering && (await entering);
      if (entered && !entered.ok) return entered;
      if (entered && this.now() >= stopAt) {
        this.#noteEnd(notAfter);
        return { ok: false, failure: last ?? outOfTime(action) };
      }
      const clients = entered ? entered.value : this.#ports.clients;
      this.#counts.sent++;
      try {
        return { ok: true, value: await send(clients[this.#service](target.region)) };
      } catch (error) {
        last = readError(error);
        if (last.meaning === 'throttled') this.#counts.throttled++;
        if (tried >= triesOf(last.meaning, action)) return { ok: false, failure: last };
        if (last.meaning === 'throttled') pace.throttled(target, action);
        if (!(await this.#pause(last.meaning, tried, stopAt))) {
          this.#noteEnd(notAfter);
          return { ok: false, failure: last };
        }
      }
    }
  }

  /** A call was left out, and not since it came too late for what it rests on: the run's time is up. */
  #noteEnd(notAfter: Instant): void {
    if (notAfter >= this.#stopAt) this.#end.cameFirst = true;
  }

  /** False if the pause would end at `stopAt` or later. */
  async #pause(meaning: ErrorMeaning, tried: number, stopAt: Instant): Promise<boolean> {
    const { clock, random } = this.#ports;
    const pause = pauseAfter(meaning, tried, random);
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
