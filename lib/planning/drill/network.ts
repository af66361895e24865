import type { Tags } from '../../model/resources.ts';
import { DRILL_NETWORK } from '../../tagging/tag-keys.ts';

/** What a route leads to, as far as it matters: within the VPC, to a gateway endpoint of it, or anywhere else. */
export interface Route {
  /** `0.0.0.0/0`, `pl-63a5400a` */
  readonly destination: string;
  /** `local`, `vpce-0a1b`, `igw-0a1b`, `nat-0a1b`, `tgw-0a1b`, `pcx-0a1b` and others. */
  readonly target: string;
}

export interface RouteTable {
  readonly id: string;
  readonly vpc: string;
  /** Whether it is that of subnets that have none of their own. */
  readonly isMain: boolean;
  readonly subnets: readonly string[];
  readonly routes: readonly Route[];
}

export interface DrillSubnet {
  readonly id: string;
  readonly vpc: string;
  readonly zoneId: string;
  readonly tags: Tags;
  /** Whether what is launched into it gets a public address, of IPv4 or IPv6, unless a call says otherwise. */
  readonly givesPublicAddresses: boolean;
}

export interface DrillGroup {
  readonly id: string;
  readonly vpc: string;
  readonly tags: Tags;
  /** Where it lets out to: address ranges, prefix lists and other groups. */
  readonly egress: readonly string[];
}

/** Networks as EC2 shows them, as far as drills go by them. */
export interface NetworkFacts {
  readonly subnets: readonly DrillSubnet[];
  /** Those of drills, and those that they let out to. */
  readonly groups: readonly DrillGroup[];
  readonly routeTables: readonly RouteTable[];
}

/**
 * Why a network is not sealed; nothing where it is. A clone of a production server starts there with all that the server does by
 * itself: its jobs send mail, empty queues and join clusters. So nothing may lead out but to endpoints of the VPC, and both
 * subnet and group have to say that they are meant for drills.
 */
export function leaksOf(
  deployment: string,
  { subnet: subnetId, group: groupId }: { readonly subnet: string; readonly group: string },
  { subnets, groups, routeTables }: NetworkFacts,
): string[] {
  const subnet = subnets.find(({ id }) => id === subnetId);
  const group = groups.find(({ id }) => id === groupId);
  if (!subnet) return [`the subnet ${subnetId} is not there`];
  if (!group) return [`the security group ${groupId} is not there`];
  const table = tableOf(subnet, routeTables);
  return [
    ...untagged(deployment, 'subnet', subnet),
    ...untagged(deployment, 'security group', group),
    ...(group.vpc === subnet.vpc ? [] : [`the security group ${group.id} is not of ${subnet.vpc}`]),
    ...(subnet.givesPublicAddresses ? [`the subnet ${subnet.id} gives public addresses`] : []),
    ...routesOut(subnet, table),
    ...group.egress.filter((to) => !isWithin(to, deployment, groups, table)).map((to) => lets(group, to)),
  ];
}

function untagged(deployment: string, what: string, { id, tags }: DrillSubnet | DrillGroup): string[] {
  const said = tags[DRILL_NETWORK];
  if (said === deployment) return [];
  const is = said === undefined ? `lacks the tag ${DRILL_NETWORK}` : `is tagged for the drills of '${said}'`;
  return [`the ${what} ${id} ${is}: it has to say ${DRILL_NETWORK}=${deployment}`];
}

/** The table of its own, or the main one of its VPC; without either nothing is known of where it leads. */
function tableOf({ id, vpc }: DrillSubnet, tables: readonly RouteTable[]): RouteTable | undefined {
  return tables.find(({ subnets }) => subnets.includes(id)) ?? tables.find((one) => one.vpc === vpc && one.isMain);
}

function routesOut({ id }: DrillSubnet, table: RouteTable | undefined): string[] {
  if (!table) return [`which routes ${id} has is not known`];
  return table.routes
    .filter((route) => route.target !== 'local' && !isToGateway(route))
    .map(({ destination, target }) => `the route table ${table.id} leads ${destination} to ${target}`);
}

/**
 * A gateway endpoint is led to by the prefix list of its service. By an address range a route leads to the endpoint of a Gateway
 * Load Balancer, behind which there may be anything.
 */
function isToGateway({ destination, target }: Route): boolean {
  return target.startsWith('vpce-') && destination.startsWith('pl-');
}

/** An address that no packet leaves its machine for. CloudFormation lets a group out to everywhere unless it is told of some. */
const NOWHERE = '127.0.0.1/32';

/** A group of the same network, which endpoints are in, or the prefix list of a gateway endpoint: anybody may make others. */
function isWithin(
  to: string,
  deployment: string,
  groups: readonly DrillGroup[],
  table: RouteTable | undefined,
): boolean {
  if (to.startsWith('pl-'))
    return table?.routes.some((route) => isToGateway(route) && route.destination === to) ?? false;
  return (
    to === NOWHERE ||
    groups.some(({ id, vpc, tags }) => id === to && vpc === table?.vpc && tags[DRILL_NETWORK] === deployment)
  );
}

function lets({ id }: DrillGroup, to: string): string {
  return `the security group ${id} lets out to ${to}`;
}
