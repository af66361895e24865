import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { serve } from '../../sandbox/http.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { startMoto } from './moto-server.ts';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '222233334444';
export const HOME_REGION = 'eu-central-1';
export const AWAY_REGION = 'eu-west-1';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A local AWS that real clients can talk to. */
export interface Emulator {
  readonly name: 'sandbox' | 'moto';
  readonly url: string;
  /** What somebody signs with who is in that account. */
  credentialsOf(account: string): Promise<Credentials>;
  /** Lets everything that is under way come to its end. */
  settle(): Promise<void>;
  /** Back to the start, the public images alone. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What is under way ends within minutes; terminated instances stay visible for an hour. */
const SETTLING_MS = 30 * 60_000;

/** Any moment will do: times are left out of what is compared. */
const START = Date.parse('2026-11-23T02:00:00Z');

/** The sandbox over HTTP, on a clock that stands still between the steps. */
export async function aSandboxServer(): Promise<Emulator> {
  const clock = new VirtualClock(START);
  const sandbox = createSandbox({ clock, seed: 1, throttling: false });
  const server = await serve(sandbox);
  return {
    name: 'sandbox',
    url: server.url,
    credentialsOf: async (account) => ({ accessKeyId: account, secretAccessKey: 'any' }),
    settle: () => clock.advance(SETTLING_MS),
    reset: async () => sandbox.reset(),
    close: () => server.close(),
  };
}

/** moto with the public images of the sandbox's home region: there everything is under way for no time at all. */
export async function aMotoServer(sandbox: Emulator): Promise<Emulator> {
  const { Images: catalogue = [] } = await clientOf(EC2Client, sandbox, await sandbox.credentialsOf(ACCOUNT)).send(
    new DescribeImagesCommand({ Owners: ['amazon'] }),
  );
  const { url, close } = await startMoto(catalogue);
  const own = { accessKeyId: 'any', secretAccessKey: 'any' };
  const moto: Emulator = {
    name: 'moto',
    url,
    credentialsOf: async (account) => (account === ACCOUNT ? own : await credentialsByRole(moto, own, account)),
    settle: async () => {},
    reset: async () => {
      const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      if (!ok) throw new Error(`moto answered its reset with ${status}`);
    },
    close,
  };
  return moto;
}

/** To moto, whoever has not assumed a role is in its one default account. */
async function credentialsByRole(moto: Emulator, own: Credentials, account: string): Promise<Credentials> {
  const assumed = await clientOf(STSClient, moto, own).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/visitor`, RoleSessionName: 'visitor' }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error(`moto gave no credentials for ${account}`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly maxAttempts: number;
}

/** A client that asks once: what an answer is must not depend on how often one asks. */
export function clientOf<Client>(
  Service: new (settings: ClientSettings) => Client,
  { url: endpoint }: Emulator,
  credentials: Credentials,
  region = HOME_REGION,
): Client {
  return new Service({ endpoint, region, credentials, maxAttempts: 1 });
}
