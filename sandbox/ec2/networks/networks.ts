import { digest } from '../plane/digest.ts';
import { emptyNetworks, type Networks } from '../plane/networks.ts';
import type { AccountRegion } from '../plane/state.ts';
import { type Cidr, parseAddress } from './cidr.ts';
import { newDefaultGroup, newRouteTable, newSubnet, newVpc } from './views.ts';

/**
 * The networks of an account in a region. The default ones are made when something first asks: a VPC with a subnet in
 * each zone, a way to the internet and a security group (VPC User Guide, Default VPCs).
 */
export function networksOf(place: AccountRegion): Networks {
  place.networks ??= defaultNetworks(place);
  return place.networks;
}

/** What default networks are numbered from: they come before all that calls make. */
const FIRST_SEQ = -10;

/** Their ids follow from account and region alone, so that they do not change which id is given out next. */
function defaultNetworks(place: AccountRegion): Networks {
  const networks = emptyNetworks();
  const id = (prefix: string, part: string) =>
    `${prefix}-${digest(`default/${place.account}/${place.region}/${part}`).slice(0, 17)}`;
  const vpcId = id('vpc', 'vpc');
  const vpcCidr = block('172.31.0.0', 16);
  networks.vpcs.add(newVpc(place, { id: vpcId, seq: FIRST_SEQ, cidr: vpcCidr, IsDefault: true, Tags: [] }));
  place.zones.forEach((zone, index) => {
    networks.subnets.add(
      newSubnet(place, {
        id: id('subnet', zone.name),
        seq: FIRST_SEQ + index,
        vpcId,
        cidr: block(`172.31.${index * 16}.0`, 20),
        zone,
        DefaultForAz: true,
        MapPublicIpOnLaunch: true,
        Tags: [],
      }),
    );
  });
  networks.routeTables.add(
    newRouteTable(place, {
      id: id('rtb', 'main'),
      seq: FIRST_SEQ,
      vpcId,
      vpcCidr,
      mainAssociationId: id('rtbassoc', 'main'),
      routes: [
        {
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: id('igw', 'internet'),
          Origin: 'CreateRoute',
          State: 'active',
        },
      ],
      Tags: [],
    }),
  );
  networks.securityGroups.add(newDefaultGroup(place, { id: id('sg', 'default'), seq: FIRST_SEQ, vpcId }));
  return networks;
}

function block(address: string, bits: number): Cidr {
  const first = parseAddress(address) ?? 0;
  return { first, last: first + 2 ** (32 - bits) - 1, bits };
}
