import type { RetireRules } from '../../model/retire-rules.ts';
import { DAY, formatInstant, type Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { LIMIT } from '../../tagging/people-tags.ts';
import { disabledTagCount, stageKeys } from '../../tagging/stages.ts';
import { DEPRECATED } from '../../tagging/tag-keys.ts';
import type { Reason } from '../decision.ts';
import { MARK_REST } from './mark-rest.ts';

/** What comes next for an image on its way out: mark, deprecate, disable, deregister. */
export type Step =
  | { readonly kind: 'mark' }
  | { readonly kind: 'wait'; readonly reason: Reason }
  | { readonly kind: 'refuse'; readonly reason: Reason }
  /** `before` is another date of deprecation that the image carries; it comes back if the image is wanted again. */
  | { readonly kind: 'deprecate'; readonly before?: Instant }
  | { readonly kind: 'disable'; readonly sharedWith: readonly string[] }
  | { readonly kind: 'deregister' };

/**
 * The next step for an image that is to go and that nothing protects. A stage lasts from when it was reached, which is
 * written on the image, for as many days as the rules say; a stage of no days is left out, and so are both for a
 * failed image, which is of no use to anybody. What a person has disabled counts as disabled since the stage before was
 * over.
 *
 * @param sharedWith whom the image is shared with now
 */
export function nextStep(
  { image, mark, stages }: OwnedImage,
  rules: RetireRules,
  sharedWith: readonly string[],
  now: Instant,
): Step {
  if (!mark) return { kind: 'mark' };
  const rested = mark.at + MARK_REST;
  if (now < rested) return waitFor(`marked ${formatInstant(mark.at)}`, rested);
  if (image.state === 'failed') return { kind: 'deregister' };

  if (rules.deprecateDays > 0 && image.state === 'available' && !isDeprecated(image, stages)) {
    const before = stages.deprecated ? stages.deprecated.before : image.deprecatedAt;
    return { kind: 'deprecate', ...(before !== undefined && { before }) };
  }
  const { deprecated } = stages;
  const over = deprecated ? Math.max(rested, deprecated.at + rules.deprecateDays * DAY) : rested;
  if (deprecated && now < over) return waitFor(`deprecated ${formatInstant(deprecated.at)}`, over);

  if (rules.disableDays > 0 && image.state === 'available') {
    // Enabled, and EC2 has not been told again whom it was shared with, or not of all: of the others only its tags know.
    return disable(image, [...new Set([...sharedWith, ...stages.sharedWith])].sort());
  }
  if (image.state !== 'disabled') return { kind: 'deregister' };
  const disabledAt = stages.disabledAt ?? over;
  const end = disabledAt + rules.disableDays * DAY;
  return now < end ? waitFor(`disabled ${formatInstant(disabledAt)}`, end) : { kind: 'deregister' };
}

/** Written down, and carried out: where the date is still the one before, the call never came to be. */
function isDeprecated({ deprecatedAt }: OwnedImage['image'], { deprecated }: OwnedImage['stages']): boolean {
  return deprecated !== undefined && deprecatedAt !== undefined && deprecatedAt !== deprecated.before;
}

function disable(image: OwnedImage['image'], sharedWith: readonly string[]): Step {
  if (image.public) {
    const text =
      'it is public, and disabling it would make it private for good: nothing here makes an image public again; make it private yourself, or leave that stage out with disableDays: 0';
    return { kind: 'refuse', reason: { code: 'shared', text } };
  }
  const written = new Set(stageKeys(image.tags));
  const others = Object.keys(image.tags).filter((key) => !written.has(key) && !key.toLowerCase().startsWith('aws:'));
  // The tag of the stage before stays.
  const room = LIMIT - others.length - (written.has(DEPRECATED) ? 1 : 0);
  if (disabledTagCount(sharedWith) > room) {
    const text =
      `it is shared with ${sharedWith.length} others, which disabling it would make EC2 forget, and the ${room} tags ` +
      'that it has room for cannot hold them: take some shares or tags away';
    return { kind: 'refuse', reason: { code: 'shared', text } };
  }
  return { kind: 'disable', sharedWith };
}

function waitFor(since: string, until: Instant): Step {
  return { kind: 'wait', reason: { code: 'marked', text: `${since}; the next stage is due ${formatInstant(until)}` } };
}
