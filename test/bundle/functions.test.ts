import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { readPolicyFile } from '../../lib/lambda/policy-file.ts';
import { DAY, formatInstant } from '../../lib/model/time.ts';
import type { Action } from '../../lib/run/event.ts';
import { slotOf } from '../../lib/tagging/version.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { type SandboxServer, serve } from '../../sandbox/http.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { furnishNetwork } from '../../sim/networks.ts';
import { furnishProfile } from '../../sim/profiles.ts';
import { ACCOUNT, FRANKFURT } from '../handlers/world.ts';

/** One that fires once a year, so that a slot that a person asks for is another than the current one. */
const POLICIES = `
deployment: test
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly }, exclude: { Name: ['it''s \`\${quoted}\` ', x*] } }
    schedule: { expression: cron(0 0 1 1 ? *), timeZone: UTC }
    image: { reboot: never }
    copies:
      - { region: eu-west-1, retention: { keepLast: 1 } }
    retention: { keepLast: 1 }
    retire: { mode: apply, maxPerDay: 100%, endAfterSourceGoneDays: never }
    drill:
      every: { days: 30 }
      regions: [eu-central-1]
      check: command
      document: AWS-RunShellScript
      instanceType: [c5.large]
      leaseMinutes: 45
      maxAgeDays: 45
      network: { eu-central-1: { subnets: [SUBNET], securityGroup: GROUP } }
`;

const folder = mkdtempSync(join(tmpdir(), 'amikeep-functions-'));
const policies = join(folder, 'policies.yml');
/** The functions take this for the machine's time; the sandbox, whose time is moved, stays behind it. */
const now = Date.parse('2026-11-23T12:00:00Z');
const clock = new VirtualClock(now - DAY);
const sandbox = createSandbox({ clock, seed: 1, ec2: { signingKeys: { 'eu-central-1': ['alias/amikeep-test'] } } });
let server: SandboxServer;

/** Bundles as packaging does, and gives back where. */
async function bundle(name: string, entry: BuildOptions): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({ ...bundleOptions, ...entry, outfile, logLevel: 'silent' });
  return outfile;
}

type Handler = (payload: object) => Promise<object>;

async function load(action: Action): Promise<Handler> {
  const outfile = await bundle(action, { entryPoints: [`functions/${action}.ts`] });
  // More would be what the function does not use, a second copy of something, or a client as a whole.
  expect(statSync(outfile).size).toBeLessThan(400_000);
  const { handler } = await import(pathToFileURL(outfile).href);
  return (payload) => handler({ action, ...payload }, context(action));
}

/** As much of Lambda's context as a handler reads. */
function context(action: Action): object {
  return {
    functionName: action,
    memoryLimitInMB: '512',
    awsRequestId: 'test',
    invokedFunctionArn: `arn:aws:lambda:${FRANKFURT}:${ACCOUNT}:function:${action}`,
    getRemainingTimeInMillis: () => 900_000,
  };
}

/** With the network that is there for drills. */
let text = POLICIES;

beforeEach(() => writeFileSync(policies, text));

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  server = await serve(sandbox);
  const environment = {
    AMIKEEP_POLICY_FILE: policies,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: FRANKFURT,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'any',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const client = new EC2Client({ region: FRANKFURT });
  const { subnets, securityGroup } = await furnishNetwork(client, 'test');
  client.destroy();
  text = POLICIES.replace('SUBNET', subnets.join(', ')).replace('GROUP', securityGroup);
});

afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The operations that were called, of all services but EC2. */
function servicesAsked(): string[] {
  const services = sandbox.calls.counts().map(({ service }) => service);
  return [...new Set(services)].sort();
}

it('each function does its work with what its bundle holds', async () => {
  const [snapshot, copy, retire] = await Promise.all([load('snapshot'), load('copy'), load('retire')]);
  const target = { account: ACCOUNT, region: FRANKFURT };
  const client = new EC2Client({ region: FRANKFURT });
  await client.send(
    new RunInstancesCommand({
      ImageId: publicImageId(FRANKFURT, 'al2023'),
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
    }),
  );
  client.destroy();
  await clock.advance(60_000);

  expect(await snapshot({ slot: 'current' })).toEqual({ requested: 1 });
  const night = { target, policy: 'nightly' };
  expect(await snapshot({ ...night, slot: '2026-01-01T00:00:00Z' })).toMatchObject({
    counts: { 'create slot-due': 1 },
  });
  await clock.advance(7_200_000);
  expect(await snapshot({ ...night, slot: formatInstant(slotOf(clock.now())) })).toMatchObject({
    counts: { 'create slot-due': 1 },
  });
  await clock.advance(7_200_000);
  expect(await copy({ target })).toMatchObject({ counts: { 'copy copy-wanted': 1 } });
  await clock.advance(7_200_000);
  expect(servicesAsked()).toEqual(['ec2', 'events', 'kms']);
  expect(await retire({ target })).toMatchObject({ counts: { 'mark expired': 1 } });
  expect(servicesAsked()).toEqual(['autoscaling', 'ec2', 'events', 'kms', 'rbin', 'ssm']);

  await furnishProfile(sandbox, ACCOUNT, 'amikeep-test-drilled');
  sandbox.calls.reset();
  await clock.advanceTo(now - 600_000);
  const drill = await load('drill');
  expect(await drill({ target })).toMatchObject({ counts: { 'drill drill-due': 1 } });
  await clock.advance(300_000);
  expect(await drill({ target, sweep: true })).toMatchObject({ counts: { 'ask drill-running': 1 } });
  await clock.advance(60_000);
  expect(await drill({ target, sweep: true })).toMatchObject({ counts: { 'judge passed': 1 } });
  expect(servicesAsked()).toEqual(['ec2', 'events', 'kms', 'ssm']);
});

describe('a policy file', () => {
  it('is compiled in as it was parsed', async () => {
    const contents = "export { policyFile } from './lib/lambda/policy-file.ts';";
    const compiled = await import(await bundle('policies', { stdin: { contents, resolveDir: process.cwd() } }));
    const parsed = readPolicyFile(policies);
    rmSync(policies);
    expect(compiled.policyFile()).toStrictEqual(parsed);
  });

  it('with mistakes fails the bundle, with a line for each', async () => {
    writeFileSync(policies, text.replace('never', 'sometimes').replace('keepLast: 1', 'keepLst: 1'));
    await expect(load('retire')).rejects.toThrow(
      /policies\.yml:8:\d+: policies\.nightly\.image\.reboot is 'sometimes'[\s\S]*policies\.yml:10:\d+: .*keepLst/,
    );
  });
});
