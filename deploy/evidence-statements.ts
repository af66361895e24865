// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import type { Conditions, Statement, Values } from './policy-document.ts';

/** What a retire run reads. */
export function evidenceStatements(regions: Values): Statement[] {
  const there: Conditions = { StringEquals: { 'aws:RequestedRegion': regions } };
  return [
    {
      Sid: 'Read',
      Effect: 'Allow',
      Action: [
        'ec2:DescribeImageReferences',
        'ec2:DescribeImages',
        'ec2:DescribeImageUsageReportEntries',
        'ec2:DescribeImageUsageReports',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:DescribeLockedSnapshots',
        'ec2:DescribeSnapshots',
        'ec2:ListImagesInRecycleBin',
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeLaunchConfigurations',
        'rbin:ListRules',
        'ssm:DescribeParameters',
      ],
      // These reads know no resources.
      Resource: '*',
      Condition: there,
    },
    {
      Sid: 'ReadSharing',
      Effect: 'Allow',
      Action: ['ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute'],
      // Of what is gone EC2 says so only to who may ask, and that it is gone is worth knowing: no tag is asked for.
      Resource: [
        { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::image/*' },
        { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::snapshot/*' },
      ],
      Condition: there,
    },
    {
      // What is under the account's default key can't be shared, so whom it is shared with need not be asked of each.
      Sid: 'TellKeys',
      Effect: 'Allow',
      Action: ['kms:DescribeKey'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*' },
      Condition: there,
    },
    {
      Sid: 'ReadBinRules',
      Effect: 'Allow',
      Action: ['rbin:GetRule'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:rbin:*:${AWS::AccountId}:rule/*' },
      Condition: there,
    },
    {
      // Any parameter may name an image. Launch templates name those that AWS publishes and that others share, too.
      Sid: 'ReadParameters',
      Effect: 'Allow',
      Action: ['ssm:GetParameters'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:*:parameter/*' },
      Condition: there,
    },
    {
      // What DescribeImageReferences looks through in the caller's name.
      Sid: 'ReadReferences',
      Effect: 'Allow',
      Action: ['imagebuilder:ListContainerRecipes', 'imagebuilder:ListImageRecipes'],
      Resource: '*',
      Condition: { ...there, ...throughImageReferences },
    },
    {
      Sid: 'ReadRecipes',
      Effect: 'Allow',
      Action: ['imagebuilder:GetContainerRecipe'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:imagebuilder:*:*:container-recipe/*' },
      Condition: { ...there, ...throughImageReferences },
    },
  ];
}

const throughImageReferences: Conditions = {
  'ForAnyValue:StringEquals': { 'aws:CalledVia': ['ec2-images.amazonaws.com'] },
};
