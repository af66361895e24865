import type {
  BlockDeviceMapping,
  CopyImageCommandInput,
  CopyImageCommandOutput,
  EbsBlockDevice,
  Image,
  Tag,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  copySourceInWrongState,
  invalidValue,
  keyWithoutEncryption,
  missingParameter,
  regionUnknown,
  tooManyCopies,
  tooManySnapshotCopies,
} from '../errors.ts';
import { originsOfSnapshot } from '../instances/origins.ts';
import { defaultKey, type KeyUse, keyArn } from '../plane/keys.ts';
import type { AccountRegion, ImageEntry, Plane, SnapshotEntry } from '../plane/state.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { checkSnapshotQuota, startSnapshot } from '../snapshots/lifecycle.ts';
import { isReservedKey, sharedTags, tagsByType, withTags } from '../tags/tags.ts';
import { availableAt, checkNewImage, snapshotIds, startImage } from './lifecycle.ts';
import { usableImage } from './lookup.ts';
import { checkStorage, snapshotOfImage } from './shared.ts';
import { imageTraits } from './traits.ts';

/** What the source's EBS snapshot becomes. */
interface CopiedDevice {
  readonly mapping: BlockDeviceMapping;
  readonly ebs: EbsBlockDevice;
  readonly sourceSnapshotId: string;
  readonly keyArn?: string;
}

export function copyImageOperations(plane: Plane) {
  return {
    CopyImage: operation<CopyImageCommandInput, Answer<CopyImageCommandOutput>>(
      [
        'Name',
        'SourceImageId',
        'SourceRegion',
        'Description',
        'ClientToken',
        'Encrypted',
        'KmsKeyId',
        'CopyImageTags',
        'SnapshotCopyCompletionDurationMinutes',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
      ],
      (input, context) => {
        const place = plane.in(context.account, context.region);
        const { id } = once(plane, place, 'CopyImage', input, () => copyImage(plane, place, input, context));
        return { ImageId: id };
      },
    ),
  };
}

/** EC2 User Guide, Copy an Amazon EC2 AMI; called in the region that the copy is for. */
function copyImage(plane: Plane, place: AccountRegion, input: CopyImageCommandInput, context: CallContext): string {
  const behaviour = plane.behaviour(context.region);
  if (!input.SourceRegion) throw missingParameter('SourceRegion');
  if (!behaviour.regions.includes(input.SourceRegion)) throw regionUnknown(input.SourceRegion);
  if (input.KmsKeyId && input.Encrypted !== true) throw keyWithoutEncryption();
  checkCompletionDuration(input.SnapshotCopyCompletionDurationMinutes);
  const tags = tagsByType(input.TagSpecifications, ['image', 'snapshot'], behaviour);
  const home = plane.in(context.account, input.SourceRegion);
  const source = usableImage(plane, home, input.SourceImageId);
  checkSourceState(plane, context.region, source);
  checkStorage(plane, home, source);
  checkNewImage(plane, place, input.Name, input.Description);
  const devices = copiedDevices(plane, home, place, source, input);
  checkCopyLimits(plane, place, devices.length);
  checkSnapshotQuota(plane, place, devices.length);

  const id = plane.newId('ami');
  const now = plane.clock.now();
  const ownTags = input.CopyImageTags ? copiedTags(source.current, context.account) : [];
  const callTags = tags.get('image') ?? [];
  const imageTags =
    behaviour.copyTagPrecedence === 'call'
      ? withTags(ownTags, callTags, behaviour)
      : withTags(callTags, ownTags, behaviour);
  const copies = new Map<CopiedDevice, SnapshotEntry>();
  for (const device of devices) {
    const snapshot = startSnapshot(
      plane,
      place,
      {
        SnapshotId: plane.newId('snap'),
        // EBS gives a copied snapshot the id of a volume that does not exist.
        VolumeId: 'vol-ffffffff',
        VolumeSize: device.ebs.VolumeSize,
        Description: copyDescription(id, source.id, device.sourceSnapshotId, now),
        Encrypted: device.keyArn !== undefined,
        KmsKeyId: device.keyArn,
        Tags: [...(tags.get('snapshot') ?? [])],
        TransferType: input.SnapshotCopyCompletionDurationMinutes ? 'time-based' : 'standard',
        CompletionDurationMinutes: input.SnapshotCopyCompletionDurationMinutes,
      },
      copyDuration(plane, context.region, device, input.SnapshotCopyCompletionDurationMinutes),
      originsOfSnapshot(plane, home.region, device.sourceSnapshotId) ?? [],
    );
    copies.set(device, snapshot);
  }
  place.copiesInProgress.add(id);
  startImage(plane, place, {
    id,
    name: input.Name ?? '',
    origin: 'CopyImage',
    requestId: context.requestId,
    mappings: source.mappings.map((mapping) => copiedMapping(mapping, copies)),
    facts: {
      ...imageTraits(source.current),
      Description: input.Description ?? defaultDescription(plane, context.region, source, input.SourceRegion),
      SourceImageId: source.id,
      SourceImageRegion: input.SourceRegion,
      DeprecationTime: behaviour.copyKeepsDeprecation ? source.current.DeprecationTime : undefined,
      Tags: imageTags,
    },
    completesAt: availableAt(plane, place, [...copies.values()]),
    keys: keysOf(plane, home, place, source, devices, input.KmsKeyId),
  });
  return id;
}

