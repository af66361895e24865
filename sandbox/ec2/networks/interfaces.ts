import type {
  DeleteNetworkInterfaceCommandInput,
  DeleteNetworkInterfaceCommandOutput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { interfaceInUse } from '../errors.ts';
import { removeInterface } from '../plane/networks.ts';
import type { Plane } from '../plane/state.ts';
import { asText, type FilterTable, filterTable, present } from '../requests/filters.ts';
import { networkInterfacesNotModelled } from '../requests/filters-of-networks.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { ownInterface } from './lookup.ts';
import { networksOf } from './networks.ts';

const filters: FilterTable<NetworkInterface> = {
  ...filterTable<NetworkInterface>(
    {
      'addresses.private-ip-address': ({ PrivateIpAddresses = [] }) =>
        present(PrivateIpAddresses.map(({ PrivateIpAddress }) => PrivateIpAddress)),
      'association.public-ip': ({ Association }) => Association?.PublicIp,
      'attachment.attachment-id': ({ Attachment }) => Attachment?.AttachmentId,
      'attachment.delete-on-termination': ({ Attachment }) => asText(Attachment?.DeleteOnTermination),
      'attachment.device-index': ({ Attachment }) => asText(Attachment?.DeviceIndex),
      'attachment.instance-id': ({ Attachment }) => Attachment?.InstanceId,
      'attachment.instance-owner-id': ({ Attachment }) => Attachment?.InstanceOwnerId,
      'attachment.status': ({ Attachment }) => Attachment?.Status,
      'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
      description: ({ Description }) => Description,
      'group-id': ({ Groups = [] }) => present(Groups.map(({ GroupId }) => GroupId)),
      'interface-type': ({ InterfaceType }) => InterfaceType,
      'mac-address': ({ MacAddress }) => MacAddress,
      'network-interface-id': ({ NetworkInterfaceId }) => NetworkInterfaceId,
      'owner-id': ({ OwnerId }) => OwnerId,
      'private-dns-name': ({ PrivateDnsName }) => PrivateDnsName,
      'private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
      'source-dest-check': ({ SourceDestCheck }) => asText(SourceDestCheck),
      status: ({ Status }) => Status,
      'subnet-id': ({ SubnetId }) => SubnetId,
      'vpc-id': ({ VpcId }) => VpcId,
    },
    networkInterfacesNotModelled,
  ),
  tagsOf: ({ TagSet }) => TagSet,
};

const rule: PageRule = {
  operation: 'DescribeNetworkInterfaces',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'networkInterfaceIdSet',
};

export function networkInterfaceOperations(plane: Plane) {
  return {
    DescribeNetworkInterfaces: operation<
      DescribeNetworkInterfacesCommandInput,
      Answer<DescribeNetworkInterfacesCommandOutput>
    >(
      ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken'],
      ({ NetworkInterfaceIds: ids, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const own = (id: string) => ownInterface(place, id);
        const listing = { collection: networksOf(place).interfaces, own, rule, filters };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { NetworkInterfaces: page.items, ...tokenOf(page) };
      },
    ),
    DeleteNetworkInterface: operation<DeleteNetworkInterfaceCommandInput, Answer<DeleteNetworkInterfaceCommandOutput>>(
      ['NetworkInterfaceId'],
      ({ NetworkInterfaceId: id }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownInterface(place, id);
        if (entry.current.Attachment) throw interfaceInUse(entry.id);
        removeInterface(networksOf(place), entry);
        return {};
      },
    ),
  };
}
