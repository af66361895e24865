/** The same as `filters-not-modelled.ts`, of networks and of the types of instances. */

/** Of DescribeAvailabilityZones. */
export const availabilityZonesNotModelled: ReadonlySet<string> = new Set([
  'group-long-name',
  'group-name',
  'message',
  'parent-zone-id',
  'parent-zone-name',
]);

/** Of DescribeVpcs. */
export const vpcsNotModelled: ReadonlySet<string> = new Set([
  'cidr-block-association.association-id',
  'cidr-block-association.cidr-block',
  'cidr-block-association.state',
  'dhcp-options-id',
  'ipv6-cidr-block-association.association-id',
  'ipv6-cidr-block-association.ipv6-cidr-block',
  'ipv6-cidr-block-association.ipv6-pool',
  'ipv6-cidr-block-association.state',
]);

/** Of DescribeSubnets. */
export const subnetsNotModelled: ReadonlySet<string> = new Set([
  'customer-owned-ipv4-pool',
  'enable-dns64',
  'enable-lni-at-device-index',
  'ipv6-cidr-block-association.association-id',
  'ipv6-cidr-block-association.ipv6-cidr-block',
  'ipv6-cidr-block-association.state',
  'ipv6-native',
  'map-customer-owned-ip-on-launch',
  'outpost-arn',
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record',
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record',
  'private-dns-name-options-on-launch.hostname-type',
]);

/** Of DescribeRouteTables. */
export const routeTablesNotModelled: ReadonlySet<string> = new Set([
  'association.gateway-id',
  'route.destination-ipv6-cidr-block',
  'route.destination-prefix-list-id',
  'route.egress-only-internet-gateway-id',
  'route.instance-id',
]);

/** Of DescribeSecurityGroups. */
export const securityGroupsNotModelled: ReadonlySet<string> = new Set([
  'egress.ip-permission.group-name',
  'ip-permission.group-name',
]);

/** Of DescribeVpcEndpoints. */
export const vpcEndpointsNotModelled: ReadonlySet<string> = new Set(['ip-address-type', 'service-region']);

/** Of DescribeNetworkInterfaces. */
export const networkInterfacesNotModelled: ReadonlySet<string> = new Set([
  'addresses.association.owner-id',
  'addresses.association.public-ip',
  'addresses.primary',
  'association.allocation-id',
  'association.association-id',
  'association.ip-owner-id',
  'association.public-dns-name',
  'attachment.attach-time',
  'availability-zone-id',
  'ipv6-addresses.ipv6-address',
  'operator.managed',
  'operator.principal',
  'requester-id',
  'requester-managed',
]);

/** Of DescribeInstanceTypes. */
export const instanceTypesNotModelled: ReadonlySet<string> = new Set([
  'auto-recovery-supported',
  'dedicated-hosts-supported',
  'ebs-info.attachment-limit-type',
  'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps',
  'ebs-info.ebs-optimized-info.baseline-iops',
  'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps',
  'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps',
  'ebs-info.ebs-optimized-info.maximum-iops',
  'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps',
  'ebs-info.ebs-optimized-support',
  'ebs-info.encryption-support',
  'ebs-info.maximum-ebs-attachments',
  'ebs-info.nvme-support',
  'free-tier-eligible',
  'hibernation-supported',
  'instance-storage-info.disk.count',
  'instance-storage-info.disk.size-in-gb',
  'instance-storage-info.disk.type',
  'instance-storage-info.encryption-support',
  'instance-storage-info.nvme-support',
  'instance-storage-info.total-size-in-gb',
  'instance-storage-supported',
  'network-info.bandwidth-weightings',
  'network-info.efa-info.maximum-efa-interfaces',
  'network-info.efa-supported',
  'network-info.encryption-in-transit-supported',
  'network-info.flexible-ena-queues-support',
  'network-info.ipv4-addresses-per-interface',
  'network-info.ipv6-addresses-per-interface',
  'network-info.ipv6-supported',
  'network-info.maximum-network-cards',
  'network-info.maximum-network-interfaces',
  'network-info.network-performance',
  'nitro-enclaves-support',
  'nitro-tpm-info.supported-versions',
  'processor-info.supported-features',
  'processor-info.sustained-clock-speed-in-ghz',
  'reboot-migration-support',
  'supported-usage-class',
  'vcpu-info.default-cores',
  'vcpu-info.default-threads-per-core',
  'vcpu-info.valid-cores',
  'vcpu-info.valid-threads-per-core',
]);
