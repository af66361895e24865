import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { aNetwork, anInstance, aPlane, home, hours, idOf, instanceOf, minutes, refusal } from './plane.ts';

const ImageId = publicImageId(home, 'al2023');

describe('RunInstances', () => {
  it('launches a public image with its root volume and the volumes that it adds', async () => {
    const plane = aPlane();
    const { Instances: [instance] = [], OwnerId } = plane.call('RunInstances', {
      ImageId,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 30 } },
        {
          DeviceName: '/dev/sdf',
          Ebs: { VolumeSize: 100, VolumeType: 'st1', Encrypted: true, DeleteOnTermination: false },
        },
      ],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] },
        { ResourceType: 'volume', Tags: [{ Key: 'Kind', Value: 'disk' }] },
      ],
    });
    expect(OwnerId).toBe('111122223333');
    expect(instance).toMatchObject({
      State: { Code: 0, Name: 'pending' },
      ImageId,
      Tags: [{ Key: 'Name', Value: 'web' }],
    });
    expect(plane.call('DescribeVolumes', {}).Volumes).toMatchObject([
      { Size: 30, VolumeType: 'gp3', Encrypted: false, State: 'in-use', Tags: [{ Key: 'Kind', Value: 'disk' }] },
      { Size: 100, VolumeType: 'st1', Encrypted: true, KmsKeyId: expect.stringMatching(/^arn:aws:kms:eu-central-1:/) },
    ]);
    await plane.clock.advance(20_000);
    expect(instanceOf(plane, idOf(instance?.InstanceId))?.State).toEqual({ Code: 16, Name: 'running' });
  });

  it('is in the subnet and the security groups that it is launched into', () => {
    const plane = aPlane();
    const { VpcId, SubnetId, GroupId } = aNetwork(plane);
    const { Instances } = plane.call('RunInstances', {
      ImageId,
      MinCount: 1,
      MaxCount: 1,
      SubnetId,
      SecurityGroupIds: [GroupId],
    });
    expect(Instances).toMatchObject([{ SubnetId, VpcId, SecurityGroups: [{ GroupId, GroupName: 'web' }] }]);
  });

  it('refuses a root volume that is smaller than its snapshot', () => {
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 4 } }];
    const run = () => aPlane().call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1, BlockDeviceMappings });
    expect(refusal(run).code).toBe('InvalidBlockDeviceMapping');
  });

  it('launches once for a token, and says when what it launched is terminated', async () => {
    const plane = aPlane();
    const run = () => plane.call('RunInstances', { ImageId, MinCount: 2, MaxCount: 2, ClientToken: 'token' });
    const first = run().Instances?.map(({ InstanceId = '' }) => InstanceId) ?? [];
    expect(run().Instances?.map(({ InstanceId }) => InstanceId)).toEqual(first);
    plane.call('TerminateInstances', { InstanceIds: first });
    await plane.clock.advance(minutes);
    expect(refusal(run).code).toBe('IdempotentInstanceTerminated');
  });

  it('takes what the call does not say from a launch template', async () => {
    const plane = aPlane();
    plane.call('CreateLaunchTemplate', {
      LaunchTemplateName: 'web',
      LaunchTemplateData: {
        ImageId,
        InstanceType: 't3.large',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'from', Value: 'template' }] }],
      },
    });
    const { Instances } = plane.call('RunInstances', {
      LaunchTemplate: { LaunchTemplateName: 'web' },
      InstanceType: 't3.nano',
      MinCount: 1,
      MaxCount: 1,
    });
    expect(Instances).toMatchObject([
      { ImageId, InstanceType: 't3.nano', Tags: expect.arrayContaining([{ Key: 'from', Value: 'template' }]) },
    ]);
  });

  it('takes network, key, metadata and attributes from a launch template, unless the call says them', () => {
    const plane = aPlane();
    const [{ SubnetId } = {}] = plane.call('DescribeSubnets', {}).Subnets ?? [];
    const { GroupId } = plane.call('CreateSecurityGroup', { GroupName: 'web', Description: 'web' });
    plane.call('CreateKeyPair', { KeyName: 'ops' });
    plane.call('CreateLaunchTemplate', {
      LaunchTemplateName: 'web',
      LaunchTemplateData: {
        ImageId,
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: [idOf(GroupId)] }],
        KeyName: 'ops',
        MetadataOptions: { HttpTokens: 'optional' },
        DisableApiTermination: true,
      },
    });
    const launch = { LaunchTemplate: { LaunchTemplateName: 'web' }, MinCount: 1, MaxCount: 1 };
    const metadata = { MetadataOptions: { HttpTokens: 'required' as const } };
    const { Instances = [] } = plane.call('RunInstances', { ...launch, ...metadata });
    expect(Instances).toMatchObject([
      { SubnetId, SecurityGroups: [{ GroupId }], KeyName: 'ops', MetadataOptions: { HttpTokens: 'required' } },
    ]);
    const InstanceId = idOf(Instances[0]?.InstanceId);
    const asked = plane.call('DescribeInstanceAttribute', { InstanceId, Attribute: 'disableApiTermination' });
    expect(asked.DisableApiTermination).toEqual({ Value: true });
  });

  it('marks what a launch template made with its id and version, in tags that users cannot write', async () => {
    const plane = aPlane();
    const { LaunchTemplate: template } = plane.call('CreateLaunchTemplate', {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { ImageId },
    });
    const id = idOf(template?.LaunchTemplateId);
    plane.call('CreateLaunchTemplateVersion', { LaunchTemplateId: id, LaunchTemplateData: { ImageId } });
    const { Instances: [instance] = [] } = plane.call('RunInstances', {
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' },
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: '' })) },
      ],
    });
    expect(instance?.Tags?.filter(({ Key }) => Key?.startsWith('aws:'))).toEqual([
      { Key: 'aws:ec2launchtemplate:id', Value: id },
      { Key: 'aws:ec2launchtemplate:version', Value: '2' },
    ]);
    expect(instance?.Tags).toHaveLength(52);
  });
});

