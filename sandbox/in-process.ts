import { getSmithyContext } from '@smithy/core/transport';
import type { AccessKey, ServiceName } from './contract.ts';
import type { Answer, Answering, Input } from './pipeline.ts';
import { ClientProtocol, type SdkClient } from './replay.ts';
import { accountOfAccessKey, DEFAULT_ACCOUNT } from './wire/caller.ts';
import { inputOnTheWire, tokenSource } from './wire/client-input.ts';
import { SERVICES } from './wire/services.ts';

export interface InProcessOptions {
  /** Twelve digits. */
  readonly account?: string;
  /** Whose calls they are, in place of an account: what the client would sign with. */
  readonly accessKey?: AccessKey;
  /**
   * Every so many calls, the call is also taken over the wire, to and fro, by the client's own protocol. 0, the
   * default, for never.
   */
  readonly replayEvery?: number;
  /** The number of the first call that is taken over the wire, from 1; as many as `replayEvery` where left out. */
  readonly replayFirst?: number;
  /**
   * Told of each such call, and of the difference if there was one. Where it is left out a difference is thrown, which
   * whoever calls may take for a call that failed, and make again.
   */
  readonly onReplay?: (operation: string, difference: Error | undefined) => void;
}

const SERVICE_OF_CLIENT: Readonly<Record<string, ServiceName>> = {
  'Auto Scaling': 'autoscaling',
  EC2: 'ec2',
  EventBridge: 'events',
  IAM: 'iam',
  KMS: 'kms',
  rbin: 'rbin',
  'Service Quotas': 'servicequotas',
  SSM: 'ssm',
  STS: 'sts',
};

/** What the SDK hands to a middleware at the step `initialize`, as far as it matters here. */
interface InitializeArguments {
  readonly input: object;
}
interface InitializeContext {
  readonly commandName?: string;
}
interface InitializeResult {
  readonly output: object;
  readonly response: undefined;
}
type AnswerCall = (
  next: unknown,
  context: InitializeContext,
) => (args: InitializeArguments) => Promise<InitializeResult>;

/** What the clients of all services have in common. */
interface Connectable extends SdkClient {
  readonly config: SdkClient['config'] & { readonly serviceId: string; readonly region: () => Promise<string> };
  readonly middlewareStack: {
    add(middleware: AnswerCall, options: { step: 'initialize'; priority: 'high'; name: string; override: true }): void;
  };
}

/** A client of the SDK, or one that is made of its parts. */
export interface AwsClient {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: object;
}

/** The one place where the SDK's types, which differ from client to client, become what is the same in all of them. */
function asConnectable(client: AwsClient): Connectable {
  return client as unknown as Connectable;
}

/**
 * Lets a real SDK client be answered by the sandbox, without HTTP, signing, parsing or timers: the middleware stands
 * first in the client's stack and does what the wire would do to input and output. Outputs are shared and frozen: what
 * comes back must not be changed. The SDK's own retries do not happen, since they sit behind the middleware.
 *
 * @throws TypeError for a client of a service that the sandbox does not have
 */
export function connectInProcess(sandbox: Answering, awsClient: AwsClient, options: InProcessOptions = {}): void {
  const client = asConnectable(awsClient);
  const service = SERVICE_OF_CLIENT[client.config.serviceId];
  if (service === undefined)
    throw new TypeError(`the sandbox has no service for a client of ${client.config.serviceId}`);
  const { accessKey, replayEvery = 0, replayFirst = replayEvery, onReplay = throwDifference } = options;
  const { account = accessKey ? accountOfAccessKey(accessKey.accessKeyId) : DEFAULT_ACCOUNT } = options;
  const { protocol } = SERVICES[service];
  const wire = new ClientProtocol(service, client);
  let region: string | undefined;
  let untilReplay = replayFirst;
  const rules = { ...protocol, newToken: tokenSource() };

  const answerCall: AnswerCall = (_next, context) => async (args) => {
    const operation = context.commandName?.replace(/Command$/, '') ?? '';
    region ??= await client.config.region();
    const signal = abortSignalOf(context);
    if (signal?.aborted === true) throw aborted();
    let input: Input = {};
    const answering = sandbox.answer({
      service,
      account,
      region,
      operation,
      accessKey,
      read: (shape) => {
        input = inputOnTheWire(shape, args.input, rules);
        return input;
      },
    });
    const answer = await (signal === undefined ? answering : unlessAborted(answering, signal));
    untilReplay -= 1;
    if (replayEvery > 0 && untilReplay === 0) {
      untilReplay = replayEvery;
      onReplay(operation, await wire.replay(operation, input, answer));
    }
    return { output: await outputOf(answer, operation, wire), response: undefined };
  };
  client.middlewareStack.add(answerCall, {
    step: 'initialize',
    priority: 'high',
    name: 'amikeepSandbox',
    override: true,
  });
}

function throwDifference(_operation: string, difference: Error | undefined): void {
  if (difference) throw difference;
}

async function outputOf(answer: Answer, operation: string, wire: ClientProtocol): Promise<object> {
  switch (answer.kind) {
    case 'output':
      return { $metadata: metadata(answer), ...answer.output };
    case 'error':
      throw await wire.exceptionOf(operation, answer.error, answer.requestId);
    case 'lost':
      throw connectionLost();
  }
}

/** What the SDK's retry middleware says of a call that was made once. */
const ONE_ATTEMPT = Object.freeze({ attempts: 1, totalRetryDelay: 0 });

/** What the SDK says of a call that went well. */
function metadata({ requestId, operation }: Answer & { readonly kind: 'output' }): object {
  return {
    httpStatusCode: operation.http?.status ?? 200,
    requestId,
    extendedRequestId: undefined,
    cfId: undefined,
    ...ONE_ATTEMPT,
  };
}

/** What the SDK's HTTP handler throws when the server hangs up. */
function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), {
    name: 'TimeoutError',
    code: 'ECONNRESET',
    $metadata: ONE_ATTEMPT,
  });
}

function abortSignalOf(context: InitializeContext): AbortSignal | undefined {
  const { abortSignal } = getSmithyContext({ ...context });
  return abortSignal instanceof AbortSignal ? abortSignal : undefined;
}

/** A call that is given up while it is under way has its effect all the same, as over HTTP. */
async function unlessAborted<T>(answering: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborting = new Promise<never>((_, reject) => {
    giveUp = () => reject(aborted());
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([answering, aborting]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** What the SDK throws when the caller gives up. It does not say why the caller did. */
function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
