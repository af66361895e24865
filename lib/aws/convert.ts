import type { Image as Ec2Image, Instance as Ec2Instance, Snapshot as Ec2Snapshot, Tag } from '@aws-sdk/client-ec2';
import {
  accountId,
  type ImageId,
  imageId,
  instanceId,
  isImageId,
  region,
  snapshotId,
  type Target,
  volumeId,
} from '../model/ids.ts';
import type {
  AttachedVolume,
  Image,
  ImageDevice,
  ImageState,
  Instance,
  InstanceState,
  Snapshot,
  Tags,
} from '../model/resources.ts';
import { isDrillToken } from '../tagging/drill-token.ts';
import { SEAL } from '../tagging/tag-keys.ts';
import { toLaunchSettings } from './launch-settings.ts';
import { alone, aloneOnce } from './texts.ts';

/**
 * EC2's records as ours. The conversion is remembered by the record's identity, since a client that hands out the
 * same record twice, as one in process does, need not have it read twice.
 */
function remembered<From extends object, To>(convert: (from: From, target: Target) => To) {
  const known = new WeakMap<From, To>();
  return (from: From, target: Target): To => {
    const before = known.get(from);
    if (before !== undefined) return before;
    const to = convert(from, target);
    known.set(from, to);
    return to;
  };
}

/** States by their texts, so that all records have the same text and none keeps the one that it came with. */
function byText<State extends string>(...states: readonly State[]): ReadonlyMap<string | undefined, State> {
  return new Map(states.map((state) => [state, state]));
}

const IMAGE_STATES = byText<ImageState>('pending', 'available', 'disabled', 'failed');
const INSTANCE_STATES = byText<InstanceState>(
  'pending',
  'running',
  'shutting-down',
  'terminated',
  'stopping',
  'stopped',
);

export const toImage = remembered((image: Ec2Image, target: Target): Image => {
  const reason = image.StateReason?.Message ?? image.StateReason?.Code;
  return {
    id: imageId(alone(image.ImageId ?? '')),
    account: image.OwnerId && image.OwnerId !== target.account ? accountId(alone(image.OwnerId)) : target.account,
    region: target.region,
    name: alone(image.Name ?? ''),
    state: IMAGE_STATES.get(image.State) ?? 'other',
    ...(reason !== undefined && { stateReason: aloneOnce(reason) }),
    createdAt: Date.parse(image.CreationDate ?? ''),
    ...(image.DeprecationTime && { deprecatedAt: Date.parse(image.DeprecationTime) }),
    ...(isProtection(image.DeregistrationProtection) && { protection: aloneOnce(image.DeregistrationProtection) }),
    ...(image.LastLaunchedTime && { lastLaunchedAt: Date.parse(image.LastLaunchedTime) }),
    public: image.Public ?? false,
    ...(image.SourceInstanceId && { sourceInstance: instanceId(aloneOnce(image.SourceInstanceId)) }),
    ...(image.SourceImageId && { sourceImage: imageId(alone(image.SourceImageId)) }),
    ...(image.SourceImageRegion && { sourceImageRegion: region(aloneOnce(image.SourceImageRegion)) }),
    devices: devicesOf(image),
    tags: toTags(image.Tags),
    seal: 'missing',
  };
});

/** Copied, since a list that grows, as the one of flatMap does, keeps room for seventeen: on a fleet, megabytes of it. */
function devicesOf({ BlockDeviceMappings = [] }: Ec2Image): ImageDevice[] {
  const devices = BlockDeviceMappings.flatMap(({ DeviceName, Ebs }): ImageDevice[] =>
    Ebs
      ? [
          {
            device: aloneOnce(DeviceName ?? ''),
            ...(Ebs.SnapshotId && { snapshot: snapshotId(alone(Ebs.SnapshotId)) }),
            size: Ebs.VolumeSize ?? 0,
            encrypted: Ebs.Encrypted ?? false,
          },
        ]
      : [],
  );
  return [...devices];
}

