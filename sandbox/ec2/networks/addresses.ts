import { addressInUse, addressMalformed, addressOutside, addressReserved } from '../errors.ts';
import type { Networks, SubnetEntry } from '../plane/networks.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { parseAddress, parseCidr } from './cidr.ts';
import { networksOf } from './networks.ts';

/** How many more interfaces a subnet has room for; AWS keeps the first four addresses and the last (VPC User Guide). */
export function freeAddresses({ takenAddresses }: Networks, subnet: SubnetEntry): number {
  const size = subnet.lastAddress - subnet.firstAddress + 1;
  return size - (takenAddresses.get(subnet.id)?.size ?? 0);
}

/**
 * A free address of a subnet that has one. They are given out in turn, so that the search does not begin at those
 * taken each time, and one that was given up is not taken by the next launch.
 */
export function nextAddress({ takenAddresses }: Networks, subnet: SubnetEntry): number {
  const taken = takenAddresses.get(subnet.id);
  let address = subnet.newestAddress;
  do address = address < subnet.lastAddress ? address + 1 : subnet.firstAddress;
  while (taken?.has(address));
  subnet.newestAddress = address;
  return address;
}

/**
 * The address that a launch asks for, as a number.
 *
 * @throws InvalidParameterValue for one that the subnet does not have; for one that is taken what the behaviour names.
 */
export function wantedAddress(plane: Plane, place: AccountRegion, subnet: SubnetEntry, text: string): number {
  const address = parseAddress(text);
  if (address === undefined) throw addressMalformed(text);
  const cidr = parseCidr(subnet.current.CidrBlock ?? '');
  if (!cidr || address < cidr.first || address > cidr.last) throw addressOutside(text);
  if (address < subnet.firstAddress || address > subnet.lastAddress) throw addressReserved(text);
  if (networksOf(place).takenAddresses.get(subnet.id)?.has(address)) {
    throw addressInUse(plane.behaviour(place.region).addressInUseCode, text);
  }
  return address;
}
