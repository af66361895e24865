import type {
  Address,
  AllocateAddressCommandInput,
  AllocateAddressCommandOutput,
  AssociateAddressCommandInput,
  AssociateAddressCommandOutput,
  DescribeAddressesCommandInput,
  DescribeAddressesCommandOutput,
  DisassociateAddressCommandInput,
  DisassociateAddressCommandOutput,
  ReleaseAddressCommandInput,
  ReleaseAddressCommandOutput,
} from '@aws-sdk/client-ec2';
import { elasticAddressInUse } from '../errors.ts';
import { networksOf } from '../networks/networks.ts';
import { digest } from '../plane/digest.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, compileFilters, taggedFilterTable } from '../requests/filters.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { tagsByType } from '../tags/tags.ts';
import { associate, dissociate } from './associations.ts';
import { ownAddress, ownAllocation } from './lookup.ts';

const filters = taggedFilterTable<Address>({
  'allocation-id': (address) => address.AllocationId,
  'association-id': (address) => address.AssociationId,
  domain: (address) => address.Domain,
  'instance-id': (address) => address.InstanceId,
  'network-border-group': (address) => address.NetworkBorderGroup,
  'network-interface-id': (address) => address.NetworkInterfaceId,
  'network-interface-owner-id': (address) => address.NetworkInterfaceOwnerId,
  'private-ip-address': (address) => address.PrivateIpAddress,
  'public-ip': (address) => address.PublicIp,
});

export function elasticAddressOperations(plane: Plane) {
  return {
    AllocateAddress: operation<AllocateAddressCommandInput, Answer<AllocateAddressCommandOutput>>(
      ['Domain', 'TagSpecifications'],
      (input, { account, region }) => {
        const { AllocationId, PublicIp, PublicIpv4Pool, NetworkBorderGroup, Domain } = allocate(
          plane,
          plane.in(account, region),
          input,
        );
        return { AllocationId, PublicIp, PublicIpv4Pool, NetworkBorderGroup, Domain };
      },
    ),
    AssociateAddress: operation<AssociateAddressCommandInput, Answer<AssociateAddressCommandOutput>>(
      ['AllocationId', 'AllowReassociation', 'InstanceId', 'NetworkInterfaceId'],
      (input, { account, region }) => ({ AssociationId: associate(plane, plane.in(account, region), input) }),
    ),
    DisassociateAddress: operation<DisassociateAddressCommandInput, Answer<DisassociateAddressCommandOutput>>(
      ['AssociationId'],
      ({ AssociationId: id }, { account, region }) => {
        dissociate(plane.in(account, region), id);
        return {};
      },
    ),
    DescribeAddresses: operation<DescribeAddressesCommandInput, Answer<DescribeAddressesCommandOutput>>(
      ['AllocationIds', 'Filters', 'PublicIps'],
      ({ AllocationIds: ids = [], PublicIps: ips = [], Filters }, { account, region }) => {
        const place = plane.in(account, region);
        const compiled = compileFilters(Filters, filters, plane.behaviour(region));
        const wanted = [...ids.map((id) => ownAllocation(place, id)), ...ips.map((ip) => ownAddress(place, ip))];
        const entries = wanted.length > 0 ? [...new Set(wanted)] : networksOf(place).addresses.inOrder;
        return { Addresses: entries.map(({ current }) => current).filter((one) => allHold(compiled, one)) };
      },
    ),
    ReleaseAddress: operation<ReleaseAddressCommandInput, Answer<ReleaseAddressCommandOutput>>(
      ['AllocationId'],
      ({ AllocationId: id }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownAllocation(place, id);
        if (entry.current.AssociationId) throw elasticAddressInUse(entry.current.PublicIp ?? '');
        networksOf(place).addresses.remove(entry);
        return {};
      },
    ),
  };
}

/** An address of AWS's, which follows from its id. */
function allocate(plane: Plane, place: AccountRegion, { TagSpecifications }: AllocateAddressCommandInput): Address {
  const tags = tagsByType(TagSpecifications, ['elastic-ip'], plane.behaviour(place.region)).get('elastic-ip') ?? [];
  const id = plane.newId('eipalloc');
  const bytes = digest(id).slice(0, 6).match(/../g) ?? [];
  const current = view<Address>({
    AllocationId: id,
    PublicIp: ['52', ...bytes.map((byte) => Number.parseInt(byte, 16))].join('.'),
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: place.region,
    Domain: 'vpc',
    Tags: [...tags],
  });
  networksOf(place).addresses.add({ id, seq: plane.nextSeq(), current, shown: current });
  return current;
}
