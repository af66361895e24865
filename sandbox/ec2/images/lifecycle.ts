import type { BlockDeviceMapping, Image } from '@aws-sdk/client-ec2';
import { daysInBin, putImageInBin, release, use } from '../bin/binned.ts';
import {
  beyondAscii,
  imageNameMalformed,
  imageNameTaken,
  imageQuotaReached,
  invalidValue,
  missingParameter,
} from '../errors.ts';
import { isUsable, type KeyUse } from '../plane/keys.ts';
import type { AccountRegion, ImageEntry, Plane, PlannedFailure, SnapshotEntry } from '../plane/state.ts';
import { secondsText, view } from '../plane/views.ts';
import { failSnapshot } from '../snapshots/lifecycle.ts';

/**
 * Refuses a name or description that EC2 would, and an image beyond the quota.
 *
 * @throws InvalidAMIName.Malformed, InvalidAMIName.Duplicate naming the holder, InvalidParameterValue.
 */
export function checkNewImage(
  plane: Plane,
  place: AccountRegion,
  name: string | undefined,
  description: string | undefined,
): asserts name is string {
  if (name === undefined) throw missingParameter('Name');
  if (!/^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/.test(name)) throw imageNameMalformed();
  checkDescription(description);
  const holder = holderOfName(plane, place, name);
  if (holder !== undefined) throw imageNameTaken(name, holder);
  const { imageQuota, imageQuotaCode } = plane.behaviour(place.region);
  if (place.images.size + place.bin.images.size >= imageQuota) throw imageQuotaReached(imageQuotaCode, imageQuota);
}

/** The id of the image that holds a name now. */
export function holderOfName(plane: Plane, place: AccountRegion, name: string): string | undefined {
  const holder = place.imageNames.get(name);
  if (!holder || (holder.freeAt !== undefined && holder.freeAt <= plane.clock.now())) return undefined;
  return holder.imageId;
}

/** @throws InvalidParameterValue for a description that is too long, or has characters beyond ASCII. */
export function checkDescription(description = ''): void {
  if (!/^\p{ASCII}*$/u.test(description)) throw beyondAscii('Description', description);
  if (description.length > 255) throw invalidValue('The description of an AMI is at most 255 characters long.');
}

export interface NewImage {
  readonly id: string;
  readonly name: string;
  readonly origin: ImageEntry['origin'];
  readonly requestId: string;
  readonly mappings: readonly BlockDeviceMapping[];
  /** What else reads show of it: traits, tags, description, sources. */
  readonly facts: Image;
  /** Milliseconds since the Unix epoch at which it becomes available, unless it fails. */
  readonly completesAt: number;
  readonly keys?: readonly KeyUse[];
}

/** When an image that is made of these snapshots becomes available; now, if it has none. */
export function availableAt(plane: Plane, place: AccountRegion, snapshots: readonly SnapshotEntry[]): number {
  const times = snapshots.map(({ completesAt }) => completesAt);
  if (times.length === 0) return plane.clock.now();
  return plane.behaviour(place.region).imageAvailableOnce === 'all-snapshots' ? Math.max(...times) : Math.min(...times);
}

/** Brings a pending image into being; it is available when its snapshots are complete, or fails. */
export function startImage(plane: Plane, place: AccountRegion, image: NewImage): ImageEntry {
  const now = plane.clock.now();
  const { createVisibilityMs, pendingImageMappings, keyCheckMs } = plane.behaviour(place.region);
  const failure = takeFailure(plane, place, image.origin);
  const { id, name, origin, requestId, keys = [] } = image;
  const mappings = view([...image.mappings]);
  const entry: ImageEntry = {
    id,
    seq: plane.nextSeq(),
    current: view<Image>({
      ...image.facts,
      ImageId: id,
      Name: name,
      ImageLocation: `${place.account}/${name}`,
      OwnerId: place.account,
      CreationDate: secondsText(now),
      State: 'pending',
      Public: false,
      BlockDeviceMappings: pendingImageMappings === 'complete' ? mappings : mappings.map(withoutSnapshot),
      ProductCodes: [],
      Tags: image.facts.Tags ?? [],
      DeregistrationProtection: 'disabled',
      FreeTierEligible: false,
    }),
    shown: undefined,
    origin,
    requestId,
    mappings,
    keys,
    ...(failure && { failure: { code: failure.code, message: failure.message } }),
  };
  place.images.add(entry);
  place.imageNames.set(name, { imageId: id });
  use(place.snapshotUsers, snapshotIds(entry), id);
  plane.later('image-shown', place, id, now + createVisibilityMs);
  if (keys.length > 0) plane.later('image-keys-checked', place, id, now + keyCheckMs);
  plane.later('image-settled', place, id, failure?.after === undefined ? image.completesAt : now + failure.after);
  return entry;
}

