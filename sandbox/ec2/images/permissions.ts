import { publicImageQuotaReached } from '../errors.ts';
import { isPublic, type Permission } from '../plane/permissions.ts';
import type { AccountRegion, ImageEntry, Plane } from '../plane/state.ts';
import { changeImage } from './lifecycle.ts';

/**
 * Lets these launch the image and nobody else but its owner. One that becomes public is deprecated two years after
 * its creation, unless it is before (EC2 User Guide, Deprecate an AMI).
 *
 * @throws what the behaviour says for a public image beyond the quota.
 */
export function setLaunchPermissions(
  plane: Plane,
  place: AccountRegion,
  entry: ImageEntry,
  permissions: readonly Permission[],
): void {
  const becomesPublic = isPublic(permissions) && entry.current.Public !== true;
  if (becomesPublic) checkPublicQuota(plane, place);
  plane.sharedImages.set(place.region, entry, permissions);
  const latest = new Date(latestDeprecation(entry)).toISOString();
  const { DeprecationTime: date = latest } = entry.current;
  changeImage(plane, place, entry, {
    Public: isPublic(permissions),
    ...(becomesPublic && { DeprecationTime: date < latest ? date : latest }),
  });
}

const minute = 60_000;

/** The last moment at which a public image may be deprecated, in milliseconds since the Unix epoch. */
export function latestDeprecation({ current }: ImageEntry): number {
  const date = new Date(current.CreationDate ?? '');
  date.setUTCFullYear(date.getUTCFullYear() + 2);
  return Math.round(date.getTime() / minute) * minute;
}

function checkPublicQuota(plane: Plane, place: AccountRegion): void {
  const { publicImageQuota, publicImageQuotaCode } = plane.behaviour(place.region);
  const mine = plane.sharedImages
    .in(place.region)
    .filter(({ id, current }) => current.Public && place.images.get(id) && !place.goneImages.has(id));
  if (mine.length >= publicImageQuota) throw publicImageQuotaReached(publicImageQuotaCode, publicImageQuota);
}
