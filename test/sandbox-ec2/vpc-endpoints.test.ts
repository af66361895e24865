import type { CreateVpcEndpointCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlane, idOf, type PlaneUnderTest, refusal } from './plane.ts';

const S3 = 'com.amazonaws.eu-central-1.s3';
const SSM = 'com.amazonaws.eu-central-1.ssm';

/** A plane with a network and a route table in it. */
function aPrivateNetwork() {
  const plane = aPlane();
  const network = aNetwork(plane);
  const RouteTableId = idOf(plane.call('CreateRouteTable', { VpcId: network.VpcId }).RouteTable?.RouteTableId);
  return { plane, ...network, RouteTableId };
}

function routesOf({ call }: PlaneUnderTest, id: string) {
  return call('DescribeRouteTables', { RouteTableIds: [id] }).RouteTables?.[0]?.Routes ?? [];
}

function created({ call }: PlaneUnderTest, input: CreateVpcEndpointCommandInput) {
  const { VpcEndpoint: endpoint } = call('CreateVpcEndpoint', input);
  return { endpoint, id: idOf(endpoint?.VpcEndpointId) };
}

describe('an endpoint of a VPC', () => {
  it('is a route to the addresses of its service, until it is deleted', () => {
    const { plane, VpcId, RouteTableId } = aPrivateNetwork();
    const { endpoint, id } = created(plane, { VpcId, ServiceName: S3, RouteTableIds: [RouteTableId] });
    expect(endpoint).toMatchObject({
      VpcEndpointId: expect.stringMatching(/^vpce-[0-9a-f]{17}$/),
      VpcEndpointType: 'Gateway',
      ServiceName: S3,
      State: 'Available',
      RouteTableIds: [RouteTableId],
      NetworkInterfaceIds: [],
      PrivateDnsEnabled: false,
    });
    expect(routesOf(plane, RouteTableId)).toEqual([
      expect.objectContaining({ GatewayId: 'local' }),
      {
        DestinationPrefixListId: expect.stringMatching(/^pl-[0-9a-f]{8}$/),
        GatewayId: id,
        Origin: 'CreateRoute',
        State: 'active',
      },
    ]);
    const Filters = [{ Name: 'route.gateway-id', Values: ['vpce-*'] }];
    expect(plane.call('DescribeRouteTables', { Filters }).RouteTables).toMatchObject([{ RouteTableId }]);
    expect(refusal(() => plane.call('DeleteVpc', { VpcId })).code).toBe('DependencyViolation');
    plane.call('DeleteVpcEndpoints', { VpcEndpointIds: [id] });
    expect(routesOf(plane, RouteTableId)).toHaveLength(1);
  });

  it('is an interface in each subnet with its groups, until it is deleted', () => {
    const { plane, VpcId, SubnetId, GroupId } = aPrivateNetwork();
    const { endpoint, id } = created(plane, {
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: SSM,
      SubnetIds: [SubnetId],
      SecurityGroupIds: [GroupId],
    });
    expect(endpoint).toMatchObject({
      SubnetIds: [SubnetId],
      Groups: [{ GroupId, GroupName: 'web' }],
      PrivateDnsEnabled: true,
    });
    const NetworkInterfaceIds = endpoint?.NetworkInterfaceIds ?? [];
    expect(plane.call('DescribeNetworkInterfaces', { NetworkInterfaceIds }).NetworkInterfaces).toMatchObject([
      {
        InterfaceType: 'vpc_endpoint',
        RequesterManaged: true,
        PrivateIpAddress: '10.0.1.4',
        SubnetId,
        Groups: [{ GroupId }],
        Description: `VPC Endpoint Interface ${id}`,
      },
    ]);
    const NetworkInterfaceId = idOf(NetworkInterfaceIds[0]);
    expect(refusal(() => plane.call('DeleteNetworkInterface', { NetworkInterfaceId })).code).toBe(
      'InvalidParameterValue',
    );
    expect(refusal(() => plane.call('DeleteSecurityGroup', { GroupId })).code).toBe('DependencyViolation');
    expect(refusal(() => plane.call('DeleteSubnet', { SubnetId })).code).toBe('DependencyViolation');
    plane.call('DeleteVpcEndpoints', { VpcEndpointIds: [id] });
    expect(plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces).toEqual([]);
    plane.call('DeleteSubnet', { SubnetId });
    const other = created(plane, { VpcId, VpcEndpointType: 'Interface', ServiceName: SSM }).endpoint;
    expect(other?.Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  it.each<[string, Partial<CreateVpcEndpointCommandInput>, string]>([
    ['no service', { ServiceName: undefined }, 'MissingParameter'],
    ['a gateway to a service that has none', { ServiceName: SSM }, 'InvalidParameterValue'],
    ['a subnet for a gateway', { SubnetIds: ['subnet-0123456789abcdef0'] }, 'InvalidParameter'],
    ['a group for a gateway', { SecurityGroupIds: ['sg-0123456789abcdef0'] }, 'InvalidParameter'],
    ['a route table for an interface', { VpcEndpointType: 'Interface', RouteTableIds: ['rtb-1'] }, 'InvalidParameter'],
    ['an unknown route table', { RouteTableIds: ['rtb-0123456789abcdef0'] }, 'InvalidRouteTableID.NotFound'],
    ['an unknown VPC', { VpcId: 'vpc-0123456789abcdef0' }, 'InvalidVpcID.NotFound'],
    ['a type that is not modelled', { VpcEndpointType: 'GatewayLoadBalancer' }, 'InvalidParameterValue'],
  ])('is refused with %s', (_, input, code) => {
    const { plane, VpcId } = aPrivateNetwork();
    expect(refusal(() => created(plane, { VpcId, ServiceName: S3, ...input })).code).toBe(code);
    expect(plane.call('DescribeVpcEndpoints', {}).VpcEndpoints).toEqual([]);
  });

  it('is refused in a subnet or with a group of another VPC', () => {
    const { plane, SubnetId, GroupId } = aPrivateNetwork();
    const other = aNetwork(plane, '10.1.0.0/16', '10.1.1.0/24');
    const make = (input: Partial<CreateVpcEndpointCommandInput>) => () =>
      created(plane, { VpcId: other.VpcId, VpcEndpointType: 'Interface', ServiceName: SSM, ...input });
    expect(refusal(make({ SubnetIds: [SubnetId] })).code).toBe('InvalidParameterValue');
    expect(refusal(make({ SubnetIds: [other.SubnetId], SecurityGroupIds: [GroupId] })).code).toBe('InvalidParameter');
  });

  it('is made once for a token, tagged, found by filter and part of a dump', () => {
    const { plane, VpcId, RouteTableId } = aPrivateNetwork();
    const input = {
      VpcId,
      ServiceName: S3,
      RouteTableIds: [RouteTableId],
      ClientToken: 'token',
      TagSpecifications: [{ ResourceType: 'vpc-endpoint' as const, Tags: [{ Key: 'Name', Value: 's3' }] }],
    };
    const { id } = created(plane, input);
    expect(created(plane, input).id).toBe(id);
    expect(routesOf(plane, RouteTableId)).toHaveLength(2);
    plane.call('CreateTags', { Resources: [id], Tags: [{ Key: 'for', Value: 'drills' }] });
    const loaded = aPlane();
    loaded.clock.set(plane.clock.now());
    loaded.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    const found = (Name: string, value: string) =>
      loaded.call('DescribeVpcEndpoints', { Filters: [{ Name, Values: [value] }] }).VpcEndpoints?.length;
    expect([found('vpc-id', VpcId), found('tag:for', 'drills'), found('vpc-endpoint-state', 'available')]).toEqual([
      1, 1, 1,
    ]);
    expect([found('service-name', SSM), found('vpc-endpoint-type', 'Interface')]).toEqual([0, 0]);
  });

  it('that is not there is told in the answer, and keeps no other', () => {
    const { plane, VpcId } = aPrivateNetwork();
    const { id } = created(plane, { VpcId, ServiceName: S3 });
    const unknown = 'vpce-0123456789abcdef0';
    expect(plane.call('DeleteVpcEndpoints', { VpcEndpointIds: [unknown, id] }).Unsuccessful).toEqual([
      {
        ResourceId: unknown,
        Error: {
          Code: 'InvalidVpcEndpointId.NotFound',
          Message: `The Vpc Endpoint Id '${unknown}' does not exist`,
        },
      },
    ]);
    expect(refusal(() => plane.call('DescribeVpcEndpoints', { VpcEndpointIds: [id] })).code).toBe(
      'InvalidVpcEndpointId.NotFound',
    );
  });
});
