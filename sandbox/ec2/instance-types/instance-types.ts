import type {
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { instanceTypesUnknown } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, asText, compileFilters, filterTable } from '../requests/filters.ts';
import { instanceTypesNotModelled } from '../requests/filters-of-networks.ts';
import { tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { INSTANCE_TYPES, type InstanceTypeFacts } from './table.ts';

const filters = filterTable<InstanceTypeInfo>(
  {
    'bare-metal': (type) => asText(type.BareMetal),
    'burstable-performance-supported': (type) => asText(type.BurstablePerformanceSupported),
    'current-generation': (type) => asText(type.CurrentGeneration),
    hypervisor: (type) => type.Hypervisor,
    'instance-type': (type) => type.InstanceType,
    'memory-info.size-in-mib': (type) => asText(type.MemoryInfo?.SizeInMiB),
    'network-info.ena-support': (type) => type.NetworkInfo?.EnaSupport,
    'nitro-tpm-support': (type) => type.NitroTpmSupport,
    'processor-info.supported-architecture': (type) => type.ProcessorInfo?.SupportedArchitectures,
    'supported-boot-mode': (type) => type.SupportedBootModes,
    'supported-root-device-type': (type) => type.SupportedRootDeviceTypes,
    'supported-virtualization-type': (type) => type.SupportedVirtualizationTypes,
    'vcpu-info.default-vcpus': (type) => asText(type.VCpuInfo?.DefaultVCpus),
  },
  instanceTypesNotModelled,
);

const rule: PageRule = {
  operation: 'DescribeInstanceTypes',
  least: 5,
  most: 100,
  beyond: 'refused',
  idList: 'instanceTypes',
};

const LISTED = [...INSTANCE_TYPES.values()].map((facts, seq) => ({ seq, shown: shownType(facts) }));

export function instanceTypeOperations(plane: Plane) {
  return {
    DescribeInstanceTypes: operation<DescribeInstanceTypesCommandInput, Answer<DescribeInstanceTypesCommandOutput>>(
      ['InstanceTypes', 'Filters', 'MaxResults', 'NextToken'],
      ({ InstanceTypes: names = [], Filters, ...request }, { region }) => {
        const behaviour = plane.behaviour(region);
        const cursor = readCursor(request, rule, names, behaviour);
        const compiled = compileFilters(Filters, filters, behaviour);
        const unknown = names.filter((name) => !INSTANCE_TYPES.has(name));
        if (unknown.length > 0) throw instanceTypesUnknown(unknown);
        const wanted = new Set<string | undefined>(names);
        const page = fillPage([LISTED], cursor, ({ shown }) =>
          (wanted.size === 0 || wanted.has(shown.InstanceType)) && allHold(compiled, shown) ? shown : undefined,
        );
        return { InstanceTypes: page.items, ...tokenOf(page) };
      },
    ),
  };
}

function shownType(facts: InstanceTypeFacts): InstanceTypeInfo {
  return view<InstanceTypeInfo>({
    InstanceType: facts.name,
    CurrentGeneration: facts.isCurrent,
    BareMetal: false,
    Hypervisor: facts.hypervisor,
    ProcessorInfo: { SupportedArchitectures: [...facts.architectures] },
    VCpuInfo: { DefaultVCpus: facts.vcpus },
    MemoryInfo: { SizeInMiB: facts.memoryMiB },
    NetworkInfo: { EnaSupport: facts.ena },
    SupportedBootModes: [...facts.bootModes],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    NitroTpmSupport: facts.nitroTpm,
    NitroEnclavesSupport: facts.enclaves,
    EbsInfo: { EbsOptimizedSupport: facts.ebsOptimized },
    HibernationSupported: facts.hibernates,
    BurstablePerformanceSupported: facts.isBurstable,
  });
}
