import type { Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { BringBackImage } from './changes.ts';

/** Whether more than a mark has to be taken back. */
export function isStaged({ stages }: OwnedImage): boolean {
  return stages.deprecated !== undefined || stages.disabledAt !== undefined;
}

/** What the stages have done to an image, and what has to be undone with them. */
export function whatWasDone(
  { image, stages: { deprecated, disabledAt, sharedWith } }: OwnedImage,
  now: Instant,
): Pick<BringBackImage, 'enable' | 'sharedWith' | 'deprecation'> {
  return {
    enable: disabledAt !== undefined && image.state === 'disabled',
    // It may be that it was enabled and not shared again: that is done once more.
    sharedWith,
    deprecation: deprecated && image.deprecatedAt === deprecated.at ? dateBefore(deprecated, now) : 'leave',
  };
}

/** EC2 takes no date that is past; an image whose own date has come would be deprecated by now anyway. */
function dateBefore({ before }: { readonly before?: Instant }, now: Instant): BringBackImage['deprecation'] {
  if (before === undefined) return 'lift';
  return before > now ? before : 'leave';
}
