import { DescribeRegionsCommand, DescribeVpcEndpointsCommand, type VpcEndpoint } from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, type DescribeKeyCommandOutput, type KMSClient } from '@aws-sdk/client-kms';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Endpoint, Examiner, Fact, KeyDescription, Quota } from '../doctor/ports.ts';
import type { Region } from '../model/ids.ts';
import type { PersonsRole } from '../run/event.ts';
import { attempt } from './calls/attempts.ts';
import { type Caller, type CallFailure, describeFailure } from './calls/caller.ts';
import { readPages } from './calls/pages.ts';
import type { SealKey } from './calls/seal-key.ts';
import { stsRegionFor } from './calls/sts-region.ts';
import { exactly } from './reads/filters.ts';

/** The services that only a check-up asks. They are no part of what the functions are bundled from. */
export interface ExaminerClients {
  readonly kms: (region: Region) => KMSClient;
  readonly quotas: (region: Region) => ServiceQuotasClient;
}

/** By service and code: "Amazon EC2 endpoints and quotas" and "Amazon EBS endpoints and quotas", AWS General Reference. */
const QUOTAS: Readonly<Record<Quota, { readonly ServiceCode: string; readonly QuotaCode: string }>> = {
  images: { ServiceCode: 'ec2', QuotaCode: 'L-B665C33B' },
  snapshots: { ServiceCode: 'ebs', QuotaCode: 'L-309BACF6' },
};

/**
 * What a check-up asks, at the pace and with the patience of a run's calls.
 *
 * @param entering calls by a person's roles in member accounts
 */
export function createExaminer(
  caller: Caller,
  entering: (role: PersonsRole) => Caller,
  { kms, quotas }: ExaminerClients,
  sealKey: SealKey,
): Examiner {
  return {
    regions: async (home) => {
      const command = () => new DescribeRegionsCommand({ AllRegions: true });
      const answer = await caller.call(home, 'DescribeRegions', (client) => client.send(command()));
      if (!answer.ok) return notKnown(answer.failure);
      const regions = (answer.value.Regions ?? []).flatMap(({ RegionName, OptInStatus }): [string, boolean][] =>
        RegionName ? [[RegionName, OptInStatus !== 'not-opted-in']] : [],
      );
      return { known: true, value: new Map(regions) };
    },

    key: async (target, name) => {
      const command = () => new DescribeKeyCommand({ KeyId: name });
      const answer = await caller.call(target, 'DescribeKey', () => kms(target.region).send(command()));
      if (!answer.ok) {
        return answer.failure.meaning === 'absent' ? { known: true, value: undefined } : notKnown(answer.failure);
      }
      return { known: true, value: keyDescriptionOf(answer.value) };
    },

    sealKey: async () => {
      const half = await sealKey.publicHalf(caller);
      if (half.ok) return { known: true, value: half.value };
      return half.failure.meaning === 'absent' ? { known: true, value: undefined } : notKnown(half.failure);
    },

    quota: async (target, quota) => {
      const command = () => new GetServiceQuotaCommand(QUOTAS[quota]);
      const answer = await caller.call(target, 'GetServiceQuota', () => quotas(target.region).send(command()));
      if (!answer.ok) return notKnown(answer.failure);
      const value = answer.value.Quota?.Value;
      if (value === undefined) return { known: false, denied: false, problem: 'the answer holds no value' };
      return { known: true, value };
    },

    endpoints: async (target, vpcs) => {
      const found = await readPages(caller, target, 'endpoints', 'DescribeVpcEndpoints', async (client, token) => {
        const input = { Filters: [exactly('vpc-id', ...vpcs)], NextToken: token };
        const answer = await client.send(new DescribeVpcEndpointsCommand(input));
        return { items: (answer.VpcEndpoints ?? []).map(toEndpoint), next: answer.NextToken };
      });
      if (found.complete) return { known: true, value: found.value };
      return { known: false, denied: false, problem: found.problem };
    },

    enters: async (account, role) => {
      const command = () => new GetCallerIdentityCommand({});
      const answer = await entering(role)
        .to('sts')
        .call({ ...account, region: stsRegionFor(account.region) }, 'GetCallerIdentity', (sts) => sts.send(command()));
      if (answer.ok) return { kind: 'allowed' };
      return {
        kind: answer.failure.meaning === 'denied' ? 'denied' : 'unclear',
        problem: describeFailure(answer.failure),
      };
    },

    tries: async (target, right, subjects) => {
      const answer = await attempt(caller, target, right, subjects);
      if (answer.ok || answer.failure.code === WOULD_SUCCEED) return { kind: 'allowed' };
      const problem = describeFailure(answer.failure);
      return { kind: answer.failure.meaning === 'denied' ? 'denied' : 'unclear', problem };
    },
  };
}

function toEndpoint({ VpcId = '', ServiceName = '', State, PrivateDnsEnabled, Groups = [] }: VpcEndpoint): Endpoint {
  return {
    vpc: VpcId,
    service: ServiceName,
    // EC2 writes its states with and without a capital.
    isAvailable: State?.toLowerCase() === 'available',
    hasPrivateDns: PrivateDnsEnabled ?? false,
    groups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
  };
}

export function keyDescriptionOf({ KeyMetadata }: Pick<DescribeKeyCommandOutput, 'KeyMetadata'>): KeyDescription {
  const { KeyId = '', KeyState = '', KeyUsage = '', KeySpec = '' } = KeyMetadata ?? {};
  return { id: KeyId, state: KeyState, usage: KeyUsage, spec: KeySpec };
}

/** How EC2 answers a dry run of a call that is allowed: as an error, with 412. */
const WOULD_SUCCEED = 'DryRunOperation';

function notKnown(failure: CallFailure): Fact<never> {
  return { known: false, denied: failure.meaning === 'denied', problem: describeFailure(failure) };
}
