import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEndpointRules } from '../../deploy/bundle/endpoint-rules.ts';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { type BundledClient, CLIENTS, clientsFrom } from './clients.ts';

interface Parameters {
  readonly Region?: string | undefined;
  readonly UseFIPS: boolean;
  readonly UseDualStack: boolean;
  readonly Endpoint?: string;
}

interface Client {
  readonly config: { endpointProvider(parameters: Parameters): { readonly url: URL } };
}

type ClientClasses = Readonly<Record<string, new (settings: object) => Client>>;

interface Partitions {
  readonly partitions: readonly { readonly id: string; readonly regions: Readonly<Record<string, object>> }[];
}

const PARTITIONS = 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';

const folder = mkdtempSync(join(tmpdir(), 'amikeep-endpoints-'));
const untouched = new Map<string, ClientClasses>();
let bundled: ClientClasses;
let regions: string[];

beforeAll(async () => {
  const contents = clientsFrom(() => []);
  const outfile = join(folder, 'clients.mjs');
  await build({ ...bundleOptions, stdin: { contents, resolveDir: process.cwd() }, outfile, logLevel: 'silent' });
  bundled = await import(pathToFileURL(outfile).href);
  const { partitionsInfo }: { partitionsInfo: Partitions } = await import(pathToFileURL(PARTITIONS).href);
  regions = partitionsInfo.partitions.flatMap((partition) => Object.keys(partition.regions));
  for (const { module } of CLIENTS) untouched.set(module, await import(module));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The same client, bundled and untouched. */
function both({ module, client }: BundledClient, settings: object = {}): [Client, Client] {
  const [Ours, Theirs] = [bundled[client], untouched.get(module)?.[client]];
  if (!Ours || !Theirs) throw new TypeError(`there is no ${client}`);
  return [new Ours({ region: 'eu-central-1', ...settings }), new Theirs({ region: 'eu-central-1', ...settings })];
}

/** The endpoint, or why there is none. */
function endpointOf({ config }: Client, parameters: Parameters): object {
  try {
    return config.endpointProvider(parameters);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : error };
  }
}

describe.each(CLIENTS.map((of): [string, BundledClient] => [of.client, of]))('%s as it is bundled', (_, of) => {
  it('has the same endpoints in every region of every partition, and the same reasons to have none', () => {
    const [ours, theirs] = both(of);
    const hosts = new Set<string>();
    // STS has a global endpoint, which is none of a region.
    const asked = regions.filter((region) => of.service !== 'sts' || region !== 'aws-global');
    for (const Region of [...asked, 'xx-new-1', undefined]) {
      for (const UseFIPS of [false, true]) {
        for (const UseDualStack of [false, true]) {
          for (const custom of [{}, { Endpoint: 'http://127.0.0.1:4566/base' }]) {
            const parameters = { Region, UseFIPS, UseDualStack, ...custom };
            const endpoint = endpointOf(theirs, parameters);
            expect(endpointOf(ours, parameters), JSON.stringify(parameters)).toEqual(endpoint);
            hosts.add(JSON.stringify(endpoint));
          }
        }
      }
    }
    const texts = [...hosts].join('\n');
    expect(texts).toContain('.cn-north-1.amazonaws.com.cn');
    expect(texts).toContain('.us-gov-west-1.');
    expect(hosts.size).toBeGreaterThan(regions.length);
  });
});

describe('rules of an endpoint', () => {
  const EC2 = '"https://ec2-fips.{Region}.x" "https://ec2.{Region}.{PartitionResult#dnsSuffix}"';

  it("that differ from EC2's in the name alone are made of them", () => {
    expect(sharedEndpointRules(EC2.replaceAll('ec2', 'ssm'), EC2, 'client-ssm')).toContain(
      "replace('https://ec2', 'https://ssm')",
    );
  });

  it.each([
    ['in another thing too', `${EC2.replaceAll('ec2', 'ssm')} "aws-global"`],
    ['in having no host of that form', '"https://sts.amazonaws.com"'],
    ['in nothing', EC2],
  ])('that differ %s stay as they are', (_, text) => {
    expect(sharedEndpointRules(text, EC2, 'client-ssm')).toBe(text);
  });
});
