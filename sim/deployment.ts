import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { awsFor } from '../lib/aws/aws.ts';
import type { AwsClient } from '../lib/aws/calls/aws-client.ts';
import type { RegionalClients } from '../lib/aws/calls/caller.ts';
import { type Clients, type Credentials, createClients } from '../lib/aws/calls/clients.ts';
import { MemberSessions } from '../lib/aws/calls/member-sessions.ts';
import { Pace } from '../lib/aws/calls/pace.ts';
import { SealKey, sealKeyAlias } from '../lib/aws/calls/seal-key.ts';
import { createPublisher, RUN_REQUESTED } from '../lib/aws/publisher.ts';
import { type Answer, createHandler } from '../lib/lambda/handler.ts';
import { type AccountId, type Region, region, type Target } from '../lib/model/ids.ts';
import { type Clock, MINUTE, type Random } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { type Action, parseRunEvent } from '../lib/run/event.ts';
import { FUNCTION_ACTIONS } from '../lib/run/event-schema.ts';
import { expandEvent, type TargetedEvent } from '../lib/run/expand.ts';
import { InputError } from '../lib/run/input-error.ts';
import { EVENT_SOURCE } from '../lib/run/outcome/events.ts';
import type { Outcome } from '../lib/run/outcome/outcome.ts';
import type { Aws } from '../lib/run/ports.ts';
import { runTarget } from '../lib/run/run.ts';
import type { SandboxEvent } from '../sandbox/contract.ts';
import type { Ec2Behaviour } from '../sandbox/ec2/index.ts';
import { connectInProcess } from '../sandbox/in-process.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { contextFor } from './lambda-context.ts';

export interface DeploymentOptions {
  readonly sandbox: Sandbox;
  readonly file: PolicyFile;
  readonly account: AccountId;
  readonly random: Random;
  /** The sandbox as a server; absent: its answers are given in process. */
  readonly endpoint?: string;
  /** The time that a function has, in milliseconds. */
  readonly functionTime?: number;
  /** The share of EC2's call rates to use; all of them unless given. */
  readonly rateShare?: number;
  readonly maxCopiesInFlight?: number;
  /**
   * Over HTTP: each call is sent once the one before it is answered, so that calls arrive in the order in which they
   * were made, as they do in process. What follows from that order, ids first of all, is then the same either way.
   */
  readonly inOrder?: boolean;
  /** Told of each invocation of a function before it begins. */
  readonly onInvocation?: (action: Action) => void;
  /** Where the functions put their metrics; absent: nowhere. */
  readonly metrics?: Metrics;
}

export interface Deployment {
  /** Invokes a function as Lambda does, and rejects with what the function threw. */
  invoke(action: Action, payload: unknown): Promise<Answer>;
  /**
   * What the deployment would do about a payload now, one outcome for each target. Nothing is changed and nobody told.
   *
   * @throws InputError for a payload that a function would not take either
   */
  plan(payload: unknown): Promise<readonly Outcome[]>;
  /**
   * Delivers what waits on the bus and what EC2 told of its images, to the functions whose rules match, until nothing
   * waits any more; gives back what the functions threw.
   */
  deliver(): Promise<Error[]>;
  /** What the deployment told on its bus since it was asked last. */
  takeOutcomes(): SandboxEvent[];
  /** How many of its calls are under way over HTTP. */
  inFlight(): number;
  /** A client such as the functions have. */
  client(region: Region): EC2Client;
  /** All of them, by service and region. */
  readonly clients: RegionalClients;
  close(): void;
}

export interface InstallationOptions {
  readonly file: PolicyFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly clients: Clients;
  readonly bus: string;
  readonly rateShare?: number | undefined;
  readonly maxCopiesInFlight?: number | undefined;
  /** Clients that act by an assumed role; absent: the file has no accounts. */
  readonly clientsWith?: (credentials: Credentials) => Clients;
  /** Where the stack is, whose key seals; the first of the file's regions unless given. */
  readonly stackIn?: Region;
  /** Takes the place of the key that seals. */
  readonly sealKey?: SealKey;
  /** Takes the place of what a run has of AWS. */
  readonly around?: (aws: Aws) => Aws;
}

/** What the functions of a deployment have in common, whatever invokes them. */
export function install({ file, clock, random, clients, bus, around = (aws) => aws, ...options }: InstallationOptions) {
  const pace = new Pace(clock, options.rateShare ?? 1);
  const { clientsWith } = options;
  const sessions = clientsWith && new MemberSessions({ file, clock, clientsWith });
  const stackIn = options.stackIn ?? homeOf(file);
  let { sealKey } = options;
  return {
    file,
    clock,
    aws: (home: Target, { action, target }: TargetedEvent, stopAt: number): Aws => {
      const entrance = sessions?.entrance(home, action);
      const stack = { account: home.account, region: stackIn };
      sealKey ??= new SealKey(file, stack);
      const ports = { clients, ...(entrance && { entrance }), pace, clock, random, sealKey };
      return around(awsFor(ports, target.account, stopAt));
    },
    publisher: createPublisher({ client: clients.events(), bus, clock, random }),
    maxCopiesInFlight: options.maxCopiesInFlight ?? 100,
  };
}

/** The setting by which a sandbox has the key that a deployment's stack makes. */
export function stackKeys(file: PolicyFile, stackIn = homeOf(file)): Pick<Ec2Behaviour, 'signingKeys'> {
  return { signingKeys: { [stackIn]: [sealKeyAlias(file.deployment)] } };
}

