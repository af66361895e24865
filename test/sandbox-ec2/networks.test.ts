import { describe, expect, it } from 'vitest';
import { aNetwork, anImage, aPlane, away, consumer, idOf, launched, refusal } from './plane.ts';

describe('the default networks of an account in a region', () => {
  it('are a VPC with a subnet in each zone, a way to the internet and a group', () => {
    const { call } = aPlane();
    const { Vpcs: [vpc] = [] } = call('DescribeVpcs', {});
    expect(vpc).toMatchObject({ IsDefault: true, CidrBlock: '172.31.0.0/16', State: 'available' });
    const VpcId = idOf(vpc?.VpcId);
    expect(call('DescribeSubnets', {}).Subnets).toMatchObject(
      ['a', 'b', 'c'].map((letter, index) => ({
        VpcId,
        AvailabilityZone: `eu-central-1${letter}`,
        CidrBlock: `172.31.${index * 16}.0/20`,
        AvailableIpAddressCount: 4_091,
        DefaultForAz: true,
        MapPublicIpOnLaunch: true,
      })),
    );
    expect(call('DescribeRouteTables', {}).RouteTables).toMatchObject([
      {
        VpcId,
        Associations: [{ Main: true }],
        Routes: [
          { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local' },
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: expect.stringMatching(/^igw-/) },
        ],
      },
    ]);
    expect(call('DescribeSecurityGroups', {}).SecurityGroups).toMatchObject([
      { VpcId, GroupName: 'default', IpPermissionsEgress: [{ IpProtocol: '-1' }] },
    ]);
  });

  it('have ids of their own that do not hang on the seed and use up none', async () => {
    const ids = (seed: number, context = {}) => {
      const { Vpcs = [] } = aPlane({}, seed).call('DescribeVpcs', {}, context);
      return Vpcs.map(({ VpcId }) => VpcId);
    };
    expect(ids(2)).toEqual(ids(1));
    expect(new Set([...ids(1), ...ids(1, consumer), ...ids(1, { region: away })]).size).toBe(3);
    const looked = aPlane();
    looked.call('DescribeSubnets', {});
    expect(await anImage(looked)).toBe(await anImage(aPlane()));
  });
});

describe('a VPC', () => {
  it('is made with a main route table and a group of its own, and goes with them', () => {
    const { call } = aPlane();
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'drill', Value: 'yes' }] }];
    const VpcId = idOf(call('CreateVpc', { CidrBlock: '10.0.0.7/16', TagSpecifications }).Vpc?.VpcId);
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    expect(call('DescribeVpcs', { Filters: [{ Name: 'tag:drill', Values: ['yes'] }] }).Vpcs).toMatchObject([
      { VpcId, CidrBlock: '10.0.0.0/16', IsDefault: false },
    ]);
    expect(call('DescribeRouteTables', { Filters }).RouteTables).toMatchObject([
      { Associations: [{ Main: true }], Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }] },
    ]);
    expect(call('DescribeSecurityGroups', { Filters }).SecurityGroups).toMatchObject([{ GroupName: 'default' }]);
    call('DeleteVpc', { VpcId });
    expect(call('DescribeRouteTables', { Filters }).RouteTables).toEqual([]);
    expect(call('DescribeSecurityGroups', { Filters }).SecurityGroups).toEqual([]);
    expect(refusal(() => call('DescribeVpcs', { VpcIds: [VpcId] }))).toEqual({
      code: 'InvalidVpcID.NotFound',
      message: `The vpc ID '${VpcId}' does not exist`,
    });
  });

  it.each([
    ['10.0.0.0/8', 'InvalidVpc.Range'],
    ['10.0.0.0/29', 'InvalidVpc.Range'],
    ['10.0.0/16', 'InvalidParameterValue'],
    ['10.0.0.256/24', 'InvalidParameterValue'],
  ])('has no block %s', (CidrBlock, code) => {
    expect(refusal(() => aPlane().call('CreateVpc', { CidrBlock })).code).toBe(code);
  });

  it('stays while something is in it', () => {
    const plane = aPlane();
    const { VpcId, SubnetId, GroupId } = aNetwork(plane);
    const gone = () => plane.call('DeleteVpc', { VpcId });
    expect(refusal(gone).code).toBe('DependencyViolation');
    plane.call('DeleteSubnet', { SubnetId });
    expect(refusal(gone).code).toBe('DependencyViolation');
    plane.call('DeleteSecurityGroup', { GroupId });
    expect(gone()).toEqual({});
  });
});