/** EC2 says `disabled` of an image without protection, and `disabled after ...` while protection is ending. */
function isProtection(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text !== 'disabled';
}

/**
 * EC2's launch time is that of the last start. Its network interface tells of the first launch, as does its root volume,
 * unless that was replaced (API model, Instance).
 */
function thereSince({ LaunchTime, NetworkInterfaces = [], BlockDeviceMappings = [] }: Ec2Instance) {
  const moments = [
    LaunchTime,
    ...NetworkInterfaces.map(({ Attachment }) => Attachment?.AttachTime),
    ...BlockDeviceMappings.map(({ Ebs }) => Ebs?.AttachTime),
  ].flatMap((moment) => moment?.getTime() ?? []);
  return moments.length > 0 ? { thereSince: Math.min(...moments) } : {};
}

export const toInstance = remembered(
  (instance: Ec2Instance, target: Target): Instance => ({
    id: instanceId(aloneOnce(instance.InstanceId ?? '')),
    account: target.account,
    region: target.region,
    state: INSTANCE_STATES.get(instance.State?.Name) ?? 'pending',
    ...thereSince(instance),
    imageId: imageId(aloneOnce(instance.ImageId ?? '')),
    rootDevice: instance.RootDeviceType === 'instance-store' ? 'instance-store' : 'ebs',
    ...(instance.OutpostArn && { outpost: aloneOnce(instance.OutpostArn) }),
    rootDeviceName: aloneOnce(instance.RootDeviceName ?? ''),
    volumes: volumesOf(instance),
    tags: toTags(instance.Tags),
    ...(isDrillToken(instance.ClientToken ?? '') && { isDrill: true }),
  }),
);

/** Copied for the same reason. */
function volumesOf({ BlockDeviceMappings = [] }: Ec2Instance): AttachedVolume[] {
  const volumes = BlockDeviceMappings.flatMap(({ DeviceName, Ebs }): AttachedVolume[] =>
    Ebs?.VolumeId ? [{ id: volumeId(alone(Ebs.VolumeId)), device: aloneOnce(DeviceName ?? '') }] : [],
  );
  return [...volumes];
}

/** The same with what a launch of it takes. */
export const toInstanceWithLaunch = remembered(
  (instance: Ec2Instance, target: Target): Instance => ({
    ...toInstance(instance, target),
    launch: toLaunchSettings(instance),
  }),
);

export const toSnapshot = remembered((snapshot: Ec2Snapshot, target: Target): Snapshot => {
  const madeFor = imageMadeFor(snapshot.Description);
  return {
    id: snapshotId(alone(snapshot.SnapshotId ?? '')),
    account: target.account,
    region: target.region,
    startedAt: snapshot.StartTime?.getTime() ?? 0,
    ...(madeFor && { madeFor }),
    size: snapshot.VolumeSize ?? 0,
    ...(snapshot.KmsKeyId !== undefined && { kmsKey: aloneOnce(snapshot.KmsKeyId) }),
    tags: toTags(snapshot.Tags),
    seal: 'missing',
  };
});

/**
 * The image that a snapshot was made for, as EC2 writes it: `Created by CreateImage(i-...) for ami-...` and
 * `Copied for DestinationAmi ami-... from SourceAmi ...`.
 */
const MADE_FOR = /^(?:Created by CreateImage\(\S+\) for|Copied for DestinationAmi) (ami-[0-9a-f]+)\b/;

export function imageMadeFor(description: string | undefined): ImageId | undefined {
  const image = MADE_FOR.exec(description ?? '')?.[1];
  return image !== undefined && isImageId(image) ? imageId(alone(image)) : undefined;
}

export function toTags(tags: readonly Tag[] | undefined): Tags {
  return Object.fromEntries(
    (tags ?? []).map(({ Key = '', Value = '' }) => [Key, Key === SEAL ? alone(Value) : aloneOnce(Value)]),
  );
}

export function fromTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
