import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
  type LaunchConfiguration,
  type LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling';
import { type ImageId, isImageId, type Target } from '../../model/ids.ts';
import { partialReading, type Reading } from '../../model/reading.ts';
import type { Caller } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import { isParameterReference, type ParameterReference } from './parameters.ts';

/** As many as Auto Scaling gives a page. */
const PAGE = 100;

/** A launch template as something else names it: by id where that is known. */
export type NamedTemplate = ({ readonly id: string } | { readonly name: string }) & {
  /** A number, `$Latest` or `$Default`, which mean what they mean when an instance is launched. */
  readonly version: string;
};

/** What a launch configuration or an Auto Scaling group would launch from: one of `image` and `template`. */
export interface ScalingReference {
  readonly by: { readonly kind: 'launch configuration' | 'auto scaling group'; readonly id: string };
  readonly image?: ImageId | ParameterReference;
  readonly template?: NamedTemplate;
}

/**
 * What Auto Scaling would launch instances from: the images of all launch configurations, whether a group is attached to
 * them or not, and of each group, also one that is scaled to zero, its launch template and those and the images of its
 * overrides.
 */
export async function readScalingGroups(caller: Caller, target: Target): Promise<Reading<readonly ScalingReference[]>> {
  const source = 'Auto Scaling';
  const at = caller.now();
  const [groups, configurations] = await Promise.all([
    readGroups(caller.to('autoScaling'), target),
    readConfigurations(caller.to('autoScaling'), target),
  ]);
  const found = joinReadings(source, at, [
    { ...groups, value: groups.value.flatMap(referencesOfGroup) },
    { ...configurations, value: configurations.value.flatMap(referencesOfConfiguration) },
  ]);
  const unread = found.complete ? attachedUnread(groups.value, configurations.value) : undefined;
  if (unread === undefined) return found;
  return partialReading(source, found.at, found.value, unread);
}

function readGroups(caller: Caller<'autoScaling'>, target: Target): Promise<Reading<readonly AutoScalingGroup[]>> {
  return readPages(caller, target, 'Auto Scaling groups', 'DescribeAutoScalingGroups', async (client, token) => {
    const answer = await client.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: PAGE, NextToken: token }));
    return { items: answer.AutoScalingGroups ?? [], next: answer.NextToken };
  });
}

function readConfigurations(
  caller: Caller<'autoScaling'>,
  target: Target,
): Promise<Reading<readonly LaunchConfiguration[]>> {
  return readPages(caller, target, 'launch configurations', 'DescribeLaunchConfigurations', async (client, token) => {
    const answer = await client.send(new DescribeLaunchConfigurationsCommand({ MaxRecords: PAGE, NextToken: token }));
    return { items: answer.LaunchConfigurations ?? [], next: answer.NextToken };
  });
}

/** A launch configuration that is attached exists, so one that was not read came while the pages were being read. */
function attachedUnread(
  groups: readonly AutoScalingGroup[],
  configurations: readonly LaunchConfiguration[],
): string | undefined {
  const read = new Set(configurations.map(({ LaunchConfigurationName }) => LaunchConfigurationName));
  const group = groups.find(({ LaunchConfigurationName: name }) => name && !read.has(name));
  return (
    group &&
    `launch configuration ${group.LaunchConfigurationName} of group ${group.AutoScalingGroupName} was not among those read`
  );
}

function referencesOfConfiguration(configuration: LaunchConfiguration): readonly ScalingReference[] {
  const by = { kind: 'launch configuration', id: configuration.LaunchConfigurationName ?? '' } as const;
  return imageReference(by, configuration.ImageId);
}

function referencesOfGroup(group: AutoScalingGroup): readonly ScalingReference[] {
  const by = { kind: 'auto scaling group', id: group.AutoScalingGroupName ?? '' } as const;
  const { LaunchTemplateSpecification, Overrides = [] } = group.MixedInstancesPolicy?.LaunchTemplate ?? {};
  return [
    ...templateReference(by, group.LaunchTemplate),
    ...templateReference(by, LaunchTemplateSpecification),
    ...Overrides.flatMap((override) => [
      ...templateReference(by, override.LaunchTemplateSpecification),
      ...imageReference(by, override.ImageId),
    ]),
  ];
}

/** What is no image id and no parameter names no image. */
function imageReference(by: ScalingReference['by'], image = ''): readonly ScalingReference[] {
  return isImageId(image) || isParameterReference(image) ? [{ by, image }] : [];
}

function templateReference(
  by: ScalingReference['by'],
  specification: LaunchTemplateSpecification = {},
): readonly ScalingReference[] {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version = '$Default' } = specification;
  if (id) return [{ by, template: { id, version } }];
  return name ? [{ by, template: { name, version } }] : [];
}
