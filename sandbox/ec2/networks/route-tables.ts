import type {
  AssociateRouteTableCommandInput,
  AssociateRouteTableCommandOutput,
  CreateRouteTableCommandInput,
  CreateRouteTableCommandOutput,
  DeleteRouteTableCommandInput,
  DeleteRouteTableCommandOutput,
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  DisassociateRouteTableCommandInput,
  DisassociateRouteTableCommandOutput,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import {
  associationNotFound,
  invalidValue,
  mainAssociationKept,
  missingParameter,
  routeTableInUse,
  subnetHasRouteTable,
} from '../errors.ts';
import type { Networks, SubnetEntry } from '../plane/networks.ts';
import type { Entry } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { asText, present, taggedFilterTable } from '../requests/filters.ts';
import { routeTablesNotModelled } from '../requests/filters-of-networks.ts';
import { once } from '../requests/idempotency.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { parseCidr } from './cidr.ts';
import { ownRouteTable, ownSubnet, ownVpc, routeTablesOfVpc } from './lookup.ts';
import { networksOf } from './networks.ts';
import { newRouteTable } from './views.ts';

const filters = taggedFilterTable<RouteTable>(
  {
    'association.main': (table) => present(associations(table).map(({ Main }) => asText(Main))),
    'association.route-table-association-id': (table) =>
      present(associations(table).map(({ RouteTableAssociationId }) => RouteTableAssociationId)),
    'association.route-table-id': (table) => present(associations(table).map(({ RouteTableId }) => RouteTableId)),
    'association.subnet-id': (table) => present(associations(table).map(({ SubnetId }) => SubnetId)),
    'owner-id': (table) => table.OwnerId,
    'route-table-id': (table) => table.RouteTableId,
    'route.destination-cidr-block': (table) =>
      present((table.Routes ?? []).map(({ DestinationCidrBlock }) => DestinationCidrBlock)),
    'route.gateway-id': (table) => present((table.Routes ?? []).map(({ GatewayId }) => GatewayId)),
    'route.nat-gateway-id': (table) => present((table.Routes ?? []).map(({ NatGatewayId }) => NatGatewayId)),
    'route.origin': (table) => present((table.Routes ?? []).map(({ Origin }) => Origin)),
    'route.state': (table) => present((table.Routes ?? []).map(({ State }) => State)),
    'route.transit-gateway-id': (table) =>
      present((table.Routes ?? []).map(({ TransitGatewayId }) => TransitGatewayId)),
    'route.vpc-peering-connection-id': (table) =>
      present((table.Routes ?? []).map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId)),
    'vpc-id': (table) => table.VpcId,
  },
  routeTablesNotModelled,
);

const rule: PageRule = {
  operation: 'DescribeRouteTables',
  least: 5,
  most: 100,
  beyond: 'clamped',
  idList: 'routeTableIdSet',
};

