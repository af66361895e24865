import type {
  BlockDeviceMapping,
  EbsBlockDevice,
  Instance,
  InstanceBlockDeviceMapping,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  Tag,
  Volume,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  architectureUnfit,
  deviceMappingInvalid,
  imageInWrongState,
  invalidValue,
  keyWithoutEncryption,
  launchTerminated,
  missingParameter,
  tooManyVcpus,
} from '../errors.ts';
import { recordLaunch } from '../images/launches.ts';
import { usableImage } from '../images/lookup.ts';
import { imageTraits } from '../images/traits.ts';
import { INSTANCE_TYPES } from '../instance-types/table.ts';
import { resolvedImageId } from '../launch-templates/image-parameters.ts';
import { launchTemplateOf, launchTemplateTags } from '../launch-templates/lookup.ts';
import type {
  AccountRegion,
  ImageEntry,
  InstanceAttributes,
  InstanceEntry,
  Plane,
  PlannedFailure,
} from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { tagsByType } from '../tags/tags.ts';
import { heededLaunchAttributes, launchAttributes } from './attribute-values.ts';
import { withinQuota } from './capacity.ts';
import { networkMembers, newInterfaces } from './interfaces.ts';
import { launchFailure } from './launch-failures.ts';
import { heededInterfaces, type LaunchNetwork, namedZone, planNetwork } from './launch-network.ts';
import { heededLaunchOptions, launchOptions } from './launch-options.ts';
import { comingUp, instanceState, scheduleMove, tellInstanceState } from './lifecycle.ts';
import { originsOfImage } from './origins.ts';
import { withTemplateData } from './template-launch.ts';
import { volumeKey } from './volume-keys.ts';

/** A launch, its template's data under the request's own. */
interface Launch {
  readonly image: ImageEntry;
  readonly type: Instance['InstanceType'];
  readonly network: LaunchNetwork;
  /** Members of the instances that follow from the call alone. */
  readonly options: Partial<Instance>;
  readonly devices: readonly BlockDeviceMapping[];
  readonly instanceTags: readonly Tag[];
  readonly volumeTags: readonly Tag[];
  readonly interfaceTags: readonly Tag[];
  readonly clientToken: string | undefined;
  /** Why its instances come to nothing; absent where they do not. */
  readonly failure: PlannedFailure | undefined;
  readonly attributes: InstanceAttributes;
}

export function runInstancesOperations(plane: Plane) {
  return {
    RunInstances: operation<RunInstancesCommandInput, Answer<RunInstancesCommandOutput>>(
      [
        'ImageId',
        'InstanceType',
        'MinCount',
        'MaxCount',
        'ClientToken',
        ...heededInterfaces,
        'PrivateIpAddress',
        'SecurityGroupIds',
        'SubnetId',
        ...heededLaunchOptions,
        ...heededLaunchAttributes,
        'BlockDeviceMappings.DeviceName',
        'BlockDeviceMappings.NoDevice',
        'BlockDeviceMappings.Ebs.DeleteOnTermination',
        'BlockDeviceMappings.Ebs.Encrypted',
        'BlockDeviceMappings.Ebs.Iops',
        'BlockDeviceMappings.Ebs.KmsKeyId',
        'BlockDeviceMappings.Ebs.Throughput',
        'BlockDeviceMappings.Ebs.VolumeSize',
        'BlockDeviceMappings.Ebs.VolumeType',
        'LaunchTemplate',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
      ],
      (input, context) => runInstances(plane, input, context),
    ),
  };
}

function runInstances(plane: Plane, input: RunInstancesCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  let instances: readonly InstanceEntry[] = [];
  // Of a launch that says where it goes, the token is the zone's (EC2 Developer Guide, Ensuring idempotency).
  const zone = input.ClientToken ? namedZone(place, withTemplateData(place, input)) : undefined;
  const { id, replayed } = once(plane, place, zone ? `RunInstances/${zone.name}` : 'RunInstances', input, () => {
    const reservationId = plane.newId('r');
    instances = launchAll(plane, place, input, reservationId);
    return reservationId;
  });
  if (replayed) instances = place.instances.inOrder.filter(({ reservationId }) => reservationId === id);
  if (replayed && instances.every(({ current }) => current.State?.Name === 'terminated')) throw launchTerminated();
  return {
    ReservationId: id,
    OwnerId: context.account,
    Groups: [],
    Instances: instances.map(({ current }) => current),
  };
}

