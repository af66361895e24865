import {
  type BlockDeviceMapping,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  type DescribeInstanceAttributeCommandOutput,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  type Image as Ec2Image,
  type Filter,
  type InstanceAttributeName,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import type { InstanceId, Target } from '../../model/ids.ts';
import { completeReading, mapReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Instance, Machine } from '../../model/resources.ts';
import { parseInstant } from '../../model/time.ts';
import type {
  ImageDetails,
  InstanceAttributes,
  InstanceTypeFacts,
  Key,
  VolumeKind,
} from '../../planning/restore/inventory.ts';
import type { RestoreReads } from '../../run/restore/ports.ts';
import { RESTORED_FROM } from '../../tagging/tag-keys.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import { toInstanceWithLaunch } from '../convert.ts';
import { exactly, MOST_FILTER_VALUES } from '../reads/filters.ts';
import { snapshotsBy } from '../reads/snapshots.ts';
import { type AccountClients, accountReads } from './account-reads.ts';
import { dryRun } from './makings.ts';

/** How EC2 answers a dry run of a call that is allowed: as an error, with 412. */
const WOULD_SUCCEED = 'DryRunOperation';

/** What a restore asks. Lists are asked by filters and not by ids, since of one that is gone EC2 would tell nothing else. */
export function createRestoreReads(caller: Caller, clients: AccountClients): RestoreReads {
  const instancesBy = (target: Target, filter: Filter): Promise<Reading<readonly Instance[]>> =>
    readPages(caller, target, 'instances', 'DescribeInstances', async (client, token) => {
      const answer = await client.send(new DescribeInstancesCommand({ Filters: [filter], NextToken: token }));
      const found = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
      const items = found.map((one) => ({ ...toInstanceWithLaunch(one, target), machine: machineOf(one) }));
      return { items, next: answer.NextToken };
    });
  return {
    ...accountReads(caller, clients),

    instance: async (target, id) =>
      mapReading(await instancesBy(target, exactly('instance-id', id)), ([instance]) => instance),

    attributes: (target, id) => readAttributes(caller, target, id),

    imageDetails: async (target, id) => {
      const found = await readPages(caller, target, 'the image', 'DescribeImages', async (client, token) => {
        const input = { Filters: [exactly('image-id', id)], IncludeDisabled: true, NextToken: token };
        const answer = await client.send(new DescribeImagesCommand(input));
        return { items: (answer.Images ?? []).map(imageDetails), next: answer.NextToken };
      });
      return mapReading(found, ([image]) => image);
    },

    subnet: async (target, id) => {
      const found = await readPages(caller, target, 'the subnet', 'DescribeSubnets', async (client, token) => {
        const input = { Filters: [exactly('subnet-id', id)], NextToken: token };
        const answer = await client.send(new DescribeSubnetsCommand(input));
        const items = (answer.Subnets ?? []).map(
          ({
            SubnetId = '',
            VpcId = '',
            AvailabilityZoneId = '',
            CidrBlock = '',
            AvailableIpAddressCount = 0,
            Ipv6Native,
          }) => {
            return {
              id: SubnetId,
              vpc: VpcId,
              zoneId: AvailabilityZoneId,
              cidr: CidrBlock,
              freeAddresses: Ipv6Native ? undefined : AvailableIpAddressCount,
            };
          },
        );
        return { items, next: answer.NextToken };
      });
      return mapReading(found, ([subnet]) => subnet);
    },

    securityGroups: (target, ids) =>
      readPages(caller, target, 'security groups', 'DescribeSecurityGroups', async (client, token) => {
        const input = { Filters: [exactly('group-id', ...ids)], NextToken: token };
        const answer = await client.send(new DescribeSecurityGroupsCommand(input));
        const items = (answer.SecurityGroups ?? []).map(({ GroupId = '', VpcId = '' }) => ({
          id: GroupId,
          vpc: VpcId,
        }));
        return { items, next: answer.NextToken };
      }),

    keyPair: async (target, name) => {
      const command = () => new DescribeKeyPairsCommand({ Filters: [exactly('key-name', name)] });
      const answer = await caller.call(target, 'DescribeKeyPairs', (client) => client.send(command()));
      const at = caller.now();
      if (!answer.ok) return partialReading('key pairs', at, false, describeFailure(answer.failure));
      return completeReading('key pairs', at, (answer.value.KeyPairs ?? []).length > 0);
    },

    types: async (target, names) => {
      const found = await readPages(
        caller,
        target,
        'instance types',
        'DescribeInstanceTypes',
        async (client, token) => {
          const input = { Filters: [exactly('instance-type', ...names)], NextToken: token };
          const answer = await client.send(new DescribeInstanceTypesCommand(input));
          return { items: (answer.InstanceTypes ?? []).flatMap(typeFacts), next: answer.NextToken };
        },
      );
      return mapReading(found, (entries) => new Map(entries));
    },

    offered: async (target, zoneId, names) => {
      const found = await readPages(
        caller,
        target,
        'the types of the zone',
        'DescribeInstanceTypeOfferings',
        async (client, token) => {
          const Filters = [exactly('location', zoneId), exactly('instance-type', ...names)];
          const input = { LocationType: 'availability-zone-id', Filters, NextToken: token } as const;
          const answer = await client.send(new DescribeInstanceTypeOfferingsCommand(input));
          const items = (answer.InstanceTypeOfferings ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
          return { items, next: answer.NextToken };
        },
      );
      return mapReading(found, (types): ReadonlySet<string> => new Set(types));
    },

    keys: async (target, names) => {
      const found = new Map<string, Key>();
      for (const name of names) {
        const command = () => new DescribeKeyCommand({ KeyId: name });
        const answer = await caller.to('kms').call(target, 'DescribeKey', (kms) => kms.send(command()));
        if (answer.ok) {
          const { KeyState: state = 'of no state', Arn: arn } = answer.value.KeyMetadata ?? {};
          found.set(name, { state, ...(arn !== undefined && { arn }) });
        } else if (answer.failure.meaning === 'absent') found.set(name, { state: 'missing' });
        else return partialReading('keys', caller.now(), found, `${name}: ${describeFailure(answer.failure)}`);
      }
      return completeReading('keys', caller.now(), found);
    },

    snapshots: async (target, ids) => {
      const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
        snapshotsBy(caller, target, [exactly('snapshot-id', ...part)], 'snapshots'),
      );
      return joinReadings('snapshots', caller.now(), await Promise.all(parts));
    },

    restoredFrom: async (target, images, tokens) => {
      // Anybody may write the tag; what EC2 launched an instance from nobody can change.
      const known = new Set<string>(images);
      const parts = await Promise.all([
        ...chunks(tokens, MOST_FILTER_VALUES).map((Values) => instancesBy(target, { Name: 'client-token', Values })),
        ...chunks(images, MOST_FILTER_VALUES).map(async (part) =>
          mapReading(await instancesBy(target, exactly(`tag:${RESTORED_FROM}`, ...part)), (found) =>
            found.filter(({ imageId }) => known.has(imageId)),
          ),
        ),
      ]);
      return mapReading(joinReadings('instances', caller.now(), parts), (found) => [
        ...new Map(found.map((instance) => [instance.id, instance])).values(),
      ]);
    },

    restoredVolumes: (target, image) =>
      readPages(caller, target, 'volumes', 'DescribeVolumes', async (client, token) => {
        const input = { Filters: [exactly(`tag:${RESTORED_FROM}`, image)], NextToken: token };
        const answer = await client.send(new DescribeVolumesCommand(input));
        const items = (answer.Volumes ?? []).flatMap(({ VolumeId, SnapshotId, State, Attachments = [] }) =>
          VolumeId
            ? [
                {
                  id: VolumeId,
                  snapshot: SnapshotId ?? '',
                  state: State ?? '',
                  attachedTo: Attachments.flatMap(({ InstanceId }) => InstanceId ?? []),
                },
              ]
            : [],
        );
        return { items, next: answer.NextToken };
      }),

    rootTasks: (target, instance) =>
      readPages(caller, target, 'tasks', 'DescribeReplaceRootVolumeTasks', async (client, token) => {
        const input = { Filters: [exactly('instance-id', instance)], NextToken: token };
        const answer = await client.send(new DescribeReplaceRootVolumeTasksCommand(input));
        const items = (answer.ReplaceRootVolumeTasks ?? []).flatMap(
          ({ ReplaceRootVolumeTaskId: id, ImageId = '', TaskState = '', StartTime }) =>
            id ? [{ id, image: ImageId, state: TaskState, startedAt: parseInstant(StartTime ?? '') ?? 0 }] : [],
        );
        return { items, next: answer.NextToken };
      }),

    refusal: async (target, making) => {
      const answer = await dryRun(caller, target, making);
      const at = caller.now();
      if (!answer || answer.ok || answer.failure.code === WOULD_SUCCEED) {
        return completeReading('a dry run', at, undefined);
      }
      const { meaning } = answer.failure;
      const problem = describeFailure(answer.failure);
      return meaning === 'denied' || meaning === 'refused'
        ? completeReading('a dry run', at, problem)
        : partialReading('a dry run', at, undefined, problem);
    },
  };
}

const NO_ATTRIBUTES: InstanceAttributes = {
  terminationProtection: false,
  stopProtection: false,
  shutdownBehavior: 'stop',
};

/** EC2 tells one attribute a call. */
async function readAttributes(caller: Caller, target: Target, id: InstanceId): Promise<Reading<InstanceAttributes>> {
  const ask = (Attribute: InstanceAttributeName) =>
    caller.call(target, 'DescribeInstanceAttribute', (client) =>
      client.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute })),
    );
  let told: Partial<DescribeInstanceAttributeCommandOutput> = {};
  for (const name of ATTRIBUTES) {
    const answer = await ask(name);
    if (!answer.ok) return partialReading('attributes', caller.now(), NO_ATTRIBUTES, describeFailure(answer.failure));
    told = { ...told, ...answer.value };
  }
  const { UserData, DisableApiTermination, DisableApiStop, InstanceInitiatedShutdownBehavior } = told;
  return completeReading('attributes', caller.now(), {
    ...(UserData?.Value && { userData: UserData.Value }),
    terminationProtection: DisableApiTermination?.Value ?? false,
    stopProtection: DisableApiStop?.Value ?? false,
    shutdownBehavior: InstanceInitiatedShutdownBehavior?.Value === 'terminate' ? 'terminate' : 'stop',
  });
}

