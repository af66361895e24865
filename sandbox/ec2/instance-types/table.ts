import {
  _InstanceType,
  type ArchitectureType,
  type BootModeType,
  type EnaSupport,
  type InstanceTypeHypervisor,
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
}

type Kind = Omit<InstanceTypeFacts, 'name' | 'vcpus' | 'memoryMiB'>;

const INTEL: Kind = {
  architectures: ['x86_64'],
  hypervisor: 'nitro',
  bootModes: ['legacy-bios', 'uefi'],
  nitroTpm: 'supported',
  ena: 'required',
  isCurrent: true,
  isBurstable: false,
};

const GRAVITON: Kind = { ...INTEL, architectures: ['arm64'], bootModes: ['uefi'] };

/** Of the time before Nitro. */
const XEN: Kind = {
  ...INTEL,
  architectures: ['i386', 'x86_64'],
  hypervisor: 'xen',
  bootModes: ['legacy-bios'],
  nitroTpm: 'unsupported',
  ena: 'unsupported',
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
  m1: { kind: { ...XEN, isCurrent: false }, sizes: { small: [1, 1.7] } },
  m5: { kind: INTEL, sizes: sizes(4) },
  m6g: { kind: { ...GRAVITON, nitroTpm: 'unsupported' }, sizes: sizesOfGraviton(4) },
  m6i: { kind: INTEL, sizes: sizes(4) },
  m7g: { kind: GRAVITON, sizes: sizesOfGraviton(4) },
  m7i: { kind: INTEL, sizes: sizes(4) },
  r6i: { kind: INTEL, sizes: sizes(8) },
  r7g: { kind: GRAVITON, sizes: sizesOfGraviton(8) },
  t2: { kind: { ...XEN, isBurstable: true }, sizes: burstableOnXen },
  t3: { kind: { ...INTEL, isBurstable: true }, sizes: burstable },
  t3a: { kind: { ...INTEL, isBurstable: true }, sizes: burstable },
  t4g: { kind: { ...GRAVITON, nitroTpm: 'unsupported', isBurstable: true }, sizes: burstable },
};

/** The types that the sandbox knows, of all those that the SDK has names for. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceTypeFacts> = new Map(
  Object.values(_InstanceType).flatMap((name): [string, InstanceTypeFacts][] => {
    const [family = '', size = ''] = name.split('.');
    const known = FAMILIES[family];
    const [vcpus, gibPerVcpu] = known?.sizes[size] ?? [];
    if (known === undefined || vcpus === undefined || gibPerVcpu === undefined) return [];
    return [[name, { ...known.kind, name, vcpus, memoryMiB: Math.floor(vcpus * gibPerVcpu * 1_024) }]];
  }),
);