/** Launches as many instances as were asked for or, where there is room for fewer and that is enough, so many. */
function launchAll(
  plane: Plane,
  place: AccountRegion,
  input: RunInstancesCommandInput,
  reservationId: string,
): readonly InstanceEntry[] {
  const { MinCount: least, MaxCount: most } = input;
  if (least === undefined) throw missingParameter('MinCount');
  if (most === undefined) throw missingParameter('MaxCount');
  if (least < 1 || most < least) throw invalidValue('MinCount must be at least 1 and at most MaxCount.');
  const launch = readLaunch(plane, place, input, { least, most });
  const behaviour = plane.behaviour(place.region);
  const allowed = withinQuota(place, behaviour, launch.type ?? '');
  if (allowed < least) throw tooManyVcpus(behaviour.vcpuQuota);
  recordLaunch(plane, place.region, launch.image);
  const count = Math.min(most, launch.network.room, allowed);
  return Array.from({ length: count }, (_, index) => launchOne(plane, place, launch, reservationId, index));
}

function readLaunch(
  plane: Plane,
  place: AccountRegion,
  call: RunInstancesCommandInput,
  count: { readonly least: number; readonly most: number },
): Launch {
  const input = withTemplateData(place, call);
  const template = input.LaunchTemplate && launchTemplateOf(place, input.LaunchTemplate);
  const image = usableImage(plane, place, resolvedImageId(plane, place, input.ImageId ?? template?.ImageId));
  const state = image.current.State ?? 'invalid';
  if (state !== 'available') {
    throw imageInWrongState(plane.behaviour(place.region).imageStateCode, image.id, state);
  }
  const tags = tagsByType(
    [...(template?.TagSpecifications ?? []), ...(input.TagSpecifications ?? [])],
    ['instance', 'network-interface', 'volume'],
    plane.behaviour(place.region),
  );
  const type = input.InstanceType ?? template?.InstanceType ?? 'm1.small';
  checkArchitecture(type, image);
  const devices = mergedDevices(image.mappings, template?.BlockDeviceMappings ?? [], input.BlockDeviceMappings ?? []);
  const network = planNetwork(plane, place, input, { type, ...count });
  return {
    image,
    type,
    network,
    options: launchOptions(plane, place, input, image.current, network.zone),
    devices,
    instanceTags: [
      ...(tags.get('instance') ?? []),
      ...(input.LaunchTemplate ? launchTemplateTags(place, input.LaunchTemplate) : []),
    ],
    volumeTags: tags.get('volume') ?? [],
    interfaceTags: tags.get('network-interface') ?? [],
    clientToken: input.ClientToken,
    failure: launchFailure(plane, place, { image, type, zone: network.zone, devices }),
    attributes: launchAttributes(input, plane.behaviour(place.region)),
  };
}

/** Of a type that the sandbox does not know nothing is said. @throws InvalidParameterValue. */
function checkArchitecture(type: string, { current }: ImageEntry): void {
  const known = INSTANCE_TYPES.get(type)?.architectures ?? [];
  const wanted = current.Architecture ?? '';
  if (known.length > 0 && !known.some((architecture) => architecture === wanted)) {
    throw architectureUnfit(known.join(', '), wanted);
  }
}

/** Later mappings of a device change earlier ones, member by member, or take the device away. */
function mergedDevices(...layers: readonly (readonly BlockDeviceMapping[])[]): readonly BlockDeviceMapping[] {
  const devices = new Map<string, BlockDeviceMapping>();
  for (const { DeviceName: device, Ebs, NoDevice, VirtualName } of layers.flat()) {
    if (!device) throw missingParameter('blockDeviceMapping.deviceName');
    const before = devices.get(device)?.Ebs;
    if (NoDevice !== undefined) devices.delete(device);
    else if (VirtualName === undefined) devices.set(device, { DeviceName: device, Ebs: mergedVolume(before, Ebs) });
  }
  for (const [device, { Ebs }] of devices) {
    if (!Ebs?.VolumeSize) throw deviceMappingInvalid(`The volume on ${device} needs a size.`);
    if (Ebs.KmsKeyId && Ebs.Encrypted !== true) throw keyWithoutEncryption();
  }
  return [...devices.values()];
}

