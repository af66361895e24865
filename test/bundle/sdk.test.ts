import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { READ_MEMBERS } from '../../deploy/bundle/read-members.ts';
import { shakeableSchemas } from '../../deploy/bundle/sdk-schemas.ts';
import { RecycleBinClient } from '../../lib/aws/calls/recycle-bin-client.ts';
import { ServiceError, type ServiceName } from '../../sandbox/contract.ts';
import { SERVICES } from '../../sandbox/wire/services.ts';
import type { OperationShape, Shape } from '../../sandbox/wire/shapes.ts';
import { type BundledClient, CLIENTS, type Classes, clientsFrom, RECYCLE_BIN } from './clients.ts';
import { keptOf, structuresOf } from './kept-members.ts';
import { thrownBy } from './thrown.ts';

interface Used extends BundledClient {
  readonly operation: OperationShape;
}

/** Whatever command our sources import: what they do not send, lint does not let them import. */
const IMPORTS = ['lib/aws', 'cli']
  .flatMap(sources)
  .flatMap((source) => [...source.matchAll(/import \{([^}]*)\} from '([^']+)'/g)]);

const USED: readonly Used[] = CLIENTS.flatMap((client) => {
  const { module, service } = client;
  const imports = IMPORTS.filter(
    ([, , from = '']) => from === module || (from.startsWith('.') && module.endsWith(from.replace(/^[./]+/, '/'))),
  );
  const names = new Set(imports.flatMap(([, imported = '']) => imported.match(/\b\w+(?=Command\b)/g) ?? []));
  return [...names].sort().map((name) => {
    const operation = SERVICES[service].shapes.operation(name);
    if (!operation) throw new TypeError(`${service} has no operation ${name}`);
    return { ...client, operation };
  });
});

const folder = mkdtempSync(join(tmpdir(), 'amikeep-sdk-'));
let bundled: Classes;
const untouched = new Map<string, Classes>();