describe('an instance', () => {
  it('stops and starts over time', async () => {
    const plane = aPlane();
    const id = await anInstance(plane);
    expect(plane.call('StopInstances', { InstanceIds: [id] })).toEqual({
      StoppingInstances: [
        { InstanceId: id, PreviousState: { Code: 16, Name: 'running' }, CurrentState: { Code: 64, Name: 'stopping' } },
      ],
    });
    expect(refusal(() => plane.call('StartInstances', { InstanceIds: [id] })).code).toBe('IncorrectInstanceState');
    await plane.clock.advance(30_000);
    expect(instanceOf(plane, id)?.State?.Name).toBe('stopped');
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(20_000);
    expect(instanceOf(plane, id)?.State?.Name).toBe('running');
  });

  it('is terminated with the volumes that go with it, listed for an hour more, and then unknown', async () => {
    const plane = aPlane();
    const { Instances: [instance] = [] } = plane.call('RunInstances', {
      ImageId,
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5, DeleteOnTermination: false } }],
    });
    const id = idOf(instance?.InstanceId);
    plane.call('TerminateInstances', { InstanceIds: [id] });
    expect(instanceOf(plane, id)?.State?.Name).toBe('shutting-down');
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, id)?.State).toEqual({ Code: 48, Name: 'terminated' });
    expect(plane.call('DescribeVolumes', {}).Volumes).toMatchObject([{ Size: 5, State: 'available', Attachments: [] }]);
    expect(plane.call('TerminateInstances', { InstanceIds: [id] }).TerminatingInstances).toMatchObject([
      { CurrentState: { Name: 'terminated' } },
    ]);
    await plane.clock.advance(hours);
    expect(refusal(() => instanceOf(plane, id))).toEqual({
      code: 'InvalidInstanceID.NotFound',
      message: `The instance ID '${id}' does not exist`,
    });
  });
});

describe('DescribeInstances', () => {
  it('gives the same objects for a launch that did not change', async () => {
    const plane = aPlane();
    await anInstance(plane);
    const read = () => plane.call('DescribeInstances', {}).Reservations?.[0];
    const first = read();
    expect(read()).toBe(first);
    plane.call('StopInstances', { InstanceIds: [idOf(first?.Instances?.[0]?.InstanceId)] });
    expect(read()).not.toBe(first);
  });

  it('counts instances for its pages, not launches', () => {
    const plane = aPlane();
    plane.call('RunInstances', { ImageId, MinCount: 7, MaxCount: 7 });
    const first = plane.call('DescribeInstances', { MaxResults: 5 });
    expect(first.Reservations?.[0]?.Instances).toHaveLength(5);
    const second = plane.call('DescribeInstances', { MaxResults: 5, NextToken: idOf(first.NextToken) });
    expect(second.Reservations?.[0]?.Instances).toHaveLength(2);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('names what is wrong with its parameters as EC2 does', () => {
    const { call } = aPlane();
    const ids = ['i-00000000000000000', 'i-11111111111111111'];
    expect(refusal(() => call('DescribeInstances', { MaxResults: 3 }))).toEqual({
      code: 'InvalidParameterValue',
      message: 'Value ( 3 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
    });
    expect(refusal(() => call('DescribeInstances', { InstanceIds: ids, MaxResults: 5 })).message).toBe(
      'The parameter instancesSet cannot be used with the parameter maxResults',
    );
    expect(refusal(() => call('DescribeInstances', { InstanceIds: ids })).message).toBe(
      `The instance IDs '${ids.join(', ')}' do not exist`,
    );
    expect(refusal(() => call('DescribeInstances', { InstanceIds: ['i-x'] }))).toEqual({
      code: 'InvalidInstanceID.Malformed',
      message: 'Invalid id: "i-x"',
    });
  });

  it('filters by state, tag and image', async () => {
    const plane = aPlane();
    const web = await anInstance(plane, { tags: [{ Key: 'role', Value: 'web' }] });
    await anInstance(plane, { tags: [{ Key: 'role', Value: 'db' }] });
    const found = (Name: string, value: string) =>
      plane.call('DescribeInstances', { Filters: [{ Name, Values: [value] }] }).Reservations?.length;
    plane.call('StopInstances', { InstanceIds: [web] });
    expect([found('instance-state-name', 'running'), found('tag:role', 'web'), found('image-id', ImageId)]).toEqual([
      1, 1, 2,
    ]);
  });
});
