import type { CallOutcome, CallRecord, CallSubject } from './calls.ts';
import {
  type AccessKey,
  type CallContext,
  type OperationDefinition,
  type SandboxClock,
  ServiceError,
  type ServiceName,
  type ServiceOperations,
} from './contract.ts';
import type { Faults } from './faults.ts';
import { refuseUnheeded } from './heeds.ts';
import { SeededRandom } from './seeded.ts';
import type { Verdict } from './sts/sessions.ts';
import type { Throttle } from './throttle.ts';
import type { Watcher } from './watcher.ts';
import type { DeniedCall, ServiceModel } from './wire/protocol.ts';
import { SERVICES } from './wire/services.ts';
import type { OperationShape, Shape, StructShape } from './wire/shapes.ts';

/** An input as an operation gets it: what the wire carries of it, and nothing else. */
export type Input = Readonly<Record<string, unknown>>;

export interface Call extends CallSubject {
  /** What it was signed with, where it was. */
  readonly accessKey?: AccessKey | undefined;
  /** Reads the input by its shape. @throws ServiceError where it does not fit */
  readonly read: (shape: StructShape) => Input;
}

/** How a call ends. A lost answer is one that the caller must never see, though its effect happened. */
export type Answer =
  | { readonly kind: 'output'; readonly requestId: string; readonly output: object; readonly operation: OperationShape }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: ServiceError }
  | { readonly kind: 'lost'; readonly requestId: string };

/** What answers calls; the transports (HTTP, in process) need no more of a sandbox than this. */
export interface Answering {
  answer(call: Call): Promise<Answer>;
}

export interface PipelineOptions {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly services: Readonly<Record<ServiceName, ServiceOperations>>;
  readonly calls: CallRecord;
  readonly faults: Faults;
  /** Nothing where calls are not throttled. */
  readonly throttle: Throttle | undefined;
  readonly watcher: Watcher;
  /** Whether a key is good now. */
  readonly judge: (key: AccessKey) => Verdict;
  /** What stands in the way of a call that its caller may not make. */
  readonly forbidden: (call: Call, input: Input) => DeniedCall | undefined;
}

/** An operation that the sandbox models, made ready to be called. */
interface Served {
  readonly shape: OperationShape;
  readonly run: (input: Input, context: CallContext) => object;
  readonly refuseUnheeded: (input: Input) => void;
  /** Whether anything in the input has to be there; of most reads nothing does. */
  readonly hasRequired: boolean;
}

/**
 * The way of every call: its key, read, permissions, faults, throttling, what is not modelled or missing, DryRun, the operation, faults
 * again, record. What is not modelled is refused before DryRun, which would otherwise promise that it succeeds.
 */
export class CallPipeline implements Answering {
  readonly #options: PipelineOptions;
  readonly #served = new Map<string, Served | undefined>();
  #requestIds: SeededRandom;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#requestIds = new SeededRandom(options.seed);
  }

  /** Starts request ids anew. */
  reset(): void {
    this.#requestIds = new SeededRandom(this.#options.seed);
  }

  /** Rejects only with what is a defect of the sandbox: an error that is not a ServiceError. */
  async answer(call: Call): Promise<Answer> {
    const { clock, calls, watcher } = this.#options;
    const time = clock.now();
    const requestId = this.#requestIds.uuid();
    let input: Input | undefined;
    const record = (outcome: CallOutcome) => {
      const { service, operation, account, region, caller } = call;
      const recorded = { service, operation, account, region, caller, requestId, time, input, ...outcome };
      calls.add(recorded);
      watcher.answered?.(recorded);
    };
    try {
      const answer = await this.#serve(call, requestId, time, (read) => {
        input = read;
      });
      record(outcomeOf(answer));
      return answer;
    } catch (error) {
      record(DEFECT);
      throw error;
    }
  }

  async #serve(call: Call, requestId: string, time: number, keepInput: (input: Input) => void): Promise<Answer> {
    const model = SERVICES[call.service];
    try {
      refuseKey(call, model, this.#options.judge);
      const served = this.#find(call, model);
      const input = call.read(served.shape.input);
      keepInput(input);
      const forbidden = this.#options.forbidden(call, input);
      if (forbidden !== undefined) throw model.errors.denied(forbidden);
      const strike = this.#options.faults.strike(call, model.errors, this.#options.clock.now());
      if (strike.latencyMs > 0) await this.#options.clock.sleep(strike.latencyMs);
      if (strike.before !== undefined) throw strike.before;
      const output = this.#run(call, served, input, { requestId, time }, model);
      if (strike.after !== undefined) throw strike.after;
      if (strike.lost) return { kind: 'lost', requestId };
      return { kind: 'output', requestId, output, operation: served.shape };
    } catch (error) {
      if (error instanceof ServiceError) return { kind: 'error', requestId, error };
      throw error;
    }
  }

  #run(
    call: Call,
    served: Served,
    input: Input,
    { requestId, time }: { readonly requestId: string; readonly time: number },
    { errors }: ServiceModel,
  ): object {
    const { clock, throttle, watcher } = this.#options;
    if (throttle !== undefined && !throttle.admits(call, input, clock.now())) throw errors.throttled();
    served.refuseUnheeded(input);
    if (served.hasRequired) refuseMissing(served.shape.input, input, errors.missingMember);
    if (input.DryRun === true) {
      throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    const { service, operation, account, region, caller } = call;
    const done = watcher.effect?.({ service, operation, account, region, caller, time, input });
    const output = served.run(input, { account, region, requestId, accessKeyId: call.accessKey?.accessKeyId });
    done?.(output);
    return output;
  }

  /** @throws ServiceError where AWS has no such operation, or the sandbox does not model it */
  #find({ service, operation }: Call, model: ServiceModel): Served {
    const key = `${service} ${operation}`;
    if (!this.#served.has(key)) this.#served.set(key, this.#prepare(service, operation, model));
    const served = this.#served.get(key);
    if (served !== undefined) return served;
    const unknown = model.errors.unknownOperation(operation);
    throw model.shapes.operation(operation) === undefined ? unknown : notModelled(unknown, service, operation);
  }

  #prepare(service: ServiceName, operation: string, model: ServiceModel): Served | undefined {
    const operations = this.#options.services[service];
    const definition = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    const shape = model.shapes.operation(operation);
    if (definition === undefined || shape === undefined) return undefined;
    return {
      shape,
      run: runner(definition),
      refuseUnheeded: refuseUnheeded(operation, [...(HEEDED_FOR_ALL[service] ?? []), ...definition.heeds]),
      hasRequired: hasRequired(shape.input),
    };
  }
}

