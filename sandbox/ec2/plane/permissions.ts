import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';

/** One entity that may use a resource, so exactly one member is there. Snapshots know users and groups only. */
export type Permission = Pick<LaunchPermission, 'Group' | 'OrganizationArn' | 'OrganizationalUnitArn' | 'UserId'>;

/** Whom a resource is shared with, and whom reads show that it is shared with. */
export interface Sharing {
  readonly current: readonly Permission[];
  readonly shown: readonly Permission[];
}

export interface PermissionChange {
  readonly add: readonly Permission[];
  readonly remove: readonly Permission[];
}

/** The error for a value that is no entity of its type: `userId`, `UserGroup`, `organizationArn`, and so on. */
type Refuse = (value: string, type: string) => Error;

/** How calls write a change: as lists of entities, or as one list and what is to become of it. */
export interface PermissionRequest {
  readonly structured: { readonly Add?: Permission[] | undefined; readonly Remove?: Permission[] | undefined };
  readonly operation: string | undefined;
  readonly users: readonly string[] | undefined;
  readonly groups: readonly string[] | undefined;
  readonly organizations?: readonly string[] | undefined;
  readonly organizationalUnits?: readonly string[] | undefined;
}

/** @throws what `refuse` makes of the first value that is no entity, `missing` for a flat list without an operation. */
export function readPermissionChange(
  request: PermissionRequest,
  refuse: Refuse,
  missing: () => Error,
): PermissionChange {
  const { structured, operation, users = [], groups = [], organizations = [], organizationalUnits = [] } = request;
  const flat = [
    ...users.map((id) => checkedUser(id, refuse)),
    ...groups.map((group) => checkedGroup(group, refuse)),
    ...organizations.map((arn) => checkedOrganization(arn, refuse)),
    ...organizationalUnits.map((arn) => checkedUnit(arn, refuse)),
  ];
  if (flat.length > 0 && operation === undefined) throw missing();
  const entities = (list: readonly Permission[] = []) => list.flatMap((permission) => split(permission, refuse));
  return {
    add: [...entities(structured.Add), ...(operation === 'add' ? flat : [])],
    remove: [...entities(structured.Remove), ...(operation === 'remove' ? flat : [])],
  };
}

/** Adding what is there and removing what is not changes nothing. */
export function changedPermissions(present: readonly Permission[], change: PermissionChange): readonly Permission[] {
  const permissions = new Map(present.map((permission) => [entity(permission), permission]));
  for (const permission of change.add) permissions.set(entity(permission), permission);
  for (const permission of change.remove) permissions.delete(entity(permission));
  return [...permissions.values()];
}

export function isPublic(permissions: readonly Permission[]): boolean {
  return permissions.some(({ Group }) => Group === 'all');
}

/** Whether an account may use it for its own sake or its organization's, not because everybody may. */
export function names(permissions: readonly Permission[], account: string, { organizations }: Ec2Behaviour): boolean {
  return permissions.some(({ UserId, OrganizationArn, OrganizationalUnitArn }) => {
    const members = organizations[OrganizationArn ?? OrganizationalUnitArn ?? ''] ?? [];
    return UserId === account || members.includes(account);
  });
}

/** Whether an account that does not own it may use it. */
export function admits(sharing: Sharing | undefined, account: string, behaviour: Ec2Behaviour): boolean {
  if (!sharing) return false;
  return isPublic(sharing.shown) || names(sharing.shown, account, behaviour);
}

/** Account ids, `all` and ARNs can't be taken for each other. */
function entity({ UserId, Group, OrganizationArn, OrganizationalUnitArn }: Permission): string {
  return UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? '';
}

/** A structure of the request may name several entities. */
function split({ UserId, Group, OrganizationArn, OrganizationalUnitArn }: Permission, refuse: Refuse): Permission[] {
  return [
    ...(UserId === undefined ? [] : [checkedUser(UserId, refuse)]),
    ...(Group === undefined ? [] : [checkedGroup(Group, refuse)]),
    ...(OrganizationArn === undefined ? [] : [checkedOrganization(OrganizationArn, refuse)]),
    ...(OrganizationalUnitArn === undefined ? [] : [checkedUnit(OrganizationalUnitArn, refuse)]),
  ];
}

function checkedUser(id: string, refuse: Refuse): Permission {
  if (!/^\d{12}$/.test(id)) throw refuse(id, 'userId');
  return { UserId: id };
}

function checkedGroup(group: string, refuse: Refuse): Permission {
  if (group !== 'all') throw refuse(group, 'UserGroup');
  return { Group: group };
}

const organization = /^arn:aws[a-z-]*:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/;
const organizationalUnit =
  /^arn:aws[a-z-]*:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$/;

function checkedOrganization(arn: string, refuse: Refuse): Permission {
  if (!organization.test(arn)) throw refuse(arn, 'organizationArn');
  return { OrganizationArn: arn };
}

function checkedUnit(arn: string, refuse: Refuse): Permission {
  if (!organizationalUnit.test(arn)) throw refuse(arn, 'organizationalUnitArn');
  return { OrganizationalUnitArn: arn };
}