describe('a subnet', () => {
  it('is in the zone that is named by its name or its id', () => {
    const plane = aPlane();
    const { VpcId } = aNetwork(plane);
    const [, second] = plane.call('DescribeAvailabilityZones', {}).AvailabilityZones ?? [];
    const AvailabilityZoneId = idOf(second?.ZoneId);
    const { Subnet: byId } = plane.call('CreateSubnet', { VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZoneId });
    expect(byId).toMatchObject({
      AvailabilityZone: 'eu-central-1b',
      AvailabilityZoneId,
      AvailableIpAddressCount: 251,
      MapPublicIpOnLaunch: false,
      DefaultForAz: false,
    });
    const AvailabilityZone = 'eu-central-1c';
    const { Subnet: byName } = plane.call('CreateSubnet', { VpcId, CidrBlock: '10.0.3.0/28', AvailabilityZone });
    expect(byName).toMatchObject({ AvailabilityZone, AvailableIpAddressCount: 11 });
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    expect(plane.call('DescribeSubnets', { Filters }).Subnets).toHaveLength(3);
  });

  it.each([
    ['10.1.0.0/24', 'InvalidSubnet.Range'],
    ['10.0.0.0/29', 'InvalidSubnet.Range'],
    ['10.0.1.128/25', 'InvalidSubnet.Conflict'],
    ['10.0.1', 'InvalidParameterValue'],
  ])('cannot have the block %s beside that of another', (CidrBlock, code) => {
    const plane = aPlane();
    const { VpcId } = aNetwork(plane);
    expect(refusal(() => plane.call('CreateSubnet', { VpcId, CidrBlock })).code).toBe(code);
  });

  it('gives public addresses once it is told to', () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    plane.call('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } });
    const Filters = [{ Name: 'map-public-ip-on-launch', Values: ['true'] }];
    expect(plane.call('DescribeSubnets', { SubnetIds: [SubnetId], Filters }).Subnets).toHaveLength(1);
  });

  it('stays while an instance is in it, and counts the addresses that are left', async () => {
    const plane = aPlane();
    const { SubnetId } = aNetwork(plane);
    const { InstanceId } = launched(plane, { SubnetId });
    const free = () => plane.call('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets?.[0]?.AvailableIpAddressCount;
    expect(free()).toBe(250);
    expect(refusal(() => plane.call('DeleteSubnet', { SubnetId })).code).toBe('DependencyViolation');
    plane.call('TerminateInstances', { InstanceIds: [idOf(InstanceId)] });
    await plane.clock.advance(30_000);
    expect(free()).toBe(251);
    plane.call('DeleteSubnet', { SubnetId });
    expect(refusal(free).code).toBe('InvalidSubnetID.NotFound');
  });
});

describe('the parts of networks', () => {
  it('are tagged as all else is, and found by their tags', () => {
    const plane = aPlane();
    const { VpcId, SubnetId, GroupId } = aNetwork(plane);
    const RouteTableId = idOf(plane.call('CreateRouteTable', { VpcId }).RouteTable?.RouteTableId);
    const { NetworkInterfaces: [attached] = [] } = launched(plane, { SubnetId });
    const id = idOf(attached?.NetworkInterfaceId);
    plane.call('CreateTags', {
      Resources: [VpcId, SubnetId, GroupId, RouteTableId, id],
      Tags: [{ Key: 'drill', Value: 'yes' }],
    });
    const Filters = [{ Name: 'tag:drill', Values: ['yes'] }];
    expect(plane.call('DescribeVpcs', { Filters }).Vpcs).toHaveLength(1);
    expect(plane.call('DescribeSubnets', { Filters }).Subnets).toHaveLength(1);
    expect(plane.call('DescribeSecurityGroups', { Filters }).SecurityGroups).toHaveLength(1);
    expect(plane.call('DescribeRouteTables', { Filters }).RouteTables).toHaveLength(1);
    expect(plane.call('DescribeNetworkInterfaces', { Filters }).NetworkInterfaces).toMatchObject([
      { NetworkInterfaceId: id, TagSet: [{ Key: 'drill', Value: 'yes' }] },
    ]);
    plane.call('DeleteTags', { Resources: [id], Tags: [{ Key: 'drill' }] });
    expect(plane.call('DescribeNetworkInterfaces', { Filters }).NetworkInterfaces).toEqual([]);
  });

  it('are listed in pages', () => {
    const plane = aPlane();
    const { VpcId } = aNetwork(plane);
    for (const third of [2, 3, 4, 5]) plane.call('CreateSubnet', { VpcId, CidrBlock: `10.0.${third}.0/24` });
    const first = plane.call('DescribeSubnets', { MaxResults: 5 });
    const second = plane.call('DescribeSubnets', { MaxResults: 5, NextToken: idOf(first.NextToken) });
    expect([first.Subnets?.length, second.Subnets?.length, second.NextToken]).toEqual([5, 3, undefined]);
  });

  it('come back with a dump, down to the address that is next', () => {
    const one = aPlane();
    const { SubnetId, VpcId } = aNetwork(one);
    launched(one, { SubnetId });
    const text = JSON.stringify(one.service.dump());
    const other = aPlane();
    other.clock.set(one.clock.now());
    other.service.load(JSON.parse(text));
    expect(JSON.stringify(other.service.dump())).toBe(text);
    expect(launched(other, { SubnetId })).toEqual(launched(one, { SubnetId }));
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    expect(other.call('DescribeSubnets', { Filters }).Subnets).toMatchObject([{ AvailableIpAddressCount: 249 }]);
  });
});