const ATTRIBUTES = [
  'userData',
  'disableApiTermination',
  'disableApiStop',
  'instanceInitiatedShutdownBehavior',
] as const satisfies readonly InstanceAttributeName[];

function imageDetails(image: Ec2Image): ImageDetails {
  const { BootMode, ProductCodes = [], RootDeviceName = '', BlockDeviceMappings = [] } = image;
  return {
    ...machineOf(image),
    ...(BootMode && { bootMode: BootMode }),
    productCodes: ProductCodes.flatMap(({ ProductCodeId }) => ProductCodeId ?? []),
    rootDevice: RootDeviceName,
    volumes: new Map(BlockDeviceMappings.flatMap(volumeKind)),
  };
}

/** What EC2 tells alike of an image and of an instance. */
function machineOf({
  Architecture,
  EnaSupport,
  SriovNetSupport,
  TpmSupport,
}: Pick<Ec2Image, 'Architecture' | 'EnaSupport' | 'SriovNetSupport'> & { TpmSupport?: string | undefined }): Machine {
  return {
    architecture: Architecture ?? 'of no architecture',
    ena: EnaSupport ?? false,
    sriov: SriovNetSupport !== undefined,
    tpm: TpmSupport !== undefined,
  };
}

function volumeKind({ DeviceName = '', Ebs }: BlockDeviceMapping): [string, VolumeKind][] {
  if (!Ebs?.VolumeType) return [];
  const { VolumeType: type, Iops: iops, Throughput: throughput } = Ebs;
  return [[DeviceName, { type, ...(iops !== undefined && { iops }), ...(throughput !== undefined && { throughput }) }]];
}

function typeFacts({
  InstanceType,
  ProcessorInfo,
  VCpuInfo,
  SupportedBootModes = [],
  NitroTpmSupport,
  NetworkInfo,
  EbsInfo,
  HibernationSupported,
  NitroEnclavesSupport,
}: InstanceTypeInfo): [string, InstanceTypeFacts][] {
  if (InstanceType === undefined) return [];
  const facts = {
    architectures: ProcessorInfo?.SupportedArchitectures ?? [],
    vcpus: VCpuInfo?.DefaultVCpus ?? 0,
    bootModes: SupportedBootModes,
    tpm: NitroTpmSupport === 'supported',
    needsEna: NetworkInfo?.EnaSupport === 'required',
    ebsOptimized: EbsInfo?.EbsOptimizedSupport !== 'unsupported',
    hibernation: HibernationSupported ?? false,
    enclave: NitroEnclavesSupport === 'supported',
  };
  return [[InstanceType, facts]];
}
