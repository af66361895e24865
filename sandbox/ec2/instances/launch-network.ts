import type {
  GroupIdentifier,
  InstanceNetworkInterfaceSpecification,
  RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  groupNotInDefaultVpc,
  groupOfOtherVpc,
  invalidCombination,
  invalidValue,
  noCapacity,
  noDefaultSubnet,
  subnetElsewhere,
  subnetFull,
  typeNotOffered,
} from '../errors.ts';
import { isOffered } from '../instance-types/offerings.ts';
import { freeAddresses, wantedAddress } from '../networks/addresses.ts';
import { chosenZone, defaultVpc, groupsOfVpc, ownGroup, ownSubnet, subnetsOfVpc } from '../networks/lookup.ts';
import { networksOf } from '../networks/networks.ts';
import type { Zone } from '../networks/zones.ts';
import type { SubnetEntry } from '../plane/networks.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { isShort } from './capacity.ts';

/** An interface that each instance of a launch gets. */
export interface PlannedInterface {
  readonly index: number;
  readonly subnet: SubnetEntry;
  readonly groups: GroupIdentifier[];
  /** As a number; the next free one, if absent. */
  readonly address?: number;
  readonly isPublic: boolean;
  readonly deleteOnTermination: boolean;
  readonly description: string;
}

/** Where the instances of a launch go. */
export interface LaunchNetwork {
  readonly zone: Zone;
  /** The one at index 0 first. */
  readonly interfaces: readonly PlannedInterface[];
  /** How many instances the subnets have addresses for. */
  readonly room: number;
}

interface WantedInterface {
  readonly index: number;
  readonly subnetId?: string | undefined;
  readonly groupIds: readonly string[];
  readonly address?: string | undefined;
  readonly isPublic?: boolean | undefined;
  readonly deleteOnTermination: boolean;
  readonly description: string;
}

/** The members of a launch's interfaces that are heeded. */
export const heededInterfaces = [
  'NetworkInterfaces.AssociatePublicIpAddress',
  'NetworkInterfaces.DeleteOnTermination',
  'NetworkInterfaces.Description',
  'NetworkInterfaces.DeviceIndex',
  'NetworkInterfaces.Groups',
  'NetworkInterfaces.PrivateIpAddress',
  'NetworkInterfaces.SubnetId',
];

/** The zone that a call says itself, by the zone or by a subnet: what its token is remembered for. */
export function namedZone(place: AccountRegion, input: RunInstancesCommandInput): Zone | undefined {
  const named = chosenZone(place, input.Placement ?? {});
  const subnetId = input.SubnetId ?? input.NetworkInterfaces?.find(({ SubnetId }) => SubnetId)?.SubnetId;
  if (!subnetId) return named;
  const zone = zoneOfSubnet(place, ownSubnet(place, subnetId));
  if (named && zone && named !== zone) throw subnetElsewhere(named.name, subnetId, zone.name);
  return zone;
}

/**
 * Finds the zone, the subnets and the groups of a launch. Where a call names no zone, EC2 takes one that can do it.
 *
 * @throws InvalidSubnetID.NotFound, InvalidGroup.NotFound, InvalidParameter for a group of another VPC, Unsupported,
 *   InsufficientInstanceCapacity, InsufficientFreeAddressesInSubnet, and what the behaviour names for a taken address.
 */
export function planNetwork(
  plane: Plane,
  place: AccountRegion,
  input: RunInstancesCommandInput,
  { type, least, most }: { readonly type: string; readonly least: number; readonly most: number },
): LaunchNetwork {
  const wanted = wantedInterfaces(input, most);
  const named = namedZone(place, input);
  const zones = usableZones(plane, place, type, named);
  const subnetId = wanted.find((one) => one.subnetId)?.subnetId;
  const subnets = subnetId ? [ownSubnet(place, subnetId)] : defaultSubnets(place, zones);
  const roomIn = (subnet: SubnetEntry) => Math.floor(freeAddresses(networksOf(place), subnet) / wanted.length);
  const home =
    subnets.find((subnet) => roomIn(subnet) >= most) ?? subnets.find((subnet) => roomIn(subnet) >= least) ?? subnets[0];
  const zone = home && zoneOfSubnet(place, home);
  if (!home || !zone) throw noDefaultSubnet(defaultVpc(place).id);
  const interfaces = wanted.map((one) => plannedInterface(plane, place, home, one));
  for (const { subnet } of interfaces) {
    if (subnet.current.AvailabilityZone !== zone.name) {
      throw invalidCombination('The network interfaces of an instance must be in the same Availability Zone.');
    }
  }
  return { zone, interfaces, room: roomOf(place, interfaces, least) };
}

