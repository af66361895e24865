import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type Route as Ec2Route,
  type RouteTable as Ec2RouteTable,
  type IpPermission,
  type SecurityGroup,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { DrillGroup, DrillSubnet, NetworkFacts, Route, RouteTable } from '../../planning/drill/network.ts';
import type { NetworkScope } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import { toTags } from '../convert.ts';
import { exactly } from './filters.ts';

/** What tells whether networks are sealed: subnets, groups, those that the groups let out to, and the routes of their VPCs. */
export async function readNetworks(
  caller: Caller,
  target: Target,
  { subnets: subnetIds, groups: groupIds }: NetworkScope,
): Promise<Reading<NetworkFacts>> {
  if (subnetIds.length === 0) return completeReading('networks', caller.now(), NO_NETWORKS);
  const [subnets, named] = await Promise.all([
    readSubnets(caller, target, subnetIds),
    readGroups(caller, target, groupIds),
  ]);
  const known = new Set(named.value.map(({ id }) => id));
  const others = named.value.flatMap(({ egress }) => egress.filter((to) => to.startsWith('sg-') && !known.has(to)));
  const vpcs = [...new Set(subnets.value.map(({ vpc }) => vpc))];
  const [outer, routeTables] = await Promise.all([
    readGroups(caller, target, [...new Set(others)]),
    readRouteTables(caller, target, vpcs),
  ]);
  const at = caller.now();
  const groups = joinReadings('security groups', at, [named, outer]);
  const value = { subnets: subnets.value, groups: groups.value, routeTables: routeTables.value };
  for (const reading of [subnets, groups, routeTables]) {
    if (!reading.complete) return partialReading(reading.source, at, value, reading.problem);
  }
  return completeReading('networks', at, value);
}

const NO_NETWORKS: NetworkFacts = { subnets: [], groups: [], routeTables: [] };

function readSubnets(caller: Caller, target: Target, ids: readonly string[]): Promise<Reading<readonly DrillSubnet[]>> {
  return readPages(caller, target, 'subnets', 'DescribeSubnets', async (client, token) => {
    const input = { Filters: [exactly('subnet-id', ...ids)], NextToken: token };
    const answer = await client.send(new DescribeSubnetsCommand(input));
    return { items: (answer.Subnets ?? []).map(toSubnet), next: answer.NextToken };
  });
}

function toSubnet(subnet: Subnet): DrillSubnet {
  const {
    SubnetId = '',
    VpcId = '',
    AvailabilityZoneId = '',
    MapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation,
  } = subnet;
  return {
    id: SubnetId,
    vpc: VpcId,
    zoneId: AvailabilityZoneId,
    tags: toTags(subnet.Tags),
    // A launch says for itself that it wants no public address of IPv4; what EC2 gives of IPv6 it gives all the same.
    givesPublicAddresses: (MapPublicIpOnLaunch ?? false) || (AssignIpv6AddressOnCreation ?? false),
  };
}

async function readGroups(
  caller: Caller,
  target: Target,
  ids: readonly string[],
): Promise<Reading<readonly DrillGroup[]>> {
  if (ids.length === 0) return completeReading('security groups', caller.now(), []);
  return readPages(caller, target, 'security groups', 'DescribeSecurityGroups', async (client, token) => {
    const input = { Filters: [exactly('group-id', ...ids)], NextToken: token };
    const answer = await client.send(new DescribeSecurityGroupsCommand(input));
    return { items: (answer.SecurityGroups ?? []).map(toGroup), next: answer.NextToken };
  });
}

function toGroup({ GroupId = '', VpcId = '', Tags, IpPermissionsEgress = [] }: SecurityGroup): DrillGroup {
  return { id: GroupId, vpc: VpcId, tags: toTags(Tags), egress: IpPermissionsEgress.flatMap(destinations) };
}

function destinations({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }: IpPermission) {
  return [
    ...IpRanges.map(({ CidrIp = 'an address' }) => CidrIp),
    ...Ipv6Ranges.map(({ CidrIpv6 = 'an address' }) => CidrIpv6),
    ...PrefixListIds.map(({ PrefixListId = 'a prefix list' }) => PrefixListId),
    ...UserIdGroupPairs.map(({ GroupId = 'a group' }) => GroupId),
  ];
}

async function readRouteTables(
  caller: Caller,
  target: Target,
  vpcs: readonly string[],
): Promise<Reading<readonly RouteTable[]>> {
  if (vpcs.length === 0) return completeReading('route tables', caller.now(), []);
  return readPages(caller, target, 'route tables', 'DescribeRouteTables', async (client, token) => {
    const input = { Filters: [exactly('vpc-id', ...vpcs)], NextToken: token };
    const answer = await client.send(new DescribeRouteTablesCommand(input));
    return { items: (answer.RouteTables ?? []).map(toRouteTable), next: answer.NextToken };
  });
}

function toRouteTable({ RouteTableId = '', VpcId = '', Associations = [], Routes = [] }: Ec2RouteTable): RouteTable {
  return {
    id: RouteTableId,
    vpc: VpcId,
    isMain: Associations.some(({ Main }) => Main),
    subnets: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
    routes: Routes.map(toRoute),
  };
}

function toRoute(route: Ec2Route): Route {
  const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
  const target =
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    // Of a kind that is newer than this list: it leads somewhere.
    'something else';
  return { destination: destination ?? 'an address', target };
}
