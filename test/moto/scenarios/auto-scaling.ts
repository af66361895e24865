import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { PUBLIC_IMAGE, UNKNOWN } from './setting.ts';

/** CreateLaunchConfiguration, DescribeLaunchConfigurations, DeleteLaunchConfiguration. */
export async function launchConfigurations(witness: Witness): Promise<void> {
  const autoScaling = await witness.autoScaling();
  const create = (input: Partial<CreateLaunchConfigurationCommand['input']>) =>
    autoScaling.send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: 'web',
        ImageId: PUBLIC_IMAGE,
        InstanceType: 't3.micro',
        ...input,
      }),
    );
  const describe = (input: DescribeLaunchConfigurationsCommand['input']) =>
    autoScaling.send(new DescribeLaunchConfigurationsCommand(input));
  const names = async (input: DescribeLaunchConfigurationsCommand['input']) => {
    const { LaunchConfigurations: found = [], NextToken } = await describe(input);
    return { names: found.map(({ LaunchConfigurationName: name }) => name), NextToken: NextToken ?? 'none' };
  };
  const remove = (name: string) =>
    autoScaling.send(new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: name }));

  witness.name('al2023', PUBLIC_IMAGE);
  await witness.step('no launch configurations', names({}));
  await witness.step('making one', create({}));
  await witness.step('one that was made', describe({ LaunchConfigurationNames: ['web'] }));
  await witness.step('making one of a name that is taken', create({}));
  await witness.step('making one without an image', create({ LaunchConfigurationName: 'free', ImageId: undefined }));
  await witness.step('making one without a type', create({ LaunchConfigurationName: 'bare', InstanceType: undefined }));
  await witness.step(
    'making one of an unknown image',
    create({ LaunchConfigurationName: 'unknown', ImageId: UNKNOWN.image }),
  );
  await witness.step(
    'making one of what is no image id',
    create({ LaunchConfigurationName: 'malformed', ImageId: 'image' }),
  );
  await witness.step(
    'making one with user data',
    create({ LaunchConfigurationName: 'shop', UserData: Buffer.from('#!/bin/sh').toString('base64') }),
  );
  await witness.step('one with user data', describe({ LaunchConfigurationNames: ['shop'] }));
  await create({ LaunchConfigurationName: 'test' });
  const only = { LaunchConfigurationNames: ['shop', 'test', 'web'] };
  await witness.step('some by name, in the order of their making', names(only));
  await witness.step('a known and an unknown one', names({ LaunchConfigurationNames: ['web', 'nobody'] }));
  await witness.step('a page of two of three', names({ ...only, MaxRecords: 2 }));
  const { NextToken } = await describe({ ...only, MaxRecords: 2 });
  await witness.step('the page after two of three', names({ ...only, MaxRecords: 2, NextToken }));
  await witness.step('pages of none', names({ MaxRecords: 0 }));
  await witness.step('pages of 101', names({ MaxRecords: 101 }));
  await witness.step('a page after a wrong token', names({ NextToken: 'wrong' }));
  await witness.step('deleting', remove('test'));
  await witness.step('deleting again', remove('test'));
  await witness.step('those that are left', names(only));
}

