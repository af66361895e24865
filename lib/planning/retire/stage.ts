import { CLOCK_SKEW, type Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';

/**
 * When a marked image came to the stage in which it is, as EC2 tells it: both stages begin with a date of deprecation, and
 * nobody sets that by writing tags. A date of before the mark is not ours, nor is one that is still to come.
 */
export function stageSince({ image: { deprecatedAt }, mark }: OwnedImage, now: Instant): Instant | undefined {
  if (mark === undefined || deprecatedAt === undefined) return undefined;
  return deprecatedAt >= mark.at && deprecatedAt <= now + CLOCK_SKEW ? deprecatedAt : undefined;
}