/** EBS User Guide, Time-based copies: a multiple of 15 from 15 minutes to 48 hours. */
function checkCompletionDuration(minutes: number | undefined): void {
  if (minutes === undefined) return;
  if (minutes % 15 !== 0 || minutes < 15 || minutes > 2_880) {
    throw invalidValue('SnapshotCopyCompletionDurationMinutes must be a multiple of 15 from 15 to 2880.');
  }
}

function checkSourceState(plane: Plane, region: string, source: ImageEntry): void {
  const { copySourceStateCode, copyOfDisabledImage } = plane.behaviour(region);
  const state = source.current.State ?? 'invalid';
  if (state === 'available' || (state === 'disabled' && copyOfDisabledImage === 'allowed')) return;
  throw copySourceInWrongState(copySourceStateCode, source.id, state);
}

function checkCopyLimits(plane: Plane, place: AccountRegion, added: number): void {
  const { concurrentCopies, concurrentCopiesCode, concurrentSnapshotCopies } = plane.behaviour(place.region);
  if (place.copiesInProgress.size >= concurrentCopies) throw tooManyCopies(concurrentCopiesCode, concurrentCopies);
  if (concurrentSnapshotCopies === 'unlimited') return;
  let inProgress = 0;
  for (const imageId of place.copiesInProgress) {
    const image = place.images.get(imageId);
    for (const id of image ? snapshotIds(image) : []) {
      if (place.snapshots.get(id)?.current.State === 'pending') inProgress += 1;
    }
  }
  if (inProgress + added > concurrentSnapshotCopies) throw tooManySnapshotCopies(concurrentSnapshotCopies);
}

/**
 * What is encrypted stays so, under its own key in its own region and under the default key elsewhere; what is
 * not gets the named or the default key if the call or the account asks for encryption (EC2 User Guide, Use
 * encryption with EBS-backed AMIs).
 */
function copiedDevices(
  plane: Plane,
  home: AccountRegion,
  place: AccountRegion,
  source: ImageEntry,
  { Encrypted, KmsKeyId }: CopyImageCommandInput,
): readonly CopiedDevice[] {
  const { account, region } = place;
  const encrypt = Encrypted === true || plane.behaviour(region).encryptionByDefault;
  return source.mappings.flatMap((mapping) => {
    const ebs = mapping.Ebs;
    if (!ebs?.SnapshotId) return [];
    const ownKey = home.snapshots.get(ebs.SnapshotId)?.current.KmsKeyId;
    const key = KmsKeyId ?? (home.region === region ? ownKey : undefined) ?? defaultKey;
    const arn = ebs.Encrypted || encrypt ? keyArn(account, region, key) : undefined;
    return { mapping, ebs, sourceSnapshotId: ebs.SnapshotId, ...(arn && { keyArn: arn }) };
  });
}

function copiedMapping(
  mapping: BlockDeviceMapping,
  copies: ReadonlyMap<CopiedDevice, SnapshotEntry>,
): BlockDeviceMapping {
  for (const [device, { id }] of copies) {
    if (device.mapping !== mapping) continue;
    return { ...mapping, Ebs: { ...device.ebs, SnapshotId: id, Encrypted: device.keyArn !== undefined } };
  }
  return mapping;
}

/** The user's own tags of an image; what another account's image carries is not the caller's. */
function copiedTags(source: Image, account: string): readonly Tag[] {
  if (source.OwnerId !== account) return sharedTags(source.Tags);
  return (source.Tags ?? []).filter(({ Key = '' }) => !isReservedKey(Key));
}

/** As the snapshots of real copies have it: milliseconds grouped by commas, and a full stop. */
function copyDescription(id: string, sourceId: string, snapshotId: string, now: number): string {
  const created = now.toLocaleString('en-US');
  return `Copied for DestinationAmi ${id} from SourceAmi ${sourceId} for SourceSnapshot ${snapshotId}. Task created on ${created}.`;
}

function defaultDescription(plane: Plane, region: string, source: ImageEntry, sourceRegion: string) {
  switch (plane.behaviour(region).copyDescription) {
    case 'none':
      return undefined;
    case 'source':
      return source.current.Description;
    case 'copied-from':
      return `[Copied ${source.id} from ${sourceRegion}] ${source.current.Description ?? ''}`.trimEnd();
  }
}

function copyDuration(plane: Plane, region: string, { ebs }: CopiedDevice, minutes: number | undefined): number {
  const { copyBaseMs, copyMsPerGiB, durationSpread } = plane.behaviour(region);
  const standard = copyBaseMs + copyMsPerGiB * (ebs.VolumeSize ?? 0);
  // The spread lengthens the duration afterwards, and a time-based copy must not exceed its target.
  return minutes === undefined ? standard : Math.min(standard, (minutes * 60_000) / (1 + durationSpread));
}

/** The keys that EC2 will use: to read the source's snapshots and to write the copy's. */
function keysOf(
  plane: Plane,
  home: AccountRegion,
  place: AccountRegion,
  source: ImageEntry,
  devices: readonly CopiedDevice[],
  named?: string,
): readonly KeyUse[] {
  const uses = new Map<string, KeyUse>();
  for (const { sourceSnapshotId, keyArn: arn } of devices) {
    const sourceKey = snapshotOfImage(plane, home.region, source, sourceSnapshotId)?.current.KmsKeyId;
    if (sourceKey) uses.set(sourceKey, { region: home.region, arn: sourceKey });
    if (arn && arn !== sourceKey) uses.set(arn, { region: place.region, arn, named: named ?? defaultKey });
  }
  return [...uses.values()];
}
