import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { RealClock } from '../../sandbox/clock.ts';
import { type Ec2Behaviour, publicImageId } from '../../sandbox/ec2/index.ts';
import { serve } from '../../sandbox/http.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { machine } from '../machine.ts';

export const ACCOUNT = '222233334444';
/** An account beside {@link ACCOUNT} that the policies of a test may name. */
export const MEMBER = '333344445555';
export const SECRET = 'a-secret-that-nobody-may-read';

export const POLICIES = `
deployment: prod
regions: [eu-central-1, us-east-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never }
    copies: [{ region: eu-west-1, retention: { keepDaily: 3 } }]
    retention: { keepLast: 3 }
    retire: { mode: apply, endAfterSourceGoneDays: never }
`;

/** What a command has said and how it has ended. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The policies with one more account, whose roles ask for a secret. */
export const WITH_MEMBER = POLICIES.replace(
  'policies:',
  `accounts: [{ id: '${MEMBER}', rolePrefix: amikeep, externalId: ${SECRET} }]\npolicies:`,
);

/** A sandbox on the machine's clock with one instance in each region that {@link POLICIES} cover, and its server's URL. */
export async function aServedSandbox(
  accounts: readonly string[] = [ACCOUNT],
  settings: Partial<Ec2Behaviour> = {},
): Promise<{ sandbox: Sandbox; url: string }> {
  const role = { trusts: [ACCOUNT], externalId: SECRET };
  const roles = Object.fromEntries(
    ['plan', 'operate'].map((name) => [`arn:aws:iam::${MEMBER}:role/amikeep-${name}`, role]),
  );
  const ec2 = { instanceStartMs: 0, snapshotIntervalPerVolumeMs: 0, roles };
  const sandbox = createSandbox({
    clock: new RealClock(),
    seed: 7,
    ec2: { ...ec2, signingKeys: { 'eu-central-1': ['alias/amikeep-test', 'alias/amikeep-prod'] }, ...settings },
  });
  const places = accounts.flatMap((account) => ['eu-central-1', 'us-east-1'].map((region) => ({ account, region })));
  for (const { account, region } of places) {
    await sandbox.call({
      service: 'ec2',
      operation: 'RunInstances',
      region,
      account,
      input: {
        ImageId: publicImageId(region, 'al2023'),
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
      },
    });
  }
  const server = await serve(sandbox);
  onTestFinished(() => server.close());
  return { sandbox, url: server.url };
}

/** A file with this text, until the test is over. */
export function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'amikeep-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policies.yml');
  writeFileSync(path, text);
  return path;
}

/** Runs the command as a process of its own, with an environment that holds nothing of the machine's AWS settings. */
export async function amikeep(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: SECRET,
  },
): Promise<Ended> {
  const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  const child = spawn(process.execPath, ['cli/amikeep.ts', ...args], {
    env: { ...machine(), AWS_EC2_METADATA_DISABLED: 'true', ...nowhere, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, ...said };
}
