import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupEgressCommandOutput,
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput,
  IpPermission,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupEgressCommandOutput,
  RevokeSecurityGroupIngressCommandInput,
  RevokeSecurityGroupIngressCommandOutput,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { missingParameter } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { ownGroup } from './lookup.ts';
import { networksOf } from './networks.ts';
import { groupsNamed, withoutPermissions, withPermissions } from './permissions.ts';

type Direction = 'IpPermissions' | 'IpPermissionsEgress';
type Change = typeof withPermissions;

interface RuleRequest {
  readonly GroupId?: string | undefined;
  readonly IpPermissions?: IpPermission[] | undefined;
}

/** Rules are named by what they let through; ids of rules are not modelled. */
const HEEDS = [
  'GroupId',
  'IpPermissions.IpProtocol',
  'IpPermissions.FromPort',
  'IpPermissions.ToPort',
  'IpPermissions.IpRanges',
  'IpPermissions.Ipv6Ranges',
  'IpPermissions.PrefixListIds',
  'IpPermissions.UserIdGroupPairs.GroupId',
  'IpPermissions.UserIdGroupPairs.UserId',
  'IpPermissions.UserIdGroupPairs.Description',
];

export function securityGroupRuleOperations(plane: Plane) {
  return {
    AuthorizeSecurityGroupIngress: operation<
      AuthorizeSecurityGroupIngressCommandInput,
      Answer<AuthorizeSecurityGroupIngressCommandOutput>
    >(HEEDS, (input, context) => changeRules(plane, context, input, 'IpPermissions', withPermissions)),
    AuthorizeSecurityGroupEgress: operation<
      AuthorizeSecurityGroupEgressCommandInput,
      Answer<AuthorizeSecurityGroupEgressCommandOutput>
    >(HEEDS, (input, context) => changeRules(plane, context, input, 'IpPermissionsEgress', withPermissions)),
    RevokeSecurityGroupIngress: operation<
      RevokeSecurityGroupIngressCommandInput,
      Answer<RevokeSecurityGroupIngressCommandOutput>
    >(HEEDS, (input, context) => changeRules(plane, context, input, 'IpPermissions', withoutPermissions)),
    RevokeSecurityGroupEgress: operation<
      RevokeSecurityGroupEgressCommandInput,
      Answer<RevokeSecurityGroupEgressCommandOutput>
    >(HEEDS, (input, context) => changeRules(plane, context, input, 'IpPermissionsEgress', withoutPermissions)),
  };
}

function changeRules(
  plane: Plane,
  { account, region }: CallContext,
  { GroupId: id, IpPermissions: permissions = [] }: RuleRequest,
  direction: Direction,
  change: Change,
): { Return: boolean } {
  const place = plane.in(account, region);
  const entry = ownGroup(place, id);
  if (permissions.length === 0) throw missingParameter('ipPermissions');
  for (const named of groupsNamed(permissions)) ownGroup(place, named);
  const rules = change(entry.current[direction] ?? [], structuredClone(permissions), account);
  entry.current = view<SecurityGroup>({ ...entry.current, [direction]: rules });
  networksOf(place).securityGroups.show(entry);
  return { Return: true };
}
