import { z } from 'zod';
import { type AutoScalingService, createAutoScalingService } from './autoscaling/index.ts';
import { CallRecord, type CallRecordOptions } from './calls.ts';
import { VirtualClock } from './clock.ts';
import type { SandboxClock, SandboxEvent, ServiceName, ServiceOperations } from './contract.ts';
import type { Ec2Behaviour } from './ec2/behaviour/behaviour.ts';
import { createEc2Service, type Ec2Service } from './ec2/index.ts';
import { EventFeed, type EventListener } from './events/feed.ts';
import { createEventsOperations } from './events/operations.ts';
import type { FaultRule } from './fault-rule.ts';
import { Faults } from './faults.ts';
import { createIamService } from './iam/index.ts';
import { createKmsService } from './kms/index.ts';
import { type Answer, type Answering, type Call, CallPipeline } from './pipeline.ts';
import { InputError } from './problems.ts';
import { createRbinService } from './rbin/index.ts';
import { createQuotaOperations } from './servicequotas/index.ts';
import { createSsmService, type SsmService } from './ssm/index.ts';
import { createStsOperations } from './sts/operations.ts';
import { Permissions } from './sts/permissions.ts';
import { Sessions } from './sts/sessions.ts';
import { Throttle } from './throttle.ts';
import type { Watcher } from './watcher.ts';
import { DEFAULT_ACCOUNT } from './wire/caller.ts';
import { inputOnTheWire, tokenSource } from './wire/client-input.ts';
import { SERVICES } from './wire/services.ts';

export interface SandboxOptions {
  readonly clock: SandboxClock;
  /** Of all that is left to chance: ids, durations, faults. The same seed and the same calls give the same answers. */
  readonly seed: number;
  /** Whether request throttling is modelled; it is unless this is false. */
  readonly throttling?: boolean;
  readonly calls?: CallRecordOptions;
  readonly faults?: readonly FaultRule[];
  readonly ec2?: Partial<Ec2Behaviour>;
  /** Operations that take the place of the sandbox's own, or stand beside them. */
  readonly operations?: Partial<Readonly<Record<ServiceName, ServiceOperations>>>;
  readonly watcher?: Watcher;
}

/** A call from code, without a client. */
export interface CallRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly account?: string;
  /** Who calls: for fault rules, the record and whoever watches. */
  readonly caller?: string;
  /** As one would hand it to the SDK's command. */
  readonly input?: object;
}

/** The connection died after the effect: the caller knows nothing of how the call ended. */
export class LostAnswerError extends Error {
  constructor(operation: string) {
    super(`the answer to ${operation} was lost`);
    this.name = 'LostAnswerError';
  }
}

const STATE_FORMAT = 'amikeep-sandbox/3';

/** What `dump` gives: JSON. Calls, faults, throttling and sessions are no part of the state. */
interface SandboxState {
  readonly format: typeof STATE_FORMAT;
  /** ISO 8601, of the sandbox's clock. */
  readonly time: string;
  readonly ec2: unknown;
  readonly autoscaling: unknown;
  readonly ssm: unknown;
  readonly rbin: unknown;
  readonly kms: unknown;
  readonly iam: unknown;
}

