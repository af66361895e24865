import type { Address } from '@aws-sdk/client-ec2';
import { allocationNotFound, elasticAddressNotFound, missingParameter } from '../errors.ts';
import { networksOf } from '../networks/networks.ts';
import type { Entry } from '../plane/records.ts';
import type { AccountRegion } from '../plane/state.ts';

/** @throws InvalidAllocationID.NotFound. */
export function ownAllocation(place: AccountRegion, id: string | undefined): Entry<Address> {
  if (!id) throw missingParameter('allocationId');
  const entry = networksOf(place).addresses.get(id);
  if (!entry) throw allocationNotFound(id);
  return entry;
}

/** @throws InvalidAddress.NotFound. */
export function ownAddress(place: AccountRegion, ip: string): Entry<Address> {
  const entry = networksOf(place).addresses.inOrder.find(({ current }) => current.PublicIp === ip);
  if (!entry) throw elasticAddressNotFound(ip);
  return entry;
}
