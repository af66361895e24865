import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aLaunch, aNetwork, aPlane, idOf, launched, minutes, type PlaneUnderTest, refusal } from './plane.ts';

type Input = Partial<RunInstancesCommandInput>;

const refused = (plane: PlaneUnderTest, input: Input) => refusal(() => plane.call('RunInstances', aLaunch(input)));

describe('a launch that names no network', () => {
  it('is in the default subnet of its zone and in the default group', () => {
    const plane = aPlane();
    const { SubnetId } = plane.call('DescribeSubnets', {}).Subnets?.[1] ?? {};
    expect(launched(plane, { Placement: { AvailabilityZone: 'eu-central-1b' } })).toMatchObject({
      Placement: { AvailabilityZone: 'eu-central-1b' },
      SubnetId,
      SecurityGroups: [{ GroupName: 'default' }],
      PrivateIpAddress: '172.31.16.4',
    });
    expect(launched(plane).Placement?.AvailabilityZone).toBe('eu-central-1a');
  });

  it('is refused where there is no default network any more', () => {
    const plane = aPlane();
    const { Subnets = [] } = plane.call('DescribeSubnets', {});
    for (const { SubnetId } of Subnets) plane.call('DeleteSubnet', { SubnetId });
    expect(refused(plane, {}).code).toBe('MissingInput');
    plane.call('DeleteVpc', { VpcId: idOf(Subnets[0]?.VpcId) });
    expect(refused(plane, {}).code).toBe('VPCIdNotSpecified');
  });

  it('goes to another zone where the first has no addresses left, or no such type, or no room', () => {
    const zoneOf = (behaviour: Parameters<typeof aPlane>[0], before: Input = {}) => {
      const plane = aPlane(behaviour);
      if (before.MaxCount) launched(plane, before);
      return launched(plane).Placement?.AvailabilityZone;
    };
    expect(zoneOf({ typesNotOffered: { 'eu-central-1a': ['t3.micro'] } })).toBe('eu-central-1b');
    expect(zoneOf({ capacityShortages: [{ zone: 'eu-central-1a' }] })).toBe('eu-central-1b');
    expect(zoneOf({}, { MinCount: 4_091, MaxCount: 4_091 })).toBe('eu-central-1b');
  });
});

