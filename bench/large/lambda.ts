import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createClients } from '../../lib/aws/calls/clients.ts';
import { createHandler } from '../../lib/lambda/handler.ts';
import { MINUTE, SECOND } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { SeededRandom } from '../../sandbox/seeded.ts';
import { install, routeOf } from '../../sim/deployment.ts';
import { contextFor } from '../../sim/lambda-context.ts';
import { HOME } from '../inventory.ts';
import type { Row } from '../row.ts';

/** What Lambda waits before it tries an event again whose function failed, and again. */
const RETRY_AFTER = [MINUTE, 2 * MINUTE];
/** From an event to the function, roughly. */
const DELIVERY = SECOND;

export interface LambdaOptions {
  readonly sandbox: Sandbox;
  readonly file: PolicyFile;
  readonly rateShare: number;
  readonly maxCopiesInFlight: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** One invocation that has ended. */
export interface Ended {
  readonly action: Action;
  /** Milliseconds. */
  readonly took: number;
  /** What it failed with, if it did. */
  readonly problem?: string;
}

type Handler = (payload: unknown) => Promise<unknown>;

/**
 * The functions as Lambda runs them: as many at a time as there are events, each in an instance of the function that is
 * idle or in a new one. Instances share nothing: each keeps a pace of its own.
 */
export class Lambda {
  readonly ended: Ended[] = [];
  readonly #options: LambdaOptions;
  readonly #random = new SeededRandom(1);
  readonly #idle: Record<Action, Handler[]> = { snapshot: [], copy: [], retire: [], drill: [] };
  readonly #clients;
  readonly #unsubscribe: () => void;
  #instances = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
    const { sandbox } = options;
    const accessKey = { accessKeyId: HOME.account, secretAccessKey: 'sandbox' };
    this.#clients = createClients({ region: HOME.region, credentials: accessKey }, (client) =>
      connectInProcess(sandbox, client, { accessKey }),
    );
    this.#unsubscribe = sandbox.onEvent((event) => {
      const action = routeOf(event, this.#bus);
      if (action === undefined) return;
      sandbox.clock.at(sandbox.clock.now() + DELIVERY, () => this.invoke(action, event));
    });
  }

  /** How many instances of functions there are. */
  get instances(): number {
    return this.#instances;
  }

  /** Invokes a function as an event does: nobody waits for it, and what fails is tried twice more. */
  invoke(action: Action, payload: unknown, tried = 0): void {
    const { clock } = this.#options.sandbox;
    const handler = this.#idle[action].pop() ?? this.#start(action);
    const beganAt = clock.now();
    const end = (problem?: string) => {
      this.ended.push({ action, took: clock.now() - beganAt, ...(problem !== undefined && { problem }) });
      this.#idle[action].push(handler);
      const pause = problem === undefined ? undefined : RETRY_AFTER[tried];
      if (pause !== undefined) clock.at(clock.now() + pause, () => this.invoke(action, payload, tried + 1));
    };
    handler(payload).then(
      () => end(),
      (error: unknown) => end(String(error)),
    );
  }

  /** How its invocations went, as rows. */
  rows(): Row[] {
    const failed = this.ended.flatMap(({ action, problem }) =>
      problem === undefined ? [] : [`${action}: ${problem}`],
    );
    return [
      {
        what: 'invocations that failed',
        value: failed.length,
        unit: 'runs',
        target: { exactly: 0 },
        anywhere: true,
        note: [`of ${this.ended.length}`, ...failed.slice(0, 1)].join('; '),
      },
      {
        what: 'longest invocation',
        value: Math.max(...this.ended.map(({ took }) => took)) / SECOND,
        unit: 's',
        target: { atMost: 870 },
        anywhere: true,
      },
    ];
  }

  close(): void {
    this.#unsubscribe();
    this.#clients.close();
  }

  get #bus(): string {
    return `amikeep-${this.#options.file.deployment}`;
  }

  #start(action: Action): Handler {
    const { sandbox, file, rateShare, maxCopiesInFlight, timeout } = this.#options;
    const { clock } = sandbox;
    this.#instances += 1;
    const logger = new Logger({ serviceName: 'amikeep', logLevel: 'SILENT' });
    const installation = install({
      ...{ file, clock, clients: this.#clients, bus: this.#bus, rateShare, maxCopiesInFlight },
      random: () => this.#random.next(),
    });
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    const metrics = new Metrics({ namespace: 'amikeep', serviceName: 'amikeep', logger });
    const handler = createHandler(action, { ...installation, logger, metrics });
    return (payload) => handler(payload, contextFor(action, HOME.account, clock, timeout));
  }
}
