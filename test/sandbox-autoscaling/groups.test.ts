import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type Filter,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { REGION, START } from '../sandbox-wire/world.ts';
import { aScalingWorld, IMAGE, SLEEPING } from './world.ts';

type Source = Partial<CreateAutoScalingGroupCommandInput>;

describe('a group', () => {
  it('keeps its sizes and launches nothing', async () => {
    const { described, ec2, group, template } = aScalingWorld();
    const LaunchTemplateId = await template('web');
    await group('web', { LaunchTemplate: { LaunchTemplateId }, MinSize: 1, MaxSize: 3, DesiredCapacity: 2 });
    expect(await described('web')).toMatchObject([
      { MinSize: 1, MaxSize: 3, DesiredCapacity: 2, Instances: [], CreatedTime: new Date(START) },
    ]);
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });

  it('shows its launch template by id and name, and the version as it was named', async () => {
    const { described, ec2, group, template } = aScalingWorld();
    const LaunchTemplateId = await template('web-template');
    await group('named', { LaunchTemplate: { LaunchTemplateName: 'web-template', Version: '$Latest' } });
    await group('plain', { LaunchTemplate: { LaunchTemplateId } });
    const newer = { LaunchTemplateId, LaunchTemplateData: { ImageId: IMAGE } };
    await ec2.send(new CreateLaunchTemplateVersionCommand(newer));
    const names = { LaunchTemplateId, LaunchTemplateName: 'web-template' };
    expect((await described()).map(({ LaunchTemplate }) => LaunchTemplate)).toEqual([
      { ...names, Version: '$Latest' },
      names,
    ]);
  });

  it('shows the templates and images of its overrides', async () => {
    const { described, group, template } = aScalingWorld();
    const [x86, arm] = [await template('x86'), await template('arm')];
    await group('mixed', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: x86, Version: '1' },
          Overrides: [
            { InstanceType: 'm7g.large', LaunchTemplateSpecification: { LaunchTemplateName: 'arm' } },
            { InstanceType: 'm7i.large', WeightedCapacity: '2', ImageId: IMAGE },
          ],
        },
        InstancesDistribution: { OnDemandBaseCapacity: 1 },
      },
    });
    expect((await described('mixed'))[0]?.MixedInstancesPolicy).toEqual({
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: x86, LaunchTemplateName: 'x86', Version: '1' },
        Overrides: [
          {
            InstanceType: 'm7g.large',
            LaunchTemplateSpecification: { LaunchTemplateId: arm, LaunchTemplateName: 'arm' },
          },
          { InstanceType: 'm7i.large', WeightedCapacity: '2', ImageId: IMAGE },
        ],
      },
      InstancesDistribution: { OnDemandBaseCapacity: 1 },
    });
  });

  it('launches from what an update names, and from nothing else any more', async () => {
    const { autoScaling, configure, described, group, template } = aScalingWorld();
    await configure('old');
    await group('web', { LaunchConfigurationName: 'old', MaxSize: 4, DesiredCapacity: 4 });
    const LaunchTemplateId = await template('new');
    const update = (input: Omit<UpdateAutoScalingGroupCommandInput, 'AutoScalingGroupName'>) =>
      autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ...input }));
    await update({ LaunchTemplate: { LaunchTemplateId } });
    const [changed] = await described('web');
    expect(changed).toMatchObject({ LaunchTemplate: { LaunchTemplateId }, DesiredCapacity: 4 });
    expect(changed).not.toHaveProperty('LaunchConfigurationName');
    await update({ MaxSize: 0 });
    expect(await described('web')).toMatchObject([
      { LaunchTemplate: { LaunchTemplateId }, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 },
    ]);
    await expect(update({ MinSize: 1 })).rejects.toMatchObject({ name: 'ValidationError' });
    const two = { LaunchConfigurationName: 'old', LaunchTemplate: { LaunchTemplateId } };
    await expect(update(two)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching('either LaunchTemplate, LaunchConfigurationName or MixedInstancesPolicy'),
    });
    const unknown = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'nobody', MaxSize: 1 });
    await expect(autoScaling.send(unknown)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'AutoScalingGroup name not found - null',
    });
  });

  it('goes once nothing is wanted of it, or by force', async () => {
    const { autoScaling, described, group, template } = aScalingWorld();
    const LaunchTemplate = { LaunchTemplateId: await template('web') };
    await group('asleep', { LaunchTemplate });
    await group('awake', { LaunchTemplate, MaxSize: 1, DesiredCapacity: 1 });
    const remove = (name: string, ForceDelete?: boolean) =>
      autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete }));
    await remove('asleep');
    await expect(remove('awake')).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await remove('awake', true);
    expect(await described()).toEqual([]);
    await expect(remove('awake')).rejects.toMatchObject({
      name: 'ValidationError',
      message: "AutoScalingGroup name not found - AutoScalingGroup 'awake' not found",
    });
  });

  it.each<[string, Source, string, string]>([
    ['no source', {}, 'ValidationError', 'Valid requests must contain either'],
    [
      'two sources',
      { LaunchConfigurationName: 'known', LaunchTemplate: { LaunchTemplateName: 'known' } },
      'ValidationError',
      'Valid requests must contain either',
    ],
    ['no such configuration', { LaunchConfigurationName: 'x' }, 'ValidationError', 'Launch configuration x not found'],
    [
      'no such template',
      { LaunchTemplate: { LaunchTemplateName: 'nowhere' } },
      'ValidationError',
      'valid fully-formed launch template. The specified launch template, with template name nowhere, does not exist.',
    ],
    [
      'a template by id and by name',
      { LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0', LaunchTemplateName: 'known' } },
      'ValidationError',
      'Valid requests must contain either launchTemplateId or LaunchTemplateName',
    ],
    [
      'no such version',
      { LaunchTemplate: { LaunchTemplateName: 'known', Version: '7' } },
      'ValidationError',
      'Could not find the specified version 7',
    ],
    [
      'no such version in an override',
      {
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateName: 'known' },
            Overrides: [{ LaunchTemplateSpecification: { LaunchTemplateName: 'known', Version: '7' } }],
          },
        },
      },
      'ValidationError',
      'Could not find the specified version 7',
    ],
    [
      'a policy without a template',
      { MixedInstancesPolicy: { InstancesDistribution: { OnDemandBaseCapacity: 0 } } },
      'ValidationError',
      'valid fully-formed launch template',
    ],
    [
      'nowhere to be',
      { LaunchTemplate: { LaunchTemplateName: 'known' }, AvailabilityZones: undefined },
      'ValidationError',
      'At least one Availability Zone or VPC Subnet is required.',
    ],
    [
      'more than the most',
      { LaunchTemplate: { LaunchTemplateName: 'known' }, MaxSize: 1, DesiredCapacity: 2 },
      'ValidationError',
      'Desired capacity:2 must be between the specified min size:0 and max size:1',
    ],
    [
      'bounds that cross',
      { LaunchTemplate: { LaunchTemplateName: 'known' }, MinSize: 2, MaxSize: 1 },
      'ValidationError',
      'Max bound, 1',
    ],
    ['what is not modelled', { InstanceId: 'i-1' }, 'UnsupportedOperation', 'the member InstanceId'],
    [
      'a name that is taken',
      { AutoScalingGroupName: 'taken', LaunchTemplate: { LaunchTemplateName: 'known' } },
      'AlreadyExistsFault',
      'A group with the name taken already exists',
    ],
  ])('with %s is refused', async (_, source, name, message) => {
    const { configure, described, group, template } = aScalingWorld();
    await configure('known');
    await template('known');
    await group('taken', { LaunchTemplate: { LaunchTemplateName: 'known' } });
    await expect(group('new', source)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect(await described()).toHaveLength(1);
  });

  it('needs its bounds', async () => {
    const { autoScaling } = aScalingWorld();
    const { MaxSize: _, ...rest } = SLEEPING;
    const create = new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MaxSize: undefined, ...rest });
    await expect(autoScaling.send(create)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("Value null at 'maxSize'"),
    });
  });
});