/** The function that a deployment's rules hand an event to, if any. */
export function routeOf(event: SandboxEvent, bus: string): Action | undefined {
  const isRequest = event.bus === bus && event.source === EVENT_SOURCE && event['detail-type'] === RUN_REQUESTED;
  return isRequest ? actionOf(event) : undefined;
}

/**
 * amikeep as deployed, on a sandbox: the functions' own handlers, with real SDK clients, and of EventBridge what
 * carries their events. One composition root for the demo and for tests.
 */
export function deploy(options: DeploymentOptions): Deployment {
  const { sandbox, file, account, random, functionTime = 15 * MINUTE } = options;
  const { clock } = sandbox;
  const clients = clientsOf(options);
  const bus = `amikeep-${file.deployment}`;
  const { rateShare, maxCopiesInFlight } = options;
  const logger = new Logger({ serviceName: 'amikeep', logLevel: 'SILENT' });
  const installation = install({
    ...{ file, clock, random, clients, bus, rateShare, maxCopiesInFlight },
    clientsWith: clients.with,
  });
  const ports = { ...installation, logger, metrics: options.metrics ?? silentMetrics(logger) };
  const handlers = {
    snapshot: createHandler('snapshot', ports),
    copy: createHandler('copy', ports),
    retire: createHandler('retire', ports),
    drill: createHandler('drill', ports),
  };
  const waiting: { readonly action: Action; readonly event: SandboxEvent }[] = [];
  let outcomes: SandboxEvent[] = [];
  const unsubscribe = sandbox.onEvent((event) => {
    // The bus is an account's own.
    if (event.account !== account) return;
    const action = routeOf(event, bus);
    if (action !== undefined) waiting.push({ action, event });
    else if (event.bus === bus) outcomes.push(event);
  });
  const invoke = (action: Action, payload: unknown) => {
    options.onInvocation?.(action);
    return handlers[action](payload, contextFor(action, account, clock, functionTime));
  };

  return {
    invoke,
    plan: async (payload) => {
      const parsed = parseRunEvent(payload);
      if (!parsed.ok) throw new InputError(parsed.problems);
      const event = { ...parsed.event, mode: 'plan' as const };
      const home = { account, region: homeOf(file) };
      const runPorts = { ...ports, aws: (one: TargetedEvent, stopAt: number) => ports.aws(home, one, stopAt) };
      const outcomes: Outcome[] = [];
      for (const targeted of expandEvent(event, file, account, clock.now())) {
        outcomes.push(await runTarget(targeted, runPorts, clock.now() + functionTime));
      }
      return outcomes;
    },
    deliver: async () => {
      const errors: Error[] = [];
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await invoke(next.action, next.event).catch((error: unknown) => {
          errors.push(error instanceof Error ? error : new Error(String(error)));
        });
      }
      return errors;
    },
    takeOutcomes: () => {
      const taken = outcomes;
      outcomes = [];
      return taken;
    },
    inFlight: clients.inFlight,
    client: clients.ec2,
    clients,
    close: () => {
      unsubscribe();
      clients.close();
    },
  };
}

function actionOf({ detail }: SandboxEvent): Action {
  const action = typeof detail === 'object' && detail !== null && 'action' in detail ? detail.action : undefined;
  const known = FUNCTION_ACTIONS.find((one) => one === action);
  if (known !== undefined) return known;
  throw new TypeError(`a run was requested of no known action: ${JSON.stringify(detail)}`);
}

/** Metrics go to standard output, where the demo prints its table: here nobody collects them. */
function silentMetrics(logger: Logger): Metrics {
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return new Metrics({ namespace: 'amikeep', serviceName: 'amikeep', logger });
}

/** amikeep runs in the first of its regions. */
function homeOf({ regions: [home] }: PolicyFile): Region {
  return home ?? region('us-east-1');
}

function clientsOf({ sandbox, account, endpoint, file, inOrder = false }: DeploymentOptions) {
  let inFlight = 0;
  const turns = inOrder ? new Turns() : undefined;
  const all: Clients[] = [];
  const made = (credentials: Credentials) => {
    const clients = createClients(
      { region: homeOf(file), credentials, ...(endpoint !== undefined && { endpoint }) },
      (client) => {
        if (endpoint === undefined) connectInProcess(sandbox, client, { accessKey: credentials });
        else countCalls(client, (change) => (inFlight += change), turns);
      },
    );
    all.push(clients);
    return clients;
  };
  const close = () => {
    for (const clients of all) clients.close();
  };
  // The sandbox takes an access key of twelve digits for the account itself.
  const own = made({ accessKeyId: account, secretAccessKey: 'sandbox' });
  return { ...own, with: made, inFlight: () => inFlight, close };
}

/** Lets one in at a time, in the order of asking. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn;
    return turn;
  }
}

/** Calls over HTTP end in real time: a virtual clock has to know of them. */
function countCalls(client: AwsClient, count: (change: 1 | -1) => void, turns: Turns | undefined): void {
  const stack: Pick<EC2Client['middlewareStack'], 'add'> = client.middlewareStack as EC2Client['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      count(1);
      try {
        return await (turns ? turns.take(() => next(args)) : next(args));
      } finally {
        count(-1);
      }
    },
    { step: 'initialize', name: 'countCalls' },
  );
}
