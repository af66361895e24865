import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derivedFile } from '../../deploy/bundle/derived-clients.ts';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { type BundledClient, CLIENTS, clientsFrom } from './clients.ts';

type Settings = Readonly<Record<string, unknown>>;
type Clients = Readonly<Record<string, new (settings: object) => { readonly config: Settings }>>;

/** What is said in another way, or serves other ways to sign than ours and other endpoints than a region's. */
const OF_THE_DERIVED: readonly string[] = [
  'defaultSigningName',
  'httpAuthSchemes',
  // What it makes of calls and answers test/bundle/sdk.test.ts compares to the byte.
  'protocol',
  'signer',
  'signerConstructor',
  'signingName',
  'sigv4aSigningRegionSet',
  'useGlobalEndpoint',
];

const folder = mkdtempSync(join(tmpdir(), 'amikeep-settings-'));
let bundled: Clients;

beforeAll(async () => {
  const stdin = { contents: clientsFrom(() => []), resolveDir: process.cwd() };
  const outfile = join(folder, 'clients.mjs');
  await build({ ...bundleOptions, stdin, outfile, logLevel: 'silent' });
  bundled = await import(pathToFileURL(outfile).href);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What can be told of a setting: of a function what it gives for no arguments. CommonJS has a version of its own. */
async function told(setting: unknown): Promise<string | undefined> {
  const value = typeof setting === 'function' ? await called(() => setting()) : setting;
  return JSON.stringify(value)?.replace(/"3\.\d+\.\d+"/g, '"version"');
}

async function called(give: () => unknown): Promise<unknown> {
  try {
    return await give();
  } catch {
    return 'a function of something';
  }
}

async function settingsOf(of: Clients, { client }: BundledClient): Promise<Settings> {
  const Client = of[client];
  if (!Client) throw new TypeError(`there is no ${client}`);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const { config } = new Client({ region: 'eu-central-1', credentials, maxAttempts: 1 });
  const others = Object.entries(config).filter(([name]) => !OF_THE_DERIVED.includes(name));
  return Object.fromEntries(await Promise.all(others.map(async ([name, value]) => [name, await told(value)])));
}

describe.each(CLIENTS.map((of): [string, BundledClient] => [of.client, of]))('%s as it is bundled', (_, of) => {
  it('has the settings of the untouched client', async () => {
    const theirs = await settingsOf(await import(of.module), of);
    expect(await settingsOf(bundled, of)).toEqual(theirs);
    expect(theirs.serviceId).toBeDefined();
  });
});

describe('a client that is made of that of EC2', () => {
  const read = async (file: string) => readFileSync(`node_modules/@aws-sdk/client-ssm/${file}`, 'utf8');

  it.each([
    ['protocol', /protocol: config.*/],
    ['version', /apiVersion: .*/],
    ['settings', /protocolSettings: config\?/],
    ['service', /serviceId: .*/],
  ])('and does not say its %s in a known form is refused', async (what, line) => {
    const without = async (file: string) => (await read(file)).replace(line, '');
    await expect(derivedFile('client-ssm', 'dist-es/SSMClient.js', without)).rejects.toThrow(
      `@aws-sdk/client-ssm does not say its ${what} in a form that deploy/bundle knows`,
    );
  });
});
