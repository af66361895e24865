import type {
  BlockDeviceMapping,
  CreateImageCommandInput,
  CreateImageCommandOutput,
  EbsBlockDevice,
  EbsInstanceBlockDevice,
  Image,
  Tag,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { deviceMappingInvalid, instanceNotImageable, missingParameter, tooManyImagesOfInstance } from '../errors.ts';
import { ownInstance } from '../instances/lookup.ts';
import { originsOfNewImage } from '../instances/origins.ts';
import type { AccountRegion, InstanceEntry, Plane, SnapshotEntry, VolumeEntry } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { checkSnapshotQuota, checkVolumeLimits, startSnapshot } from '../snapshots/lifecycle.ts';
import { tagsByType } from '../tags/tags.ts';
import { availableAt, checkNewImage, startImage } from './lifecycle.ts';

/** A device of the image to be: of a volume of the instance, or added by the request. */
type PlannedDevice =
  | {
      readonly kind: 'volume';
      readonly device: string;
      readonly volume: VolumeEntry;
      readonly deleteOnTermination: boolean;
    }
  | { readonly kind: 'added'; readonly mapping: BlockDeviceMapping };

export function createImageOperations(plane: Plane) {
  return {
    CreateImage: operation<CreateImageCommandInput, Answer<CreateImageCommandOutput>>(
      [
        'InstanceId',
        'Name',
        'Description',
        'NoReboot',
        'BlockDeviceMappings.DeviceName',
        'BlockDeviceMappings.NoDevice',
        'BlockDeviceMappings.VirtualName',
        'BlockDeviceMappings.Ebs.DeleteOnTermination',
        'BlockDeviceMappings.Ebs.Encrypted',
        'BlockDeviceMappings.Ebs.Iops',
        'BlockDeviceMappings.Ebs.Throughput',
        'BlockDeviceMappings.Ebs.VolumeSize',
        'BlockDeviceMappings.Ebs.VolumeType',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
      ],
      (input, context) => createImage(plane, input, context),
    ),
  };
}

function createImage(plane: Plane, input: CreateImageCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  const instance = ownInstance(place, input.InstanceId);
  const tags = tagsByType(input.TagSpecifications, ['image', 'snapshot'], plane.behaviour(context.region));
  checkState(instance);
  checkNewImage(plane, place, input.Name, input.Description);
  const devices = planDevices(place, instance, input.BlockDeviceMappings ?? []);
  const volumes = devices.flatMap((device) => (device.kind === 'volume' ? device.volume : []));
  checkConcurrency(plane, place, instance, input.NoReboot === true);
  checkVolumeLimits(plane, place, volumes);
  checkSnapshotQuota(plane, place, volumes.length);

  const id = plane.newId('ami');
  const { snapshotBaseMs, snapshotMsPerGiB } = plane.behaviour(context.region);
  const snapshots: SnapshotEntry[] = [];
  const mappings = devices.map((device) => {
    if (device.kind === 'added') return device.mapping;
    const { current } = device.volume;
    const snapshot = startSnapshot(
      plane,
      place,
      {
        SnapshotId: plane.newId('snap'),
        VolumeId: device.volume.id,
        VolumeSize: current.Size,
        Description: `Created by CreateImage(${instance.id}) for ${id}`,
        Encrypted: current.Encrypted,
        KmsKeyId: current.KmsKeyId,
        Tags: [...(tags.get('snapshot') ?? [])],
      },
      snapshotBaseMs + snapshotMsPerGiB * (current.Size ?? 0),
      originsOfNewImage(instance),
      device.volume,
    );
    snapshots.push(snapshot);
    return mappingOf(device.device, device.deleteOnTermination, device.volume, snapshot.id);
  });
  instance.imagesInProgress = [...instance.imagesInProgress, id];
  if (input.NoReboot !== true && instance.current.State?.Name === 'running') {
    instance.reboots.push({ at: plane.clock.now(), imageId: id });
  }
  startImage(plane, place, {
    id,
    name: input.Name ?? '',
    origin: 'CreateImage',
    requestId: context.requestId,
    mappings,
    facts: factsOf(instance, context.region, input.Description, tags.get('image')),
    completesAt: availableAt(plane, place, snapshots),
  });
  return { ImageId: id };
}

function factsOf(
  instance: InstanceEntry,
  region: string,
  description: string | undefined,
  tags: readonly Tag[] = [],
): Image {
  return {
    ...instance.traits,
    Description: description,
    SourceInstanceId: instance.id,
    SourceImageId: instance.current.ImageId,
    SourceImageRegion: region,
    Tags: [...tags],
  };
}

function checkState(instance: InstanceEntry): void {
  const state = instance.current.State?.Name;
  if (state !== 'running' && state !== 'stopping' && state !== 'stopped') throw instanceNotImageable(instance.id);
}

function checkConcurrency(plane: Plane, place: AccountRegion, instance: InstanceEntry, noReboot: boolean): void {
  const { concurrentImagesPerInstance: limit } = plane.behaviour(place.region);
  if (noReboot && limit !== 'unlimited' && instance.imagesInProgress.length >= limit) {
    throw tooManyImagesOfInstance(instance.id);
  }
}

/**
 * Every volume of the instance, less the devices that the request leaves out, and the devices that it adds. Of a
 * volume that is there, only DeleteOnTermination can be changed (API reference, CreateImage, BlockDeviceMapping).
 */
function planDevices(
  place: AccountRegion,
  instance: InstanceEntry,
  requested: readonly BlockDeviceMapping[],
): readonly PlannedDevice[] {
  const byDevice = new Map<string, BlockDeviceMapping>();
  for (const mapping of requested) {
    if (!mapping.DeviceName) throw missingParameter('blockDeviceMapping.deviceName');
    byDevice.set(mapping.DeviceName, mapping);
  }
  const planned: PlannedDevice[] = [];
  for (const { DeviceName: device = '', Ebs: attached } of instance.current.BlockDeviceMappings ?? []) {
    const volume = place.volumes.get(attached?.VolumeId ?? '');
    const change = byDevice.get(device);
    byDevice.delete(device);
    if (!volume || !attached || change?.NoDevice !== undefined) continue;
    planned.push({
      kind: 'volume',
      device,
      volume,
      deleteOnTermination: keptFlag(device, attached, volume, change?.Ebs),
    });
  }
  for (const mapping of byDevice.values()) {
    if (mapping.NoDevice === undefined) planned.push({ kind: 'added', mapping: addedMapping(mapping) });
  }
  if (planned.length === 0) throw deviceMappingInvalid('An image must have one device at least.');
  return planned;
}

function keptFlag(
  device: string,
  attached: EbsInstanceBlockDevice,
  { current }: VolumeEntry,
  change: EbsBlockDevice | undefined,
): boolean {
  const fixed = [
    ['VolumeSize', change?.VolumeSize, current.Size],
    ['VolumeType', change?.VolumeType, current.VolumeType],
    ['Iops', change?.Iops, current.Iops],
    ['Throughput', change?.Throughput, current.Throughput],
    ['Encrypted', change?.Encrypted, current.Encrypted],
  ] as const;
  for (const [name, wanted, actual] of fixed) {
    if (wanted !== undefined && (wanted !== actual || wanted === true)) {
      throw deviceMappingInvalid(`${name} of the existing volume on ${device} can't be changed.`);
    }
  }
  return change?.DeleteOnTermination ?? attached.DeleteOnTermination ?? false;
}

function addedMapping({ DeviceName, VirtualName, Ebs }: BlockDeviceMapping): BlockDeviceMapping {
  if (VirtualName !== undefined) return { DeviceName, VirtualName };
  if (!Ebs?.VolumeSize) throw deviceMappingInvalid(`The new volume on ${DeviceName} needs a size.`);
  return {
    DeviceName,
    Ebs: {
      DeleteOnTermination: Ebs.DeleteOnTermination ?? true,
      Encrypted: Ebs.Encrypted ?? false,
      VolumeSize: Ebs.VolumeSize,
      VolumeType: Ebs.VolumeType ?? 'gp3',
      Iops: Ebs.Iops,
      Throughput: Ebs.Throughput,
    },
  };
}

function mappingOf(
  device: string,
  deleteOnTermination: boolean,
  { current }: VolumeEntry,
  snapshotId: string,
): BlockDeviceMapping {
  return {
    DeviceName: device,
    Ebs: {
      DeleteOnTermination: deleteOnTermination,
      SnapshotId: snapshotId,
      VolumeSize: current.Size,
      VolumeType: current.VolumeType,
      Encrypted: current.Encrypted,
      Iops: current.Iops,
      Throughput: current.Throughput,
    },
  };
}
