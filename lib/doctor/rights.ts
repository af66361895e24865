import type { ImageId, InstanceId, Region, SnapshotId } from '../model/ids.ts';

/** What calls are tried on. Nothing of it is changed. */
export interface Subjects {
  readonly deployment: string;
  /** One that a policy selects. */
  readonly instance?: InstanceId;
  /** One of the deployment's own, in the region of the call. */
  readonly image?: ImageId;
  readonly snapshot?: SnapshotId;
  /** One of the deployment's own, in a region from which copies are made. */
  readonly source?: { readonly image: ImageId; readonly region: Region };
}

/** The functions whose calls are tried, each where it makes them: `copy` in the region of the copy. */
export const TRIED_ACTIONS = ['snapshot', 'copy', 'retire', 'drill'] as const;
export type TriedAction = (typeof TRIED_ACTIONS)[number];

interface Needed {
  readonly right: string;
  readonly by: readonly TriedAction[];
  /** Without what there is nothing to try it on. */
  readonly needs?: Exclude<keyof Subjects, 'deployment'>;
}

/**
 * The rights that the functions need and that can be tried without changing anything, under IAM's names. What is left
 * out can't: what EC2 does in the caller's name with keys and Image Builder, and reading a rule that there may not be.
 */
export const RIGHTS = [
  { right: 'ec2:DescribeInstances', by: ['snapshot', 'retire', 'drill'] },
  { right: 'ec2:DescribeImages', by: ['snapshot', 'copy', 'retire', 'drill'] },
  { right: 'ec2:DescribeVolumes', by: ['snapshot', 'drill'] },
  { right: 'ec2:DescribeInstanceStatus', by: ['drill'] },
  { right: 'ec2:DescribeNetworkInterfaces', by: ['drill'] },
  { right: 'ec2:DescribeRouteTables', by: ['drill'] },
  { right: 'ec2:DescribeSecurityGroups', by: ['drill'] },
  { right: 'ec2:DescribeSubnets', by: ['drill'] },
  // Together with the tags that it writes.
  { right: 'ec2:CreateImage', by: ['snapshot'], needs: 'instance' },
  { right: 'ec2:CopyImage', by: ['copy'], needs: 'source' },
  { right: 'ec2:DescribeSnapshots', by: ['retire'] },
  { right: 'ec2:DescribeLaunchTemplates', by: ['retire'] },
  { right: 'ec2:DescribeLaunchTemplateVersions', by: ['retire'] },
  { right: 'ec2:DescribeImageUsageReports', by: ['retire'] },
  { right: 'ec2:DescribeImageUsageReportEntries', by: ['retire'] },
  { right: 'ec2:DescribeLockedSnapshots', by: ['retire'] },
  { right: 'ec2:ListImagesInRecycleBin', by: ['retire'] },
  { right: 'autoscaling:DescribeAutoScalingGroups', by: ['retire'] },
  { right: 'autoscaling:DescribeLaunchConfigurations', by: ['retire'] },
  { right: 'ssm:DescribeParameters', by: ['retire'] },
  { right: 'ssm:GetParameters', by: ['retire'] },
  { right: 'rbin:ListRules', by: ['retire'] },
  { right: 'ec2:DescribeImageReferences', by: ['retire'], needs: 'image' },
  { right: 'ec2:DescribeImageAttribute', by: ['retire'], needs: 'image' },
  { right: 'ec2:CreateImageUsageReport', by: ['retire'], needs: 'image' },
  { right: 'ec2:CreateTags', by: ['retire'], needs: 'image' },
  { right: 'ec2:DeleteTags', by: ['retire'], needs: 'image' },
  { right: 'ec2:EnableImageDeprecation', by: ['retire'], needs: 'image' },
  { right: 'ec2:DisableImageDeprecation', by: ['retire'], needs: 'image' },
  { right: 'ec2:DisableImage', by: ['retire'], needs: 'image' },
  { right: 'ec2:EnableImage', by: ['retire'], needs: 'image' },
  { right: 'ec2:DeregisterImage', by: ['retire'], needs: 'image' },
  { right: 'ec2:DescribeSnapshotAttribute', by: ['retire'], needs: 'snapshot' },
  { right: 'ec2:DeleteSnapshot', by: ['retire'], needs: 'snapshot' },
] as const satisfies readonly Needed[];

export type Right = (typeof RIGHTS)[number]['right'];

/** A right that one of the functions needs. */
export interface NeededRight extends Needed {
  readonly right: Right;
}

export function rightsOf(action: TriedAction): NeededRight[] {
  const all: readonly NeededRight[] = RIGHTS;
  return all.filter(({ by }) => by.includes(action));
}
