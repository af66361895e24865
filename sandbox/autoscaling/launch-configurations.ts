import type {
  CreateLaunchConfigurationCommandInput,
  DeleteLaunchConfigurationCommandInput,
  DescribeLaunchConfigurationsCommandInput,
  DescribeLaunchConfigurationsCommandOutput,
  LaunchConfiguration,
} from '@aws-sdk/client-auto-scaling';
import { type CallContext, ServiceError } from '../contract.ts';
import { view } from '../ec2/plane/views.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import {
  configurationIncomplete,
  configurationInUse,
  configurationTaken,
  configurationUnknown,
  imageInvalid,
  invalid,
} from './errors.ts';
import { pageOf } from './paging.ts';
import type { ConfigurationEntry, ScalingState } from './state.ts';

/** API reference, DescribeLaunchConfigurations. */
const mostNames = 50;

export function launchConfigurationOperations(state: ScalingState) {
  return {
    CreateLaunchConfiguration: operation<CreateLaunchConfigurationCommandInput, object>(
      ['LaunchConfigurationName', 'ImageId', 'InstanceType', 'KeyName', 'SecurityGroups', 'UserData'],
      (input, context) => createConfiguration(state, input, context),
    ),
    DeleteLaunchConfiguration: operation<DeleteLaunchConfigurationCommandInput, object>(
      ['LaunchConfigurationName'],
      ({ LaunchConfigurationName: name = '' }, { account, region }) => {
        const { configurations, groups } = state.in(account, region);
        if (!configurations.has(name)) throw configurationUnknown(name);
        const user = [...groups.values()].find(({ group }) => group.LaunchConfigurationName === name);
        if (user) throw configurationInUse(name, user.group.AutoScalingGroupName ?? '');
        configurations.delete(name);
        return {};
      },
    ),
    DescribeLaunchConfigurations: operation<
      DescribeLaunchConfigurationsCommandInput,
      Answer<DescribeLaunchConfigurationsCommandOutput>
    >(['LaunchConfigurationNames', 'MaxRecords', 'NextToken'], (input, { account, region }) => {
      const { LaunchConfigurationNames: names = [] } = input;
      if (names.length > mostNames) throw invalid(`At most ${mostNames} launch configuration names may be given.`);
      const all = [...state.in(account, region).configurations.values()];
      const named = all.filter(({ configuration: { LaunchConfigurationName: name = '' } }) => names.includes(name));
      const entries = names.length === 0 ? all : named;
      const { items, nextToken } = pageOf(state, 'DescribeLaunchConfigurations', region, input, entries, shown);
      return { LaunchConfigurations: items, ...(nextToken && { NextToken: nextToken }) };
    }),
  };
}

function createConfiguration(
  state: ScalingState,
  input: CreateLaunchConfigurationCommandInput,
  { account, region }: CallContext,
): object {
  const { LaunchConfigurationName: name = '', ImageId: image, InstanceType: type } = input;
  const { configurations } = state.in(account, region);
  if (configurations.has(name)) throw configurationTaken(name);
  if (!image || !type) throw configurationIncomplete();
  checkImage(state, account, region, image);
  const seq = state.nextSeq();
  const configuration = view({
    LaunchConfigurationName: name,
    LaunchConfigurationARN: `arn:aws:autoscaling:${region}:${account}:launchConfiguration:${state.uuid(seq)}:launchConfigurationName/${name}`,
    ImageId: image,
    InstanceType: type,
    KeyName: input.KeyName ?? '',
    SecurityGroups: input.SecurityGroups ?? [],
    UserData: input.UserData ?? '',
    KernelId: '',
    RamdiskId: '',
    BlockDeviceMappings: [],
    InstanceMonitoring: { Enabled: true },
    EbsOptimized: false,
  });
  configurations.set(name, { seq, createdAt: state.clock.now(), configuration });
  return {};
}

/** A launch configuration takes no `resolve:ssm:`, and only what EC2 can launch when it is created. */
export function checkImage(state: ScalingState, account: string, region: string, image: string): void {
  try {
    state.ec2.launchSources.checkImage(account, region, image);
  } catch (error) {
    throw error instanceof ServiceError ? imageInvalid(image, error.message) : error;
  }
}

function shown({ configuration, createdAt }: ConfigurationEntry): LaunchConfiguration {
  return { ...configuration, CreatedTime: new Date(createdAt) };
}
