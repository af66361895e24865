import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsFor } from '../lib/aws/aws.ts';
import { Caller, type CallFailure, describeFailure } from '../lib/aws/calls/caller.ts';
import { type Credentials, createClients } from '../lib/aws/calls/clients.ts';
import { MemberSessions } from '../lib/aws/calls/member-sessions.ts';
import { Pace } from '../lib/aws/calls/pace.ts';
import { handlerSettings } from '../lib/aws/calls/patience.ts';
import { patiently } from '../lib/aws/calls/patiently.ts';
import { SealKey } from '../lib/aws/calls/seal-key.ts';
import { systemRandom } from '../lib/aws/calls/system.ts';
import { createRestoreReads } from '../lib/aws/restore/reads.ts';
import { createRestoreWrites } from '../lib/aws/restore/writes.ts';
import { type AccountId, accountId, type Region } from '../lib/model/ids.ts';
import type { Clock, Instant } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { TargetedEvent } from '../lib/run/expand.ts';
import type { Aws } from '../lib/run/ports.ts';
import type { RestoreReads, RestoreWrites } from '../lib/run/restore/ports.ts';
import { oneEach } from './one-each.ts';

/** AWS as whoever runs the command may use it. */
export interface Connection {
  /** The account that the credentials are of. */
  readonly account: AccountId;
  readonly aws: (event: TargetedEvent, stopAt: Instant) => Aws;
  /** What a restore asks and does, by the rights of the credentials themselves. */
  readonly restoring: () => Restoring;
  close(): void;
}

export interface Restoring {
  readonly reads: RestoreReads;
  readonly writes: RestoreWrites;
}

export interface ConnectOptions {
  /** Whose accounts are entered, by the roles that it names. */
  readonly file: PolicyFile;
  /** Where to ask for the account, and for the roles. */
  readonly region: Region;
  readonly endpointUrl?: string;
  /** The share of EC2's call rates to use, in (0, 1]. */
  readonly rateShare: number;
  readonly clock: Clock;
}

/**
 * Connects with AWS's usual chain of credentials.
 *
 * @throws Error where AWS does not tell whose they are: there are none, they are not valid, or AWS can't be reached
 */
export async function connectToAws({
  file,
  region,
  endpointUrl,
  rateShare,
  clock,
}: ConnectOptions): Promise<Connection> {
  const endpoint = endpointUrl === undefined ? {} : { endpoint: endpointUrl };
  const account = await accountOf(
    new STSClient({ ...endpoint, region, maxAttempts: 1, requestHandler: handlerSettings() }),
    clock,
  );
  const clients = createClients(endpoint);
  const config = { ...endpoint, maxAttempts: 1, requestHandler: handlerSettings() };
  const quotas = oneEach((place) => new ServiceQuotasClient({ ...config, region: place }));
  const iam = oneEach((place) => new IAMClient({ ...config, region: place }));
  const clientsWith = (credentials: Credentials) => createClients({ ...endpoint, credentials });
  const sessions = new MemberSessions({ file, clock, clientsWith });
  const home = { account, region: file.regions[0] ?? region };
  const sealKey = new SealKey(file, home);
  const ports = { clients, pace: new Pace(clock, rateShare), clock, random: systemRandom, sealKey };
  return {
    account,
    aws: ({ mode, target }, stopAt) => {
      const entrance = sessions.entrance({ account, region }, mode === 'plan' ? 'plan' : 'operate');
      return awsFor({ ...ports, entrance }, target.account, stopAt);
    },
    restoring: () => {
      const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
      return {
        reads: createRestoreReads(caller, { quotas: quotas.of, iam: iam.of }),
        writes: createRestoreWrites(caller, (ms) => clock.sleep(ms)),
      };
    },
    close: () => {
      clients.close();
      quotas.close();
      iam.close();
      sessions.close();
    },
  };
}

async function accountOf(sts: STSClient, clock: Clock): Promise<AccountId> {
  const ports = { clock, random: systemRandom };
  const answer = await patiently('GetCallerIdentity', () => sts.send(new GetCallerIdentityCommand({})), ports);
  sts.destroy();
  if (answer.ok) return accountId(answer.value.Account ?? '');
  const { failure, cause } = answer;
  // Options and environment have been looked at: what is left are the profile's endpoints, which the SDK reads.
  if (cause instanceof TypeError && 'code' in cause && cause.code === 'ERR_INVALID_URL') {
    const url = 'input' in cause ? `'${cause.input}'` : 'what it names';
    throw new Error(`endpoint_url of your AWS profile: ${url} is not a URL; write it as http://127.0.0.1:4577`, {
      cause,
    });
  }
  const problem = describeFailure(failure);
  throw new Error(`the account could not be found out (${problem}): ${remedyOf(failure.meaning)}`, { cause });
}

/** What to do about an answer that does not say whose the credentials are. */
function remedyOf(meaning: CallFailure['meaning']): string {
  switch (meaning) {
    case 'throttled':
    case 'transient':
      return 'that is no word about your AWS credentials; STS has too much to do or is unwell, so try again in a minute';
    case 'no-answer':
      return 'AWS could not be reached; check your network and the region';
    default:
      return 'check your AWS credentials, region and network';
  }
}
