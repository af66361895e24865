import type { OwnedImage } from '../tagging/ownership.ts';

/** An image that has failed so often in a row is known to be bad. */
export const FAILED_FOR_GOOD = 2;

/** Whether an image has failed for good since it passed. */
export function hasFailedSince({ passed, drilled }: OwnedImage): boolean {
  return drilled?.verdict === 'failed' && drilled.failures >= FAILED_FOR_GOOD && drilled.at > (passed?.at ?? 0);
}
