import type { Route, RouteTable, SecurityGroup, Subnet, Vpc } from '@aws-sdk/client-ec2';
import type { SubnetEntry } from '../plane/networks.ts';
import type { Entry } from '../plane/records.ts';
import type { AccountRegion } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Cidr, cidrText } from './cidr.ts';
import type { Zone } from './zones.ts';

/** How a network's parts look when they are made, by AWS or by a call. */

type Made<View> = View & { readonly id: string; readonly seq: number };

function entry<View extends object>(id: string, seq: number, current: View): Entry<View> {
  const made = view(current);
  return { id, seq, current: made, shown: made };
}

export function newVpc(
  { account }: AccountRegion,
  { id, seq, cidr, ...facts }: Made<{ readonly cidr: Cidr } & Pick<Vpc, 'IsDefault' | 'Tags'>>,
): Entry<Vpc> {
  return entry<Vpc>(id, seq, {
    VpcId: id,
    CidrBlock: cidrText(cidr),
    State: 'available',
    DhcpOptionsId: 'default',
    InstanceTenancy: 'default',
    OwnerId: account,
    ...facts,
  });
}

interface NewSubnet extends Pick<Subnet, 'DefaultForAz' | 'MapPublicIpOnLaunch' | 'Tags'> {
  readonly vpcId: string;
  readonly cidr: Cidr;
  readonly zone: Zone;
}

export function newSubnet(
  { account, region }: AccountRegion,
  { id, seq, vpcId, cidr, zone, ...facts }: Made<NewSubnet>,
): SubnetEntry {
  const firstAddress = cidr.first + 4;
  return {
    ...entry<Subnet>(id, seq, {
      SubnetId: id,
      SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
      VpcId: vpcId,
      CidrBlock: cidrText(cidr),
      AvailabilityZone: zone.name,
      AvailabilityZoneId: zone.id,
      State: 'available',
      OwnerId: account,
      AssignIpv6AddressOnCreation: false,
      Ipv6CidrBlockAssociationSet: [],
      ...facts,
    }),
    firstAddress,
    lastAddress: cidr.last - 1,
    newestAddress: firstAddress - 1,
  };
}

interface NewRouteTable extends Pick<RouteTable, 'Tags'> {
  readonly vpcId: string;
  readonly vpcCidr: Cidr;
  /** The id of the association that makes it the main one. */
  readonly mainAssociationId?: string;
  readonly routes?: readonly Route[];
}

export function newRouteTable(
  { account }: AccountRegion,
  { id, seq, vpcId, vpcCidr, mainAssociationId, routes = [], Tags }: Made<NewRouteTable>,
): Entry<RouteTable> {
  const local: Route = {
    DestinationCidrBlock: cidrText(vpcCidr),
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
    State: 'active',
  };
  return entry<RouteTable>(id, seq, {
    RouteTableId: id,
    VpcId: vpcId,
    OwnerId: account,
    Associations: mainAssociationId
      ? [
          {
            Main: true,
            RouteTableAssociationId: mainAssociationId,
            RouteTableId: id,
            AssociationState: { State: 'associated' },
          },
        ]
      : [],
    Routes: [local, ...routes],
    PropagatingVgws: [],
    Tags,
  });
}

interface NewGroup extends Pick<SecurityGroup, 'GroupName' | 'Description' | 'IpPermissions' | 'Tags'> {
  readonly vpcId: string;
}

/** A new group lets everything out. */
export function newSecurityGroup(
  { account, region }: AccountRegion,
  { id, seq, vpcId, ...facts }: Made<NewGroup>,
): Entry<SecurityGroup> {
  return entry<SecurityGroup>(id, seq, {
    GroupId: id,
    SecurityGroupArn: `arn:aws:ec2:${region}:${account}:security-group/${id}`,
    VpcId: vpcId,
    OwnerId: account,
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    ...facts,
  });
}

/** The group that a VPC has from the start: it lets in what comes from itself. */
export function newDefaultGroup(
  place: AccountRegion,
  { id, seq, vpcId }: { readonly id: string; readonly seq: number; readonly vpcId: string },
): Entry<SecurityGroup> {
  return newSecurityGroup(place, {
    id,
    seq,
    vpcId,
    GroupName: 'default',
    Description: 'default VPC security group',
    IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: id, UserId: place.account }] }],
    Tags: [],
  });
}
