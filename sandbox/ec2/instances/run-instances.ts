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
  deviceMappingInvalid,
  imageInWrongState,
  invalidValue,
  keyWithoutEncryption,
  launchTerminated,
  missingParameter,
} from '../errors.ts';
import { recordLaunch } from '../images/launches.ts';
import { usableImage } from '../images/lookup.ts';
import { snapshotOfImage } from '../images/shared.ts';
import { imageTraits } from '../images/traits.ts';
import { resolvedImageId } from '../launch-templates/image-parameters.ts';
import { launchTemplateOf, launchTemplateTags } from '../launch-templates/lookup.ts';
import { defaultKey, keyArn } from '../plane/keys.ts';
import type { AccountRegion, ImageEntry, InstanceEntry, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { tagsByType } from '../tags/tags.ts';
import { instanceState, scheduleMove } from './lifecycle.ts';

/** A launch, its template's data under the request's own. */
interface Launch {
  readonly image: ImageEntry;
  readonly type: Instance['InstanceType'];
  readonly zone: string;
  /** As the call names them: networks are not modelled, so that none is looked for. */
  readonly subnet: string | undefined;
  readonly securityGroups: readonly string[];
  readonly devices: readonly BlockDeviceMapping[];
  readonly instanceTags: readonly Tag[];
  readonly volumeTags: readonly Tag[];
  readonly clientToken: string | undefined;
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
        'Placement.AvailabilityZone',
        'SecurityGroupIds',
        'SubnetId',
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
  const { id, replayed } = once(plane, place, 'RunInstances', input, () => {
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

/** Launches as many instances as were asked for; capacity is not modelled, so it is always the maximum. */
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
  const launch = readLaunch(plane, place, input);
  recordLaunch(plane, place.region, launch.image);
  return Array.from({ length: most }, (_, index) => launchOne(plane, place, launch, reservationId, index));
}

function readLaunch(plane: Plane, place: AccountRegion, input: RunInstancesCommandInput): Launch {
  const template = input.LaunchTemplate && launchTemplateOf(place, input.LaunchTemplate);
  const image = usableImage(plane, place, resolvedImageId(plane, place, input.ImageId ?? template?.ImageId));
  const state = image.current.State ?? 'invalid';
  if (state !== 'available') {
    throw imageInWrongState(plane.behaviour(place.region).imageStateCode, image.id, state);
  }
  const tags = tagsByType(
    [...(template?.TagSpecifications ?? []), ...(input.TagSpecifications ?? [])],
    ['instance', 'volume'],
    plane.behaviour(place.region),
  );
  return {
    image,
    type: input.InstanceType ?? template?.InstanceType ?? 'm1.small',
    zone: input.Placement?.AvailabilityZone ?? `${place.region}a`,
    subnet: input.SubnetId,
    securityGroups: input.SecurityGroupIds ?? [],
    devices: mergedDevices(image.mappings, template?.BlockDeviceMappings ?? [], input.BlockDeviceMappings ?? []),
    instanceTags: [
      ...(tags.get('instance') ?? []),
      ...(input.LaunchTemplate ? launchTemplateTags(place, input.LaunchTemplate) : []),
    ],
    volumeTags: tags.get('volume') ?? [],
    clientToken: input.ClientToken,
  };
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
    Placement: { AvailabilityZone: launch.zone, Tenancy: 'default', GroupName: '' },
    BlockDeviceMappings: attached,
    NetworkInterfaces: [],
    ...(launch.subnet !== undefined && { SubnetId: launch.subnet }),
    SecurityGroups: launch.securityGroups.map((GroupId) => ({ GroupId })),
    ProductCodes: [],
    Tags: [...launch.instanceTags],
    PrivateDnsName: '',
    PublicDnsName: '',
    StateTransitionReason: '',
  });
  const entry: InstanceEntry = {
    id,
    seq: plane.nextSeq(),
    current: instance,
    shown: instance,
    reservationId,
    traits: view(imageTraits(launch.image.current)),
    reboots: [],
    imagesInProgress: [],
  };
  place.instances.add(entry);
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
  const source = snapshotOfImage(plane, place.region, launch.image, ebs.SnapshotId ?? '')?.current;
  const encrypted =
    ebs.Encrypted === true || source?.Encrypted === true || plane.behaviour(place.region).encryptionByDefault;
  // Another account's key is not carried over: a volume of a shared snapshot gets the launching account's default.
  const ownKey = source?.OwnerId === place.account ? source.KmsKeyId : undefined;
  const key = ebs.KmsKeyId ?? ownKey ?? defaultKey;
  const type = ebs.VolumeType ?? 'gp3';
  const volume = view<Volume>({
    VolumeId: id,
    OwnerId: place.account,
    Size: ebs.VolumeSize,
    VolumeType: type,
    Iops: ebs.Iops ?? (type === 'gp3' ? 3_000 : undefined),
    Throughput: ebs.Throughput ?? (type === 'gp3' ? 125 : undefined),
    Encrypted: encrypted,
    KmsKeyId: encrypted ? keyArn(place.account, place.region, key) : undefined,
    SnapshotId: ebs.SnapshotId ?? '',
    AvailabilityZone: launch.zone,
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
