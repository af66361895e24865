import type { GroupIdentifier, NetworkInterface } from '@aws-sdk/client-ec2';
import { addInterface, type SubnetEntry } from '../plane/networks.ts';
import type { AccountRegion } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { nextAddress } from './addresses.ts';
import { addressText } from './cidr.ts';
import { networksOf } from './networks.ts';

type Facts = Pick<
  NetworkInterface,
  'Attachment' | 'Description' | 'InterfaceType' | 'RequesterId' | 'RequesterManaged' | 'TagSet'
>;

interface NewInterface extends Facts {
  readonly id: string;
  readonly seq: number;
  readonly subnet: SubnetEntry;
  readonly groups: GroupIdentifier[];
  /** As a number; the next free one, if absent. */
  readonly address?: number | undefined;
  readonly isPublic: boolean;
}

/** Makes an interface in a subnet, which then has an address less. */
export function newInterface(
  place: AccountRegion,
  { id, seq, subnet, groups, address: wanted, isPublic, ...facts }: NewInterface,
): NetworkInterface {
  const networks = networksOf(place);
  const digits = id.slice('eni-'.length);
  const address = wanted ?? nextAddress(networks, subnet);
  const ip = addressText(address);
  const name = privateName(place.region, ip);
  const current = view<NetworkInterface>({
    NetworkInterfaceId: id,
    SubnetId: subnet.id,
    VpcId: subnet.current.VpcId,
    AvailabilityZone: subnet.current.AvailabilityZone,
    OwnerId: place.account,
    MacAddress: `0a:${(digits.slice(0, 10).match(/../g) ?? []).join(':')}`,
    PrivateIpAddress: ip,
    PrivateDnsName: name,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: ip, PrivateDnsName: name }],
    Groups: groups,
    SourceDestCheck: true,
    Status: 'in-use',
    ...facts,
  });
  addInterface(networks, { id, seq, current, shown: current, address, isPublic });
  return current;
}

function privateName(region: string, ip: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${ip.replaceAll('.', '-')}.${domain}`;
}
