import type { Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { BringBackImage } from './changes.ts';
import { stageSince } from './stage.ts';

/** Whether more than a mark has to be taken back. */
export function isStaged(owned: OwnedImage, now: Instant): boolean {
  return stageSince(owned, now) !== undefined;
}

/** What the stages have done to an image, and what has to be undone with them. */
export function whatWasDone(owned: OwnedImage, now: Instant): Pick<BringBackImage, 'enable' | 'undeprecate'> {
  const staged = isStaged(owned, now);
  return { enable: staged && owned.image.state === 'disabled', undeprecate: staged };
}
