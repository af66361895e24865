import type { CreateVpcEndpointCommandInput, GroupIdentifier, Vpc, VpcEndpoint } from '@aws-sdk/client-ec2';
import { endpointPartsUnfit, groupOfOtherVpc, invalidValue, missingParameter, subnetFull } from '../errors.ts';
import { digest } from '../plane/digest.ts';
import { removeInterface, type SubnetEntry } from '../plane/networks.ts';
import type { Entry } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { tagsByType } from '../tags/tags.ts';
import { freeAddresses } from './addresses.ts';
import { groupsOfVpc, ownGroup, ownRouteTable, ownSubnet, ownVpc } from './lookup.ts';
import { networksOf } from './networks.ts';
import { newInterface } from './new-interface.ts';
import { changeRouteTable } from './route-tables.ts';

/** The services that have gateways; all others are reached by interfaces (VPC User Guide, Gateway endpoints). */
const GATEWAY_SERVICES = /\.(?:s3|dynamodb)$/;

/**
 * Makes an endpoint of a VPC. One of the type Gateway is a route to the addresses of its service in each table that is
 * named; one of the type Interface has an interface in each subnet, with the security groups that are named. Which other
 * services there are is not looked at.
 *
 * @throws the NotFound errors of VPC, route tables, subnets and groups; InvalidParameter and InvalidParameterValue for those
 *   of another VPC or type.
 */
export function createEndpoint(
  plane: Plane,
  place: AccountRegion,
  input: CreateVpcEndpointCommandInput,
): Entry<VpcEndpoint> {
  const { ServiceName: service, VpcEndpointType: type = 'Gateway' } = input;
  if (!service) throw missingParameter('serviceName');
  if (type !== 'Gateway' && type !== 'Interface')
    throw invalidValue(`sandbox does not model endpoints of type ${type}`);
  const vpc = ownVpc(place, input.VpcId);
  const tags = tagsByType(input.TagSpecifications, ['vpc-endpoint'], plane.behaviour(place.region));
  const parts = type === 'Gateway' ? planRoutes(place, vpc, service, input) : planInterfaces(place, vpc, input);
  const id = plane.newId('vpce');
  const seq = plane.nextSeq();
  const current = view<VpcEndpoint>({
    VpcEndpointId: id,
    VpcEndpointType: type,
    VpcId: vpc.id,
    ServiceName: service,
    State: 'Available',
    OwnerId: place.account,
    RequesterManaged: false,
    PrivateDnsEnabled: type === 'Interface' && (input.PrivateDnsEnabled ?? true),
    CreationTimestamp: secondsDate(plane.clock.now()),
    RouteTableIds: [],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    ...parts(plane, id),
    Tags: [...(tags.get('vpc-endpoint') ?? [])],
  });
  const entry: Entry<VpcEndpoint> = { id, seq, current, shown: current };
  networksOf(place).endpoints.add(entry);
  return entry;
}

/** Its routes and its interfaces go with it. */
export function removeEndpoint(place: AccountRegion, entry: Entry<VpcEndpoint>): void {
  const networks = networksOf(place);
  for (const id of entry.current.NetworkInterfaceIds ?? []) {
    const found = networks.interfaces.get(id);
    if (found) removeInterface(networks, found);
  }
  for (const id of entry.current.RouteTableIds ?? []) {
    const table = networks.routeTables.get(id);
    const rest = table?.current.Routes?.filter(({ GatewayId }) => GatewayId !== entry.id);
    if (table && rest) changeRouteTable(networks, table, { Routes: rest });
  }
  networks.endpoints.remove(entry);
}

/** What is done once nothing can be refused any more, and what the endpoint then shows of it. */
type Parts = (plane: Plane, endpointId: string) => Partial<VpcEndpoint>;

function planRoutes(
  place: AccountRegion,
  vpc: Entry<Vpc>,
  service: string,
  { RouteTableIds = [], SubnetIds = [], SecurityGroupIds = [] }: CreateVpcEndpointCommandInput,
): Parts {
  if (!GATEWAY_SERVICES.test(service)) {
    throw invalidValue(`The VPC endpoint service ${service} does not support the endpoint type: Gateway`);
  }
  if (SubnetIds.length > 0)
    throw endpointPartsUnfit('Subnet IDs', 'Interface and GatewayLoadBalancer type VPC Endpoints');
  if (SecurityGroupIds.length > 0) throw endpointPartsUnfit('Security group IDs', 'Interface type VPC Endpoint');
  const tables = RouteTableIds.map((id) => ownRouteTable(place, id));
  for (const { id, current } of tables) {
    if (current.VpcId !== vpc.id) throw invalidValue(`Route table ${id} is not of the VPC ${vpc.id}`);
  }
  return (_, endpointId) => {
    for (const table of tables) {
      const Routes = [
        ...(table.current.Routes ?? []),
        {
          DestinationPrefixListId: `pl-${digest(`${place.region}/${service}`).slice(0, 8)}`,
          GatewayId: endpointId,
          Origin: 'CreateRoute' as const,
          State: 'active' as const,
        },
      ];
      changeRouteTable(networksOf(place), table, { Routes });
    }
    return { RouteTableIds };
  };
}

function planInterfaces(
  place: AccountRegion,
  vpc: Entry<Vpc>,
  { RouteTableIds = [], SubnetIds = [], SecurityGroupIds = [] }: CreateVpcEndpointCommandInput,
): Parts {
  if (RouteTableIds.length > 0) throw endpointPartsUnfit('Route table IDs', 'Gateway type VPC Endpoint');
  const subnets = SubnetIds.map((id) => ownSubnet(place, id));
  for (const subnet of subnets) {
    if (subnet.current.VpcId !== vpc.id) throw invalidValue(`Subnet ${subnet.id} is not of the VPC ${vpc.id}`);
    if (freeAddresses(networksOf(place), subnet) < 1) throw subnetFull(subnet.id);
  }
  const groups = groupsFor(place, vpc, SecurityGroupIds, subnets);
  return (plane, endpointId) => ({
    SubnetIds,
    Groups: groups,
    NetworkInterfaceIds: subnets.flatMap((subnet) => interfaceIn(plane, place, subnet, groups, endpointId)),
  });
}

function groupsFor(
  place: AccountRegion,
  vpc: Entry<Vpc>,
  ids: readonly string[],
  subnets: readonly SubnetEntry[],
): GroupIdentifier[] {
  const named = ids.map((id) => ownGroup(place, id));
  for (const { id, current } of named) {
    if (current.VpcId !== vpc.id) throw groupOfOtherVpc(id, subnets[0]?.id ?? vpc.id);
  }
  const groups =
    named.length > 0
      ? named
      : groupsOfVpc(networksOf(place), vpc.id).filter(({ current }) => current.GroupName === 'default');
  return groups.map(({ id, current }) => ({ GroupId: id, GroupName: current.GroupName }));
}

function interfaceIn(
  plane: Plane,
  place: AccountRegion,
  subnet: SubnetEntry,
  groups: GroupIdentifier[],
  endpointId: string,
): string {
  const id = plane.newId('eni');
  newInterface(place, {
    id,
    seq: plane.nextSeq(),
    subnet,
    groups,
    isPublic: false,
    Description: `VPC Endpoint Interface ${endpointId}`,
    InterfaceType: 'vpc_endpoint',
    RequesterManaged: true,
    Attachment: {
      AttachmentId: `ela-attach-${id.slice('eni-'.length)}`,
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: 'amazon-aws',
      Status: 'attached',
    },
    TagSet: [],
  });
  return id;
}