describe('a launch into networks', () => {
  it.each<[string, Input, string]>([
    ['a subnet that is not there', { SubnetId: 'subnet-0123456789abcdef0' }, 'InvalidSubnetID.NotFound'],
    ['a group that is not there', { SecurityGroupIds: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    ['a group that is none', { SecurityGroupIds: ['web'] }, 'InvalidGroupId.Malformed'],
    ['a zone that is not there', { Placement: { AvailabilityZone: 'eu-central-1z' } }, 'InvalidParameterValue'],
  ])('is refused with %s', (_, input, code) => {
    expect(refused(aPlane(), input).code).toBe(code);
  });

  it('takes groups of the VPC of its subnet and no others', () => {
    const plane = aPlane();
    const { SubnetId, GroupId } = aNetwork(plane);
    const other = aNetwork(plane, '10.1.0.0/16', '10.1.1.0/24');
    expect(refused(plane, { SubnetId, SecurityGroupIds: [other.GroupId] })).toEqual({
      code: 'InvalidParameter',
      message: `Security group ${other.GroupId} and subnet ${SubnetId} belong to different networks.`,
    });
    expect(refused(plane, { SecurityGroupIds: [GroupId] }).code).toBe('InvalidGroup.NotFound');
    expect(launched(plane, { SubnetId }).SecurityGroups).toMatchObject([{ GroupName: 'default' }]);
  });

  it('names no other zone than that of its subnet', () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const [first, second] = plane.call('DescribeAvailabilityZones', {}).AvailabilityZones ?? [];
    expect(refused(plane, { SubnetId, Placement: { AvailabilityZone: 'eu-central-1b' } })).toEqual({
      code: 'InvalidParameterValue',
      message: `Value (eu-central-1b) for parameter availabilityZone is invalid. Subnet '${SubnetId}' is in the availability zone eu-central-1a`,
    });
    expect(refused(plane, { SubnetId, Placement: { AvailabilityZoneId: idOf(second?.ZoneId) } }).code).toBe(
      'InvalidParameterValue',
    );
    const AvailabilityZoneId = idOf(first?.ZoneId);
    expect(launched(plane, { SubnetId, Placement: { AvailabilityZoneId } }).Placement).toMatchObject({
      AvailabilityZone: 'eu-central-1a',
      AvailabilityZoneId,
    });
  });

  it('says what is of an interface there and nowhere else', () => {
    const plane = aPlane();
    const { SubnetId, GroupId } = aNetwork(plane);
    const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId, Groups: [GroupId] }];
    for (const beside of [{ SubnetId }, { SecurityGroupIds: [GroupId] }, { PrivateIpAddress: '10.0.1.9' }]) {
      expect(refused(plane, { NetworkInterfaces, ...beside }).code).toBe('InvalidParameterCombination');
    }
    expect(launched(plane, { NetworkInterfaces })).toMatchObject({ SubnetId, SecurityGroups: [{ GroupId }] });
  });

  it('has interfaces with an index each, the first at 0, in one zone', () => {
    const plane = aPlane();
    const { VpcId, SubnetId } = aNetwork(plane);
    const elsewhere = { VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'eu-central-1b' };
    const far = plane.call('CreateSubnet', elsewhere).Subnet?.SubnetId;
    const two = (one: number | undefined, other: number, more = {}) => [
      { ...(one !== undefined && { DeviceIndex: one }), SubnetId },
      { DeviceIndex: other, SubnetId, ...more },
    ];
    expect(refused(plane, { NetworkInterfaces: two(undefined, 1) }).code).toBe('InvalidParameterValue');
    expect(refused(plane, { NetworkInterfaces: two(0, 0) }).code).toBe('InvalidParameterValue');
    expect(refused(plane, { NetworkInterfaces: two(1, 2) }).code).toBe('InvalidParameterValue');
    expect(refused(plane, { NetworkInterfaces: two(0, 1, { AssociatePublicIpAddress: true }) }).code).toBe(
      'InvalidParameterCombination',
    );
    expect(refused(plane, { NetworkInterfaces: two(0, 1, { SubnetId: far }) }).code).toBe(
      'InvalidParameterCombination',
    );
    const instance = launched(plane, {
      NetworkInterfaces: two(0, 1, { PrivateIpAddress: '10.0.1.99', Description: 'inside' }),
    });
    expect(instance.NetworkInterfaces).toMatchObject([
      { PrivateIpAddress: '10.0.1.4', Attachment: { DeviceIndex: 0 } },
      { PrivateIpAddress: '10.0.1.99', Description: 'inside', Attachment: { DeviceIndex: 1 } },
    ]);
    expect(plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces).toHaveLength(2);
  });

  it('has a public address where the interface says so, whatever the subnet does', async () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const inside = launched(plane, { SubnetId });
    const outside = launched(plane, {
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true }],
    });
    const hidden = launched(plane, { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }] });
    await plane.clock.advance(minutes);
    const { Reservations = [] } = plane.call('DescribeInstances', {});
    const shown = new Map(
      Reservations.flatMap(({ Instances = [] }) => Instances).map((one) => [one.InstanceId, one.PublicIpAddress]),
    );
    expect(shown.get(inside.InstanceId)).toBeUndefined();
    expect(shown.get(outside.InstanceId)).toMatch(/^3\./);
    expect(shown.get(hidden.InstanceId)).toBeUndefined();
  });

  it('tags its interfaces, its volumes and its instances, each as it is told to', () => {
    const plane = aPlane();
    const Tags = [{ Key: 'drill', Value: 'yes' }];
    const instance = launched(plane, { TagSpecifications: [{ ResourceType: 'network-interface', Tags }] });
    expect(instance.Tags).toEqual([]);
    expect(plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces).toMatchObject([{ TagSet: Tags }]);
  });
});

