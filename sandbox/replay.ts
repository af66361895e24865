import { isDeepStrictEqual } from 'node:util';
import { HttpResponse } from '@smithy/core/protocols';
import { operation as operationSchema } from '@smithy/core/schema';
import type { ServiceError, ServiceName } from './contract.ts';
import type { Answer, Input } from './pipeline.ts';
import type { ServiceModel } from './wire/protocol.ts';
import { SERVICES } from './wire/services.ts';
import type { OperationSchema, OperationShape } from './wire/shapes.ts';

type SdkOperation = ReturnType<typeof operationSchema>;

/** The part of an SDK client that serialises its requests and parses its answers. */
export interface SdkClient {
  readonly config: {
    readonly protocol: {
      serializeRequest(operation: SdkOperation, input: object, context: object): Promise<SdkRequest>;
      deserializeResponse(operation: SdkOperation, context: object, response: HttpResponse): Promise<object>;
    };
  };
}

interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly method: string;
  readonly path: string;
}

/** The way over the wire and back, through the SDK's own code, for calls that are answered in process. */
export class ClientProtocol {
  readonly #model: ServiceModel;
  readonly #client: SdkClient;

  constructor(service: ServiceName, client: SdkClient) {
    this.#model = SERVICES[service];
    this.#client = client;
  }

  /** The exception that the SDK makes of an error, of the class and with the members that it gives it. */
  async exceptionOf(operation: string, error: ServiceError, requestId: string): Promise<unknown> {
    const body = this.#model.protocol.encodeError(error, requestId);
    const response = this.#response(error.httpStatus, body, requestId, this.#model.protocol.errorHeaders?.(error));
    try {
      await this.#parse(operation, response);
    } catch (exception) {
      return asThrown(exception, response);
    }
    return new Error(`the SDK took the error ${error.code} for an output`);
  }

  /**
   * Takes a call that has been answered over the wire, without answering it again.
   *
   * @returns in what the input, once serialised and decoded, or the output, once encoded and parsed, is not the same, or
   *   what was thrown on the way; nothing where all is the same
   */
  async replay(operation: string, input: Input, answer: Answer): Promise<Error | undefined> {
    const shape = this.#model.shapes.operation(operation);
    if (shape === undefined || answer.kind !== 'output') return undefined;
    try {
      await this.#compare(operation, shape, input, answer);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #compare(
    operation: string,
    shape: OperationShape,
    input: Input,
    answer: Answer & { readonly kind: 'output' },
  ): Promise<void> {
    const received = this.#model.protocol.decode(shape.input, await this.#serialise(operation, input));
    assertSame(`the input of ${operation}`, input, received);
    const body = this.#model.protocol.encodeOutput(shape, answer.output, answer.requestId);
    const response = this.#response(shape.http?.status ?? 200, body, answer.requestId);
    const parsed = new Map(Object.entries(await this.#parse(operation, response)));
    parsed.delete('$metadata');
    assertSame(`the output of ${operation}`, { ...answer.output }, Object.fromEntries(parsed));
  }

  async #serialise(operation: string, input: Input) {
    const context = {
      ...this.#client.config,
      endpoint: async () => ({ protocol: 'http:', hostname: 'localhost', path: '/' }),
    };
    const request = await this.#client.config.protocol.serializeRequest(this.#schemaOf(operation), input, context);
    const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
    const { method, path, headers } = request;
    return { body, parameters: new URLSearchParams(body), target: headers['x-amz-target'], method, path };
  }

  #response(
    statusCode: number,
    body: string,
    requestId: string,
    extra?: Readonly<Record<string, string>>,
  ): HttpResponse {
    const { contentType } = this.#model.protocol;
    const headers = { 'x-amzn-requestid': requestId, 'content-type': contentType, ...extra };
    return new HttpResponse({ statusCode, headers, body: new TextEncoder().encode(body) });
  }

  async #parse(operation: string, response: HttpResponse): Promise<object> {
    const { config } = this.#client;
    return await config.protocol.deserializeResponse(this.#schemaOf(operation), config, response);
  }

  #schemaOf(operation: string): SdkOperation {
    const shape = this.#model.shapes.operation(operation);
    if (shape === undefined) throw new Error(`AWS's model has no operation ${operation}`);
    const [, namespace, name, traits, input, output]: OperationSchema = shape.schema;
    return operationSchema(namespace, name, traits, input, output);
  }
}

/** Adds what the SDK's middlewares for retries and for parsing add to an exception, neither of which is in the way. */
function asThrown(exception: unknown, response: HttpResponse): unknown {
  if (!(exception instanceof Error) || !('$metadata' in exception)) return exception;
  const $metadata = { ...Object(exception.$metadata), attempts: 1, totalRetryDelay: 0 };
  return Object.defineProperty(Object.assign(exception, { $metadata }), '$response', {
    value: response,
    enumerable: false,
  });
}

function assertSame(what: string, inProcess: unknown, overTheWire: unknown): void {
  if (isDeepStrictEqual(inProcess, overTheWire)) return;
  const [here, there] = [inProcess, overTheWire].map((value) => JSON.stringify(value));
  throw new Error(
    `${what} is not the same in process and over the wire\n  in process: ${here}\n  over the wire: ${there}`,
  );
}
