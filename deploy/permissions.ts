// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import type { PolicyFile } from '../lib/policy/policy.ts';
import {
  COPY_ATTEMPTS_PREFIX,
  DEPLOYMENT,
  DEPRECATED,
  DISABLED,
  ENDED,
  HOLD,
  RETIRE,
  SHARED_PREFIX,
} from '../lib/tagging/tag-keys.ts';

/** A statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The tags that may be written on what is ours already. */
const WRITTEN_LATER = [RETIRE, DEPRECATED, DISABLED, `${SHARED_PREFIX}*`, ENDED, HOLD, `${COPY_ATTEMPTS_PREFIX}*`];

const IMAGES = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::image/*' };
const SNAPSHOTS = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::snapshot/*' };

/**
 * What the functions may do. EC2 itself enforces ownership: what changes an image or a snapshot is allowed only where
 * the deployment's tag stands on it already, or is written by the call that creates it.
 */
export function permissionsOf(file: PolicyFile): Statement[] {
  const ownedBefore = { [`aws:ResourceTag/${DEPLOYMENT}`]: file.deployment };
  const ownedFromBirth = { [`aws:RequestTag/${DEPLOYMENT}`]: file.deployment };
  return [
    {
      Sid: 'Read',
      Effect: 'Allow',
      Action: [
        'ec2:DescribeImageAttribute',
        'ec2:DescribeImageReferences',
        'ec2:DescribeImages',
        'ec2:DescribeImageUsageReportEntries',
        'ec2:DescribeImageUsageReports',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:DescribeLockedSnapshots',
        'ec2:DescribeSnapshotAttribute',
        'ec2:DescribeSnapshots',
        'ec2:ListImagesInRecycleBin',
        'ec2:ListSnapshotsInRecycleBin',
        'ec2:DescribeVolumes',
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeLaunchConfigurations',
        'ssm:DescribeParameters',
      ],
      // These reads know no resources.
      Resource: '*',
    },
    {
      // Launch templates name parameters, those that AWS publishes and that others share among them.
      Sid: 'ReadParameters',
      Effect: 'Allow',
      Action: ['ssm:GetParameters'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:*:parameter/*' },
    },
    {
      // What DescribeImageReferences looks through in the caller's name.
      Sid: 'ReadReferences',
      Effect: 'Allow',
      Action: ['imagebuilder:GetContainerRecipe', 'imagebuilder:ListContainerRecipes', 'imagebuilder:ListImageRecipes'],
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['ec2-images.amazonaws.com'] } },
    },
    {
      Sid: 'ReadRecycleBinRules',
      Effect: 'Allow',
      Action: ['rbin:GetRule', 'rbin:ListRules'],
      // Listing knows no resources, and what is listed is read.
      Resource: '*',
    },
    {
      Sid: 'CreateFromInstances',
      Effect: 'Allow',
      Action: ['ec2:CreateImage'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*' },
    },
    {
      Sid: 'CreateTagged',
      Effect: 'Allow',
      Action: ['ec2:CreateImage'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: { StringEquals: ownedFromBirth },
    },
    {
      Sid: 'Copy',
      Effect: 'Allow',
      Action: ['ec2:CopyImage'],
      // The source is one of these resources too, and EC2 offers no key for its tags here.
      Resource: [IMAGES, SNAPSHOTS],
    },
    {
      Sid: 'TagOnCreation',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: { StringEquals: { 'ec2:CreateAction': ['CreateImage', 'CopyImage'], ...ownedFromBirth } },
    },
    {
      Sid: 'MarkOwn',
      Effect: 'Allow',
      Action: ['ec2:CreateTags', 'ec2:DeleteTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: {
        StringEquals: ownedBefore,
        // Not the tags that say whose an image is: those are written once, by the call that creates it.
        'ForAllValues:StringLike': { 'aws:TagKeys': WRITTEN_LATER },
        Null: { 'aws:TagKeys': 'false' },
      },
    },
    {
      Sid: 'RetireOwn',
      Effect: 'Allow',
      Action: [
        'ec2:DeregisterImage',
        'ec2:DeleteSnapshot',
        'ec2:DisableImage',
        'ec2:DisableImageDeprecation',
        'ec2:EnableImage',
        'ec2:EnableImageDeprecation',
        'ec2:ModifyImageAttribute',
      ],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: { StringEquals: ownedBefore },
    },
    {
      Sid: 'AskWhoUses',
      Effect: 'Allow',
      Action: ['ec2:CreateImageUsageReport'],
      Resource: [IMAGES, { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:image-usage-report/*' }],
    },
    ...(file.policies.some(({ copies }) => copies.length > 0) ? keyPermissions() : []),
    {
      Sid: 'Tell',
      Effect: 'Allow',
      Action: ['events:PutEvents'],
      Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
    },
  ];
}

/**
 * Copying an encrypted snapshot reads with the source's key and writes with the copy's, in the caller's name. A key is
 * used through EBS only; which keys, their own policies say. Without this EC2 takes the call and the copy fails later.
 */
function keyPermissions(): Statement[] {
  const Resource = { 'Fn::Sub': 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*' };
  const throughEc2 = { 'kms:ViaService': 'ec2.*.amazonaws.com' };
  return [
    {
      Sid: 'UseKeysForCopies',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource,
      Condition: { StringLike: throughEc2 },
    },
    {
      Sid: 'LendKeysForCopies',
      Effect: 'Allow',
      Action: ['kms:CreateGrant'],
      Resource,
      Condition: { StringLike: throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
}