beforeAll(async () => {
  const contents = clientsFrom(({ service }) =>
    USED.filter((used) => used.service === service).map(({ operation }) => `${operation.name}Command`),
  );
  const outfile = join(folder, 'sdk.mjs');
  await build({ ...bundleOptions, stdin: { contents, resolveDir: process.cwd() }, outfile, logLevel: 'silent' });
  bundled = await import(pathToFileURL(outfile).href);
  for (const { module } of CLIENTS) untouched.set(module, await import(module));
  // Our own client, whose protocol is our own too, is held against the SDK's one.
  class WithProtocolOfSdk extends RecycleBinClient {
    constructor(settings: EC2ClientConfig) {
      super({ ...settings, protocol: AwsRestJsonProtocol });
    }
  }
  untouched.set(RECYCLE_BIN, { ...untouched.get(RECYCLE_BIN), RecycleBinClient: WithProtocolOfSdk });
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(USED.map((used): [string, Used] => [used.operation.name, used]))('%s as it is bundled', (_name, used) => {
  // A global endpoint takes a signature that neither of the two can make without a library which is not installed.
  const { EndpointId: _, ...input }: Record<string, unknown> = { ...filled(used.operation.input, 'in') };
  const { protocol } = SERVICES[used.service];

  it('sends the same bytes, with every member of its input', async () => {
    const [ours, theirs] = await both(used, { input, status: 200, body: emptyAnswer(used.operation, used.service) });
    expect(ours.request).toEqual(theirs.request);
    const authorization = expect.stringContaining('/day/eu-central-1/');
    expect(theirs.request).toMatchObject({ headers: { authorization } });
  });

  it.each(['AWS_ENDPOINT_URL', `AWS_ENDPOINT_URL_${used.variable}`])('goes where %s says', async (variable) => {
    vi.stubEnv(variable, 'http://elsewhere.test/base');
    const [ours, theirs] = await both(used, { input, status: 200, body: emptyAnswer(used.operation, used.service) });
    expect(ours.request).toEqual(theirs.request);
    expect(theirs.request).toMatchObject({ hostname: 'elsewhere.test', path: expect.stringMatching(/^\/base\//) });
  });

  it('reads the same from an answer with every member, but for those that nobody reads', async () => {
    const { operation } = used;
    const answer = operation.output ? filled(operation.output, 'out') : {};
    const body = protocol.encodeOutput(operation, answer, 'request-1');
    const [ours, theirs] = await both(used, { input, status: operation.http?.status ?? 200, body });
    expect(ours.outcome).toEqual(keptOf(answerOf(operation), theirs.outcome, readMembersOf(used)));
    // Of the Recycle Bin's answers our own schemas have what we look at.
    if (used.service !== 'rbin') expect(theirs.outcome).toMatchObject(answer);
  });

  const codes = ['AccessDeniedException', 'ThrottlingException', 'Throttling', 'AccessDenied', 'Odd.Code'];
  const errors = [...thrownBy(used, used.operation.name), ...codes.map((code) => ({ code, is: code }))];
  it.each(
    errors.flatMap(({ code, is }): [string, number, string][] => [
      [code, 400, is],
      [code, 503, is],
    ]),
  )('throws the same for %s with status %i', async (code, status, is) => {
    const error = new ServiceError(code, `this is ${code}`, status);
    const body = protocol.encodeError(error, 'request-1');
    const [ours, theirs] = await both(used, { input, status, body, headers: protocol.errorHeaders?.(error) ?? {} });
    expect(ours.outcome).toEqual(theirs.outcome);
    expect(theirs.outcome).toMatchObject({ name: is, message: `this is ${code}` });
  });
});

it('all clients of the functions are among them', async () => {
  const entryPoints = ['snapshot', 'copy', 'retire'].map((action) => `functions/${action}.ts`);
  const inputs = await Promise.all(
    entryPoints.map(async (entryPoint) => {
      const { metafile } = await build({
        ...bundleOptions,
        entryPoints: [entryPoint],
        write: false,
        metafile: true,
        logLevel: 'silent',
      });
      return Object.values(metafile.outputs).flatMap(({ inputs: parts }) => Object.keys(parts));
    }),
  );
  const found = inputs
    .flat()
    .flatMap((path) => /(@aws-sdk\/client-[a-z0-9-]+|lib\/aws\/[a-z/-]+-client\.ts)/.exec(path)?.[1] ?? []);
  expect([...new Set(found)].sort()).toEqual(CLIENTS.map(({ module }) => module.replace('../../', '')).sort());
});

it.each(Object.entries(READ_MEMBERS))('%s answers our calls with more than is read', (client, table) => {
  const of = USED.filter(({ module }) => module === `@aws-sdk/${client}`);
  const answered = new Map(of.flatMap(({ operation }) => [...structuresOf(answerOf(operation))]));
  for (const [structure, read] of Object.entries(table)) {
    const members = answered.get(structure) ?? [];
    expect(members, structure).toEqual(expect.arrayContaining([...read]));
    expect(members.length, structure).toBeGreaterThan(read.length);
  }
});

describe('schemas in a form that is not known', () => {
  const known = `const _x = "xmlName";\nexport var A$ = [3, n0, _x,\n    0, [_x], [[0, { [_x]: _x }]]];\n`;

  it.each([
    ['without constants', known.replace('const _x = "xmlName";', ''), 'define no constants'],
    ['with a key that is no constant', `${known}var B = { [_y]: 1 };`, 'have a key _y that is no constant'],
    ['with a key of another kind', `${known}var B = { [x()]: 1 };`, 'have computed keys of another kind'],
  ])('%s are refused', (_, text, problem) => {
    expect(() => shakeableSchemas(text, 'client-x')).toThrow(`the schemas of @aws-sdk/client-x ${problem}`);
  });

  it.each([
    ['without the errors to keep', 'client-sts', 'register no ExpiredTokenException'],
    [
      'without a structure of which members are read',
      'client-ssm',
      'have no Command, CommandInvocation, CommandPlugin, InstanceInformation, Parameter, ParameterMetadata',
    ],
    ['without a member that is read', 'client-kms', 'have no KeyManager in KeyMetadata'],
  ])('%s are refused', (_, client, problem) => {
    expect(() => shakeableSchemas(known.replace('A$', 'KeyMetadata$'), client)).toThrow(problem);
  });

  it('with a type too many for the members of a structure are refused', () => {
    const odd = known.replace('A$', 'KeyMetadata$').replace('[_x], [[', '[_x], [0, [');
    expect(() => shakeableSchemas(odd, 'client-kms')).toThrow('have KeyMetadata with members of another form');
  });
});

/** What the bundled client reads of structures that it does not read whole. */
function readMembersOf({ module }: BundledClient): Readonly<Record<string, readonly string[]>> {
  return READ_MEMBERS[module.replace('@aws-sdk/', '')] ?? {};
}

function answerOf({ schema }: OperationShape): NormalizedSchema {
  return NormalizedSchema.of(schema[5]);
}

function sources(place: string): string[] {
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.map((name) => readFileSync(join(place, name), 'utf8'));
}

/** A value with every member, each with another content. */
function filled(shape: Shape, path: string): object {
  const value = fill(shape, path);
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path} is no structure`);
  return value;
}

function fill(shape: Shape, path: string): unknown {
  switch (shape.kind) {
    case 'struct':
      return Object.fromEntries(shape.members.map(({ name, shape: of }) => [name, fill(of, `${path}.${name}`)]));
    case 'list':
      return [fill(shape.item, `${path}.1`), fill(shape.item, `${path}.2`)];
    case 'map':
      return { [path]: fill(shape.value, `${path}.value`) };
    case 'string':
      return path;
    case 'number':
      return path.length;
    case 'boolean':
      return path.length % 2 === 0;
    case 'timestamp':
      return new Date(Date.UTC(2026, 0, 1, 0, 0, path.length));
    case 'blob':
      return new TextEncoder().encode(path);
  }
}

function emptyAnswer(operation: OperationShape, service: ServiceName): string {
  return SERVICES[service].protocol.encodeOutput(operation, {}, 'request-1');
}

interface Exchange {
  readonly input: object;
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Call {
  readonly request: unknown;
  /** What came of it, the error's members where it threw. */
  readonly outcome: unknown;
}

/** The same call by the bundled client and by the untouched one. */
async function both({ module, client, operation }: Used, exchange: Exchange): Promise<[Call, Call]> {
  const call = (classes: Classes | undefined) => callBy(classes ?? {}, client, `${operation.name}Command`, exchange);
  return [await call(bundled), await call(untouched.get(module))];
}

function textOf(body: string | Uint8Array = ''): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: object;
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What differs between any two calls. */
const OF_THE_MOMENT = ['amz-sdk-invocation-id', 'x-amz-date'];

/** In whose name, where, for which service and over what a call is signed, without the signature and its day. */
function signed(authorization = ''): string {
  return authorization.replace(/Signature=\w+$/, '').replace(/\/\d{8}\//, '/day/');
}

/** Here CommonJS, which the tests load, and the ES modules, which are bundled, do not agree on their version. */
const OF_THE_MODULES = ['user-agent', 'x-amz-user-agent'];

async function callBy(classes: Classes, client: string, command: string, exchange: Exchange): Promise<Call> {
  const [Client, Command] = [classes[client], classes[command]];
  if (!Client || !Command) throw new TypeError(`there is no ${client} with ${command}`);
  let request: unknown;
  const requestHandler = {
    handle: async ({ method, path, query, hostname, headers, body }: SentRequest) => {
      const kept = Object.entries(headers).filter(([name]) => ![...OF_THE_MOMENT, ...OF_THE_MODULES].includes(name));
      request = {
        method,
        path,
        query,
        hostname,
        headers: { ...Object.fromEntries(kept), authorization: signed(headers.authorization) },
        body: textOf(body),
      };
      const answer = { statusCode: exchange.status, headers: { ...exchange.headers } };
      return { response: { ...answer, body: Readable.from([Buffer.from(exchange.body)]) } };
    },
  };
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const sending = new Client({ region: 'eu-central-1', credentials, maxAttempts: 1, requestHandler });
  const outcome = await sending.send(new Command(exchange.input)).catch((error: Error) => {
    const { name, message } = error;
    // Whose fault it is the service's general exception has of the status alone. Nobody reads it.
    return { ...error, name, message, $fault: undefined };
  });
  return { request, outcome };
}
