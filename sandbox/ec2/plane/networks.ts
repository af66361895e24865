import type { NetworkInterface, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint } from '@aws-sdk/client-ec2';
import {
  endpointIndex,
  interfaceIndex,
  routeTableIndex,
  securityGroupIndex,
  subnetIndex,
  vpcIndex,
} from './indexes.ts';
import { Collection, type Entry } from './records.ts';

export interface SubnetEntry extends Entry<Subnet> {
  /** The addresses that interfaces can have, as numbers; the first four and the last of the block are AWS's. */
  readonly firstAddress: number;
  readonly lastAddress: number;
  /** The address that was given out last, from which the search for the next one goes on. */
  newestAddress: number;
}

export interface InterfaceEntry extends Entry<NetworkInterface> {
  /** As a number. */
  readonly address: number;
  /** Whether it has a public address while its instance runs. */
  readonly isPublic: boolean;
}

/** The networks that one account has in one region. */
export interface Networks {
  readonly vpcs: Collection<Vpc, Entry<Vpc>>;
  readonly subnets: Collection<Subnet, SubnetEntry>;
  readonly routeTables: Collection<RouteTable, Entry<RouteTable>>;
  readonly securityGroups: Collection<SecurityGroup, Entry<SecurityGroup>>;
  readonly interfaces: Collection<NetworkInterface, InterfaceEntry>;
  readonly endpoints: Collection<VpcEndpoint, Entry<VpcEndpoint>>;
  /** The addresses that interfaces have, by the id of the subnet. They follow from the interfaces. */
  readonly takenAddresses: Map<string, Set<number>>;
}

export function emptyNetworks(): Networks {
  return {
    vpcs: new Collection(vpcIndex.filters, vpcIndex.termsOf),
    subnets: new Collection(subnetIndex.filters, subnetIndex.termsOf),
    routeTables: new Collection(routeTableIndex.filters, routeTableIndex.termsOf),
    securityGroups: new Collection(securityGroupIndex.filters, securityGroupIndex.termsOf),
    interfaces: new Collection(interfaceIndex.filters, interfaceIndex.termsOf),
    endpoints: new Collection(endpointIndex.filters, endpointIndex.termsOf),
    takenAddresses: new Map(),
  };
}

/** Takes in an interface, and with it its address. */
export function addInterface({ interfaces, takenAddresses }: Networks, entry: InterfaceEntry): void {
  interfaces.add(entry);
  const subnetId = entry.current.SubnetId ?? '';
  const taken = takenAddresses.get(subnetId);
  if (taken) taken.add(entry.address);
  else takenAddresses.set(subnetId, new Set([entry.address]));
}

export function removeInterface({ interfaces, takenAddresses }: Networks, entry: InterfaceEntry): void {
  interfaces.remove(entry);
  takenAddresses.get(entry.current.SubnetId ?? '')?.delete(entry.address);
}