describe('groups', () => {
  async function three() {
    const world = aScalingWorld();
    const LaunchTemplate = { LaunchTemplateId: await world.template('web') };
    const tag = (Key: string, Value: string) => ({ Key, Value });
    await world.group('one', { LaunchTemplate, Tags: [tag('team', 'shop'), tag('stage', 'prod')] });
    await world.group('two', { LaunchTemplate, Tags: [tag('team', 'mail')] });
    await world.group('three', { LaunchTemplate });
    const found = async (Filters: Filter[]) =>
      (await world.autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters }))).AutoScalingGroups?.map(
        ({ AutoScalingGroupName }) => AutoScalingGroupName,
      );
    return { ...world, found };
  }

  it('are found by their tags', async () => {
    const { described, found } = await three();
    expect(await found([{ Name: 'tag-key', Values: ['team'] }])).toEqual(['one', 'two']);
    expect(await found([{ Name: 'tag-value', Values: ['mail', 'prod'] }])).toEqual(['one', 'two']);
    expect(await found([{ Name: 'tag:team', Values: ['shop'] }])).toEqual(['one']);
    const both = [
      { Name: 'tag:team', Values: ['mail', 'shop'] },
      { Name: 'tag-key', Values: ['stage'] },
    ];
    expect(await found(both)).toEqual(['one']);
    expect((await described('two'))[0]?.Tags).toEqual([
      {
        ResourceId: 'two',
        ResourceType: 'auto-scaling-group',
        Key: 'team',
        Value: 'mail',
        PropagateAtLaunch: true,
      },
    ]);
    await expect(found([{ Name: 'name', Values: ['one'] }])).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  it('are described by 50 names at most, or as many as a page holds', async () => {
    const { autoScaling } = await three();
    const named = (count: number, MaxRecords?: number) => {
      const AutoScalingGroupNames = Array.from({ length: count }, (_, index) => `group-${index}`);
      return autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames, MaxRecords }));
    };
    await expect(named(51)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The number of group names that may be passed in is limited to 50',
    });
    expect(await named(51, 100)).toMatchObject({ AutoScalingGroups: [] });
  });

  it('come in pages, and a token is good for its own operation only', async () => {
    const { autoScaling } = await three();
    const page = (NextToken?: string) =>
      autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 2, NextToken }));
    const first = await page();
    const second = await page(first.NextToken);
    expect([first, second].map(({ AutoScalingGroups = [] }) => AutoScalingGroups.length)).toEqual([2, 1]);
    expect(second).not.toHaveProperty('NextToken');
    await expect(page(Buffer.from('DescribeLaunchConfigurations/1/1').toString('base64url'))).rejects.toMatchObject({
      name: 'InvalidNextToken',
    });
  });

  it('of an account and region are its own', async () => {
    const { sandbox } = await three();
    const call = { service: 'autoscaling', operation: 'DescribeAutoScalingGroups' } as const;
    expect(await sandbox.call({ ...call, region: REGION })).toEqual({ AutoScalingGroups: [] });
  });

  it('survive a dump and go with a reset', async () => {
    const { described, group, sandbox } = await three();
    const before = await described();
    const state = JSON.stringify(sandbox.dump());
    sandbox.reset();
    expect(await described()).toEqual([]);
    sandbox.load(JSON.parse(state));
    expect(await described()).toEqual(before);
    expect(JSON.stringify(sandbox.dump())).toBe(state);
    await group('four', { LaunchTemplate: { LaunchTemplateName: 'web' } });
    expect((await described()).map(({ AutoScalingGroupName }) => AutoScalingGroupName)).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
    expect(() => sandbox.autoscaling.load({ format: 'other' })).toThrow("format 'auto-scaling/1'");
  });
});
