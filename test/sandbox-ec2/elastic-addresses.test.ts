import { describe, expect, it } from 'vitest';
import { aNetwork, aPlane, idOf, instanceOf, launched, minutes, type PlaneUnderTest, refusal } from './plane.ts';

function allocated({ call }: PlaneUnderTest, tags: { Key: string; Value: string }[] = []): string {
  const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags: tags }];
  return idOf(call('AllocateAddress', { TagSpecifications }).AllocationId);
}

function addressOf({ call }: PlaneUnderTest, AllocationId: string) {
  return call('DescribeAddresses', { AllocationIds: [AllocationId] }).Addresses?.[0];
}

/** A plane with a running instance that has an elastic address. */
async function anInstanceWithAddress(keepsInterface = false) {
  const plane = aPlane();
  const { InstanceId } = launched(plane, {
    NetworkInterfaces: [{ DeviceIndex: 0, DeleteOnTermination: !keepsInterface }],
  });
  const id = idOf(InstanceId);
  await plane.clock.advance(minutes);
  const before = instanceOf(plane, id)?.PublicIpAddress;
  const AllocationId = allocated(plane);
  const AssociationId = idOf(plane.call('AssociateAddress', { AllocationId, InstanceId: id }).AssociationId);
  return { plane, id, before, AllocationId, AssociationId };
}

