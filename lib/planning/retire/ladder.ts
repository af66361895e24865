import type { RetireRules } from '../../model/retire-rules.ts';
import { DAY, formatInstant, type Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Reason } from '../decision.ts';
import { MARK_REST } from './mark-rest.ts';
import { reachedStage } from './stage.ts';

/** What comes next for an image on its way out: mark, deprecate, disable, deregister. */
export type Step =
  | { readonly kind: 'mark' }
  | { readonly kind: 'wait'; readonly reason: Reason }
  /** A stage, and since when it has been due. */
  | { readonly kind: 'deprecate' | 'disable' | 'deregister'; readonly due: Instant };

/**
 * The next step for an image that is to go and that nothing protects. A stage lasts from when it was reached, as EC2 tells
 * it, for as many days as the rules say; a stage of no days is left out, and so are both for a failed image, which is of
 * no use to anybody. An image that others may use is not disabled, since EC2 would forget whom it is shared with: it is
 * deregistered after the days of both stages. What a person has disabled counts as disabled since the days of the stage
 * before were over.
 *
 * @param isShared whether anybody else may launch it, whom we lend it to for a copy not counted
 */
export function nextStep(owned: OwnedImage, rules: RetireRules, isShared: boolean, now: Instant): Step {
  const { image, mark } = owned;
  if (!mark) return { kind: 'mark' };
  const rested = mark.at + MARK_REST;
  if (now < rested) return waitFor(`marked ${formatInstant(mark.at)}`, rested);
  if (image.state === 'failed') return { kind: 'deregister', due: rested };

  const reached = reachedStage(owned, now);
  const { deprecateDays, disableDays } = rules;
  const isDeprecated = reached?.stage === 'deprecated';
  const over = isDeprecated ? Math.max(rested, reached.since + deprecateDays * DAY) : rested;
  if (image.state === 'disabled') {
    const byHand = isDeprecated ? over : rested + deprecateDays * DAY;
    return afterDays('disabled', reached?.stage === 'disabled' ? reached.since : byHand, disableDays, now);
  }
  if (deprecateDays > 0 && !isDeprecated) return { kind: 'deprecate', due: rested };
  if (now < over) return waitFor(`deprecated ${formatInstant(reached?.since ?? rested)}`, over);
  if (disableDays === 0) return { kind: 'deregister', due: over };
  return isShared
    ? afterDays('not disabled, since it is shared,', over, disableDays, now)
    : { kind: 'disable', due: over };
}

function afterDays(what: string, since: Instant, days: number, now: Instant): Step {
  const end = since + days * DAY;
  return now < end ? waitFor(`${what} ${formatInstant(since)}`, end) : { kind: 'deregister', due: end };
}

function waitFor(since: string, until: Instant): Step {
  return { kind: 'wait', reason: { code: 'marked', text: `${since}; the next stage is due ${formatInstant(until)}` } };
}
