import type { Address, AssociateAddressCommandInput } from '@aws-sdk/client-ec2';
import { addressAssociated, associationNotFound, instanceNotAddressable, missingParameter } from '../errors.ts';
import { publicName, setAssociation, shownInterfaces } from '../instances/interfaces.ts';
import { changeInstance } from '../instances/lifecycle.ts';
import { ownInstance } from '../instances/lookup.ts';
import { ownInterface } from '../networks/lookup.ts';
import { networksOf } from '../networks/networks.ts';
import { dissociated, type InterfaceEntry } from '../plane/networks.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { ownAllocation } from './lookup.ts';

/**
 * Gives an interface, or the first one of an instance, an elastic address in the place of what it has.
 *
 * @returns the id of the association.
 * @throws InvalidInstanceID for an instance that comes up or ends; Resource.AlreadyAssociated where address or interface have another, unless the call allows for that.
 */
export function associate(plane: Plane, place: AccountRegion, input: AssociateAddressCommandInput): string {
  const address = ownAllocation(place, input.AllocationId);
  const target = targetOf(place, input);
  const present = target.current.Association;
  if (address.current.NetworkInterfaceId === target.id) return address.current.AssociationId ?? '';
  if (!input.AllowReassociation) {
    if (address.current.AssociationId) throw addressAssociated(address.id, address.current.AssociationId);
    if (present?.AssociationId) throw addressAssociated(target.id, present.AssociationId);
  }
  if (address.current.AssociationId) dissociate(place, address.current.AssociationId);
  if (present?.AssociationId) dissociate(place, present.AssociationId);
  const id = plane.newId('eipassoc');
  const { PublicIp: ip = '' } = address.current;
  const vpc = networksOf(place).vpcs.get(target.current.VpcId ?? '');
  setAssociation(place, target, {
    AllocationId: address.id,
    AssociationId: id,
    IpOwnerId: place.account,
    PublicIp: ip,
    PublicDnsName: vpc?.current.IsDefault ? publicName(place.region, ip) : '',
  });
  const { Attachment: attachment, PrivateIpAddress } = target.current;
  address.current = view<Address>({
    ...address.current,
    AssociationId: id,
    NetworkInterfaceId: target.id,
    NetworkInterfaceOwnerId: place.account,
    PrivateIpAddress,
    ...(attachment?.InstanceId && { InstanceId: attachment.InstanceId }),
  });
  networksOf(place).addresses.show(address);
  showOnInstance(place, target);
  return id;
}

/** An instance is left without a public address until its next start. @throws InvalidAssociationID.NotFound. */
export function dissociate(place: AccountRegion, id: string | undefined): void {
  if (!id) throw missingParameter('associationId');
  const networks = networksOf(place);
  const address = networks.addresses.inOrder.find(({ current }) => current.AssociationId === id);
  if (!address) throw associationNotFound(id);
  const found = networks.interfaces.get(address.current.NetworkInterfaceId ?? '');
  address.current = dissociated(address.current);
  networks.addresses.show(address);
  if (!found) return;
  setAssociation(place, found, undefined);
  showOnInstance(place, found);
}

function targetOf(
  place: AccountRegion,
  { InstanceId, NetworkInterfaceId }: AssociateAddressCommandInput,
): InterfaceEntry {
  if (!InstanceId) return ownInterface(place, NetworkInterfaceId);
  const instance = ownInstance(place, InstanceId);
  const state = instance.current.State?.Name ?? 'terminated';
  if (state === 'pending' || state === 'shutting-down' || state === 'terminated') {
    throw instanceNotAddressable(instance.id, state);
  }
  return ownInterface(place, instance.current.NetworkInterfaces?.[0]?.NetworkInterfaceId);
}

function showOnInstance(place: AccountRegion, { current }: InterfaceEntry): void {
  const entry = place.instances.get(current.Attachment?.InstanceId ?? '');
  if (entry) changeInstance(place, entry, shownInterfaces(place, entry));
}
