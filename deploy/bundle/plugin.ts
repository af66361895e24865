import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Metafile, PartialMessage, Plugin } from 'esbuild';
import { policyFile } from '../../lib/lambda/policy-file.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { CLASS_FILE, derivedFile, isDerived } from './derived-clients.ts';
import { ENDPOINT_RULES, RULES_OF_EC2, sharedEndpointRules } from './endpoint-rules.ts';
import { leftOutOf, stubOf } from './left-out.ts';
import { PARTITIONS, shortPartitions } from './partitions.ts';
import { SCHEMAS, shakeableSchemas } from './sdk-schemas.ts';

/** A file of one of the SDK's clients: the client's name and the path within its package. */
const CLIENT_FILE = /[\\/]@aws-sdk[\\/](client-[a-z0-9-]+)[\\/](.*)$/;

const CLIENT_FILE_TO_CHANGE =
  /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/](?:package\.json|dist-es[\\/](?:schemas[\\/]schemas_0|endpoint[\\/](?:bdd|EndpointParameters)|\w+Client)\.js)$/;

/** In the place of files of the SDK, by the end of their paths. */
const REPLACED: Readonly<Record<string, string>> = {
  // A function has its own credentials from its environment and from nowhere else. Others are handed to a client.
  '@aws-sdk/credential-provider-node/dist-es/index.js':
    "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  // No client of ours has extensions; this is what is left of them where there are none.
  '/dist-es/runtimeExtensions.js': `
    import { getHttpHandlerExtensionConfiguration } from '@smithy/core/protocols';
    export function resolveRuntimeExtensions(config) {
      // Hands the time-out of sockets on to the connections.
      getHttpHandlerExtensionConfiguration(config);
      return config;
    }`,
  // A client of ours has no logger, for which its calls would be made readable.
  '@aws-sdk/core/dist-es/submodules/client/middleware-logger/loggerMiddleware.js': `export const loggerMiddleware = () => (next) => next;
    export const loggerMiddlewareOptions = {};
    export const getLoggerPlugin = () => ({ applyToStack() {} });`,
  '@smithy/core/dist-es/submodules/client/smithy-client/schemaLogFilter.js':
    'export const schemaLogFilter = (_, data) => data;',
  // Clients send once: when to send again is told to nobody.
  '@smithy/core/dist-es/submodules/retry/middleware-retry/parseRetryAfterHeader.js':
    'export const parseRetryAfterHeader = () => {}; export const getRetryAfterHint = parseRetryAfterHeader;',
  // Which of its own features it is used with, which the SDK tells AWS.
  '@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/check-features.js':
    'export const checkFeatures = async () => {};',
  // The stack says which runtime it is.
  '@aws-sdk/core/dist-es/submodules/client/emitWarningIfUnsupportedVersion.js':
    'export const state = { warningEmitted: false }; export function emitWarningIfUnsupportedVersion() {}',
  // A function has no profile: what its environment does not say is as the SDK has it.
  '@smithy/core/dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js': `
    import { CredentialsProviderError } from '../property-provider/CredentialsProviderError';
    export const fromSharedConfigFiles = () => async () => {
      throw new CredentialsProviderError('a function has no configuration files');
    };`,
};

/** Makes a function's bundle small, and puts the policy file into it. */
export const bundlePlugin: Plugin = {
  name: 'amikeep',
  setup(build) {
    const [entry] = Array.isArray(build.initialOptions.entryPoints) ? build.initialOptions.entryPoints : [];
    const leftOut = typeof entry === 'string' ? leftOutOf(entry.replaceAll('\\', '/')) : [];
    const ends = [...leftOut.map(({ module }) => module), ...Object.keys(REPLACED)];
    const missed = new Set(leftOut.length > 0 ? ends : []);
    // What the bundle is made of, for the check at the end.
    build.initialOptions.metafile = true;

    build.onLoad({ filter: /[\\/]lib[\\/]lambda[\\/]policy-file\.ts$/ }, compilePolicyFile);
    build.onLoad({ filter: CLIENT_FILE_TO_CHANGE }, async ({ path }) => {
      const at = path.replaceAll('\\', '/');
      const [, client = '', file = ''] = CLIENT_FILE.exec(at) ?? [];
      if (isDerived(file)) {
        const ofClient = (other: string) => readFile(at.slice(0, -file.length) + other, 'utf8');
        return { contents: await derivedFile(client, file, ofClient), loader: 'js', resolveDir: dirname(path) };
      }
      const text = await readFile(path, 'utf8');
      if (file === 'package.json') return { contents: versionOf(text), loader: 'json' };
      if (file === ENDPOINT_RULES) {
        const ofEc2 = await readFile(at.replace(`@aws-sdk/${client}/${file}`, RULES_OF_EC2), 'utf8');
        return { contents: sharedEndpointRules(text, ofEc2, client), loader: 'js', resolveDir: dirname(path) };
      }
      return { contents: shakeableSchemas(text, client), loader: 'js' };
    });
    build.onLoad({ filter: new RegExp(`${pathPattern(PARTITIONS)}$`) }, async ({ path }) => ({
      contents: shortPartitions(await readFile(path, 'utf8')),
      loader: 'js',
    }));
    build.onLoad({ filter: new RegExp(`(?:${ends.map(pathPattern).join('|')})$`) }, ({ path }) => {
      const at = path.replaceAll('\\', '/');
      const module = ends.find((end) => at.endsWith(end)) ?? '';
      missed.delete(module);
      const stub = leftOut.find((one) => one.module === module);
      return { contents: stub ? stubOf(stub) : (REPLACED[module] ?? ''), loader: 'js', resolveDir: dirname(path) };
    });
    build.onEnd(({ metafile }) => ({
      errors: [
        ...[...missed].map((module) => ({ text: `${module} is nowhere: deploy/bundle would leave it out` })),
        ...(metafile ? untouchedClients(metafile) : []),
      ],
    }));
  },
};

/** The same module without the file and what reads it. A file with mistakes fails the bundle, with a line for each. */
function compilePolicyFile(): { contents: string } | { errors: PartialMessage[] } {
  try {
    // All JSON is an expression of the same value, but for the key __proto__, which no policy file may have.
    return { contents: `export function policyFile() { return ${JSON.stringify(policyFile())}; }\n` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // As one, since esbuild would put several into an order of its own.
    return { errors: [{ text: error.message }] };
  }
}

/** All that a client reads of its package's description. */
function versionOf(description: string): string {
  const { version }: { version: unknown } = JSON.parse(description);
  return JSON.stringify({ version });
}

function pathPattern(path: string): string {
  return path.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]');
}

/** Clients whose schemas or class were not where they are looked for would be bundled whole, without a word. */
function untouchedClients({ inputs }: Metafile): PartialMessage[] {
  const files = Map.groupBy(
    Object.keys(inputs).flatMap((path) => {
      const [, client, file] = CLIENT_FILE.exec(`/${path.replaceAll('\\', '/')}`) ?? [];
      return client && file ? [{ client, file }] : [];
    }),
    ({ client }) => client,
  );
  return [...files].flatMap(([client, of]) => {
    const elsewhere = (what: string, where: string) => ({
      text: `@aws-sdk/${client} has its ${what} elsewhere than in ${where}: deploy/bundle does not know it`,
    });
    if (!of.some(({ file }) => file.includes('/commands/'))) return [];
    return [
      ...(of.some(({ file }) => file === SCHEMAS) ? [] : [elsewhere('schemas', SCHEMAS)]),
      ...(of.some(({ file }) => CLASS_FILE.test(file)) ? [] : [elsewhere('class', 'dist-es')]),
    ];
  });
}
