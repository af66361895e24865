import {
  _InstanceType,
  type ArchitectureType,
  type BootModeType,
  type EbsOptimizedSupport,
  type EnaSupport,
  type InstanceTypeHypervisor,
  type NitroEnclavesSupport,
  type NitroTpmSupport,
} from '@aws-sdk/client-ec2';

/** What a launch and its checks want to know of a type (API reference, DescribeInstanceTypes). */
export interface InstanceTypeFacts {
  readonly name: _InstanceType;
  readonly architectures: readonly ArchitectureType[];
  readonly hypervisor: InstanceTypeHypervisor;
  readonly bootModes: readonly BootModeType[];
  readonly nitroTpm: NitroTpmSupport;
  readonly ena: EnaSupport;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly isCurrent: boolean;
  readonly isBurstable: boolean;
  readonly ebsOptimized: EbsOptimizedSupport;
  readonly hibernates: boolean;
  readonly enclaves: NitroEnclavesSupport;
}

interface Kind extends Omit<InstanceTypeFacts, 'name' | 'vcpus' | 'memoryMiB' | 'enclaves'> {
  /** From how many vCPUs on a size has room for an enclave beside its own (Nitro Enclaves User Guide, Requirements). */
  readonly enclavesFrom: number;
}

const INTEL: Kind = {
  architectures: ['x86_64'],
  hypervisor: 'nitro',
  bootModes: ['legacy-bios', 'uefi'],
  nitroTpm: 'supported',
  ena: 'required',
  isCurrent: true,
  isBurstable: false,
  ebsOptimized: 'default',
  hibernates: true,
  enclavesFrom: 4,
};

const GRAVITON: Kind = { ...INTEL, architectures: ['arm64'], bootModes: ['uefi'], enclavesFrom: 2 };

const BURSTABLE = { isBurstable: true, enclavesFrom: Number.POSITIVE_INFINITY };

/** Of the time before Nitro. */
const XEN: Kind = {
  ...INTEL,
  architectures: ['i386', 'x86_64'],
  hypervisor: 'xen',
  bootModes: ['legacy-bios'],
  nitroTpm: 'unsupported',
  ena: 'unsupported',
  ebsOptimized: 'unsupported',
  enclavesFrom: Number.POSITIVE_INFINITY,
};

/** By the name of a size its vCPUs, and the GiB of memory that come with each of them. */
type Sizes = Readonly<Record<string, readonly [vcpus: number, gibPerVcpu: number]>>;

const burstable: Sizes = {
  nano: [2, 0.25],
  micro: [2, 0.5],
  small: [2, 1],
  medium: [2, 2],
  large: [2, 4],
  xlarge: [4, 4],
  '2xlarge': [8, 4],
};

const burstableOnXen: Sizes = { ...burstable, nano: [1, 0.5], micro: [1, 1], small: [1, 2] };

function sizes(gibPerVcpu: number): Sizes {
  return {
    large: [2, gibPerVcpu],
    xlarge: [4, gibPerVcpu],
    '2xlarge': [8, gibPerVcpu],
    '4xlarge': [16, gibPerVcpu],
  };
}

function sizesOfGraviton(gibPerVcpu: number): Sizes {
  return { medium: [1, gibPerVcpu], ...sizes(gibPerVcpu) };
}

interface Family {
  readonly kind: Kind;
  readonly sizes: Sizes;
}

const FAMILIES: Readonly<Record<string, Family>> = {
  c5: { kind: INTEL, sizes: sizes(2) },
  c6i: { kind: INTEL, sizes: sizes(2) },
  c7g: { kind: GRAVITON, sizes: sizesOfGraviton(2) },
  m1: { kind: { ...XEN, isCurrent: false, hibernates: false }, sizes: { small: [1, 1.7] } },
  m5: { kind: INTEL, sizes: sizes(4) },
  m6g: { kind: { ...GRAVITON, nitroTpm: 'unsupported' }, sizes: sizesOfGraviton(4) },
  m6i: { kind: INTEL, sizes: sizes(4) },
  m7g: { kind: GRAVITON, sizes: sizesOfGraviton(4) },
  m7i: { kind: INTEL, sizes: sizes(4) },
  r6i: { kind: { ...INTEL, hibernates: false }, sizes: sizes(8) },
  r7g: { kind: GRAVITON, sizes: sizesOfGraviton(8) },
  t2: { kind: { ...XEN, ...BURSTABLE }, sizes: burstableOnXen },
  t3: { kind: { ...INTEL, ...BURSTABLE }, sizes: burstable },
  t3a: { kind: { ...INTEL, ...BURSTABLE }, sizes: burstable },
  t4g: { kind: { ...GRAVITON, nitroTpm: 'unsupported', ...BURSTABLE }, sizes: burstable },
};

/** The types that the sandbox knows, of all those that the SDK has names for. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceTypeFacts> = new Map(
  Object.values(_InstanceType).flatMap((name): [string, InstanceTypeFacts][] => {
    const [family = '', size = ''] = name.split('.');
    const known = FAMILIES[family];
    const [vcpus, gibPerVcpu] = known?.sizes[size] ?? [];
    if (known === undefined || vcpus === undefined || gibPerVcpu === undefined) return [];
    const { enclavesFrom, ...kind } = known.kind;
    const enclaves: NitroEnclavesSupport = vcpus >= enclavesFrom ? 'supported' : 'unsupported';
    return [[name, { ...kind, name, vcpus, memoryMiB: Math.floor(vcpus * gibPerVcpu * 1_024), enclaves }]];
  }),
);