/** Groups that want no instances: which the sandbox does not launch, and moto does. */
export async function autoScalingGroups(witness: Witness): Promise<void> {
  const autoScaling = await witness.autoScaling();
  const ec2 = await witness.ec2();
  type Creation = Partial<CreateAutoScalingGroupCommand['input']>;
  const create = (name: string, input: Creation) =>
    autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 0,
        AvailabilityZones: ['eu-central-1a'],
        ...input,
      }),
    );
  const describe = (input: DescribeAutoScalingGroupsCommand['input']) =>
    autoScaling.send(new DescribeAutoScalingGroupsCommand(input));
  const group = (name: string) => describe({ AutoScalingGroupNames: [name] });
  const names = async (input: DescribeAutoScalingGroupsCommand['input']) => {
    const { AutoScalingGroups: found = [], NextToken } = await describe(input);
    return { names: found.map(({ AutoScalingGroupName: name }) => name), NextToken: NextToken ?? 'none' };
  };
  /** What a group launches from, and how many; what it looks like besides is told once. */
  const facts = async (name: string) => {
    const { AutoScalingGroups: [found] = [] } = await group(name);
    const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy, MinSize, MaxSize, DesiredCapacity } =
      found ?? {};
    const source = Object.keys({
      ...(LaunchConfigurationName && { LaunchConfigurationName }),
      ...(LaunchTemplate && { LaunchTemplate }),
      ...(MixedInstancesPolicy && { MixedInstancesPolicy }),
    });
    return { source, LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy, MinSize, MaxSize, DesiredCapacity };
  };
  const update = (name: string, input: Partial<UpdateAutoScalingGroupCommand['input']>) =>
    autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...input }));
  const remove = (name: string, ForceDelete?: boolean) =>
    autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete }));
  const template = async (name: string) => {
    const LaunchTemplateData = { ImageId: PUBLIC_IMAGE, InstanceType: 't3.micro' } as const;
    const made = await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData }));
    return witness.name(`template ${name}`, made.LaunchTemplate?.LaunchTemplateId);
  };

  witness.name('al2023', PUBLIC_IMAGE);
  const x86 = await template('x86');
  const arm = await template('arm');
  const configuration = { LaunchConfigurationName: 'old', ImageId: PUBLIC_IMAGE, InstanceType: 't3.micro' };
  await autoScaling.send(new CreateLaunchConfigurationCommand(configuration));
  const old = { LaunchConfigurationName: 'old' };
  const named = { LaunchTemplate: { LaunchTemplateName: 'x86' } };

  await witness.step('no groups', names({}));
  await witness.step(
    'making one of a launch template by id',
    create('web', {
      LaunchTemplate: { LaunchTemplateId: x86, Version: '$Latest' },
      Tags: [{ Key: 'Stage', Value: 'prod', PropagateAtLaunch: true }],
    }),
  );
  await witness.step('a group of a launch template', group('web'));
  await witness.step('making one of a launch template by name', create('named', named));
  await witness.step('a group of a launch template without a version', facts('named'));
  await witness.step('making one of a launch configuration', create('configured', old));
  await witness.step('a group of a launch configuration', facts('configured'));
  await witness.step('all groups, in the order of their making', names({}));
  await witness.step('a known and an unknown one', names({ AutoScalingGroupNames: ['web', 'nobody'] }));
  await witness.step('a page of two of three', names({ MaxRecords: 2 }));
  const { NextToken } = await describe({ MaxRecords: 2 });
  await witness.step('the page after two of three', names({ MaxRecords: 2, NextToken }));
  const many = Array.from({ length: 51 }, (_, index) => `g${index}`);
  await witness.step('fifty-one by name', names({ AutoScalingGroupNames: many }));
  await witness.step(
    'more by name than a page holds',
    names({ AutoScalingGroupNames: ['web', 'named'], MaxRecords: 1 }),
  );
  const policy = (overrides: object[], more = {}) => ({
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: x86, Version: '1' },
        Overrides: overrides,
        ...more,
      },
      InstancesDistribution: { OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 50 },
    },
  });
  await witness.step(
    'making one of a mixed instances policy',
    create(
      'mixed',
      policy([
        { InstanceType: 't3.large', WeightedCapacity: '2' },
        {
          InstanceType: 't4g.large',
          LaunchTemplateSpecification: { LaunchTemplateId: arm, Version: '$Default' },
        },
      ]),
    ),
  );
  await witness.step('a group of a mixed instances policy', facts('mixed'));
  await witness.step(
    'making one of an override by name',
    create(
      'by name',
      policy([{ InstanceType: 't4g.large', LaunchTemplateSpecification: { LaunchTemplateName: 'arm' } }]),
    ),
  );
  await witness.step('a group of an override by name', facts('by name'));
  await witness.step(
    'making one of an override with an image',
    create('imaged', policy([{ InstanceType: 't3.large', ImageId: PUBLIC_IMAGE }])),
  );
  await witness.step('a group of an override with an image', facts('imaged'));
  await witness.step(
    'making one of an override of an unknown template',
    create('lost', policy([{ LaunchTemplateSpecification: { LaunchTemplateId: UNKNOWN.template } }])),
  );
  await witness.step(
    'making one of a policy without a template',
    create('empty', policy([], { LaunchTemplateSpecification: undefined })),
  );
  await witness.step('making one of a name that is taken', create('named', named));
  await witness.step('making one of nothing', create('nothing', {}));
  await witness.step('making one of two sources', create('two', { ...old, ...named }));
  await witness.step(
    'making one of an unknown configuration',
    create('unknown configuration', { LaunchConfigurationName: 'nobody' }),
  );
  await witness.step(
    'making one of an unknown template',
    create('unknown template', { LaunchTemplate: { LaunchTemplateId: UNKNOWN.template } }),
  );
  await witness.step(
    'making one of an unknown template name',
    create('unknown name', { LaunchTemplate: { LaunchTemplateName: 'nobody' } }),
  );
  await witness.step(
    'making one of a template by id and name',
    create('twice', { LaunchTemplate: { LaunchTemplateId: x86, LaunchTemplateName: 'x86' } }),
  );
  await witness.step(
    'making one of an unknown version',
    create('unknown version', { LaunchTemplate: { LaunchTemplateId: x86, Version: '9' } }),
  );
  await witness.step('making one nowhere', create('nowhere', { ...named, AvailabilityZones: undefined }));
  await witness.step('making one of at least more than at most', create('contrary', { ...named, MinSize: 1 }));
  await witness.step(
    'making one that wants more than at most',
    create('greedy', { ...named, MaxSize: 1, DesiredCapacity: 2 }),
  );

  await witness.step('pages of none', names({ MaxRecords: 0 }));
  await witness.step('pages of 101', names({ MaxRecords: 101 }));
  await witness.step('a page after a wrong token', names({ NextToken: 'wrong' }));
  const filtered = (Name: string, ...Values: string[]) => names({ Filters: [{ Name, Values }] });
  await witness.step('groups by tag', filtered('tag:Stage', 'prod'));
  await witness.step('groups by another value of a tag', filtered('tag:Stage', 'test'));
  await witness.step('groups by tag key', filtered('tag-key', 'Stage'));
  await witness.step('groups by tag value', filtered('tag-value', 'prod'));

  await witness.step(
    'deleting a configuration of a group',
    autoScaling.send(new DeleteLaunchConfigurationCommand(old)),
  );
  await witness.step(
    'another source',
    update('configured', { LaunchTemplate: { LaunchTemplateId: x86, Version: '1' } }),
  );
  await witness.step('a group of another source', facts('configured'));
  await witness.step('a policy in the place of a template', update('named', policy([{ InstanceType: 't3.large' }])));
  await witness.step('a group of a policy in the place of a template', facts('named'));
  await witness.step('a source alone', update('web', { LaunchTemplate: { LaunchTemplateId: x86, Version: '1' } }));
  await witness.step('a group of another version', facts('web'));
  await witness.step('two sources at once', update('web', { ...old, ...named }));
  await witness.step('an unknown source', update('web', { LaunchConfigurationName: 'nobody' }));
  await witness.step(
    'an unknown version',
    update('imaged', { LaunchTemplate: { LaunchTemplateId: x86, Version: '9' } }),
  );
  await witness.step('greater bounds', update('web', { MaxSize: 2 }));
  await witness.step('a group of greater bounds', facts('web'));
  await witness.step('bounds that contradict', update('web', { MinSize: 3 }));
  await witness.step('updating an unknown group', update('nobody', { MaxSize: 1 }));
  await witness.step('deleting an unknown group', remove('nobody'));
  await witness.step('deleting', remove('configured'));
  await witness.step('deleting again', remove('configured'));
  await witness.step('a group that is gone', names({ AutoScalingGroupNames: ['configured'] }));

  await create('awake', { ...named, MaxSize: 1, DesiredCapacity: 1 });
  const size = async () => {
    const { AutoScalingGroups: [found] = [] } = await group('awake');
    return { Instances: found?.Instances?.length };
  };
  await witness.step('how many instances a group has that wants one', size());
  await witness.step('deleting a group that wants one', remove('awake'));
  await create('forced', { ...named, MaxSize: 1, DesiredCapacity: 1 });
  await witness.step('deleting a group that wants one by force', remove('forced', true));
}
