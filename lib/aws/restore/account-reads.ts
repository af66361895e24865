import { GetInstanceMetadataDefaultsCommand } from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand, type IAMClient } from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Region } from '../../model/ids.ts';
import { completeReading, partialReading } from '../../model/reading.ts';
import type { InstanceProfile } from '../../planning/restore/inventory.ts';
import type { RestoreReads } from '../../run/restore/ports.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';

/** The services that no run asks. They are no part of what the functions are bundled from. */
export interface AccountClients {
  readonly quotas: (region: Region) => ServiceQuotasClient;
  /** IAM is the same in all regions of a partition: the region tells the partition. */
  readonly iam: (region: Region) => IAMClient;
}

/** "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances": Amazon EC2 endpoints and quotas, AWS General Reference. */
const VCPU_QUOTA = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };

/** What a restore asks of the account that it launches in. */
export function accountReads(
  caller: Caller,
  { quotas, iam }: AccountClients,
): Pick<RestoreReads, 'vcpuQuota' | 'instanceProfile' | 'tokensEnforced'> {
  return {
    vcpuQuota: async (target) => {
      const command = () => new GetServiceQuotaCommand(VCPU_QUOTA);
      const answer = await caller.call(target, 'GetServiceQuota', () => quotas(target.region).send(command()));
      const at = caller.now();
      if (!answer.ok) return partialReading('quotas', at, undefined, describeFailure(answer.failure));
      return completeReading('quotas', at, answer.value.Quota?.Value);
    },

    instanceProfile: async (target, name) => {
      const command = () => new GetInstanceProfileCommand({ InstanceProfileName: name });
      const answer = await caller.call(target, 'GetInstanceProfile', () => iam(target.region).send(command()));
      const at = caller.now();
      if (answer.ok) {
        const role = answer.value.InstanceProfile?.Roles?.[0]?.RoleName;
        const profile: InstanceProfile = role === undefined ? {} : { role };
        return completeReading('instance profiles', at, profile);
      }
      if (answer.failure.meaning === 'absent') return completeReading('instance profiles', at, undefined);
      return partialReading('instance profiles', at, undefined, describeFailure(answer.failure));
    },

    tokensEnforced: async (target) => {
      const command = () => new GetInstanceMetadataDefaultsCommand({});
      const answer = await caller.call(target, 'GetInstanceMetadataDefaults', (client) => client.send(command()));
      const at = caller.now();
      if (!answer.ok) return partialReading('metadata defaults', at, false, describeFailure(answer.failure));
      return completeReading('metadata defaults', at, answer.value.AccountLevel?.HttpTokensEnforced === 'enabled');
    },
  };
}
