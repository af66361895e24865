import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { Caller } from '../../lib/aws/calls/caller.ts';
import { type Credentials, createClients } from '../../lib/aws/calls/clients.ts';
import { introduce } from '../../lib/aws/calls/introduction.ts';
import { MemberSessions } from '../../lib/aws/calls/member-sessions.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { handlerSettings } from '../../lib/aws/calls/patience.ts';
import { SealKey } from '../../lib/aws/calls/seal-key.ts';
import { systemRandom } from '../../lib/aws/calls/system.ts';
import { createExaminer } from '../../lib/aws/examiner.ts';
import { createReads } from '../../lib/aws/reads/reads.ts';
import { createRestoreReads } from '../../lib/aws/restore/reads.ts';
import type { Examiner, Introduction } from '../../lib/doctor/ports.ts';
import type { AccountId } from '../../lib/model/ids.ts';
import type { PersonsRole } from '../../lib/run/event.ts';
import type { Reads } from '../../lib/run/ports.ts';
import type { RestoreReads } from '../../lib/run/restore/ports.ts';
import type { ConnectOptions } from '../connect.ts';
import { oneEach } from '../one-each.ts';

/** AWS as a check-up sees it. It may turn out that the credentials are of no use: that is a finding, and no error. */
export interface CheckUpConnection {
  introduce(): Promise<Introduction>;
  /** @param home the account that the credentials are of */
  enter(home: AccountId): { readonly examiner: Examiner; readonly reads: Reads; readonly launches: RestoreReads };
  close(): void;
}

/** Connects with AWS's usual chain of credentials. */
export function connectForCheckUp({ file, region, endpointUrl, rateShare, clock }: ConnectOptions): CheckUpConnection {
  const endpoint = endpointUrl === undefined ? {} : { endpoint: endpointUrl };
  const config = { ...endpoint, maxAttempts: 1, requestHandler: handlerSettings() };
  const clients = createClients(endpoint);
  const clientsWith = (credentials: Credentials) => createClients({ ...endpoint, credentials });
  const sessions = new MemberSessions({ file, clock, clientsWith });
  const ports = { clients, pace: new Pace(clock, rateShare), clock, random: systemRandom };
  const sealKeyAt = (account: AccountId) => new SealKey(file, { account, region: file.regions[0] ?? region });
  const quotas = oneEach((place) => new ServiceQuotasClient({ ...config, region: place }));
  const sts = new STSClient({ ...config, region });
  const iam = new IAMClient({ ...config, region });
  return {
    introduce: () => introduce(sts, ports),
    enter: (account) => {
      const entering = (role: PersonsRole) => {
        const entrance = sessions.entrance({ account, region }, role);
        return new Caller({ ...ports, entrance }, Number.POSITIVE_INFINITY, 'ec2');
      };
      const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
      const sealKey = sealKeyAt(account);
      return {
        examiner: createExaminer(caller, entering, { kms: clients.kms, quotas: quotas.of }, sealKey),
        reads: createReads(entering('plan'), sealKey),
        launches: createRestoreReads(caller, { quotas: quotas.of, iam: () => iam }),
      };
    },
    close: () => {
      sts.destroy();
      iam.destroy();
      quotas.close();
      sessions.close();
      clients.close();
    },
  };
}
