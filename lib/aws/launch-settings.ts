import type { Instance as Ec2Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { LaunchSettings } from '../model/launch-settings.ts';
import { alone, aloneOnce } from './texts.ts';

/** What a launch of an instance takes, as DescribeInstances tells it. */
export function toLaunchSettings(instance: Ec2Instance): LaunchSettings {
  const { InstanceType, Placement = {}, SubnetId, VpcId, IamInstanceProfile, KeyName, InstanceLifecycle } = instance;
  const groups = (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => (GroupId ? [aloneOnce(GroupId)] : []));
  const profile = IamInstanceProfile?.Arn?.split('/').at(-1);
  return {
    ...(InstanceType && { type: aloneOnce(InstanceType) }),
    ...(Placement.AvailabilityZoneId && { zoneId: aloneOnce(Placement.AvailabilityZoneId) }),
    ...(SubnetId && { subnet: aloneOnce(SubnetId) }),
    ...(VpcId && { vpc: aloneOnce(VpcId) }),
    ...(groups.length > 0 && { groups }),
    ...(profile && { profile: aloneOnce(profile) }),
    ...(KeyName && { key: aloneOnce(KeyName) }),
    ...metadata(instance),
    ...(isApart(Placement.Tenancy) && { tenancy: Placement.Tenancy }),
    ...(Placement.HostId && { host: aloneOnce(Placement.HostId) }),
    ...(Placement.GroupName && { placementGroup: aloneOnce(Placement.GroupName) }),
    ...(instance.EbsOptimized && { ebsOptimized: true }),
    ...(instance.Monitoring?.State === 'enabled' && { monitoring: true }),
    ...(instance.HibernationOptions?.Configured && { hibernation: true }),
    ...(instance.EnclaveOptions?.Enabled && { enclave: true }),
    ...(InstanceLifecycle && isLifecycle(InstanceLifecycle) && { lifecycle: InstanceLifecycle }),
    ...addresses(instance),
  };
}

function metadata({ MetadataOptions: options }: Ec2Instance): Pick<LaunchSettings, 'imds' | 'hops' | 'metadataTags'> {
  if (!options?.HttpTokens) return {};
  if (options.HttpEndpoint === 'disabled') return { imds: 'off' };
  const { HttpTokens: imds, HttpPutResponseHopLimit: hops, InstanceMetadataTags: tags } = options;
  return { imds, ...(hops !== undefined && { hops }), ...(tags === 'enabled' && { metadataTags: true }) };
}

function isApart(tenancy: string | undefined): tenancy is 'dedicated' | 'host' {
  return tenancy === 'dedicated' || tenancy === 'host';
}

function isLifecycle(text: string): text is NonNullable<LaunchSettings['lifecycle']> {
  return text === 'spot' || text === 'scheduled' || text === 'capacity-block';
}

/** EC2 says of an address that goes with the instance that it is Amazon's own. */
const OF_AMAZON: ReadonlySet<string | undefined> = new Set(['amazon', undefined]);

function addresses({ PrivateIpAddress, NetworkInterfaces = [] }: Ec2Instance): Partial<LaunchSettings> {
  const [first = {}] = NetworkInterfaces.filter(({ Attachment }) => (Attachment?.DeviceIndex ?? 0) === 0);
  const ipv6Addresses = (first.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) =>
    Ipv6Address ? [alone(Ipv6Address)] : [],
  );
  return {
    ...(PrivateIpAddress && { privateAddress: alone(PrivateIpAddress) }),
    ...publicAddress(first),
    ...(ipv6Addresses.length > 0 && { ipv6Addresses }),
    ...(NetworkInterfaces.length > 1 && { interfaces: NetworkInterfaces.length }),
    ...(first.SourceDestCheck === false && { forwards: true }),
  };
}

function publicAddress({ Association }: InstanceNetworkInterface): Partial<LaunchSettings> {
  const { PublicIp, IpOwnerId } = Association ?? {};
  if (!PublicIp) return {};
  return OF_AMAZON.has(IpOwnerId) ? { publicAddress: alone(PublicIp) } : { elasticAddress: alone(PublicIp) };
}
