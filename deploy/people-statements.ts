// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { DEPLOYMENT } from '../lib/tagging/tag-keys.ts';
import type { Statement } from './policy-document.ts';
import { IMAGES, type Place, SNAPSHOTS } from './statements.ts';

/** What a person who plans reads beside what runs that retire read. */
export function planStatements({ sources, everywhere }: Pick<Place, 'sources' | 'everywhere'>): Statement[] {
  return [
    {
      Sid: 'ReadVolumes',
      Effect: 'Allow',
      Action: ['ec2:DescribeVolumes'],
      // These reads know no resources.
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': sources } },
    },
    {
      Sid: 'ReadBin',
      Effect: 'Allow',
      Action: ['ec2:ListSnapshotsInRecycleBin'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': everywhere } },
    },
  ];
}

/** What a person changes beside what the functions change. */
export function handStatements({ deployment, everywhere }: Place): Statement[] {
  const there = { 'aws:RequestedRegion': everywhere };
  return [
    {
      // Taking something out of the bin destroys nothing, and whose it is shows by its tags once it is out. The guide of
      // the bin has ARNs with an account, which those of images and snapshots are without elsewhere: `*` is both.
      Sid: 'Restore',
      Effect: 'Allow',
      Action: ['ec2:RestoreImageFromRecycleBin', 'ec2:RestoreSnapshotFromRecycleBin'],
      Resource: [
        { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:*:image/*' },
        { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:*:snapshot/*' },
      ],
      Condition: { StringEquals: there },
    },
    {
      // An image that is under no deployment, or that carries the tags of ours.
      Sid: 'Adopt',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: {
        StringEquals: { ...there, [`aws:RequestTag/${DEPLOYMENT}`]: deployment },
        StringEqualsIfExists: { [`aws:ResourceTag/${DEPLOYMENT}`]: deployment },
        'ForAllValues:StringLike': { 'aws:TagKeys': ['amikeep:*'] },
      },
    },
  ];
}
