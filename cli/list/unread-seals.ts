import { sealKeyAlias } from '../../lib/aws/calls/seal-key.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Listing } from '../../lib/run/listing.ts';

/** How to begin saying that a word means no image. */
export function noImageText(unreadSeals: string | undefined): string {
  return unreadSeals === undefined ? 'there is no image' : 'it could not be told whether there is an image';
}

/**
 * Where seals could not be checked, why, and what helps; else nothing. No image is known to be the deployment's then, so that one
 * which is not found may be there: as while the region is out in which the deployment has its key.
 */
export function unreadSealsProblem(
  listings: readonly Listing[],
  { deployment, regions: [home] }: Pick<PolicyFile, 'deployment' | 'regions'>,
): string | undefined {
  if (!listings.some(({ sealsUnread }) => sealsUnread)) return undefined;
  const key = sealKeyAlias(deployment);
  return `seals could not be checked, since the key ${key} in ${home} could not be read: if you have its public half, write it under trustedKeys of the policy file; amikeep doctor prints it while the region answers`;
}
