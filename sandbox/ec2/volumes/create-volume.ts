import type { CreateVolumeCommandInput, CreateVolumeCommandOutput, Snapshot, Volume } from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { keyWithoutEncryption, missingParameter, volumeUnfit, zoneNotFound } from '../errors.ts';
import { chosenZone } from '../networks/lookup.ts';
import type { Zone } from '../networks/zones.ts';
import { defaultKey, type KeyUse, keyArn } from '../plane/keys.ts';
import type { AccountRegion, Plane, VolumeEntry } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { tagsByType } from '../tags/tags.ts';
import { moveVolume } from './lifecycle.ts';
import { ownVolume } from './lookup.ts';
import { sourceSnapshot } from './source-snapshot.ts';
import { performanceOf } from './volume-types.ts';

export function createVolumeOperations(plane: Plane) {
  return {
    CreateVolume: operation<CreateVolumeCommandInput, Answer<CreateVolumeCommandOutput>>(
      [
        'AvailabilityZone',
        'AvailabilityZoneId',
        'ClientToken',
        'Encrypted',
        'Iops',
        'KmsKeyId',
        'Size',
        'SnapshotId',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
        'Throughput',
        'VolumeType',
      ],
      (input, context) => createVolume(plane, input, context),
    ),
  };
}

function createVolume(plane: Plane, input: CreateVolumeCommandInput, { account, region }: CallContext): Volume {
  const place = plane.in(account, region);
  const { id } = once(plane, place, 'CreateVolume', input, () => startVolume(plane, place, input).id);
  return ownVolume(place, id).current;
}

function startVolume(plane: Plane, place: AccountRegion, input: CreateVolumeCommandInput): VolumeEntry {
  const behaviour = plane.behaviour(place.region);
  const tags = tagsByType(input.TagSpecifications, ['volume'], behaviour);
  const zone = zoneOfCall(place, input);
  const source = input.SnapshotId ? sourceSnapshot(plane, place, input.SnapshotId).current : undefined;
  const { VolumeSize: least = 0 } = source ?? {};
  const { Size: size = least, VolumeType: type = 'gp2' } = input;
  if (!source && input.Size === undefined) throw missingParameter('size/snapshot');
  if (source && size < least) {
    throw volumeUnfit(
      behaviour.volumeSizeCode,
      `The volume of ${size} GiB is smaller than its snapshot, which has ${least}.`,
    );
  }
  const wanted = { type, size, iops: input.Iops, throughput: input.Throughput };
  const performance = performanceOf(wanted, behaviour);
  const keys = keysOf(place, input, source, behaviour.encryptionByDefault);
  const id = plane.newId('vol');
  const volume = view<Volume>({
    VolumeId: id,
    OwnerId: place.account,
    Size: size,
    VolumeType: type,
    ...performance,
    Encrypted: keys.length > 0,
    KmsKeyId: keys[0]?.arn,
    SnapshotId: input.SnapshotId ?? '',
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    State: 'creating',
    CreateTime: secondsDate(plane.clock.now()),
    MultiAttachEnabled: false,
    Attachments: [],
    Tags: [...(tags.get('volume') ?? [])],
  });
  const entry: VolumeEntry = { id, seq: plane.nextSeq(), current: volume, shown: volume, snapshotsInProgress: 0, keys };
  place.volumes.add(entry);
  moveVolume(plane, place, entry, behaviour.volumeCreateMs);
  return entry;
}

/** @throws MissingParameter for no zone, InvalidParameterCombination for a name and an id, InvalidZone.NotFound. */
function zoneOfCall(place: AccountRegion, input: CreateVolumeCommandInput): Zone {
  const zone = chosenZone(place, input, zoneNotFound);
  if (!zone) throw missingParameter('AvailabilityZone');
  return zone;
}

/**
 * The keys that the volume needs, its own first; none, if it is not encrypted. The volume of an encrypted snapshot is
 * encrypted whatever the call says (API reference, EbsBlockDevice, Encrypted). Whether it can be made with them turns
 * out later (API reference, CreateVolume, KmsKeyId).
 *
 * @throws InvalidParameterDependency for a key without encryption.
 */
function keysOf(
  { account, region }: AccountRegion,
  { Encrypted, KmsKeyId: named }: CreateVolumeCommandInput,
  source: Snapshot | undefined,
  byDefault: boolean,
): readonly KeyUse[] {
  if (named && Encrypted !== true) throw keyWithoutEncryption();
  if (Encrypted !== true && source?.Encrypted !== true && !byDefault) return [];
  const ofSource = source?.Encrypted && source.KmsKeyId ? { region, arn: source.KmsKeyId } : undefined;
  // Another account's key is not carried over: a volume of a shared snapshot gets this account's default.
  if (!named && ofSource && source?.OwnerId === account) return [ofSource];
  const own = { region, arn: keyArn(account, region, named ?? defaultKey), named: named ?? defaultKey };
  return [own, ...(ofSource ? [ofSource] : [])];
}
