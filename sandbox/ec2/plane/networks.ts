import type {
  Address,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import {
  addressIndex,
  endpointIndex,
  interfaceIndex,
  routeTableIndex,
  securityGroupIndex,
  subnetIndex,
  vpcIndex,
} from './indexes.ts';
import { Collection, type Entry, term } from './records.ts';
import { view } from './views.ts';

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
  /** Elastic ones. */
  readonly addresses: Collection<Address, Entry<Address>>;
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
    addresses: new Collection(addressIndex.filters, addressIndex.termsOf),
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

/** Takes an interface away, and with it its address; an elastic one is nobody's from then on. */
export function removeInterface({ interfaces, takenAddresses, addresses }: Networks, entry: InterfaceEntry): void {
  interfaces.remove(entry);
  takenAddresses.get(entry.current.SubnetId ?? '')?.delete(entry.address);
  for (const address of addressesOf(addresses, entry.id)) {
    address.current = dissociated(address.current);
    addresses.show(address);
  }
}

/** The elastic addresses of an interface that has lost its instance stay with it. */
export function leaveInstance({ addresses }: Networks, interfaceId: string): void {
  for (const address of addressesOf(addresses, interfaceId)) {
    const { InstanceId: _, ...rest } = address.current;
    address.current = view<Address>(rest);
    addresses.show(address);
  }
}

/** An elastic address without an interface. */
export function dissociated({
  AssociationId: _,
  InstanceId: __,
  NetworkInterfaceId: ___,
  NetworkInterfaceOwnerId: ____,
  PrivateIpAddress: _____,
  ...rest
}: Address): Address {
  return view<Address>(rest);
}

function addressesOf(addresses: Networks['addresses'], interfaceId: string): readonly Entry<Address>[] {
  return [...addresses.withTerms([term('network-interface-id', interfaceId)])];
}
