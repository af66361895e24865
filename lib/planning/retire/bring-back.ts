import type { Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { BringBackImage } from './changes.ts';
import { reachedStage } from './stage.ts';

/** Whether more than a mark has to be taken back. */
export function isStaged(owned: OwnedImage, now: Instant): boolean {
  return reachedStage(owned, now) !== undefined;
}

/** What the stages have done to an image, and what has to be undone with them; what a person has disabled stays so. */
export function whatWasDone(owned: OwnedImage, now: Instant): Pick<BringBackImage, 'enable' | 'undeprecate'> {
  const reached = reachedStage(owned, now);
  return {
    enable: reached?.stage === 'disabled' && owned.image.state === 'disabled',
    undeprecate: reached !== undefined,
  };
}