/** Changes an image; reads see it when the behaviour lets them. */
export function changeImage(plane: Plane, place: AccountRegion, entry: ImageEntry, change: Image): void {
  entry.current = view<Image>({ ...entry.current, ...change });
  // One that was never shown is shown by its own transition.
  if (!entry.shown) return;
  const { changeVisibilityMs } = plane.behaviour(place.region);
  plane.later('image-shown', place, entry.id, plane.clock.now() + changeVisibilityMs);
}

/** Ends the making of an image without success, and tells so. */
export function failImage(
  plane: Plane,
  place: AccountRegion,
  entry: ImageEntry,
  failure: PlannedFailure,
  snapshotMessage?: string,
): void {
  if (entry.current.State !== 'pending') return;
  const { failedImagesHoldName, failedImagesListedMs, failedImageSnapshots } = plane.behaviour(place.region);
  endProgress(place, entry);
  if (snapshotMessage !== undefined || failedImageSnapshots === 'error') {
    for (const id of snapshotIds(entry)) failSnapshot(plane, place, id, snapshotMessage ?? failure.message);
  }
  if (!failedImagesHoldName) place.imageNames.delete(entry.current.Name ?? '');
  changeImage(plane, place, entry, {
    State: 'failed',
    StateReason: { Code: failure.code, Message: failure.message },
    BlockDeviceMappings: [...entry.mappings],
  });
  tellState(plane, place, entry, 'failed', failure.message, entry.requestId);
  if (failedImagesListedMs !== 'forever') {
    plane.later('failed-image-expired', place, entry.id, plane.clock.now() + failedImagesListedMs);
  }
}

/**
 * Takes an image out of the account: its name and snapshots are free, and reads forget it in steps. One that a rule
 * catches goes to the Recycle Bin; one in the making is cancelled, which leaves nothing to keep.
 *
 * @param requestId of the call that deregistered it.
 */
export function forgetImage(plane: Plane, place: AccountRegion, entry: ImageEntry, requestId: string): void {
  const { deregisteredListedMs, binImagesHoldName } = plane.behaviour(place.region);
  const days = entry.current.State === 'pending' ? undefined : daysInBin(plane, place, 'image', entry.current.Tags);
  releaseImage(plane, place, entry);
  if (days === undefined || !binImagesHoldName) releaseName(plane, place, entry);
  if (days !== undefined) putImageInBin(plane, place, entry, snapshotIds(entry), days);
  tellState(plane, place, entry, 'deregistered', '', requestId);
  plane.later('image-unlisted', place, entry.id, plane.clock.now() + deregisteredListedMs);
}

function releaseImage(plane: Plane, place: AccountRegion, entry: ImageEntry): void {
  const { cancelledImageSnapshots } = plane.behaviour(place.region);
  endProgress(place, entry);
  release(place.snapshotUsers, snapshotIds(entry), entry.id);
  if (cancelledImageSnapshots === 'error') {
    for (const id of snapshotIds(entry)) failSnapshot(plane, place, id, 'The creation of the image was cancelled');
  }
  place.goneImages.set(entry.id, plane.clock.now());
}

/** Lets go of an image's name, if it still holds it. */
export function releaseName(plane: Plane, place: AccountRegion, entry: ImageEntry): void {
  const { nameReleaseMs } = plane.behaviour(place.region);
  const name = entry.current.Name ?? '';
  if (place.imageNames.get(name)?.imageId !== entry.id) return;
  const freeAt = plane.clock.now() + nameReleaseMs;
  if (nameReleaseMs > 0) place.imageNames.set(name, { imageId: entry.id, freeAt });
  else place.imageNames.delete(name);
}

