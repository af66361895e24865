import type {
  Address,
  Image,
  ImageUsageReport,
  Instance,
  KeyPairInfo,
  LaunchTemplate,
  NetworkInterface,
  ReplaceRootVolumeTask,
  RouteTable,
  SecurityGroup,
  Snapshot,
  Subnet,
  Tag,
  Volume,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { term } from './records.ts';

/** By which filters, besides `tag:<key>`, a kind of resource is found without reading all of it. */
export interface Index<View> {
  readonly filters: readonly string[];
  readonly termsOf: (view: View) => readonly string[];
}

export const imageIndex: Index<Image> = {
  filters: ['name', 'source-instance-id', 'source-image-id', 'block-device-mapping.snapshot-id'],
  termsOf: (image) => [
    ...tagTerms(image.Tags),
    ...fieldTerm('name', image.Name),
    ...fieldTerm('source-instance-id', image.SourceInstanceId),
    ...fieldTerm('source-image-id', image.SourceImageId),
    ...(image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) =>
      fieldTerm('block-device-mapping.snapshot-id', Ebs?.SnapshotId),
    ),
  ],
};

export const snapshotIndex: Index<Snapshot> = {
  filters: ['description', 'volume-id'],
  termsOf: (snapshot) => [
    ...tagTerms(snapshot.Tags),
    ...fieldTerm('description', snapshot.Description),
    ...fieldTerm('volume-id', snapshot.VolumeId),
  ],
};

export const instanceIndex: Index<Instance> = {
  filters: ['image-id', 'client-token'],
  termsOf: (instance) => [
    ...tagTerms(instance.Tags),
    ...fieldTerm('image-id', instance.ImageId),
    ...fieldTerm('client-token', instance.ClientToken),
  ],
};

export const launchTemplateIndex: Index<LaunchTemplate> = {
  filters: ['launch-template-name'],
  termsOf: (template) => [
    ...tagTerms(template.Tags),
    ...fieldTerm('launch-template-name', template.LaunchTemplateName),
  ],
};

export const usageReportIndex: Index<ImageUsageReport> = {
  filters: [],
  termsOf: (report) => tagTerms(report.Tags),
};

export const rootReplacementIndex: Index<ReplaceRootVolumeTask> = {
  filters: ['instance-id'],
  termsOf: (task) => [...tagTerms(task.Tags), ...fieldTerm('instance-id', task.InstanceId)],
};

export const volumeIndex: Index<Volume> = {
  filters: [],
  termsOf: (volume) => tagTerms(volume.Tags),
};

export const vpcIndex: Index<Vpc> = {
  filters: [],
  termsOf: (vpc) => tagTerms(vpc.Tags),
};

export const subnetIndex: Index<Subnet> = {
  filters: ['vpc-id'],
  termsOf: (subnet) => [...tagTerms(subnet.Tags), ...fieldTerm('vpc-id', subnet.VpcId)],
};

export const routeTableIndex: Index<RouteTable> = {
  filters: ['vpc-id'],
  termsOf: (table) => [...tagTerms(table.Tags), ...fieldTerm('vpc-id', table.VpcId)],
};

export const securityGroupIndex: Index<SecurityGroup> = {
  filters: ['vpc-id'],
  termsOf: (group) => [...tagTerms(group.Tags), ...fieldTerm('vpc-id', group.VpcId)],
};

export const interfaceIndex: Index<NetworkInterface> = {
  filters: ['attachment.instance-id', 'group-id', 'subnet-id'],
  termsOf: ({ TagSet, Attachment, Groups, SubnetId }) => [
    ...tagTerms(TagSet),
    ...fieldTerm('attachment.instance-id', Attachment?.InstanceId),
    ...(Groups ?? []).flatMap(({ GroupId }) => fieldTerm('group-id', GroupId)),
    ...fieldTerm('subnet-id', SubnetId),
  ],
};

export const addressIndex: Index<Address> = {
  filters: ['network-interface-id'],
  termsOf: (address) => [...tagTerms(address.Tags), ...fieldTerm('network-interface-id', address.NetworkInterfaceId)],
};

export const endpointIndex: Index<VpcEndpoint> = {
  filters: ['vpc-id'],
  termsOf: (endpoint) => [...tagTerms(endpoint.Tags), ...fieldTerm('vpc-id', endpoint.VpcId)],
};

export const keyPairIndex: Index<KeyPairInfo> = {
  filters: ['key-name'],
  termsOf: (pair) => [...tagTerms(pair.Tags), ...fieldTerm('key-name', pair.KeyName)],
};

function tagTerms(tags: readonly Tag[] | undefined): string[] {
  return (tags ?? []).map(({ Key = '', Value = '' }) => term(`tag:${Key}`, Value));
}

function fieldTerm(filter: string, value: string | undefined): string[] {
  return value === undefined ? [] : [term(filter, value)];
}
