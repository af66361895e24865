import type {
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DeleteSubnetCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  ModifySubnetAttributeCommandInput,
  ModifySubnetAttributeCommandOutput,
  Subnet,
} from '@aws-sdk/client-ec2';
import { cidrMalformed, missingParameter, subnetConflict, subnetInUse, subnetRangeInvalid } from '../errors.ts';
import type { SubnetEntry } from '../plane/networks.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { asText, taggedFilterTable } from '../requests/filters.ts';
import { subnetsNotModelled } from '../requests/filters-of-networks.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { freeAddresses } from './addresses.ts';
import { type Cidr, cidrText, holds, overlap, parseCidr } from './cidr.ts';
import { chosenZone, ownSubnet, ownVpc, subnetsOfVpc } from './lookup.ts';
import { networksOf } from './networks.ts';
import { dissociateSubnet } from './route-tables.ts';
import { newSubnet } from './views.ts';

const filters = taggedFilterTable<Subnet>(
  {
    'availability-zone': (subnet) => subnet.AvailabilityZone,
    'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
    'available-ip-address-count': (subnet) => asText(subnet.AvailableIpAddressCount),
    'cidr-block': (subnet) => subnet.CidrBlock,
    'default-for-az': (subnet) => asText(subnet.DefaultForAz),
    'map-public-ip-on-launch': (subnet) => asText(subnet.MapPublicIpOnLaunch),
    'owner-id': (subnet) => subnet.OwnerId,
    state: (subnet) => subnet.State,
    'subnet-arn': (subnet) => subnet.SubnetArn,
    'subnet-id': (subnet) => subnet.SubnetId,
    'vpc-id': (subnet) => subnet.VpcId,
  },
  subnetsNotModelled,
);

const rule: PageRule = { operation: 'DescribeSubnets', least: 5, most: 1_000, beyond: 'clamped', idList: 'subnetSet' };

export function subnetOperations(plane: Plane) {
  return {
    CreateSubnet: operation<CreateSubnetCommandInput, Answer<CreateSubnetCommandOutput>>(
      ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        return { Subnet: withFree(place, createSubnet(plane, place, input)) };
      },
    ),
    DescribeSubnets: operation<DescribeSubnetsCommandInput, Answer<DescribeSubnetsCommandOutput>>(
      ['SubnetIds', 'Filters', 'MaxResults', 'NextToken'],
      ({ SubnetIds: ids, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const listing = {
          collection: networksOf(place).subnets,
          own: (id: string) => ownSubnet(place, id),
          rule,
          filters,
          shown: (entry: SubnetEntry) => withFree(place, entry),
        };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { Subnets: page.items, ...tokenOf(page) };
      },
    ),
    ModifySubnetAttribute: operation<ModifySubnetAttributeCommandInput, Answer<ModifySubnetAttributeCommandOutput>>(
      ['SubnetId', 'MapPublicIpOnLaunch'],
      ({ SubnetId: id, MapPublicIpOnLaunch: map }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownSubnet(place, id);
        if (map?.Value === undefined) throw missingParameter('mapPublicIpOnLaunch');
        entry.current = view({ ...entry.current, MapPublicIpOnLaunch: map.Value });
        networksOf(place).subnets.show(entry);
        return {};
      },
    ),
    DeleteSubnet: operation<DeleteSubnetCommandInput, Answer<DeleteSubnetCommandOutput>>(
      ['SubnetId'],
      ({ SubnetId: id }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownSubnet(place, id);
        const networks = networksOf(place);
        if (networks.interfaces.countWithTerms([term('subnet-id', entry.id)]) > 0) throw subnetInUse(entry.id);
        dissociateSubnet(networks, entry);
        networks.subnets.remove(entry);
        networks.takenAddresses.delete(entry.id);
        return {};
      },
    ),
  };
}

/** How many addresses are free changes with every launch, so it is reckoned when somebody asks. */
function withFree(place: AccountRegion, entry: SubnetEntry): Subnet {
  return view<Subnet>({ ...entry.current, AvailableIpAddressCount: freeAddresses(networksOf(place), entry) });
}

function createSubnet(plane: Plane, place: AccountRegion, input: CreateSubnetCommandInput): SubnetEntry {
  const vpc = ownVpc(place, input.VpcId);
  const zone = chosenZone(place, input) ?? place.zones[0];
  if (!zone) throw missingParameter('availabilityZone');
  const cidr = subnetCidr(place, vpc.id, parseCidr(vpc.current.CidrBlock ?? ''), input.CidrBlock);
  const tags = tagsByType(input.TagSpecifications, ['subnet'], plane.behaviour(place.region)).get('subnet') ?? [];
  const entry = newSubnet(place, {
    id: plane.newId('subnet'),
    seq: plane.nextSeq(),
    vpcId: vpc.id,
    cidr,
    zone,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    Tags: [...tags],
  });
  networksOf(place).subnets.add(entry);
  return entry;
}

/** @throws InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict. */
function subnetCidr(place: AccountRegion, vpcId: string, vpcCidr: Cidr | undefined, block: string | undefined): Cidr {
  if (!block) throw missingParameter('cidrBlock');
  const cidr = parseCidr(block);
  if (!cidr) throw cidrMalformed('cidrBlock', block);
  if (cidr.bits < 16 || cidr.bits > 28 || !vpcCidr || !holds(vpcCidr, cidr)) throw subnetRangeInvalid(cidrText(cidr));
  for (const { current } of subnetsOfVpc(networksOf(place), vpcId)) {
    const other = parseCidr(current.CidrBlock ?? '');
    if (other && overlap(other, cidr)) throw subnetConflict(cidrText(cidr));
  }
  return cidr;
}
