/**
 * What the wire layer and the services of the sandbox know of each other. A service is a table of operations; an
 * operation is a function from an SDK input to an SDK output, which knows nothing of XML, HTTP or recording.
 */

/** What a call is signed with, as far as anybody looks at it. */
export interface AccessKey {
  readonly accessKeyId: string;
  /** Of temporary keys. */
  readonly sessionToken?: string | undefined;
}

export interface CallContext {
  /** Twelve digits, from the caller's access key. */
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** Absent where a call comes from code that has no key. */
  readonly accessKeyId?: string | undefined;
}

export interface OperationDefinition<Input, Output> {
  /**
   * Paths of the input members that the operation heeds, lists without an index: `Name`, `TagSpecifications.Tags.Key`.
   * A path covers what is below it. A call that carries any other member is refused, never served without it.
   */
  readonly heeds: readonly string[];
  readonly run: (input: Input, context: CallContext) => Output;
}

/** Operations by the name that AWS gives them. */
export type ServiceOperations = Readonly<Record<string, OperationDefinition<never, object>>>;

/** The services that the sandbox answers for, under the names that stand in a signature's scope. */
export const SERVICE_NAMES = [
  'ec2',
  'autoscaling',
  'ssm',
  'sts',
  'events',
  'rbin',
  'kms',
  'servicequotas',
  'iam',
] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** An answer that AWS gives as an error: the code as it is on the wire, without `Client.` or `Server.`. */
export class ServiceError extends Error {
  readonly code: string;
  readonly httpStatus: number;

  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** Milliseconds since the Unix epoch, of the sandbox's own clock. */
export interface SandboxClock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `task` once the clock has reached `at`; the function that comes back takes it off again. */
  at(at: number, task: () => void): () => void;
}

/** What a service tells the outside, as EventBridge would carry it. */
export interface SandboxEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601, UTC, to the second. */
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
  /** The bus it is on; AWS's own events are on `default`. */
  readonly bus: string;
}

/** The detail type of the events that tell of each state of an instance. */
export const INSTANCE_STATE_CHANGE = 'EC2 Instance State-change Notification';
