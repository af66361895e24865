import type { CallContext } from '../../contract.ts';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { imageGone, imageMalformed, imageNotFound, imageNotYours, missingParameter } from '../errors.ts';
import { isId } from '../plane/ids.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, ImageEntry, Plane } from '../plane/state.ts';
import { imageSharedWith } from './shared.ts';

/**
 * The caller's own image, for a call that changes it.
 *
 * @throws InvalidAMIID.Malformed, InvalidAMIID.NotFound (also for an image too new to be seen, and for another
 *   account's private one), InvalidAMIID.Unavailable once it is deregistered, AuthFailure for a public image and for one
 *   that another account shares.
 * @param foreign what another account's private image is to this call; up to the behaviour, if absent.
 */
export function ownImage(
  plane: Plane,
  context: CallContext,
  id: string | undefined,
  foreign?: Ec2Behaviour['foreignPrivateImage'],
): ImageEntry {
  const place = plane.in(context.account, context.region);
  const imageId = wellFormedImageId(id);
  const goneAt = place.goneImages.get(imageId);
  if (goneAt !== undefined) {
    const { deregisteredUnavailableMs } = plane.behaviour(context.region);
    throw plane.clock.now() < goneAt + deregisteredUnavailableMs ? imageGone(imageId) : imageNotFound([imageId]);
  }
  const entry = place.images.get(imageId);
  if (entry?.shown) return entry;
  if (plane.publicImages(context.region).get(imageId) || imageSharedWith(plane, place, imageId)) {
    throw imageNotYours(imageId);
  }
  throw unknownImage(plane, place, [imageId], foreign);
}

/**
 * An image that the account may launch or copy: its own, a public one or one shared with it, in
 * whatever state.
 *
 * @throws InvalidAMIID.Malformed, InvalidAMIID.NotFound, InvalidAMIID.Unavailable once it is deregistered.
 */
export function usableImage(plane: Plane, place: AccountRegion, id: string | undefined): ImageEntry {
  const imageId = wellFormedImageId(id);
  if (place.goneImages.has(imageId)) throw imageGone(imageId);
  const entry = readableImage(plane, place, imageId);
  if (!entry) throw unknownImage(plane, place, [imageId]);
  if (isGone(plane, entry, place.region)) throw imageGone(imageId);
  return entry;
}

/**
 * What reads by id show, in the order of the ids. A deregistered image is first shown as it was, then left out, and
 * unknown once no instance that was launched from it is left but terminated ones (API reference, DescribeImages).
 *
 * @throws InvalidAMIID.Malformed naming the first malformed id, InvalidAMIID.NotFound naming all unknown ones.
 */
export function imagesById(plane: Plane, place: AccountRegion, ids: readonly string[]): readonly ImageEntry[] {
  const images: ImageEntry[] = [];
  const unknown: string[] = [];
  for (const id of ids) wellFormedImageId(id);
  for (const id of new Set(ids)) {
    const image = readableImage(plane, place, id);
    if (image) images.push(image);
    else if (!readsEmpty(plane, place, id)) unknown.push(id);
  }
  if (unknown.length > 0) throw unknownImage(plane, place, unknown);
  return images;
}

function readableImage(plane: Plane, place: AccountRegion, id: string): ImageEntry | undefined {
  const own = place.images.get(id);
  return own?.shown ? own : (plane.publicImages(place.region).get(id) ?? imageSharedWith(plane, place, id));
}

/** Whether another account's image is deregistered, though reads may show it for a while. */
function isGone(plane: Plane, { id, origin, current }: ImageEntry, region: string): boolean {
  return origin !== 'public' && plane.in(current.OwnerId ?? '', region).goneImages.has(id);
}

function readsEmpty(plane: Plane, place: AccountRegion, id: string): boolean {
  const goneAt = place.goneImages.get(id);
  if (goneAt === undefined) return false;
  const { deregisteredListedMs, deregisteredEmptyMs } = plane.behaviour(place.region);
  if (plane.clock.now() < goneAt + deregisteredListedMs + deregisteredEmptyMs) return true;
  return [...plane.places.values()]
    .filter(({ region }) => region === place.region)
    .flatMap(({ instances }) => instances.withTerms([term('image-id', id)]))
    .some(({ current }) => current.State?.Name !== 'terminated');
}

function unknownImage(
  plane: Plane,
  place: AccountRegion,
  ids: readonly string[],
  foreign = plane.behaviour(place.region).foreignPrivateImage,
): Error {
  const notYours = foreign === 'denied' ? ids.find((id) => isForeign(plane, place, id)) : undefined;
  if (notYours !== undefined) return imageNotYours(notYours);
  const [first = ''] = ids;
  return plane.behaviour(place.region).unknownImageId === 'malformed' ? imageMalformed(first) : imageNotFound(ids);
}

function isForeign(plane: Plane, { account, region }: AccountRegion, id: string): boolean {
  for (const other of plane.places.values()) {
    if (
      other.region === region &&
      other.account !== account &&
      other.images.get(id)?.shown &&
      !other.goneImages.has(id)
    ) {
      return true;
    }
  }
  return false;
}

/** @throws MissingParameter, InvalidAMIID.Malformed. */
export function wellFormedImageId(id: string | undefined): string {
  if (!id) throw missingParameter('imageId');
  if (!isId('ami', id)) throw imageMalformed(id);
  return id;
}