/**
 * The event "EC2 AMI State Change" (EC2 User Guide, Monitor AMI events using Amazon EventBridge), which EC2 sends
 * for these four states and no other.
 */
export function tellState(
  plane: Plane,
  place: AccountRegion,
  entry: ImageEntry,
  state: 'available' | 'failed' | 'deregistered' | 'disabled',
  errorMessage: string,
  requestId: string,
): void {
  plane.emit({
    'detail-type': 'EC2 AMI State Change',
    source: 'aws.ec2',
    account: place.account,
    region: place.region,
    time: secondsText(plane.clock.now()).replace('.000Z', 'Z'),
    resources: [`arn:aws:ec2:${place.region}::image/${entry.id}`],
    detail: { RequestId: requestId, ImageId: entry.id, State: state, ErrorMessage: errorMessage },
    bus: 'default',
  });
}

export function snapshotIds(entry: ImageEntry): readonly string[] {
  return entry.mappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

export function handleImageTransitions(plane: Plane): void {
  plane.timeline.handle('image-shown', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.images.get(id);
    if (!entry || place.goneImages.has(id)) return;
    place.images.show(entry);
    plane.sharedImages.show(region, entry);
  });
  plane.timeline.handle('image-unlisted', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.images.get(id);
    // One that is back from the Recycle Bin stays.
    if (!entry || !place.goneImages.has(id)) return;
    place.images.remove(entry);
    plane.sharedImages.forget(region, id);
  });
  plane.timeline.handle('failed-image-expired', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.images.get(id);
    if (!entry || place.goneImages.has(id)) return;
    releaseImage(plane, place, entry);
    releaseName(plane, place, entry);
    place.images.remove(entry);
  });
  plane.timeline.handle('image-keys-checked', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = pendingImage(place, id);
    if (entry && needsUnusableKey(plane, account, entry)) failForKey(plane, place, entry);
  });
  plane.timeline.handle('image-settled', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = pendingImage(place, id);
    if (!entry) return;
    if (entry.failure) failImage(plane, place, entry, entry.failure);
    // Where a copy takes less time than the check of its keys, it is checked now.
    else if (needsUnusableKey(plane, account, entry)) failForKey(plane, place, entry);
    else completeImage(plane, place, entry);
  });
}

function needsUnusableKey(plane: Plane, account: string, { keys }: ImageEntry): boolean {
  return keys.some((use) => !isUsable(plane.behaviour(use.region), account, use));
}

/** As EC2 tells of a key that it can't use: the image says little, the snapshot more. */
function failForKey(plane: Plane, place: AccountRegion, entry: ImageEntry): void {
  const failure = { code: 'Client.InternalError', message: 'Copy image failed with an internal error' };
  const ofSnapshots = 'Given key ID is not accessible. You must have DescribeKey permissions on the default CMK';
  failImage(plane, place, entry, failure, ofSnapshots);
}

function completeImage(plane: Plane, place: AccountRegion, entry: ImageEntry): void {
  endProgress(place, entry);
  changeImage(plane, place, entry, { State: 'available', BlockDeviceMappings: [...entry.mappings] });
  tellState(plane, place, entry, 'available', '', entry.requestId);
}

function pendingImage(place: AccountRegion, id: string): ImageEntry | undefined {
  const entry = place.images.get(id);
  return entry?.current.State === 'pending' && !place.goneImages.has(id) ? entry : undefined;
}

function endProgress(place: AccountRegion, entry: ImageEntry): void {
  place.copiesInProgress.delete(entry.id);
  const instance = place.instances.get(entry.current.SourceInstanceId ?? '');
  if (instance) instance.imagesInProgress = instance.imagesInProgress.filter((id) => id !== entry.id);
}

function takeFailure(plane: Plane, place: AccountRegion, origin: ImageEntry['origin']) {
  const index = plane.imageFailures.findIndex(
    ({ region, account = place.account, operation = origin }) =>
      region === place.region && account === place.account && operation === origin,
  );
  return index < 0 ? undefined : plane.imageFailures.splice(index, 1)[0];
}

function withoutSnapshot(mapping: BlockDeviceMapping): BlockDeviceMapping {
  if (!mapping.Ebs) return mapping;
  const { SnapshotId: _, ...ebs } = mapping.Ebs;
  return view({ ...mapping, Ebs: ebs });
}