/** The code stays what clients know. The words tell whose lack it is, since AWS has the operation. */
function notModelled(
  { code, message, httpStatus }: ServiceError,
  service: ServiceName,
  operation: string,
): ServiceError {
  return new ServiceError(
    code,
    `${message} (AWS has it: this sandbox does not model ${operation} of ${service}; sandbox/README.md lists what it has)`,
    httpStatus,
  );
}

/**
 * The one place where an input that was read by its schema becomes the type that the operation declares: the SDK's
 * types and schemas come from the same model, which TypeScript cannot know.
 */
function runner(definition: OperationDefinition<never, object>): Served['run'] {
  return (input, context) => definition.run(input as never, context);
}

/** @throws ServiceError for a temporary key that has ended or comes without its token */
function refuseKey({ accessKey }: Call, { errors }: ServiceModel, judge: PipelineOptions['judge']): void {
  const verdict = accessKey === undefined ? 'valid' : judge(accessKey);
  if (verdict === 'expired') throw errors.expiredKey();
  if (verdict === 'invalid') throw errors.invalidKey();
}

/** What the pipeline itself does for every operation of a service. A dry run of KMS, which has its own, is not modelled. */
const HEEDED_FOR_ALL: Partial<Readonly<Record<ServiceName, readonly string[]>>> = { ec2: ['DryRun'] };

/** How a call ends that made the sandbox stumble. */
const DEFECT: CallOutcome = { outcome: 'defect', status: 500, lost: false };

function outcomeOf(answer: Answer): CallOutcome {
  if (answer.kind === 'error') return { outcome: answer.error.code, status: answer.error.httpStatus, lost: false };
  const status = answer.kind === 'output' ? (answer.operation.http?.status ?? 200) : 200;
  return { outcome: 'ok', status, lost: answer.kind === 'lost' };
}

/** @param seen types of AWS's model may contain themselves */
function hasRequired(shape: Shape, seen = new Set<Shape>()): boolean {
  if (shape.kind === 'list') return hasRequired(shape.item, seen);
  if (shape.kind !== 'struct' || seen.has(shape)) return false;
  seen.add(shape);
  return shape.required.length > 0 || shape.members.some((member) => hasRequired(member.shape, seen));
}

function refuseMissing(shape: Shape, value: unknown, error: ServiceModel['errors']['missingMember']): void {
  if (shape.kind === 'list') {
    if (Array.isArray(value)) for (const item of value) refuseMissing(shape.item, item, error);
    return;
  }
  if (shape.kind !== 'struct' || typeof value !== 'object' || value === null) return;
  for (const member of shape.required) {
    if (!Object.hasOwn(value, member.name)) throw error(member);
  }
  for (const [name, content] of Object.entries(value)) {
    const member = shape.byName.get(name);
    if (member !== undefined && typeof content === 'object') refuseMissing(member.shape, content, error);
  }
}