/** A volume can be greater than the snapshot that it is made of, and not smaller. */
function mergedVolume(before: EbsBlockDevice = {}, change: EbsBlockDevice = {}): EbsBlockDevice {
  const { SnapshotId: snapshot, VolumeSize: least = 0 } = before;
  const { VolumeSize: size = least } = change;
  if (snapshot && size < least) {
    throw deviceMappingInvalid(
      `Volume of size ${size}GB is smaller than snapshot '${snapshot}', expect size >= ${least}GB`,
    );
  }
  return { ...before, ...change };
}

function launchOne(
  plane: Plane,
  place: AccountRegion,
  launch: Launch,
  reservationId: string,
  index: number,
): InstanceEntry {
  const id = plane.newId('i');
  const now = secondsDate(plane.clock.now());
  const attached = launch.devices.map((device) => attachVolume(plane, place, launch, id, device));
  const seq = plane.nextSeq();
  const interfaces = newInterfaces(plane, place, launch.network.interfaces, launch.interfaceTags, {
    instanceId: id,
    seq,
    now,
  });
  const { ImageType: _, ImdsSupport: __, ...traits } = imageTraits(launch.image.current);
  const instance = view<Instance>({
    ...traits,
    InstanceId: id,
    ImageId: launch.image.id,
    State: instanceState('pending'),
    InstanceType: launch.type,
    LaunchTime: now,
    AmiLaunchIndex: index,
    ClientToken: launch.clientToken ?? '',
    BlockDeviceMappings: attached,
    ...launch.options,
    ...networkMembers(interfaces),
    ProductCodes: [],
    Tags: [...launch.instanceTags],
    ...comingUp,
  });
  const entry: InstanceEntry = {
    id,
    seq,
    current: instance,
    shown: instance,
    reservationId,
    traits: view(imageTraits(launch.image.current)),
    reboots: [],
    imagesInProgress: [],
    ...(launch.failure && { failure: launch.failure }),
    attributes: launch.attributes,
    sourceImageId: launch.image.current.SourceImageId,
    originIds: originsOfImage(plane, place.region, launch.image),
  };
  place.instances.add(entry);
  tellInstanceState(plane, place, entry);
  scheduleMove(plane, place, entry);
  return entry;
}

function attachVolume(
  plane: Plane,
  place: AccountRegion,
  launch: Launch,
  instanceId: string,
  { DeviceName: device, Ebs: ebs = {} }: BlockDeviceMapping,
): InstanceBlockDeviceMapping {
  const id = plane.newId('vol');
  const now = secondsDate(plane.clock.now());
  const deleteOnTermination = ebs.DeleteOnTermination ?? true;
  const key = volumeKey(plane, place, launch.image, ebs);
  const type = ebs.VolumeType ?? 'gp3';
  const volume = view<Volume>({
    VolumeId: id,
    OwnerId: place.account,
    Size: ebs.VolumeSize,
    VolumeType: type,
    Iops: ebs.Iops ?? (type === 'gp3' ? 3_000 : undefined),
    Throughput: ebs.Throughput ?? (type === 'gp3' ? 125 : undefined),
    Encrypted: key !== undefined,
    KmsKeyId: key?.arn,
    SnapshotId: ebs.SnapshotId ?? '',
    AvailabilityZone: launch.network.zone.name,
    AvailabilityZoneId: launch.network.zone.id,
    State: 'in-use',
    CreateTime: now,
    MultiAttachEnabled: false,
    Attachments: [
      {
        VolumeId: id,
        InstanceId: instanceId,
        Device: device,
        State: 'attached',
        AttachTime: now,
        DeleteOnTermination: deleteOnTermination,
      },
    ],
    Tags: [...launch.volumeTags],
  });
  place.volumes.add({ id, seq: plane.nextSeq(), current: volume, shown: volume, snapshotsInProgress: 0 });
  return {
    DeviceName: device,
    Ebs: { AttachTime: now, DeleteOnTermination: deleteOnTermination, Status: 'attached', VolumeId: id },
  };
}
