import { z } from 'zod';
import type { CallContext } from '../../sandbox/contract.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import type { Ask, Context } from './iam.ts';

export type Tags = Readonly<Record<string, string>>;

interface Told {
  readonly requestTags?: Tags | undefined;
  readonly resourceTags?: Tags | undefined;
  readonly more?: Context;
}

/** How asks.ts puts what is asked about a resource. */
export type About = (type: string, resource: string, told?: Told, asked?: string) => Ask;

/** What AWS asks about launches, what ends them, and commands; undefined of any other call. */
export function drillAsks(
  { service, operation, region, account, input }: Effect,
  sandbox: Sandbox,
  about: About,
  keysOf: (image: string) => readonly Ask[],
): Ask[] | undefined {
  const inEc2 = (type: string, id: string) => `arn:aws:ec2:${region}:${account}:${type}/${id}`;
  const place = { account, region, requestId: 'asked' };
  const tagged = (type: Kind, id: string): Told => ({ resourceTags: tagsIn(sandbox, place, type, id) });
  const existing = (type: Kind, id: string, asked?: string) => about(type, inEc2(type, id), tagged(type, id), asked);
  const ofInstances = (ids: readonly string[]) => ids.map((id) => existing('instance', id));

  switch (`${service}:${operation}`) {
    case 'ec2:RunInstances': {
      const launch = launched.parse(input);
      const [network] = launch.NetworkInterfaces;
      const profile = launch.IamInstanceProfile?.Name;
      const ofType = (type: Made): Context => {
        if (type === 'network-interface')
          return { 'ec2:AssociatePublicIpAddress': String(network.AssociatePublicIpAddress) };
        if (type === 'volume') return {};
        const arn = `arn:aws:iam::${account}:instance-profile/${profile}`;
        return { 'ec2:InstanceType': launch.InstanceType, ...(profile && { 'ec2:InstanceProfile': arn }) };
      };
      const resourceTags = asTags(sandbox.ec2.inspect.image(account, region, launch.ImageId)?.Tags);
      const passed = { more: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
      return [
        about('image', `arn:aws:ec2:${region}::image/${launch.ImageId}`, { resourceTags }),
        existing('subnet', network.SubnetId),
        ...network.Groups.map((group) => existing('security-group', group)),
        ...MADE.flatMap((type) => {
          const requestTags = asTags(launch.TagSpecifications.find(({ ResourceType }) => ResourceType === type)?.Tags);
          const tagging = { requestTags, more: { 'ec2:CreateAction': operation } };
          return [
            about(type, inEc2(type, 'new'), { requestTags, more: ofType(type) }),
            about(type, inEc2(type, 'new'), tagging, 'ec2:CreateTags'),
          ];
        }),
        ...(profile ? [about('role', `arn:aws:iam::${account}:role/${profile}`, passed, 'iam:PassRole')] : []),
        ...keysOf(launch.ImageId),
      ];
    }
    case 'ec2:TerminateInstances':
      return ofInstances(z.object({ InstanceIds: z.array(z.string()) }).parse(input).InstanceIds);
    case 'ec2:GetConsoleOutput':
      return ofInstances([z.object({ InstanceId: z.string() }).parse(input).InstanceId]);
    case 'ec2:DeleteVolume':
      return [existing('volume', z.object({ VolumeId: z.string() }).parse(input).VolumeId)];
    case 'ec2:DeleteNetworkInterface':
      return [
        existing('network-interface', z.object({ NetworkInterfaceId: z.string() }).parse(input).NetworkInterfaceId),
      ];
    case 'ssm:SendCommand': {
      const { InstanceIds, DocumentName } = command.parse(input);
      const owner = DocumentName.startsWith('AWS-') ? '' : account;
      const document = `arn:aws:ssm:${region}:${owner}:document/${DocumentName}`;
      return [about('document', document), ...ofInstances(InstanceIds)];
    }
    default:
      return undefined;
  }
}

/** What a launch makes, each of which has to bear the tags of a drill. */
const MADE = ['instance', 'volume', 'network-interface'] as const;
type Made = (typeof MADE)[number];
type Kind = Made | 'subnet' | 'security-group';

function tagsIn({ ec2 }: Sandbox, place: CallContext, kind: Kind, id: string): Tags {
  const { operations, inspect } = ec2;
  switch (kind) {
    case 'instance':
      return asTags(inspect.instance(place.account, place.region, id)?.Tags);
    case 'volume':
      return asTags(inspect.volumes(place).find(({ volume }) => volume.VolumeId === id)?.volume.Tags);
    case 'network-interface':
      return asTags(
        operations.DescribeNetworkInterfaces.run({ NetworkInterfaceIds: [id] }, place).NetworkInterfaces?.[0]?.TagSet,
      );
    case 'subnet':
      return asTags(operations.DescribeSubnets.run({ SubnetIds: [id] }, place).Subnets?.[0]?.Tags);
    case 'security-group':
      return asTags(operations.DescribeSecurityGroups.run({ GroupIds: [id] }, place).SecurityGroups?.[0]?.Tags);
  }
}

function asTags(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

const tags = z.array(z.object({ Key: z.string(), Value: z.string().optional() }));
const launched = z.object({
  ImageId: z.string(),
  InstanceType: z.string(),
  NetworkInterfaces: z.tuple([
    z.object({ SubnetId: z.string(), Groups: z.array(z.string()), AssociatePublicIpAddress: z.boolean() }),
  ]),
  IamInstanceProfile: z.object({ Name: z.string() }).optional(),
  TagSpecifications: z.array(z.object({ ResourceType: z.string(), Tags: tags })),
});
const command = z.object({ InstanceIds: z.array(z.string()), DocumentName: z.string() });
