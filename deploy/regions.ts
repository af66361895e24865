import { partition } from '@aws-sdk/core/client';

/**
 * The partition of a region, as far as the SDK of the lockfile knows; undefined where it knows no region of this name.
 * For names that it does not know the SDK guesses a partition from their form; only of regions that it knows it has a
 * description.
 */
export function partitionOf(region: string): string | undefined {
  const found = partition(region);
  return 'description' in found ? found.name : undefined;
}
