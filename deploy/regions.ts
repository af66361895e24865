import { partition } from '@aws-sdk/core/client';

/**
 * Whether AWS has a region of this name, as far as the SDK of the lockfile knows. For names that it does not know the
 * SDK guesses the partition from their form; only of regions that it knows it has a description.
 */
export function isKnownRegion(name: string): boolean {
  return 'description' in partition(name);
}
