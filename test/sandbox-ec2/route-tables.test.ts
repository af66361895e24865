import { describe, expect, it } from 'vitest';
import { aNetwork, aPlane, idOf, refusal } from './plane.ts';

/** A plane with a network and a route table that is not its main one. */
function aTable() {
  const plane = aPlane();
  const network = aNetwork(plane);
  const { RouteTable: table } = plane.call('CreateRouteTable', { VpcId: network.VpcId });
  const RouteTableId = idOf(table?.RouteTableId);
  const read = () => plane.call('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables?.[0];
  return { ...plane, ...network, RouteTableId, read };
}

describe('a route table', () => {
  it('begins with the route inside its VPC, which stays', () => {
    const { call, RouteTableId, read } = aTable();
    expect(read()).toMatchObject({
      Associations: [],
      Routes: [
        { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active', Origin: 'CreateRouteTable' },
      ],
    });
    expect(refusal(() => call('DeleteRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' })).code).toBe(
      'InvalidParameterValue',
    );
  });

  it.each([
    ['GatewayId', 'igw-0123456789abcdef0'],
    ['NatGatewayId', 'nat-0123456789abcdef0'],
    ['TransitGatewayId', 'tgw-0123456789abcdef0'],
    ['VpcPeeringConnectionId', 'pcx-0123456789abcdef0'],
  ])('has routes to the target %s, whether there is one or not', (member, target) => {
    const { call, RouteTableId, read } = aTable();
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    call('CreateRoute', { ...route, [member]: target });
    expect(read()?.Routes?.[1]).toMatchObject({ DestinationCidrBlock: '0.0.0.0/0', [member]: target });
    expect(refusal(() => call('CreateRoute', { ...route, [member]: target })).code).toBe('RouteAlreadyExists');
    call('DeleteRoute', route);
    expect(read()?.Routes).toHaveLength(1);
    expect(refusal(() => call('DeleteRoute', route)).code).toBe('InvalidRoute.NotFound');
  });

  it('has no route to nowhere, or to two places', () => {
    const { call, RouteTableId } = aTable();
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    expect(refusal(() => call('CreateRoute', route)).code).toBe('MissingParameter');
    expect(refusal(() => call('CreateRoute', { ...route, GatewayId: 'igw-1', NatGatewayId: 'nat-1' })).code).toBe(
      'InvalidParameterCombination',
    );
  });

  it('is that of the subnets that are associated with it, one table each', () => {
    const { call, VpcId, SubnetId, RouteTableId, read } = aTable();
    const { AssociationId } = call('AssociateRouteTable', { RouteTableId, SubnetId });
    expect(read()?.Associations).toMatchObject([{ RouteTableAssociationId: AssociationId, SubnetId, Main: false }]);
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }];
    expect(call('DescribeRouteTables', { Filters }).RouteTables).toMatchObject([{ RouteTableId }]);
    expect(call('AssociateRouteTable', { RouteTableId, SubnetId }).AssociationId).toBe(AssociationId);
    const other = idOf(call('CreateRouteTable', { VpcId }).RouteTable?.RouteTableId);
    expect(refusal(() => call('AssociateRouteTable', { RouteTableId: other, SubnetId })).code).toBe(
      'Resource.AlreadyAssociated',
    );
    expect(refusal(() => call('DeleteRouteTable', { RouteTableId })).code).toBe('DependencyViolation');
    call('DisassociateRouteTable', { AssociationId });
    call('DeleteRouteTable', { RouteTableId });
    expect(refusal(read).code).toBe('InvalidRouteTableID.NotFound');
  });

  it('loses a subnet that is deleted', () => {
    const { call, SubnetId, RouteTableId, read } = aTable();
    call('AssociateRouteTable', { RouteTableId, SubnetId });
    call('DeleteSubnet', { SubnetId });
    expect(read()?.Associations).toEqual([]);
  });

  it('that is the main one is no subnet’s to leave', () => {
    const { call, VpcId } = aTable();
    const Filters = [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'association.main', Values: ['true'] },
    ];
    const [main] = call('DescribeRouteTables', { Filters }).RouteTables ?? [];
    const AssociationId = main?.Associations?.[0]?.RouteTableAssociationId;
    expect(refusal(() => call('DisassociateRouteTable', { AssociationId })).code).toBe('InvalidParameterValue');
    expect(refusal(() => call('DisassociateRouteTable', { AssociationId: 'rtbassoc-1' })).code).toBe(
      'InvalidAssociationID.NotFound',
    );
  });
});
