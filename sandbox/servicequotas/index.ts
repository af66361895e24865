import type { GetServiceQuotaCommandInput, GetServiceQuotaCommandOutput } from '@aws-sdk/client-service-quotas';
import { ServiceError, type ServiceOperations } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';

export interface QuotaParts {
  /** The settings of EC2 in a region, which say what its quotas are. */
  readonly behaviour: (region: string) => Ec2Behaviour;
}

interface Quota {
  readonly name: string;
  readonly value: (settings: Ec2Behaviour) => number;
}

/** What is told of a quota that is set to none, since in AWS each has a number. */
const BEYOND_ALL_NEED = 1_000_000;

/**
 * By service and code: "Amazon EC2 endpoints and quotas" and "Amazon EBS endpoints and quotas" in the AWS General
 * Reference.
 */
const QUOTAS: Readonly<Record<string, Quota>> = {
  'ec2/L-B665C33B': { name: 'AMIs', value: ({ imageQuota }) => imageQuota },
  'ec2/L-1216C47A': {
    name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
    value: ({ vcpuQuota }) => (vcpuQuota === 'unlimited' ? BEYOND_ALL_NEED : vcpuQuota),
  },
  'ebs/L-309BACF6': { name: 'Snapshots per Region', value: ({ snapshotQuota }) => snapshotQuota },
};

/** As much of Service Quotas as tells how many images, snapshots and vCPUs an account may have in a region. */
export function createQuotaOperations({ behaviour }: QuotaParts): ServiceOperations {
  return {
    GetServiceQuota: operation<GetServiceQuotaCommandInput, Answer<GetServiceQuotaCommandOutput>>(
      ['ServiceCode', 'QuotaCode'],
      ({ ServiceCode: service = '', QuotaCode: code = '' }, { account, region }) => {
        const quota = QUOTAS[`${service}/${code}`];
        if (!quota) {
          throw new ServiceError(
            'NoSuchResourceException',
            'The request failed because the specified quota does not exist.',
          );
        }
        return {
          Quota: {
            ServiceCode: service,
            QuotaArn: `arn:aws:servicequotas:${region}:${account}:${service}/${code}`,
            QuotaCode: code,
            QuotaName: quota.name,
            Value: quota.value(behaviour(region)),
            Unit: 'None',
            Adjustable: true,
            GlobalQuota: false,
          },
        };
      },
    ),
  };
}