/** Everything that a region of AWS would show of images, in one place, on one clock. */
export interface Sandbox extends Answering {
  readonly clock: SandboxClock;
  readonly ec2: Ec2Service;
  readonly autoscaling: AutoScalingService;
  readonly ssm: SsmService;
  readonly calls: CallRecord;
  readonly faults: Faults;
  /**
   * Calls an operation the way a client would.
   *
   * @throws ServiceError what AWS would answer
   * @throws LostAnswerError where a fault let the answer get lost
   */
  call(request: CallRequest): Promise<object>;
  /** Gives each event as it happens, AWS's own ones and those that were put. The function that comes back ends it. */
  onEvent(listener: EventListener): () => void;
  dump(): SandboxState;
  /** Takes a state that `dump` gave; a virtual clock takes over its time. @throws InputError for anything else */
  load(state: unknown): void;
  /** Back to the start: no resources, no calls, no faults, the seed's first numbers. The clock keeps its time. */
  reset(): void;
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, seed } = options;
  const calls = new CallRecord(options.calls);
  const throttle = options.throttling === false ? undefined : new Throttle();
  const feed = new EventFeed(seed);
  const publish = (event: Omit<SandboxEvent, 'id' | 'version'>) => feed.publish(event);
  // Some of them ask each other, and none of them before the first call.
  const ssm = createSsmService({
    clock,
    seed,
    pageFill: (region) => ec2.pageFill(region),
    behaviour: (region) => ec2.behaviourOf(region),
    machines: (account, region) => ec2.machines(account, region),
  });
  const rbin = createRbinService({ clock, seed, behaviour: (region) => ec2.behaviourOf(region) });
  const ec2 = createEc2Service({
    clock,
    seed,
    emit: publish,
    behaviour: options.ec2 ?? {},
    parameters: ssm,
    otherReferences: (account, region, imageIds) =>
      imageIds.flatMap((ImageId) =>
        ssm
          .parametersOfImage(account, region, ImageId)
          .map(({ arn }) => ({ ImageId, ResourceType: 'ssm:Parameter', Arn: arn }) as const),
      ),
    binRules: rbin.binRules,
    keys: {
      target: (account, region, named) => kms.known.target(account, region, named),
      isUsable: (arn) => kms.known.isUsable(arn),
    },
    profiles: (account, name) => iam.profile(account, name),
  });
  const kms = createKmsService({ clock, seed, behaviour: ec2.behaviourOf });
  const iam = createIamService({ clock, seed, pageFill: ec2.pageFill });
  const sessions = new Sessions(clock, seed);
  const permissions = new Permissions(sessions, ec2.behaviourOf);
  const sts = createStsOperations({ clock, sessions, behaviour: (region) => ec2.behaviourOf(region) });
  const autoscaling = createAutoScalingService({ clock, seed, ec2 });
  const services = {
    ec2: { ...ec2.operations, ...options.operations?.ec2 },
    autoscaling: { ...autoscaling.operations, ...options.operations?.autoscaling },
    ssm: { ...ssm.operations, ...options.operations?.ssm },
    sts: { ...sts, ...options.operations?.sts },
    events: { ...createEventsOperations({ clock, publish }), ...options.operations?.events },
    rbin: { ...rbin.operations, ...options.operations?.rbin },
    kms: { ...kms.operations, ...options.operations?.kms },
    iam: { ...iam.operations, ...options.operations?.iam },
    servicequotas: { ...createQuotaOperations({ behaviour: ec2.behaviourOf }), ...options.operations?.servicequotas },
  };
  const faults = new Faults(seed, {
    ec2: Object.keys(services.ec2),
    autoscaling: Object.keys(services.autoscaling),
    ssm: Object.keys(services.ssm),
    sts: Object.keys(services.sts),
    events: Object.keys(services.events),
    rbin: Object.keys(services.rbin),
    kms: Object.keys(services.kms),
    servicequotas: Object.keys(services.servicequotas),
    iam: Object.keys(services.iam),
  });
  const pipeline = new CallPipeline({
    clock,
    seed,
    services,
    calls,
    faults,
    throttle,
    watcher: options.watcher ?? {},
    judge: (key) => sessions.judge(key),
    forbidden: (call, input) => permissions.forbidden(call, input),
  });
  const tokens = tokenSource();
  const setFaults = () => {
    for (const rule of options.faults ?? []) faults.add(rule);
  };
  setFaults();

  return {
    clock,
    ec2,
    autoscaling,
    ssm,
    calls,
    faults,
    answer: (call) => pipeline.answer(call),
    call: async ({ service, operation, region, account = DEFAULT_ACCOUNT, caller, input = {} }) => {
      const rules = { ...SERVICES[service].protocol, newToken: tokens };
      const read: Call['read'] = (shape) => inputOnTheWire(shape, input, rules);
      const call: Call = { service, operation, region, account, caller, read };
      return outputOf(await pipeline.answer(call), operation);
    },
    onEvent: (listener) => feed.subscribe(listener),
    dump: () => ({
      format: STATE_FORMAT,
      time: new Date(clock.now()).toISOString(),
      ec2: ec2.dump(),
      autoscaling: autoscaling.dump(),
      ssm: ssm.dump(),
      rbin: rbin.dump(),
      kms: kms.dump(),
      iam: iam.dump(),
    }),
    load: (state) => {
      const { time, ...states } = readState(state);
      if (clock instanceof VirtualClock) clock.set(time);
      ec2.load(states.ec2);
      autoscaling.load(states.autoscaling);
      ssm.load(states.ssm);
      rbin.load(states.rbin);
      kms.load(states.kms);
      iam.load(states.iam);
    },
    reset: () => {
      ec2.reset();
      autoscaling.reset();
      ssm.reset();
      rbin.reset();
      kms.reset();
      iam.reset();
      sessions.reset();
      calls.reset();
      faults.reset();
      setFaults();
      throttle?.reset();
      feed.reset();
      pipeline.reset();
    },
  };
}

function outputOf(answer: Answer, operation: string): object {
  if (answer.kind === 'output') return answer.output;
  throw answer.kind === 'error' ? answer.error : new LostAnswerError(operation);
}

const STATE = z.looseObject({
  format: z.literal(STATE_FORMAT),
  time: z.iso.datetime(),
  ec2: z.unknown(),
  autoscaling: z.unknown(),
  ssm: z.unknown(),
  rbin: z.unknown(),
  kms: z.unknown(),
  /** Absent in a state that was written before there was any. */
  iam: z.unknown(),
});

function readState(state: unknown): { time: number } & Omit<z.infer<typeof STATE>, 'time'> {
  const checked = STATE.safeParse(state);
  if (checked.success) return { ...checked.data, time: Date.parse(checked.data.time) };
  throw new InputError(
    `state: it is no state of a sandbox, which has format: '${STATE_FORMAT}', time (ISO 8601), ec2, autoscaling, ssm, rbin and kms: give what dump gave`,
  );
}
