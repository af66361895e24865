import type {
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import {
  defaultGroupKept,
  groupInUse,
  groupNameNotFound,
  groupNameReserved,
  groupNameTaken,
  missingParameter,
} from '../errors.ts';
import { type Entry, term } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { asText, type FieldValue, present, taggedFilterTable } from '../requests/filters.ts';
import { securityGroupsNotModelled } from '../requests/filters-of-networks.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { defaultVpc, groupsOfVpc, ownGroup, ownVpc } from './lookup.ts';
import { networksOf } from './networks.ts';
import { groupsNamed } from './permissions.ts';
import { newSecurityGroup } from './views.ts';

type Permissions = NonNullable<SecurityGroup['IpPermissions']>;

const filters = taggedFilterTable<SecurityGroup>(
  {
    description: (group) => group.Description,
    ...filtersOfRules('egress.ip-permission', (group) => group.IpPermissionsEgress ?? []),
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    ...filtersOfRules('ip-permission', (group) => group.IpPermissions ?? []),
    'owner-id': (group) => group.OwnerId,
    'vpc-id': (group) => group.VpcId,
  },
  securityGroupsNotModelled,
);

const rule: PageRule = {
  operation: 'DescribeSecurityGroups',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'groupIdSet',
};

export function securityGroupOperations(plane: Plane) {
  return {
    CreateSecurityGroup: operation<CreateSecurityGroupCommandInput, Answer<CreateSecurityGroupCommandOutput>>(
      ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
      (input, { account, region }) => {
        const { current } = createGroup(plane, plane.in(account, region), input);
        return { GroupId: current.GroupId, SecurityGroupArn: current.SecurityGroupArn, Tags: current.Tags };
      },
    ),
    DescribeSecurityGroups: operation<DescribeSecurityGroupsCommandInput, Answer<DescribeSecurityGroupsCommandOutput>>(
      ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken'],
      ({ GroupIds, GroupNames, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const ids = [...(GroupIds ?? []), ...(GroupNames ?? []).map((name) => groupNamed(place, name).id)];
        const own = (id: string) => ownGroup(place, id);
        const listing = { collection: networksOf(place).securityGroups, own, rule, filters };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { SecurityGroups: page.items, ...tokenOf(page) };
      },
    ),
    DeleteSecurityGroup: operation<DeleteSecurityGroupCommandInput, Answer<DeleteSecurityGroupCommandOutput>>(
      ['GroupId'],
      ({ GroupId: id }, { account, region }) => {
        const entry = deleteGroup(plane.in(account, region), id);
        return { Return: true, GroupId: entry.id };
      },
    ),
  };
}

function filtersOfRules(prefix: string, rulesOf: (group: SecurityGroup) => Permissions) {
  const each =
    (value: (permission: Permissions[number]) => readonly (string | undefined)[]) => (group: SecurityGroup) =>
      present(rulesOf(group).flatMap(value));
  const fields: Readonly<Record<string, (group: SecurityGroup) => FieldValue>> = {
    [`${prefix}.cidr`]: each(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)),
    [`${prefix}.from-port`]: each(({ FromPort }) => [asText(FromPort)]),
    [`${prefix}.group-id`]: each(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupId }) => GroupId)),
    [`${prefix}.ipv6-cidr`]: each(({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)),
    [`${prefix}.prefix-list-id`]: each(({ PrefixListIds = [] }) =>
      PrefixListIds.map(({ PrefixListId }) => PrefixListId),
    ),
    [`${prefix}.protocol`]: each(({ IpProtocol }) => [IpProtocol]),
    [`${prefix}.to-port`]: each(({ ToPort }) => [asText(ToPort)]),
    [`${prefix}.user-id`]: each(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ UserId }) => UserId)),
  };
  return fields;
}

/** Names are for the default VPC (API reference, DescribeSecurityGroups). @throws InvalidGroup.NotFound. */
function groupNamed(place: AccountRegion, name: string): Entry<SecurityGroup> {
  const found = groupsOfVpc(networksOf(place), defaultVpc(place).id).find(({ current }) => current.GroupName === name);
  if (!found) throw groupNameNotFound(name);
  return found;
}

/** @throws InvalidParameterValue, InvalidVpcID.NotFound, InvalidGroup.Duplicate. */
function createGroup(plane: Plane, place: AccountRegion, input: CreateSecurityGroupCommandInput) {
  const { GroupName: name, Description: description, VpcId: vpcId } = input;
  if (!name) throw missingParameter('groupName');
  if (!description) throw missingParameter('groupDescription');
  if (name === 'default' || name.startsWith('sg-')) throw groupNameReserved(name);
  const vpc = vpcId ? ownVpc(place, vpcId) : defaultVpc(place);
  const networks = networksOf(place);
  if (groupsOfVpc(networks, vpc.id).some(({ current }) => current.GroupName === name)) {
    throw groupNameTaken(name, vpc.id);
  }
  const tags = tagsByType(input.TagSpecifications, ['security-group'], plane.behaviour(place.region));
  const entry = newSecurityGroup(place, {
    id: plane.newId('sg'),
    seq: plane.nextSeq(),
    vpcId: vpc.id,
    GroupName: name,
    Description: description,
    IpPermissions: [],
    Tags: [...(tags.get('security-group') ?? [])],
  });
  networks.securityGroups.add(entry);
  return entry;
}

/** @throws CannotDelete for a VPC's own, DependencyViolation for one that an interface or another group's rule names. */
function deleteGroup(place: AccountRegion, id: string | undefined): Entry<SecurityGroup> {
  const entry = ownGroup(place, id);
  const networks = networksOf(place);
  if (entry.current.GroupName === 'default') throw defaultGroupKept(entry.id, 'default');
  const isNamed = groupsOfVpc(networks, entry.current.VpcId ?? '').some(
    ({ id: other, current }) =>
      other !== entry.id &&
      [...groupsNamed(current.IpPermissions), ...groupsNamed(current.IpPermissionsEgress)].includes(entry.id),
  );
  if (isNamed || networks.interfaces.countWithTerms([term('group-id', entry.id)]) > 0) throw groupInUse(entry.id);
  networks.securityGroups.remove(entry);
  return entry;
}
