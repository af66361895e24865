import type { _InstanceType } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aPlane, idOf, refusal } from './plane.ts';

describe('DescribeInstanceTypes', () => {
  it('tells what launches and their checks want to know', () => {
    const { InstanceTypes } = aPlane().call('DescribeInstanceTypes', { InstanceTypes: ['t3.micro', 'm7g.large'] });
    expect(InstanceTypes).toHaveLength(2);
    expect(InstanceTypes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          InstanceType: 't3.micro',
          Hypervisor: 'nitro',
          ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
          VCpuInfo: { DefaultVCpus: 2 },
          MemoryInfo: { SizeInMiB: 1_024 },
          NetworkInfo: { EnaSupport: 'required' },
          SupportedBootModes: ['legacy-bios', 'uefi'],
          NitroTpmSupport: 'supported',
        }),
        expect.objectContaining({
          InstanceType: 'm7g.large',
          ProcessorInfo: { SupportedArchitectures: ['arm64'] },
          SupportedBootModes: ['uefi'],
        }),
      ]),
    );
  });

  it.each<[_InstanceType, string, boolean, string]>([
    ['t2.micro', 'unsupported', true, 'unsupported'],
    ['t3.xlarge', 'default', true, 'unsupported'],
    ['m1.small', 'unsupported', false, 'unsupported'],
    ['m5.large', 'default', true, 'unsupported'],
    ['m5.xlarge', 'default', true, 'supported'],
    ['m7g.medium', 'default', true, 'unsupported'],
    ['m7g.large', 'default', true, 'supported'],
    ['r6i.xlarge', 'default', false, 'supported'],
  ])('tells of %s what it can be launched with', (name, optimized, hibernates, enclaves) => {
    expect(aPlane().call('DescribeInstanceTypes', { InstanceTypes: [name] }).InstanceTypes).toEqual([
      expect.objectContaining({
        EbsInfo: { EbsOptimizedSupport: optimized },
        HibernationSupported: hibernates,
        NitroEnclavesSupport: enclaves,
      }),
    ]);
  });

  it('finds types by filter, in pages, and no others', () => {
    const { call } = aPlane();
    const Filters = [
      { Name: 'processor-info.supported-architecture', Values: ['arm64'] },
      { Name: 'vcpu-info.default-vcpus', Values: ['2'] },
    ];
    const all = call('DescribeInstanceTypes', { Filters }).InstanceTypes ?? [];
    const first = call('DescribeInstanceTypes', { Filters, MaxResults: 5 });
    const rest = call('DescribeInstanceTypes', { Filters, NextToken: idOf(first.NextToken) });
    expect([...(first.InstanceTypes ?? []), ...(rest.InstanceTypes ?? [])]).toEqual(all);
    expect(all.map(({ InstanceType }) => InstanceType)).toContain('t4g.nano');
    expect(refusal(() => call('DescribeInstanceTypes', { InstanceTypes: ['p4d.24xlarge'] }))).toEqual({
      code: 'InvalidInstanceType',
      message: 'The following supplied instance types do not exist: [p4d.24xlarge]',
    });
  });
});

describe('DescribeInstanceTypeOfferings', () => {
  it('tells where a type is offered, by region, zone and zone id', () => {
    const { call } = aPlane({ typesNotOffered: { 'eu-central-1c': ['m7g.large'] } });
    const Filters = [{ Name: 'instance-type', Values: ['m7g.large'] }];
    const locations = (LocationType: 'region' | 'availability-zone' | 'availability-zone-id') =>
      call('DescribeInstanceTypeOfferings', { LocationType, Filters }).InstanceTypeOfferings?.map(
        ({ Location }) => Location,
      );
    const ids = (call('DescribeAvailabilityZones', {}).AvailabilityZones ?? []).map(({ ZoneId }) => ZoneId);
    expect(locations('region')).toEqual(['eu-central-1']);
    expect(locations('availability-zone')).toEqual(['eu-central-1a', 'eu-central-1b']);
    expect(locations('availability-zone-id')).toEqual(ids.slice(0, 2));
  });
});
