import { KMSClient } from '@aws-sdk/client-kms';
import { onTestFinished } from 'vitest';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, clientConfig, REGION, served } from '../sandbox-wire/world.ts';

export { ACCOUNT, aSandbox, REGION } from '../sandbox-wire/world.ts';

/** A client in process, each of whose calls is taken over the wire as well. */
export function kmsOf(sandbox: Sandbox, account = ACCOUNT, region = REGION): KMSClient {
  const kms = new KMSClient(clientConfig(account, region));
  connectInProcess(sandbox, kms, { account, replayEvery: 1 });
  return kms;
}

/** A client that calls over HTTP. */
export async function kmsOverHttp(sandbox: Sandbox): Promise<KMSClient> {
  const kms = new KMSClient({ ...clientConfig(), endpoint: (await served(sandbox)).url });
  onTestFinished(() => kms.destroy());
  return kms;
}
