import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { History } from './history.ts';
import { tagsOf } from './image-record.ts';

const NETWORK_TAG = 'amikeep:drill-network';

/** The calls by which people open a network, and close it again. */
export const NETWORK_CHANGES: ReadonlySet<string> = new Set([
  'AuthorizeSecurityGroupEgress',
  'CreateRoute',
  'DeleteRoute',
  'ModifySubnetAttribute',
  'RevokeSecurityGroupEgress',
]);

/** A subnet and a group that the drills of a deployment may be launched into. */
export interface Network {
  readonly deployment: string;
  readonly account: string;
  readonly region: string;
  readonly subnet: string;
  readonly group: string;
}

/** Whether the networks of drills are closed, and since when: by what the sandbox really holds. */
export class Networks {
  readonly #sandbox: Sandbox;
  /** By network: what is open about it. */
  readonly #openings = new Map<string, { readonly network: Network; readonly history: History<string> }>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Begins to look at a network, unless it is looked at already. */
  watch(network: Network, now: number): History<string> {
    const key = [network.deployment, network.region, network.subnet, network.group].join(' ');
    const known = this.#openings.get(key);
    if (known) return known.history;
    const history = new History(now, this.#open(network));
    this.#openings.set(key, { network, history });
    return history;
  }

  /** To be called once something has changed. */
  lookAgain(now: number): void {
    for (const { network, history } of this.#openings.values()) {
      const open = this.#open(network);
      if (open !== history.now) history.set(now, open);
    }
  }

  /** What has been open all the time since a moment; an empty text where it was closed at any. */
  openSince(network: Network, moment: number, now: number): string {
    const history = this.watch(network, now);
    return history.alwaysSo(moment, (open) => open !== '') ? history.now : '';
  }

  /** Whether nothing has been open since a moment. */
  isClosedSince(network: Network, moment: number, now: number): boolean {
    return this.watch(network, now).alwaysSo(moment, (open) => open === '');
  }

  /** Why something could get out of a subnet by a group, or why nobody has set them apart; empty where neither is so. */
  #open({ deployment, account, region, subnet: subnetId, group: groupId }: Network): string {
    const { operations } = this.#sandbox.ec2;
    const context = { account, region, requestId: 'observer' };
    const { Subnets = [] } = operations.DescribeSubnets.run({}, context);
    const { SecurityGroups = [] } = operations.DescribeSecurityGroups.run({}, context);
    const { RouteTables = [] } = operations.DescribeRouteTables.run({}, context);
    const subnet = Subnets.find(({ SubnetId }) => SubnetId === subnetId);
    const group = SecurityGroups.find(({ GroupId }) => GroupId === groupId);
    if (!subnet || !group || subnet.VpcId !== group.VpcId) return 'they are not of one network';
    const isSetApart = (one: Parameters<typeof tagsOf>[0]) => tagsOf(one).get(NETWORK_TAG) === deployment;
    if (!isSetApart(subnet)) return `${subnetId} is not set apart for drills of ${deployment}`;
    if (!isSetApart(group)) return `${groupId} is not set apart for drills of ${deployment}`;
    if (subnet.MapPublicIpOnLaunch === true || subnet.AssignIpv6AddressOnCreation === true) {
      return `${subnetId} gives public addresses`;
    }
    const ofVpc = RouteTables.filter(({ VpcId }) => VpcId === subnet.VpcId);
    const own = ofVpc.filter(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === subnetId));
    const tables =
      own.length > 0 ? own : ofVpc.filter(({ Associations = [] }) => Associations.some(({ Main }) => Main));
    const ways = tables.flatMap(({ Routes = [] }) => Routes);
    const out = ways.find(({ GatewayId = '' }) => GatewayId !== 'local' && !GatewayId.startsWith('vpce-'));
    if (out || tables.length === 0)
      return `${subnetId} has a route to ${out?.DestinationCidrBlock ?? 'nobody knows where'}`;
    const rules = group.IpPermissionsEgress ?? [];
    const ranges = rules.flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [...IpRanges, ...Ipv6Ranges]);
    if (ranges.length > 0) return `${groupId} lets out to addresses`;
    const others = rules.flatMap(({ UserIdGroupPairs = [] }) =>
      UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
    );
    const isApart = (id: string) => isSetApart(SecurityGroups.find(({ GroupId }) => GroupId === id) ?? {});
    return others.every(isApart) ? '' : `${groupId} lets out to groups that are not of drills`;
  }
}
