import type {
  Instance,
  InstanceNetworkInterface,
  InstanceNetworkInterfaceAssociation,
  NetworkInterface,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
  Tag,
} from '@aws-sdk/client-ec2';
import { networksOf } from '../networks/networks.ts';
import { newInterface } from '../networks/new-interface.ts';
import { digest } from '../plane/digest.ts';
import { type InterfaceEntry, leaveInstance, removeInterface } from '../plane/networks.ts';
import type { AccountRegion, InstanceEntry, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import type { PlannedInterface } from './launch-network.ts';

/** An instance that is being launched, as its interfaces need to know it. */
interface Owner {
  readonly instanceId: string;
  readonly seq: number;
  readonly now: Date;
}

/**
 * Makes the interfaces of a new instance. Their ids follow from the instance's and the first has its place in the order
 * of creation, so that a launch uses up no more of either than it has instances and volumes.
 */
export function newInterfaces(
  plane: Plane,
  place: AccountRegion,
  planned: readonly PlannedInterface[],
  tags: readonly Tag[],
  owner: Owner,
): readonly NetworkInterface[] {
  return planned.map(({ index, subnet, groups, address, isPublic, deleteOnTermination, description }) => {
    const id = plane.idFor('eni', `${owner.instanceId}/${index}`);
    return newInterface(place, {
      id,
      seq: index === 0 ? owner.seq : plane.nextSeq(),
      subnet,
      groups,
      address,
      isPublic,
      Description: description,
      InterfaceType: 'interface',
      RequesterManaged: false,
      Attachment: {
        AttachmentId: `eni-attach-${id.slice('eni-'.length)}`,
        AttachTime: owner.now,
        DeleteOnTermination: deleteOnTermination,
        DeviceIndex: index,
        InstanceId: owner.instanceId,
        InstanceOwnerId: place.account,
        NetworkCardIndex: 0,
        Status: 'attached',
      },
      TagSet: [...tags],
    });
  });
}

/** What an instance tells of its networks: those of its first interface are its own. */
export function networkMembers(interfaces: readonly NetworkInterface[]): Partial<Instance> {
  const [first] = interfaces;
  return {
    NetworkInterfaces: interfaces.map(seenByInstance),
    SubnetId: first?.SubnetId,
    VpcId: first?.VpcId,
    SecurityGroups: first?.Groups,
    PrivateIpAddress: first?.PrivateIpAddress,
    PrivateDnsName: first?.PrivateDnsName,
    SourceDestCheck: true,
    ...publicMembers(first),
  };
}

function publicMembers(first: NetworkInterface | undefined): Partial<Instance> {
  return {
    PublicIpAddress: first?.Association?.PublicIp,
    PublicDnsName: first?.Association?.PublicDnsName ?? '',
  };
}

/** While an instance runs, those of its interfaces that are public have an address of AWS's, another each time. */
export function openToPublic(plane: Plane, place: AccountRegion, entry: InstanceEntry): Partial<Instance> {
  const { publicAddressOwner } = plane.behaviour(place.region);
  return changeInterfaces(place, entry, (one) =>
    one.isPublic && !one.current.Association
      ? associated(one.current, publicAddress(plane, place, one, publicAddressOwner))
      : undefined,
  );
}

/**
 * A stopped instance has given its public address back, unless it is an elastic one (Guide, Amazon EC2 instance IP
 * addressing).
 */
export function closeToPublic(place: AccountRegion, entry: InstanceEntry): Partial<Instance> {
  return changeInterfaces(place, entry, ({ current }) =>
    current.Association && !isElastic(current) ? associated(current) : undefined,
  );
}

/** Sets which public address an interface has; the instance that it is of has to show it as well. */
export function setAssociation(
  place: AccountRegion,
  entry: InterfaceEntry,
  association: NetworkInterfaceAssociation | undefined,
): void {
  entry.current = view(associated(entry.current, association));
  networksOf(place).interfaces.show(entry);
}

/** What an instance tells of its interfaces and of its public address. */
export function shownInterfaces(place: AccountRegion, entry: InstanceEntry): Partial<Instance> {
  const all = interfacesOf(place, entry);
  return { NetworkInterfaces: all.map(({ current }) => seenByInstance(current)), ...publicMembers(all[0]?.current) };
}

function isElastic({ Association }: NetworkInterface): boolean {
  return Association?.AllocationId !== undefined;
}

/** Interfaces go with their instance or are left without one. */
export function leaveInterfaces(
  place: AccountRegion,
  entry: InstanceEntry,
  goesWithIt: (attachment: NetworkInterfaceAttachment | undefined) => boolean,
): void {
  const networks = networksOf(place);
  for (const one of interfacesOf(place, entry)) {
    if (goesWithIt(one.current.Attachment)) {
      removeInterface(networks, one);
      continue;
    }
    const { Attachment: _, ...rest } = isElastic(one.current) ? one.current : associated(one.current);
    one.current = view<NetworkInterface>({ ...rest, Status: 'available' });
    networks.interfaces.show(one);
    leaveInstance(networks, one.id);
  }
}

function interfacesOf(place: AccountRegion, { current }: InstanceEntry): readonly InterfaceEntry[] {
  const { interfaces } = networksOf(place);
  return (current.NetworkInterfaces ?? []).flatMap(({ NetworkInterfaceId: id = '' }) => interfaces.get(id) ?? []);
}

/** @returns what changes of the instance, which is nothing where no interface changes. */
function changeInterfaces(
  place: AccountRegion,
  entry: InstanceEntry,
  change: (one: InterfaceEntry) => NetworkInterface | undefined,
): Partial<Instance> {
  const networks = networksOf(place);
  const all = interfacesOf(place, entry);
  let hasChanged = false;
  for (const one of all) {
    const changed = change(one);
    if (!changed) continue;
    hasChanged = true;
    one.current = view(changed);
    networks.interfaces.show(one);
  }
  return hasChanged ? shownInterfaces(place, entry) : {};
}

function associated(one: NetworkInterface, association?: NetworkInterfaceAssociation): NetworkInterface {
  const { Association: _, PrivateIpAddresses, ...rest } = one;
  const shown = association && { Association: association };
  return {
    ...rest,
    PrivateIpAddresses: (PrivateIpAddresses ?? []).map(({ Association: __, ...address }) => ({ ...address, ...shown })),
    ...shown,
  };
}

function publicAddress(
  plane: Plane,
  place: AccountRegion,
  { id, current }: InterfaceEntry,
  owner: string,
): InstanceNetworkInterfaceAssociation {
  const bytes = digest(`${id}/${plane.clock.now()}`).slice(0, 6).match(/../g) ?? [];
  const ip = ['3', ...bytes.map((byte) => Number.parseInt(byte, 16))].join('.');
  const hasName = networksOf(place).vpcs.get(current.VpcId ?? '')?.current.IsDefault === true;
  return { IpOwnerId: owner, PublicIp: ip, PublicDnsName: hasName ? publicName(place.region, ip) : '' };
}

export function publicName(region: string, ip: string): string {
  const domain = region === 'us-east-1' ? 'compute-1.amazonaws.com' : `${region}.compute.amazonaws.com`;
  return `ec2-${ip.replaceAll('.', '-')}.${domain}`;
}

/** Instances do not tell the ids of elastic addresses. */
function seenAssociation({
  IpOwnerId,
  PublicDnsName,
  PublicIp,
}: NetworkInterfaceAssociation): InstanceNetworkInterfaceAssociation {
  return { IpOwnerId, PublicIp, PublicDnsName };
}

function seenByInstance(one: NetworkInterface): InstanceNetworkInterface {
  const { Attachment: attachment } = one;
  return {
    NetworkInterfaceId: one.NetworkInterfaceId,
    SubnetId: one.SubnetId,
    VpcId: one.VpcId,
    OwnerId: one.OwnerId,
    Description: one.Description,
    InterfaceType: one.InterfaceType,
    MacAddress: one.MacAddress,
    PrivateIpAddress: one.PrivateIpAddress,
    PrivateDnsName: one.PrivateDnsName,
    PrivateIpAddresses: one.PrivateIpAddresses?.map(({ Association, ...address }) => ({
      ...address,
      ...(Association && { Association: seenAssociation(Association) }),
    })),
    Ipv6Addresses: [],
    Groups: one.Groups,
    SourceDestCheck: one.SourceDestCheck,
    Status: one.Status,
    Association: one.Association && seenAssociation(one.Association),
    Attachment: attachment && {
      AttachmentId: attachment.AttachmentId,
      AttachTime: attachment.AttachTime,
      DeleteOnTermination: attachment.DeleteOnTermination,
      DeviceIndex: attachment.DeviceIndex,
      NetworkCardIndex: attachment.NetworkCardIndex,
      Status: attachment.Status,
    },
  };
}