/** @throws InvalidParameterCombination for what goes into an interface and is said beside one. */
function wantedInterfaces(input: RunInstancesCommandInput, most: number): readonly WantedInterface[] {
  const { NetworkInterfaces: interfaces = [], SubnetId, SecurityGroupIds = [], PrivateIpAddress } = input;
  if (interfaces.length === 0) {
    refuseSharedAddress(PrivateIpAddress, most);
    return [
      {
        index: 0,
        subnetId: SubnetId,
        groupIds: SecurityGroupIds,
        address: PrivateIpAddress,
        deleteOnTermination: true,
        description: '',
      },
    ];
  }
  const refused = (what: string) =>
    invalidCombination(`Network interfaces and an instance-level ${what} may not be specified on the same request`);
  if (SubnetId) throw refused('subnet ID');
  if (SecurityGroupIds.length > 0) throw refused('security groups');
  if (PrivateIpAddress) throw refused('private address');
  if (interfaces.length > 1 && interfaces.some(({ AssociatePublicIpAddress }) => AssociatePublicIpAddress)) {
    throw invalidCombination(
      'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
    );
  }
  const wanted = interfaces.map((one) => wantedInterface(one, most)).sort((a, b) => a.index - b.index);
  const indexes = new Set(wanted.map(({ index }) => index));
  if (indexes.size < wanted.length) throw invalidValue('Each network interface requires a unique device index.');
  if (!indexes.has(0)) throw invalidValue('An instance requires a network interface with the device index 0.');
  return wanted;
}

function wantedInterface(one: InstanceNetworkInterfaceSpecification, most: number): WantedInterface {
  if (one.DeviceIndex === undefined) throw invalidValue('Each network interface requires a device index.');
  refuseSharedAddress(one.PrivateIpAddress, most);
  return {
    index: one.DeviceIndex,
    subnetId: one.SubnetId,
    groupIds: one.Groups ?? [],
    address: one.PrivateIpAddress,
    isPublic: one.AssociatePublicIpAddress,
    deleteOnTermination: one.DeleteOnTermination ?? true,
    description: one.Description ?? '',
  };
}

function refuseSharedAddress(address: string | undefined, most: number): void {
  if (address && most > 1) {
    throw invalidCombination('A private address may not be specified when launching multiple instances.');
  }
}

/** The zones that offer the type and have room for it, of those that come into question. */
function usableZones(plane: Plane, place: AccountRegion, type: string, named: Zone | undefined): readonly Zone[] {
  const behaviour = plane.behaviour(place.region);
  const offering = place.zones.filter((zone) => isOffered(behaviour, zone, type));
  const candidates = named ? offering.filter((zone) => zone === named) : offering;
  const [first] = candidates;
  if (!first) {
    throw typeNotOffered(
      type,
      named?.name ?? place.region,
      offering.map(({ name }) => name),
    );
  }
  const usable = candidates.filter((zone) => !isShort(behaviour, 'call', zone, type));
  if (usable.length === 0) throw noCapacity(type, first.name);
  return usable;
}

function defaultSubnets(place: AccountRegion, zones: readonly Zone[]): readonly SubnetEntry[] {
  const ofVpc = subnetsOfVpc(networksOf(place), defaultVpc(place).id);
  return zones.flatMap(
    ({ name }) => ofVpc.find(({ current }) => current.DefaultForAz && current.AvailabilityZone === name) ?? [],
  );
}

function zoneOfSubnet(place: AccountRegion, { current }: SubnetEntry): Zone | undefined {
  return place.zones.find(({ name }) => name === current.AvailabilityZone);
}

function plannedInterface(
  plane: Plane,
  place: AccountRegion,
  home: SubnetEntry,
  { index, subnetId, groupIds, address, isPublic, deleteOnTermination, description }: WantedInterface,
): PlannedInterface {
  const subnet = subnetId ? ownSubnet(place, subnetId) : home;
  return {
    index,
    subnet,
    groups: groupsFor(place, subnet, groupIds, subnetId !== undefined),
    ...(address && { address: wantedAddress(plane, place, subnet, address) }),
    isPublic: isPublic ?? (index === 0 && subnet.current.MapPublicIpOnLaunch === true),
    deleteOnTermination,
    description,
  };
}

/** Without a group it is the VPC's default one (API reference, RunInstances). */
function groupsFor(
  place: AccountRegion,
  subnet: SubnetEntry,
  ids: readonly string[],
  isSubnetNamed: boolean,
): GroupIdentifier[] {
  const vpcId = subnet.current.VpcId ?? '';
  const named = ids.map((id) => ownGroup(place, id));
  for (const { id, current } of named) {
    if (current.VpcId === vpcId) continue;
    throw isSubnetNamed ? groupOfOtherVpc(id, subnet.id) : groupNotInDefaultVpc(id, vpcId);
  }
  const groups =
    named.length > 0
      ? named
      : groupsOfVpc(networksOf(place), vpcId).filter(({ current }) => current.GroupName === 'default');
  return view(groups.map(({ id, current }) => ({ GroupId: id, GroupName: current.GroupName })));
}

/** @throws InsufficientFreeAddressesInSubnet where not even the least number of instances finds addresses. */
function roomOf(place: AccountRegion, interfaces: readonly PlannedInterface[], least: number): number {
  let room = Infinity;
  for (const subnet of new Set(interfaces.map((one) => one.subnet))) {
    const each = interfaces.filter((one) => one.subnet === subnet).length;
    const here = Math.floor(freeAddresses(networksOf(place), subnet) / each);
    if (here < least) throw subnetFull(subnet.id);
    room = Math.min(room, here);
  }
  return room;
}