export function routeTableOperations(plane: Plane) {
  return {
    CreateRouteTable: operation<CreateRouteTableCommandInput, Answer<CreateRouteTableCommandOutput>>(
      ['VpcId', 'ClientToken', 'TagSpecifications'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const { id } = once(plane, place, 'CreateRouteTable', input, () => createRouteTable(plane, place, input));
        return { RouteTable: ownRouteTable(place, id).current };
      },
    ),
    DescribeRouteTables: operation<DescribeRouteTablesCommandInput, Answer<DescribeRouteTablesCommandOutput>>(
      ['RouteTableIds', 'Filters', 'MaxResults', 'NextToken'],
      ({ RouteTableIds: ids, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const own = (id: string) => ownRouteTable(place, id);
        const listing = { collection: networksOf(place).routeTables, own, rule, filters };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { RouteTables: page.items, ...tokenOf(page) };
      },
    ),
    AssociateRouteTable: operation<AssociateRouteTableCommandInput, Answer<AssociateRouteTableCommandOutput>>(
      ['RouteTableId', 'SubnetId'],
      (input, { account, region }) => ({
        AssociationId: associate(plane, plane.in(account, region), input),
        AssociationState: { State: 'associated' },
      }),
    ),
    DisassociateRouteTable: operation<DisassociateRouteTableCommandInput, Answer<DisassociateRouteTableCommandOutput>>(
      ['AssociationId'],
      ({ AssociationId: id }, { account, region }) => {
        disassociate(networksOf(plane.in(account, region)), id);
        return {};
      },
    ),
    DeleteRouteTable: operation<DeleteRouteTableCommandInput, Answer<DeleteRouteTableCommandOutput>>(
      ['RouteTableId'],
      ({ RouteTableId: id }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownRouteTable(place, id);
        if (associations(entry.current).length > 0) throw routeTableInUse(entry.id);
        networksOf(place).routeTables.remove(entry);
        return {};
      },
    ),
  };
}

function associations(table: RouteTable): readonly RouteTableAssociation[] {
  return table.Associations ?? [];
}

export function changeRouteTable(networks: Networks, entry: Entry<RouteTable>, change: Partial<RouteTable>): void {
  entry.current = view<RouteTable>({ ...entry.current, ...change });
  networks.routeTables.show(entry);
}

/** Takes a subnet that goes off the table that it is associated with. */
export function dissociateSubnet(networks: Networks, subnet: SubnetEntry): void {
  const found = explicitAssociation(networks, subnet);
  if (found) disassociate(networks, found.RouteTableAssociationId);
}

function createRouteTable(plane: Plane, place: AccountRegion, input: CreateRouteTableCommandInput): string {
  const vpc = ownVpc(place, input.VpcId);
  const vpcCidr = parseCidr(vpc.current.CidrBlock ?? '');
  if (!vpcCidr) throw missingParameter('cidrBlock');
  const tags = tagsByType(input.TagSpecifications, ['route-table'], plane.behaviour(place.region));
  const table = newRouteTable(place, {
    id: plane.newId('rtb'),
    seq: plane.nextSeq(),
    vpcId: vpc.id,
    vpcCidr,
    Tags: [...(tags.get('route-table') ?? [])],
  });
  networksOf(place).routeTables.add(table);
  return table.id;
}

/** A subnet that is associated with no table goes by the main one of its VPC. */
function associate(
  plane: Plane,
  place: AccountRegion,
  { RouteTableId: tableId, SubnetId: subnetId }: AssociateRouteTableCommandInput,
): string {
  const table = ownRouteTable(place, tableId);
  const subnet = ownSubnet(place, subnetId);
  const networks = networksOf(place);
  if (table.current.VpcId !== subnet.current.VpcId) {
    throw invalidValue(`Route table ${table.id} and subnet ${subnet.id} belong to different networks`);
  }
  const known = explicitAssociation(networks, subnet);
  if (known?.RouteTableId === table.id) return known.RouteTableAssociationId ?? '';
  if (known) throw subnetHasRouteTable(table.id);
  const id = plane.newId('rtbassoc');
  const association: RouteTableAssociation = {
    Main: false,
    RouteTableAssociationId: id,
    RouteTableId: table.id,
    SubnetId: subnet.id,
    AssociationState: { State: 'associated' },
  };
  changeRouteTable(networks, table, { Associations: [...associations(table.current), association] });
  return id;
}

function explicitAssociation(networks: Networks, subnet: SubnetEntry): RouteTableAssociation | undefined {
  return routeTablesOfVpc(networks, subnet.current.VpcId ?? '')
    .flatMap(({ current }) => associations(current))
    .find(({ SubnetId }) => SubnetId === subnet.id);
}

/** @throws InvalidAssociationID.NotFound, and InvalidParameterValue for the association that makes a table the main one. */
function disassociate(networks: Networks, id: string | undefined): void {
  if (!id) throw missingParameter('associationId');
  for (const entry of networks.routeTables.inOrder) {
    const association = associations(entry.current).find(
      ({ RouteTableAssociationId }) => RouteTableAssociationId === id,
    );
    if (!association) continue;
    if (association.Main) throw mainAssociationKept(id);
    const rest = associations(entry.current).filter((other) => other !== association);
    changeRouteTable(networks, entry, { Associations: rest });
    return;
  }
  throw associationNotFound(id);
}
