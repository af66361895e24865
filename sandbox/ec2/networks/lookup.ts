import type { RouteTable, SecurityGroup, Vpc, VpcEndpoint } from '@aws-sdk/client-ec2';
import {
  endpointNotFound,
  groupMalformed,
  groupNotFound,
  interfaceMalformed,
  interfaceNotFound,
  invalidCombination,
  missingParameter,
  noDefaultVpc,
  routeTableNotFound,
  subnetNotFound,
  vpcNotFound,
  zoneUnknown,
} from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { InterfaceEntry, Networks, SubnetEntry } from '../plane/networks.ts';
import { type Entry, term } from '../plane/records.ts';
import type { AccountRegion } from '../plane/state.ts';
import { networksOf } from './networks.ts';
import type { Zone } from './zones.ts';

/** @throws InvalidVpcID.NotFound. */
export function ownVpc(place: AccountRegion, id: string | undefined): Entry<Vpc> {
  if (!id) throw missingParameter('vpcId');
  const entry = networksOf(place).vpcs.get(id);
  if (!entry) throw vpcNotFound(id);
  return entry;
}

/** @throws VPCIdNotSpecified where the account has deleted it. */
export function defaultVpc(place: AccountRegion): Entry<Vpc> {
  const entry = networksOf(place).vpcs.inOrder.find(({ current }) => current.IsDefault);
  if (!entry) throw noDefaultVpc();
  return entry;
}

/** @throws InvalidSubnetID.NotFound. */
export function ownSubnet(place: AccountRegion, id: string | undefined): SubnetEntry {
  if (!id) throw missingParameter('subnetId');
  const entry = networksOf(place).subnets.get(id);
  if (!entry) throw subnetNotFound(id);
  return entry;
}

/** @throws InvalidRouteTableID.NotFound. */
export function ownRouteTable(place: AccountRegion, id: string | undefined): Entry<RouteTable> {
  if (!id) throw missingParameter('routeTableId');
  const entry = networksOf(place).routeTables.get(id);
  if (!entry) throw routeTableNotFound(id);
  return entry;
}

/** @throws InvalidGroupId.Malformed, InvalidGroup.NotFound. */
export function ownGroup(place: AccountRegion, id: string | undefined): Entry<SecurityGroup> {
  if (!id) throw missingParameter('groupId');
  if (!isId('sg', id)) throw groupMalformed(id);
  const entry = networksOf(place).securityGroups.get(id);
  if (!entry) throw groupNotFound(id);
  return entry;
}

/** @throws InvalidNetworkInterfaceId.Malformed, InvalidNetworkInterfaceID.NotFound. */
export function ownInterface(place: AccountRegion, id: string | undefined): InterfaceEntry {
  if (!id) throw missingParameter('networkInterfaceId');
  if (!isId('eni', id)) throw interfaceMalformed(id);
  const entry = networksOf(place).interfaces.get(id);
  if (!entry) throw interfaceNotFound(id);
  return entry;
}

/** @throws InvalidVpcEndpointId.NotFound. */
export function ownEndpoint(place: AccountRegion, id: string): Entry<VpcEndpoint> {
  const entry = networksOf(place).endpoints.get(id);
  if (!entry) throw endpointNotFound(id);
  return entry;
}

/**
 * The zone that a call names, by name or by id.
 *
 * @param unknown the error for a zone that the region does not have, where the operation has its own
 * @throws InvalidParameterValue unless there is another error for it, InvalidParameterCombination.
 */
export function chosenZone(
  place: AccountRegion,
  {
    AvailabilityZone: name,
    AvailabilityZoneId: id,
  }: { readonly AvailabilityZone?: string | undefined; readonly AvailabilityZoneId?: string | undefined },
  unknown: (zone: string) => Error = zoneUnknown,
): Zone | undefined {
  if (name && id) throw invalidCombination('Specify either AvailabilityZone or AvailabilityZoneId, not both.');
  if (!name && !id) return undefined;
  const zone = place.zones.find((candidate) => (name ? candidate.name === name : candidate.id === id));
  if (!zone) throw unknown(name || id || '');
  return zone;
}

export function subnetsOfVpc(networks: Networks, vpcId: string): readonly SubnetEntry[] {
  return networks.subnets.withTerms([term('vpc-id', vpcId)]);
}

export function groupsOfVpc(networks: Networks, vpcId: string): readonly Entry<SecurityGroup>[] {
  return networks.securityGroups.withTerms([term('vpc-id', vpcId)]);
}

export function routeTablesOfVpc(networks: Networks, vpcId: string): readonly Entry<RouteTable>[] {
  return networks.routeTables.withTerms([term('vpc-id', vpcId)]);
}
