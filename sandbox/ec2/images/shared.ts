import type { Image } from '@aws-sdk/client-ec2';
import { storageForbidden } from '../errors.ts';
import { admits } from '../plane/permissions.ts';
import type { AccountRegion, ImageEntry, Plane, SnapshotEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { sharedTags } from '../tags/tags.ts';
import { snapshotIds } from './lifecycle.ts';

/** The images of other accounts that this one may launch, in the order of creation; AWS's own are not among them. */
export function imagesSharedWith(plane: Plane, place: AccountRegion): readonly ImageEntry[] {
  return plane.sharedImages.in(place.region).filter((entry) => isSharedWith(plane, place, entry));
}

export function imageSharedWith(plane: Plane, place: AccountRegion, id: string): ImageEntry | undefined {
  const entry = plane.sharedImages.get(place.region, id);
  return entry && isSharedWith(plane, place, entry) ? entry : undefined;
}

function isSharedWith(plane: Plane, { account, region }: AccountRegion, { current, sharing }: ImageEntry): boolean {
  return current.OwnerId !== account && admits(sharing, account, plane.behaviour(region));
}

/**
 * An image as an account sees it: tags, but for shared ones, and the time of the last launch are the owner's alone
 * (EC2 User Guide, Tag your Amazon EC2 resources, and Check when an AMI was last used).
 */
export function imageSeenBy(account: string, image: Image): Image {
  if (image.OwnerId === account) return image;
  const known = seenByOthers.get(image);
  if (known) return known;
  const { LastLaunchedTime: _, ...rest } = image;
  const seen = view<Image>({ ...rest, Tags: sharedTags(image.Tags) });
  seenByOthers.set(image, seen);
  return seen;
}

const seenByOthers = new WeakMap<Image, Image>();

/** The snapshot that an image is made of, whoever owns the two; those of AWS's public images are not kept. */
export function snapshotOfImage(
  plane: Plane,
  region: string,
  { origin, current }: ImageEntry,
  snapshotId: string,
): SnapshotEntry | undefined {
  if (origin === 'public') return undefined;
  return plane.in(current.OwnerId ?? '', region).snapshots.get(snapshotId);
}

/**
 * Sharing an image does not share its snapshots: what is launched from it may read them, a copy may not.
 *
 * @throws InvalidRequest where another account's image has a snapshot that is not shared with this one.
 */
export function checkStorage(plane: Plane, { account, region }: AccountRegion, image: ImageEntry): void {
  if (image.origin === 'public' || image.current.OwnerId === account) return;
  const behaviour = plane.behaviour(region);
  for (const id of snapshotIds(image)) {
    if (!admits(snapshotOfImage(plane, region, image, id)?.sharing, account, behaviour)) throw storageForbidden();
  }
}
