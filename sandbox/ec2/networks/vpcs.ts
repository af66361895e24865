import type {
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DeleteVpcCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  Vpc,
} from '@aws-sdk/client-ec2';
import { cidrMalformed, missingParameter, vpcInUse, vpcRangeInvalid } from '../errors.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { asText, taggedFilterTable } from '../requests/filters.ts';
import { vpcsNotModelled } from '../requests/filters-of-networks.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { cidrText, parseCidr } from './cidr.ts';
import { groupsOfVpc, ownVpc, routeTablesOfVpc, subnetsOfVpc } from './lookup.ts';
import { networksOf } from './networks.ts';
import { newDefaultGroup, newRouteTable, newVpc } from './views.ts';

const filters = taggedFilterTable<Vpc>(
  {
    cidr: (vpc) => vpc.CidrBlock,
    'is-default': (vpc) => asText(vpc.IsDefault),
    'owner-id': (vpc) => vpc.OwnerId,
    state: (vpc) => vpc.State,
    'vpc-id': (vpc) => vpc.VpcId,
  },
  vpcsNotModelled,
);

const rule: PageRule = { operation: 'DescribeVpcs', least: 5, most: 1_000, beyond: 'clamped', idList: 'vpcSet' };

export function vpcOperations(plane: Plane) {
  return {
    CreateVpc: operation<CreateVpcCommandInput, Answer<CreateVpcCommandOutput>>(
      ['CidrBlock', 'TagSpecifications'],
      (input, { account, region }) => ({ Vpc: createVpc(plane, plane.in(account, region), input) }),
    ),
    DescribeVpcs: operation<DescribeVpcsCommandInput, Answer<DescribeVpcsCommandOutput>>(
      ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
      ({ VpcIds: ids, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const own = (id: string) => ownVpc(place, id);
        const listing = { collection: networksOf(place).vpcs, own, rule, filters };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { Vpcs: page.items, ...tokenOf(page) };
      },
    ),
    DeleteVpc: operation<DeleteVpcCommandInput, Answer<DeleteVpcCommandOutput>>(
      ['VpcId'],
      ({ VpcId: id }, { account, region }) => {
        deleteVpc(plane.in(account, region), id);
        return {};
      },
    ),
  };
}

/** A new VPC has a main route table and a default security group (VPC User Guide, Your VPC and its resources). */
function createVpc(plane: Plane, place: AccountRegion, input: CreateVpcCommandInput): Vpc {
  const { CidrBlock: block } = input;
  if (!block) throw missingParameter('cidrBlock');
  const cidr = parseCidr(block);
  if (!cidr) throw cidrMalformed('cidrBlock', block);
  if (cidr.bits < 16 || cidr.bits > 28) throw vpcRangeInvalid(cidrText(cidr));
  const tags = tagsByType(input.TagSpecifications, ['vpc'], plane.behaviour(place.region)).get('vpc') ?? [];
  const networks = networksOf(place);
  const vpcId = plane.newId('vpc');
  const vpc = newVpc(place, { id: vpcId, seq: plane.nextSeq(), cidr, IsDefault: false, Tags: [...tags] });
  networks.vpcs.add(vpc);
  networks.routeTables.add(
    newRouteTable(place, {
      id: plane.newId('rtb'),
      seq: plane.nextSeq(),
      vpcId,
      vpcCidr: cidr,
      mainAssociationId: plane.newId('rtbassoc'),
      Tags: [],
    }),
  );
  networks.securityGroups.add(newDefaultGroup(place, { id: plane.newId('sg'), seq: plane.nextSeq(), vpcId }));
  return vpc.current;
}

/**
 * The main route table and the default group go with it; all else has to be gone before.
 *
 * @throws InvalidVpcID.NotFound, DependencyViolation.
 */
function deleteVpc(place: AccountRegion, id: string | undefined): void {
  const vpc = ownVpc(place, id);
  const networks = networksOf(place);
  const groups = groupsOfVpc(networks, vpc.id);
  const tables = routeTablesOfVpc(networks, vpc.id);
  const isInUse =
    subnetsOfVpc(networks, vpc.id).length > 0 ||
    networks.endpoints.countWithTerms([term('vpc-id', vpc.id)]) > 0 ||
    groups.some(({ current }) => current.GroupName !== 'default') ||
    tables.some(({ current }) => !current.Associations?.some(({ Main }) => Main));
  if (isInUse) throw vpcInUse(vpc.id);
  for (const group of [...groups]) networks.securityGroups.remove(group);
  for (const table of [...tables]) networks.routeTables.remove(table);
  networks.vpcs.remove(vpc);
}
