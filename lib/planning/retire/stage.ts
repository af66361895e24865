import { type DatedStage, stageOfDate } from '../../model/stage-date.ts';
import { CLOCK_SKEW, type Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';

/** The stage to which an image has come, and since when. */
export interface ReachedStage {
  readonly stage: DatedStage;
  readonly since: Instant;
}

/**
 * The stage to which we have brought a marked image, as EC2 tells it. A date of before the mark is not ours, nor is one that
 * is still to come.
 */
export function reachedStage({ image: { deprecatedAt }, mark }: OwnedImage, now: Instant): ReachedStage | undefined {
  if (mark === undefined || deprecatedAt === undefined) return undefined;
  if (deprecatedAt < mark.at || deprecatedAt > now + CLOCK_SKEW) return undefined;
  return { stage: stageOfDate(deprecatedAt), since: deprecatedAt };
}
