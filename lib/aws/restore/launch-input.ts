import type {
  _InstanceType,
  InstanceMetadataOptionsRequest,
  InstanceNetworkInterfaceSpecification,
  RunInstancesCommandInput,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Launch } from '../../planning/restore/plan.ts';
import { RESTORED_FROM } from '../../tagging/tag-keys.ts';
import { fromTags } from '../convert.ts';

/** A launch as RunInstances takes it, and as the AWS CLI takes it with `--cli-input-json`. */
export function launchInput(launch: Launch): RunInstancesCommandInput {
  const { profile, key, tenancy, encryption, shutdownBehavior, userData } = launch;
  const metadata = metadataOptions(launch);
  return {
    ImageId: launch.image,
    ...(isInstanceType(launch.type) && { InstanceType: launch.type }),
    MinCount: 1,
    MaxCount: 1,
    ClientToken: launch.token,
    NetworkInterfaces: [networkInterface(launch)],
    ...(profile !== undefined && { IamInstanceProfile: { Name: profile } }),
    ...(key !== undefined && { KeyName: key }),
    ...(metadata && { MetadataOptions: metadata }),
    ...(tenancy && { Placement: { Tenancy: tenancy } }),
    ...(launch.ebsOptimized && { EbsOptimized: true }),
    ...(launch.monitoring && { Monitoring: { Enabled: true } }),
    ...(launch.hibernation && { HibernationOptions: { Configured: true } }),
    ...(launch.enclave && { EnclaveOptions: { Enabled: true } }),
    ...(userData !== undefined && { UserData: userData }),
    ...(launch.terminationProtection && { DisableApiTermination: true }),
    ...(launch.stopProtection && { DisableApiStop: true }),
    ...(shutdownBehavior === 'terminate' && { InstanceInitiatedShutdownBehavior: shutdownBehavior }),
    ...(encryption && {
      BlockDeviceMappings: encryption.devices.map((DeviceName) => ({
        DeviceName,
        Ebs: { Encrypted: true, KmsKeyId: encryption.kmsKey },
      })),
    }),
    TagSpecifications: tagSpecifications(launch),
  };
}

/** By its interface alone can EC2 be told of a public address; then subnet, groups and address stand there as well. */
function networkInterface(launch: Launch): InstanceNetworkInterfaceSpecification {
  return {
    DeviceIndex: 0,
    SubnetId: launch.subnet,
    Groups: [...launch.groups],
    AssociatePublicIpAddress: launch.publicAddress,
    DeleteOnTermination: true,
    ...(launch.privateAddress !== undefined && { PrivateIpAddress: launch.privateAddress }),
  };
}

function metadataOptions({ imds, hops, metadataTags }: Launch): InstanceMetadataOptionsRequest | undefined {
  if (imds === undefined) return undefined;
  if (imds === 'off') return { HttpEndpoint: 'disabled' };
  return {
    HttpTokens: imds,
    ...(hops !== undefined && { HttpPutResponseHopLimit: hops }),
    ...(metadataTags && { InstanceMetadataTags: 'enabled' }),
  };
}

/** By the tag that names the image, volumes are found that were made for themselves: those of a machine are none. */
function tagSpecifications({ tags }: Launch): TagSpecification[] {
  const Tags = fromTags(tags);
  const ofVolumes = Tags.filter(({ Key }) => Key !== RESTORED_FROM);
  return [
    { ResourceType: 'instance', Tags },
    ...(ofVolumes.length > 0 ? [{ ResourceType: 'volume' as const, Tags: ofVolumes }] : []),
    { ResourceType: 'network-interface', Tags },
  ];
}

/** The SDK lists the types of its own day; EC2 has new ones each month. */
function isInstanceType(text: string): text is _InstanceType {
  return text.includes('.');
}
