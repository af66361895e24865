import { DescribeAutoScalingGroupsCommand, DescribeLaunchConfigurationsCommand } from '@aws-sdk/client-auto-scaling';
import {
  CopyImageCommand,
  CreateImageCommand,
  CreateImageUsageReportCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImageReferencesCommand,
  DescribeImagesCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeLockedSnapshotsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  type EC2Client,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ListImagesInRecycleBinCommand,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { DescribeParametersCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Right, Subjects } from '../../doctor/rights.ts';
import type { Target } from '../../model/ids.ts';
import { DAY, type Instant } from '../../model/time.ts';
import { DEPLOYMENT, RETIRE } from '../../tagging/tag-keys.ts';
import type { Caller, CallResult } from './caller.ts';
import { ListRulesCommand } from './recycle-bin-client.ts';

type Attempt = (caller: Caller, target: Target, subjects: Subjects) => Promise<CallResult<unknown>>;

/**
 * Makes the call that a right is for: EC2's as dry runs, the reads of services that know none for the smallest page.
 * EC2 answers a dry run that would succeed with the error `DryRunOperation`.
 */
export function attempt(
  caller: Caller,
  target: Target,
  right: Right,
  subjects: Subjects,
): Promise<CallResult<unknown>> {
  return ATTEMPTS[right](caller, target, subjects);
}

/** No image and no parameter of this name is ever made. */
const NAME = 'amikeep-doctor';

const DryRun = true;

const ATTEMPTS: Readonly<Record<Right, Attempt>> = {
  'ec2:DescribeInstances': dry('DescribeInstances', (ec2) => ec2.send(new DescribeInstancesCommand({ DryRun }))),
  'ec2:DescribeImages': dry('DescribeImages', (ec2) =>
    ec2.send(new DescribeImagesCommand({ Owners: ['self'], DryRun })),
  ),
  'ec2:DescribeVolumes': dry('DescribeVolumes', (ec2) => ec2.send(new DescribeVolumesCommand({ DryRun }))),
  'ec2:DescribeInstanceStatus': dry('DescribeInstanceStatus', (ec2) =>
    ec2.send(new DescribeInstanceStatusCommand({ DryRun })),
  ),
  'ec2:DescribeNetworkInterfaces': dry('DescribeNetworkInterfaces', (ec2) =>
    ec2.send(new DescribeNetworkInterfacesCommand({ DryRun })),
  ),
  'ec2:DescribeRouteTables': dry('DescribeRouteTables', (ec2) => ec2.send(new DescribeRouteTablesCommand({ DryRun }))),
  'ec2:DescribeSecurityGroups': dry('DescribeSecurityGroups', (ec2) =>
    ec2.send(new DescribeSecurityGroupsCommand({ DryRun })),
  ),
  'ec2:DescribeSubnets': dry('DescribeSubnets', (ec2) => ec2.send(new DescribeSubnetsCommand({ DryRun }))),
  'ec2:DescribeSnapshots': dry('DescribeSnapshots', (ec2) =>
    ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], DryRun })),
  ),
  'ec2:DescribeLaunchTemplates': dry('DescribeLaunchTemplates', (ec2) =>
    ec2.send(new DescribeLaunchTemplatesCommand({ DryRun })),
  ),
  'ec2:DescribeLaunchTemplateVersions': dry('DescribeLaunchTemplateVersions', (ec2) =>
    ec2.send(new DescribeLaunchTemplateVersionsCommand({ Versions: ['$Default'], DryRun })),
  ),
  'ec2:DescribeImageUsageReports': dry('DescribeImageUsageReports', (ec2) =>
    ec2.send(new DescribeImageUsageReportsCommand({ DryRun })),
  ),
  'ec2:DescribeImageUsageReportEntries': dry('DescribeImageUsageReportEntries', (ec2) =>
    ec2.send(new DescribeImageUsageReportEntriesCommand({ DryRun })),
  ),
  'ec2:DescribeLockedSnapshots': dry('DescribeLockedSnapshots', (ec2) =>
    ec2.send(new DescribeLockedSnapshotsCommand({ DryRun })),
  ),
  'ec2:ListImagesInRecycleBin': dry('ListImagesInRecycleBin', (ec2) =>
    ec2.send(new ListImagesInRecycleBinCommand({ DryRun })),
  ),
  'ec2:DescribeImageReferences': dry('DescribeImageReferences', (ec2, { image }) =>
    ec2.send(new DescribeImageReferencesCommand({ ImageIds: listed(image), IncludeAllResourceTypes: true, DryRun })),
  ),
  'ec2:DescribeImageAttribute': dry('DescribeImageAttribute', (ec2, { image }) =>
    ec2.send(new DescribeImageAttributeCommand({ ImageId: image, Attribute: 'launchPermission', DryRun })),
  ),
  'ec2:DescribeSnapshotAttribute': dry('DescribeSnapshotAttribute', (ec2, { snapshot }) =>
    ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId: snapshot, Attribute: 'createVolumePermission', DryRun }),
    ),
  ),
  'ec2:CreateImage': dry('CreateImage', (ec2, { deployment, instance }) =>
    ec2.send(
      new CreateImageCommand({
        InstanceId: instance,
        Name: NAME,
        NoReboot: true,
        TagSpecifications: ownedFromBirth(deployment),
        DryRun,
      }),
    ),
  ),
  'ec2:CopyImage': dry('CopyImage', (ec2, { deployment, source }) =>
    ec2.send(
      new CopyImageCommand({
        Name: NAME,
        SourceImageId: source?.image,
        SourceRegion: source?.region,
        TagSpecifications: ownedFromBirth(deployment),
        DryRun,
      }),
    ),
  ),
  'ec2:CreateImageUsageReport': dry('CreateImageUsageReport', (ec2, { image }) =>
    ec2.send(
      new CreateImageUsageReportCommand({
        ImageId: image,
        ResourceTypes: [{ ResourceType: 'ec2:Instance' }],
        DryRun,
      }),
    ),
  ),
  'ec2:CreateTags': dry('CreateTags', (ec2, { image }) =>
    ec2.send(new CreateTagsCommand({ Resources: listed(image), Tags: [{ Key: RETIRE, Value: NAME }], DryRun })),
  ),
  'ec2:DeleteTags': dry('DeleteTags', (ec2, { image }) =>
    ec2.send(new DeleteTagsCommand({ Resources: listed(image), Tags: [{ Key: RETIRE }], DryRun })),
  ),
  'ec2:EnableImageDeprecation': dry('EnableImageDeprecation', (ec2, { image }, { now }) =>
    ec2.send(new EnableImageDeprecationCommand({ ImageId: image, DeprecateAt: new Date(now + DAY), DryRun })),
  ),
  'ec2:DisableImageDeprecation': dry('DisableImageDeprecation', (ec2, { image }) =>
    ec2.send(new DisableImageDeprecationCommand({ ImageId: image, DryRun })),
  ),
  'ec2:DisableImage': dry('DisableImage', (ec2, { image }) =>
    ec2.send(new DisableImageCommand({ ImageId: image, DryRun })),
  ),
  'ec2:EnableImage': dry('EnableImage', (ec2, { image }) =>
    ec2.send(new EnableImageCommand({ ImageId: image, DryRun })),
  ),
  'ec2:DeregisterImage': dry('DeregisterImage', (ec2, { image }) =>
    ec2.send(new DeregisterImageCommand({ ImageId: image, DeleteAssociatedSnapshots: true, DryRun })),
  ),
  'ec2:DeleteSnapshot': dry('DeleteSnapshot', (ec2, { snapshot }) =>
    ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot, DryRun })),
  ),
  'autoscaling:DescribeAutoScalingGroups': (caller, target) =>
    caller
      .to('autoScaling')
      .call(target, 'DescribeAutoScalingGroups', (client) =>
        client.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 1 })),
      ),
  'autoscaling:DescribeLaunchConfigurations': (caller, target) =>
    caller
      .to('autoScaling')
      .call(target, 'DescribeLaunchConfigurations', (client) =>
        client.send(new DescribeLaunchConfigurationsCommand({ MaxRecords: 1 })),
      ),
  'ssm:DescribeParameters': (caller, target) =>
    caller
      .to('ssm')
      .call(target, 'DescribeParameters', (client) => client.send(new DescribeParametersCommand({ MaxResults: 1 }))),
  // A name that does not exist is answered as that, to whoever may ask.
  'ssm:GetParameters': (caller, target) =>
    caller
      .to('ssm')
      .call(target, 'GetParameters', (client) => client.send(new GetParametersCommand({ Names: [NAME] }))),
  'rbin:ListRules': (caller, target) =>
    caller
      .to('recycleBin')
      .call(target, 'ListRules', (client) =>
        client.send(new ListRulesCommand({ ResourceType: 'EC2_IMAGE', MaxResults: 1 })),
      ),
};

type Around = { readonly target: Target; readonly now: Instant };

function dry(action: string, send: (ec2: EC2Client, subjects: Subjects, around: Around) => Promise<unknown>): Attempt {
  return (caller, target, subjects) =>
    caller.call(target, action, (client) => send(client, subjects, { target, now: caller.now() }));
}

function listed<Id>(id: Id | undefined): Id[] {
  return id === undefined ? [] : [id];
}

function ownedFromBirth(deployment: string): TagSpecification[] {
  const Tags = [{ Key: DEPLOYMENT, Value: deployment }];
  return [
    { ResourceType: 'image', Tags },
    { ResourceType: 'snapshot', Tags },
  ];
}
