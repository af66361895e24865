import type { Volume, VolumeType } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { invalidValue, volumeUnfit } from '../errors.ts';

interface Range {
  readonly least: number;
  readonly most: number;
}

interface TypeRule {
  /** GiB. */
  readonly size: Range;
  /** Operations a second that can be asked for; absent where none can be. */
  readonly iops?: Range;
  /** What it has where none is asked for; absent where that has to be said. */
  readonly defaultIops?: (size: number) => number;
  /** MiB a second. */
  readonly throughput?: Range;
}

/** API reference, CreateVolume: sizes, IOPS and throughput of each type. */
const types: ReadonlyMap<string, TypeRule> = new Map<VolumeType, TypeRule>([
  // Three a GiB, by the EBS User Guide (General Purpose SSD volumes).
  ['gp2', { size: { least: 1, most: 16_384 }, defaultIops: (size) => Math.min(16_000, Math.max(100, 3 * size)) }],
  [
    'gp3',
    {
      size: { least: 1, most: 65_536 },
      iops: { least: 3_000, most: 80_000 },
      defaultIops: () => 3_000,
      throughput: { least: 125, most: 2_000 },
    },
  ],
  ['io1', { size: { least: 4, most: 16_384 }, iops: { least: 100, most: 64_000 } }],
  ['io2', { size: { least: 4, most: 65_536 }, iops: { least: 100, most: 256_000 } }],
  ['st1', { size: { least: 125, most: 16_384 } }],
  ['sc1', { size: { least: 125, most: 16_384 } }],
  ['standard', { size: { least: 1, most: 1_024 } }],
]);

export interface WantedVolume {
  readonly type: VolumeType;
  readonly size: number;
  readonly iops: number | undefined;
  readonly throughput: number | undefined;
}

/**
 * What a volume of a type has, where the call asks for nothing that the type does not take.
 *
 * @throws InvalidParameterValue for a type that is none; the codes of the behaviour for its size and its performance.
 */
export function performanceOf(
  { type, size, iops, throughput }: WantedVolume,
  { volumeSizeCode, volumePerformanceCode }: Ec2Behaviour,
): Pick<Volume, 'Iops' | 'Throughput'> {
  const rule = types.get(type);
  if (!rule) throw invalidValue(`Value (${type}) for parameter volumeType is invalid.`);
  if (!isWithin(size, rule.size)) {
    const { least, most } = rule.size;
    throw volumeUnfit(volumeSizeCode, `A volume of the type ${type} has ${least} to ${most} GiB, and not ${size}.`);
  }
  const refuse = (what: string) => volumeUnfit(volumePerformanceCode, `The parameter ${what} volumes.`);
  if (iops === undefined && rule.iops && !rule.defaultIops) throw refuse(`iops must be specified for ${type}`);
  if (iops !== undefined && !rule.iops) throw refuse(`iops is not supported for ${type}`);
  if (throughput !== undefined && !rule.throughput) throw refuse(`throughput is not supported for ${type}`);
  if (iops !== undefined && rule.iops && !isWithin(iops, rule.iops)) {
    throw invalidValue(`Volume iops of ${iops} is not between ${rule.iops.least} and ${rule.iops.most}.`);
  }
  if (throughput !== undefined && rule.throughput && !isWithin(throughput, rule.throughput)) {
    const { least, most } = rule.throughput;
    throw invalidValue(`Volume throughput of ${throughput} is not between ${least} and ${most}.`);
  }
  return { Iops: iops ?? rule.defaultIops?.(size), Throughput: throughput ?? rule.throughput?.least };
}

function isWithin(value: number, { least, most }: Range): boolean {
  return value >= least && value <= most;
}
