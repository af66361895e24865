import { describe, expect, it } from 'vitest';
import { aNetwork, aPlane, idOf, instanceOf, launched, minutes, refusal } from './plane.ts';

/** A plane with an instance in a subnet that gives public addresses. */
async function aPublicInstance(behaviour: Parameters<typeof aPlane>[0] = {}) {
  const plane = aPlane(behaviour);
  const { InstanceId } = launched(plane);
  await plane.clock.advance(20_000);
  return { plane, id: idOf(InstanceId), read: () => instanceOf(plane, InstanceId) };
}

describe('the interface of an instance', () => {
  it('is in its subnet and groups, attached to it, and shown by both', () => {
    const plane = aPlane();
    const { VpcId, SubnetId, GroupId } = aNetwork(plane);
    const instance = launched(plane, { SubnetId, SecurityGroupIds: [GroupId] });
    const [attached] = instance.NetworkInterfaces ?? [];
    const common = {
      SubnetId,
      VpcId,
      Groups: [{ GroupId, GroupName: 'web' }],
      PrivateIpAddress: '10.0.1.4',
      PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: '10.0.1.4' }],
      SourceDestCheck: true,
      Status: 'in-use',
      Attachment: { DeviceIndex: 0, DeleteOnTermination: true, Status: 'attached' },
    };
    expect(attached).toMatchObject({ NetworkInterfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/), ...common });
    expect(instance).toMatchObject({
      SubnetId,
      VpcId,
      PrivateIpAddress: '10.0.1.4',
      PrivateDnsName: 'ip-10-0-1-4.eu-central-1.compute.internal',
    });
    const found = (Name: string, value: string | undefined) =>
      plane.call('DescribeNetworkInterfaces', { Filters: [{ Name, Values: [idOf(value)] }] }).NetworkInterfaces;
    expect(found('attachment.instance-id', instance.InstanceId)).toMatchObject([
      { ...common, Attachment: { InstanceId: instance.InstanceId } },
    ]);
    expect(found('group-id', GroupId)).toHaveLength(1);
    expect(found('subnet-id', SubnetId)).toHaveLength(1);
    expect(found('status', 'available')).toEqual([]);
  });

  it('has a public address while the instance runs, another after each start', async () => {
    const { plane, id, read } = await aPublicInstance();
    const first = read();
    expect(first).toMatchObject({
      PublicIpAddress: expect.stringMatching(/^3\.\d+\.\d+\.\d+$/),
      PublicDnsName: expect.stringMatching(/^ec2-3-\d+-\d+-\d+\.eu-central-1\.compute\.amazonaws\.com$/),
      NetworkInterfaces: [{ Association: { PublicIp: first?.PublicIpAddress, IpOwnerId: 'amazon' } }],
    });
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(read()).not.toHaveProperty('PublicIpAddress');
    expect(read()?.NetworkInterfaces?.[0]).not.toHaveProperty('Association');
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(read()?.PublicIpAddress).toMatch(/^3\./);
    expect(read()?.PublicIpAddress).not.toBe(first?.PublicIpAddress);
    expect(read()?.PrivateIpAddress).toBe(first?.PrivateIpAddress);
  });

  it('cannot be deleted while it is attached, and is gone with its instance', async () => {
    const { plane, id, read } = await aPublicInstance();
    const NetworkInterfaceId = idOf(read()?.NetworkInterfaces?.[0]?.NetworkInterfaceId);
    expect(refusal(() => plane.call('DeleteNetworkInterface', { NetworkInterfaceId }))).toEqual({
      code: 'InvalidParameterValue',
      message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
    });
    plane.call('TerminateInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    const describe = (wanted: string) =>
      refusal(() => plane.call('DescribeNetworkInterfaces', { NetworkInterfaceIds: [wanted] })).code;
    expect(describe(NetworkInterfaceId)).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(describe('eni-x')).toBe('InvalidNetworkInterfaceId.Malformed');
  });

  it('outlives its instance where it is told to, with its address, until it is deleted', async () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const { InstanceId, NetworkInterfaces: [attached] = [] } = launched(plane, {
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, DeleteOnTermination: false, AssociatePublicIpAddress: true }],
    });
    await plane.clock.advance(minutes);
    plane.call('TerminateInstances', { InstanceIds: [idOf(InstanceId)] });
    await plane.clock.advance(minutes);
    const left = () => plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces ?? [];
    expect(left()).toMatchObject([{ NetworkInterfaceId: attached?.NetworkInterfaceId, Status: 'available' }]);
    expect(left()[0]).not.toHaveProperty('Attachment');
    expect(left()[0]).not.toHaveProperty('Association');
    const again = () => launched(plane, { SubnetId, PrivateIpAddress: idOf(attached?.PrivateIpAddress) });
    expect(refusal(again).code).toBe('InvalidIPAddress.InUse');
    plane.call('DeleteNetworkInterface', { NetworkInterfaceId: attached?.NetworkInterfaceId });
    expect(left()).toEqual([]);
    expect(again().PrivateIpAddress).toBe(attached?.PrivateIpAddress);
  });
});

describe('what EC2 does not document of interfaces:', () => {
  it('whom a public address belongs to', async () => {
    const { read } = await aPublicInstance({ publicAddressOwner: 'aws' });
    expect(read()?.NetworkInterfaces?.[0]?.Association?.IpOwnerId).toBe('aws');
  });

  it('whether a terminated instance still tells its network', async () => {
    const ended = async (terminatedInstanceNetwork: 'emptied' | 'kept') => {
      const { plane, id, read } = await aPublicInstance({ terminatedInstanceNetwork });
      plane.call('TerminateInstances', { InstanceIds: [id] });
      await plane.clock.advance(minutes);
      return read();
    };
    const emptied = await ended('emptied');
    expect(emptied).toMatchObject({ NetworkInterfaces: [], SecurityGroups: [], PrivateDnsName: '' });
    expect(emptied).not.toHaveProperty('SubnetId');
    expect(emptied).not.toHaveProperty('PrivateIpAddress');
    expect(await ended('kept')).toMatchObject({
      NetworkInterfaces: [],
      SubnetId: expect.stringMatching(/^subnet-/),
      SecurityGroups: [{ GroupName: 'default' }],
    });
  });
});