describe('the private address of a launch', () => {
  it('is a free one of the subnet, in turn, or the one that is named', async () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const addressOf = (input: Input = {}) => launched(plane, { SubnetId, ...input }).PrivateIpAddress;
    expect([addressOf(), addressOf({ PrivateIpAddress: '10.0.1.6' }), addressOf(), addressOf()]).toEqual([
      '10.0.1.4',
      '10.0.1.6',
      '10.0.1.5',
      '10.0.1.7',
    ]);
  });

  it.each([
    ['10.0.2.4', 'InvalidParameterValue', "Address 10.0.2.4 does not fall within the subnet's address range"],
    ['10.0.1.3', 'InvalidParameterValue', "Address 10.0.1.3 is in subnet's reserved address range"],
    ['10.0.1.255', 'InvalidParameterValue', "Address 10.0.1.255 is in subnet's reserved address range"],
    ['ten', 'InvalidParameterValue', "Invalid IPv4 address: 'ten'"],
    ['10.0.1.4', 'InvalidIPAddress.InUse', 'Address 10.0.1.4 is in use.'],
  ])('is not %s: %s', (PrivateIpAddress, code, message) => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    launched(plane, { SubnetId });
    expect(refused(plane, { SubnetId, PrivateIpAddress })).toEqual({ code, message });
  });

  it('is refused by a code that is an option where it is taken', () => {
    const plane = aPlane({ addressInUseCode: 'InvalidParameterValue' });
    const { SubnetId } = aNetwork(plane);
    launched(plane, { SubnetId });
    expect(refused(plane, { SubnetId, PrivateIpAddress: '10.0.1.4' }).code).toBe('InvalidParameterValue');
  });

  it('is that of one instance', () => {
    const PrivateIpAddress = '172.31.0.9';
    const several = { MinCount: 2, MaxCount: 2 };
    expect(refused(aPlane(), { ...several, PrivateIpAddress }).code).toBe('InvalidParameterCombination');
    const NetworkInterfaces = [{ DeviceIndex: 0, PrivateIpAddress }];
    expect(refused(aPlane(), { ...several, NetworkInterfaces }).code).toBe('InvalidParameterCombination');
  });

  it('runs out, and comes back with those that are terminated', async () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane, '10.0.0.0/16', '10.0.1.0/28');
    const run = (MinCount: number, MaxCount: number) =>
      plane.call('RunInstances', aLaunch({ SubnetId, MinCount, MaxCount })).Instances ?? [];
    expect(refusal(() => run(12, 12)).code).toBe('InsufficientFreeAddressesInSubnet');
    const first = run(1, 20);
    expect(first).toHaveLength(11);
    expect(refusal(() => run(1, 1))).toEqual({
      code: 'InsufficientFreeAddressesInSubnet',
      message: `There are not enough free addresses in subnet '${SubnetId}' to satisfy the requested number of instances.`,
    });
    plane.call('TerminateInstances', { InstanceIds: first.slice(3, 5).map(({ InstanceId }) => idOf(InstanceId)) });
    await plane.clock.advance(minutes);
    expect(run(1, 2).map(({ PrivateIpAddress }) => PrivateIpAddress)).toEqual(['10.0.1.7', '10.0.1.8']);
  });
});

describe('the token of a launch', () => {
  const ClientToken = 'once';

  it('is that of the zone where one is named: another zone launches again', () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const at = (input: Input) => launched(plane, { ClientToken, ...input }).InstanceId;
    const [a, b] = ['eu-central-1a', 'eu-central-1b'].map((AvailabilityZone) => ({ Placement: { AvailabilityZone } }));
    const first = at({ ...a });
    expect(at({ ...a })).toBe(first);
    expect(at({ ...b })).not.toBe(first);
    expect(refused(plane, { ClientToken, SubnetId }).code).toBe('IdempotentParameterMismatch');
  });

  it('is that of the region where none is', () => {
    const plane = aPlane();
    const first = launched(plane, { ClientToken }).InstanceId;
    expect(launched(plane, { ClientToken }).InstanceId).toBe(first);
    expect(refused(plane, { ClientToken, InstanceType: 't3.nano' }).code).toBe('IdempotentParameterMismatch');
  });
});
