import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SERVICE_NAMES, ServiceError, type ServiceName } from './contract.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import type { Sandbox } from './sandbox.ts';
import { accountOfAccessKey, readCredentialScope } from './wire/caller.ts';
import type { Protocol, WireRequest } from './wire/protocol.ts';
import { SERVICES } from './wire/services.ts';

export interface ServeOptions {
  /** 0, the default, for any that is free. */
  readonly port?: number;
}

export interface SandboxServer {
  /** `http://127.0.0.1:4577` */
  readonly url: string;
  /**
   * How many requests have come in and wait for the sandbox's clock. Less what clients have in flight, these tell a
   * virtual clock when it may move: see `RunOptions.inFlight`.
   */
  waiting(): number;
  close(): Promise<void>;
}

/** The only address that the server listens on: nothing outside this machine can reach it. */
const LOOPBACK = '127.0.0.1';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The id of what was refused before it was anybody's call. */
const NO_REQUEST_ID = '00000000-0000-4000-a000-000000000000';

/**
 * Serves all of the sandbox's AWS services and its control endpoint on one port of the loopback interface. Which
 * service is meant, and which region and account, is told by the credential scope of the request's signature.
 */
export async function serve(sandbox: Sandbox, { port = 0 }: ServeOptions = {}): Promise<SandboxServer> {
  let waiting = 0;
  const answerAws = async (request: IncomingMessage, url: URL, body: string): Promise<HttpAnswer> => {
    waiting += 1;
    try {
      return await answerServiceCall(sandbox, request, url, body);
    } finally {
      waiting -= 1;
    }
  };
  const server = createServer((request, response) => {
    handle(sandbox, request, answerAws).then(
      (answer) => send(response, answer),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    url: `http://${LOOPBACK}:${address.port}`,
    waiting: () => waiting,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** An answer, or that the connection shall die without one. */
type HttpAnswer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | 'hang-up';

async function handle(
  sandbox: Sandbox,
  request: IncomingMessage,
  answerAws: (request: IncomingMessage, url: URL, body: string) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
  const body = await readBody(request);
  if (!url.pathname.startsWith(CONTROL_PREFIX)) return await answerAws(request, url, body);
  const path = url.pathname.slice(CONTROL_PREFIX.length);
  const answer = await control(sandbox, { method: request.method ?? 'GET', path, body });
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(answer.body, undefined, 2)}\n`,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`a request's body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answerServiceCall(
  sandbox: Sandbox,
  request: IncomingMessage,
  url: URL,
  body: string,
): Promise<HttpAnswer> {
  const target = request.headers['x-amz-target'];
  const wire: WireRequest = {
    body,
    parameters: request.method === 'GET' ? url.searchParams : new URLSearchParams(body),
    target: typeof target === 'string' ? target : undefined,
    method: request.method ?? 'GET',
    path: url.pathname,
  };
  const scope = readCredentialScope(request.headers.authorization, url.searchParams);
  if (scope === undefined) {
    const { protocol, errors } = SERVICES[serviceOfUnsigned(wire)];
    return errorAnswer(protocol, errors.noCredentials(), NO_REQUEST_ID);
  }
  const service = serviceOf(scope.service);
  if (service === undefined) {
    const error = new ServiceError(
      'InvalidAction',
      `sandbox answers for ${SERVICE_NAMES.join(', ')}, not for ${scope.service}`,
    );
    return errorAnswer(SERVICES.ec2.protocol, error, NO_REQUEST_ID);
  }
  const { protocol } = SERVICES[service];
  try {
    const operation = protocol.operationName(wire);
    const account = accountOfAccessKey(scope.accessKeyId);
    const read = (shape: Parameters<Protocol['decode']>[0]) => protocol.decode(shape, wire);
    const token = request.headers['x-amz-security-token'] ?? url.searchParams.get('X-Amz-Security-Token');
    const accessKey = {
      accessKeyId: scope.accessKeyId,
      sessionToken: typeof token === 'string' ? token : undefined,
    };
    const answer = await sandbox.answer({ service, operation, account, region: scope.region, accessKey, read });
    if (answer.kind === 'lost') return 'hang-up';
    if (answer.kind === 'error') return errorAnswer(protocol, answer.error, answer.requestId);
    const text = protocol.encodeOutput(answer.operation, answer.output, answer.requestId);
    const status = answer.operation.http?.status ?? 200;
    return { status, headers: headersOf(protocol, answer.requestId), body: text };
  } catch (error) {
    const known = error instanceof ServiceError ? error : defect(error);
    return errorAnswer(protocol, known, NO_REQUEST_ID);
  }
}

function serviceOf(name: string): ServiceName | undefined {
  return SERVICE_NAMES.find((known) => known === name);
}

/** Whose error form a request gets that does not say whom it is for. */
function serviceOfUnsigned(request: WireRequest): ServiceName {
  return SERVICE_NAMES.find((name) => SERVICES[name].protocol.isMeantBy(request)) ?? 'ec2';
}

/** An error of the sandbox itself: 500, with its stack, so that whoever sees it can report it. */
function defect(error: unknown): ServiceError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError('InternalFailure', `a defect of the sandbox: ${text}`, 500);
}

function errorAnswer(protocol: Protocol, error: ServiceError, requestId: string): HttpAnswer {
  return {
    status: error.httpStatus,
    headers: { ...headersOf(protocol, requestId), ...protocol.errorHeaders?.(error) },
    body: protocol.encodeError(error, requestId),
  };
}

function headersOf(protocol: Protocol, requestId: string): Record<string, string> {
  return { 'content-type': protocol.contentType, 'x-amzn-requestid': requestId };
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  if (answer === 'hang-up') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