describe('an elastic address', () => {
  it('takes the place of the public one of an instance, and is shown by all that have it', async () => {
    const { plane, id, before, AllocationId, AssociationId } = await anInstanceWithAddress();
    const address = addressOf(plane, AllocationId);
    const instance = instanceOf(plane, id);
    const NetworkInterfaceId = idOf(instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId);
    expect(address).toEqual({
      AllocationId,
      AssociationId,
      Domain: 'vpc',
      InstanceId: id,
      NetworkBorderGroup: 'eu-central-1',
      NetworkInterfaceId,
      NetworkInterfaceOwnerId: '111122223333',
      PrivateIpAddress: instance?.PrivateIpAddress,
      PublicIp: expect.stringMatching(/^52\.\d+\.\d+\.\d+$/),
      PublicIpv4Pool: 'amazon',
      Tags: [],
    });
    expect(address?.PublicIp).not.toBe(before);
    const PublicDnsName = `ec2-${address?.PublicIp?.replaceAll('.', '-')}.eu-central-1.compute.amazonaws.com`;
    expect(instance?.PublicIpAddress).toBe(address?.PublicIp);
    const association = { IpOwnerId: '111122223333', PublicIp: address?.PublicIp, PublicDnsName };
    expect(instance?.NetworkInterfaces?.[0]?.Association).toEqual(association);
    const [found] =
      plane.call('DescribeNetworkInterfaces', { NetworkInterfaceIds: [NetworkInterfaceId] }).NetworkInterfaces ?? [];
    expect(found?.Association).toEqual({ ...association, AllocationId, AssociationId });
  });

  it('stays while the instance is stopped and started again', async () => {
    const { plane, id, AllocationId } = await anInstanceWithAddress();
    const ip = addressOf(plane, AllocationId)?.PublicIp;
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, id)).toMatchObject({ State: { Name: 'stopped' }, PublicIpAddress: ip });
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, id)).toMatchObject({ State: { Name: 'running' }, PublicIpAddress: ip });
  });

  it('is nobody’s once its instance is terminated, and can be released then', async () => {
    const { plane, id, AllocationId } = await anInstanceWithAddress();
    const release = () => plane.call('ReleaseAddress', { AllocationId });
    expect(refusal(release).code).toBe('InvalidIPAddress.InUse');
    plane.call('TerminateInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('InstanceId');
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('AssociationId');
    const again = () => plane.call('AssociateAddress', { AllocationId, InstanceId: id });
    expect(refusal(again).code).toBe('InvalidInstanceID');
    release();
    expect(refusal(() => addressOf(plane, AllocationId)).code).toBe('InvalidAllocationID.NotFound');
  });

  it('stays with an interface that outlives its instance', async () => {
    const { plane, id, AllocationId, AssociationId } = await anInstanceWithAddress(true);
    plane.call('TerminateInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(addressOf(plane, AllocationId)).toMatchObject({ AssociationId });
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('InstanceId');
    const [left] = plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces ?? [];
    expect(left).toMatchObject({ Status: 'available', Association: { AllocationId } });
    plane.call('DeleteNetworkInterface', { NetworkInterfaceId: left?.NetworkInterfaceId });
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('AssociationId');
  });

  it('leaves an instance without a public address where it is taken away, until the next start', async () => {
    const { plane, id, AllocationId, AssociationId } = await anInstanceWithAddress();
    plane.call('DisassociateAddress', { AssociationId });
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('NetworkInterfaceId');
    expect(instanceOf(plane, id)).not.toHaveProperty('PublicIpAddress');
    expect(refusal(() => plane.call('DisassociateAddress', { AssociationId })).code).toBe(
      'InvalidAssociationID.NotFound',
    );
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, id)?.PublicIpAddress).toMatch(/^3\./);
  });

  it('goes over to another instance where the call allows for that', async () => {
    const { plane, id, AllocationId, AssociationId } = await anInstanceWithAddress();
    const { SubnetId } = aNetwork(plane);
    const other = launched(plane, { SubnetId });
    const NetworkInterfaceId = idOf(other.NetworkInterfaces?.[0]?.NetworkInterfaceId);
    const move = (AllowReassociation?: boolean) =>
      plane.call('AssociateAddress', {
        AllocationId,
        NetworkInterfaceId,
        ...(AllowReassociation && { AllowReassociation }),
      }).AssociationId;
    expect(refusal(() => plane.call('AssociateAddress', { AllocationId, InstanceId: other.InstanceId }))).toEqual({
      code: 'InvalidInstanceID',
      message: `The pending instance '${other.InstanceId}' is not in a valid state for this operation.`,
    });
    expect(plane.call('AssociateAddress', { AllocationId, InstanceId: id }).AssociationId).toBe(AssociationId);
    expect(refusal(move)).toEqual({
      code: 'Resource.AlreadyAssociated',
      message: `resource ${AllocationId} is already associated with associate-id ${AssociationId}`,
    });
    expect(move(true)).not.toBe(AssociationId);
    const ip = addressOf(plane, AllocationId)?.PublicIp;
    expect(instanceOf(plane, id)).not.toHaveProperty('PublicIpAddress');
    expect(instanceOf(plane, other.InstanceId)).toMatchObject({ PublicIpAddress: ip, PublicDnsName: '' });
    const second = allocated(plane);
    const take = { AllocationId: second, NetworkInterfaceId };
    expect(refusal(() => plane.call('AssociateAddress', take)).code).toBe('Resource.AlreadyAssociated');
    plane.call('AssociateAddress', { ...take, AllowReassociation: true });
    expect(addressOf(plane, AllocationId)).not.toHaveProperty('AssociationId');
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, other.InstanceId)?.PublicIpAddress).toBe(addressOf(plane, second)?.PublicIp);
  });

  it('is tagged, found by instance, address and tag, and part of a dump', async () => {
    const { plane, id, AllocationId } = await anInstanceWithAddress();
    allocated(plane, [{ Key: 'Name', Value: 'spare' }]);
    plane.call('CreateTags', { Resources: [AllocationId], Tags: [{ Key: 'Name', Value: 'web' }] });
    const loaded = aPlane();
    loaded.clock.set(plane.clock.now());
    loaded.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    const found = (Name: string, value: string) =>
      (loaded.call('DescribeAddresses', { Filters: [{ Name, Values: [value] }] }).Addresses ?? []).map(
        (one) => one.AllocationId,
      );
    const ip = idOf(addressOf(loaded, AllocationId)?.PublicIp);
    expect([found('instance-id', id), found('public-ip', ip), found('tag:Name', 'web')]).toEqual([
      [AllocationId],
      [AllocationId],
      [AllocationId],
    ]);
    expect(found('domain', 'vpc')).toHaveLength(2);
    expect(loaded.call('DescribeAddresses', { PublicIps: [ip] }).Addresses).toHaveLength(1);
    expect(refusal(() => loaded.call('DescribeAddresses', { PublicIps: ['192.0.2.1'] })).code).toBe(
      'InvalidAddress.NotFound',
    );
  });
});
