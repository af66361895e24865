import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Loaded here, since a world's clock does not wait for a module that the command loads once it is asked for something.
import '../../cli/carry-out.ts';
import '../../cli/restore/asked.ts';
import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { main } from '../../cli/main.ts';
import { awsFor } from '../../lib/aws/aws.ts';
import { Caller } from '../../lib/aws/calls/caller.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import type { AccountClients } from '../../lib/aws/restore/account-reads.ts';
import { createRestoreReads } from '../../lib/aws/restore/reads.ts';
import { createRestoreWrites } from '../../lib/aws/restore/writes.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { ACCOUNT, sealKeyOf, type World } from '../handlers/world.ts';
import type { Ended } from './world.ts';

/** Clients of the services that no function asks, connected to a world's sandbox. */
function accountClientsIn({ sandbox }: World): AccountClients {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'sandbox' };
  return {
    quotas: (region) => {
      const client = new ServiceQuotasClient({ region, credentials });
      connectInProcess(sandbox, client, { account: ACCOUNT });
      return client;
    },
    iam: (region) => {
      const client = new IAMClient({ region, credentials });
      connectInProcess(sandbox, client, { account: ACCOUNT });
      return client;
    },
  };
}

/** Runs the command against a world's sandbox, in its time. */
export function amikeep(world: World, policies: string, ...args: readonly string[]): Promise<Ended> {
  return world.clock.run(() => amikeepWithin(world, policies, ...args));
}

/** The same while the world's clock runs already. */
export async function amikeepWithin(world: World, policies: string, ...args: readonly string[]): Promise<Ended> {
  const { clients, clock } = world;
  const said = { out: '', err: '' };
  const pace = new Pace(clock, 1);
  // Until the command has ended, since whoever calls may not be a test.
  const folder = mkdtempSync(join(tmpdir(), 'amikeep-cli-'));
  const path = join(folder, 'policies.yml');
  writeFileSync(path, policies);
  const status = await main([...args, '--policies', path], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    environment: {},
    clock,
    connectForCheckUp: async () => {
      throw new Error('nobody asked for a check-up');
    },
    connect: async () => ({
      account: ACCOUNT,
      aws: (_event, stopAt) =>
        awsFor({ clients, pace, clock, random: () => 0.5, sealKey: sealKeyOf(world) }, ACCOUNT, stopAt),
      restoring: () => {
        const caller = new Caller({ clients, pace, clock, random: () => 0.5 }, Number.POSITIVE_INFINITY, 'ec2');
        return {
          reads: createRestoreReads(caller, accountClientsIn(world)),
          writes: createRestoreWrites(caller, (ms) => clock.sleep(ms)),
        };
      },
      close: () => {},
    }),
  }).finally(() => rmSync(folder, { recursive: true }));
  return { status, ...said };
}
