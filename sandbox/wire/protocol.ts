import type { ServiceError } from '../contract.ts';
import type { Member, OperationShape, ShapeBook, StructShape } from './shapes.ts';

/** A call as it came over the wire, before it is known what it says. */
export interface WireRequest {
  /** Of the query string for GET, of the form body for POST. */
  readonly parameters: URLSearchParams;
  /** The header X-Amz-Target. */
  readonly target: string | undefined;
  readonly method: string;
  /** As it was sent, without the query string. */
  readonly path: string;
  readonly body: string;
}

/** What one AWS protocol does with names, bodies and errors; what differs between services is in `services.ts`. */
export interface Protocol {
  readonly contentType: string;
  readonly keepsEmptyLists: boolean;
  readonly keepsEmptyStructs: boolean;
  /** Whether a request speaks of this service: for one that is not signed, which says so in no other way. */
  isMeantBy(request: WireRequest): boolean;
  /** @throws ServiceError where the request names no operation or another version of the service */
  operationName(request: WireRequest): string;
  /** @throws ServiceError for what the operation's input does not have, and for values of the wrong type */
  decode(shape: StructShape, request: WireRequest): Record<string, unknown>;
  encodeOutput(operation: OperationShape, output: object, requestId: string): string;
  encodeError(error: ServiceError, requestId: string): string;
  /** What of an error stands in headers, where anything does. */
  errorHeaders?(error: ServiceError): Readonly<Record<string, string>>;
}

/** A call that is refused for want of a permission. */
export interface DeniedCall {
  readonly operation: string;
  readonly account: string;
  /** The user `sandbox` of the account where it is not known. */
  readonly callerArn?: string;
}

/** The errors that every service has, each with its own code and words. */
export interface CommonErrors {
  throttled(): ServiceError;
  denied(call: DeniedCall): ServiceError;
  unknownOperation(operation: string): ServiceError;
  missingMember(member: Member): ServiceError;
  noCredentials(): ServiceError;
  /** Temporary keys whose time is over. */
  expiredKey(): ServiceError;
  /** Temporary keys without the token that goes with them. */
  invalidKey(): ServiceError;
}

/** One AWS service: its protocol, the shapes of its operations and its errors. */
export interface ServiceModel {
  readonly protocol: Protocol;
  readonly shapes: ShapeBook;
  readonly errors: CommonErrors;
}
