import type { KeepRulesInZone } from '../../model/keep-rules.ts';
import { DAY, type Instant } from '../../model/time.ts';
import type { Policy } from '../../policy/policy.ts';
import { slotScheduleOf } from '../../policy/schedule.ts';
import { applyKeepRules } from '../../retention/apply-keep-rules.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Reason } from '../decision.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';

/** How long after its slot nothing is made of it any more, where no policy says when the next slot is due. */
const WINDOW_WITHOUT_POLICY = 7 * DAY;

/**
 * Why a failed attempt may go: a later attempt at its version has succeeded, or nobody tries again. A failed image is the
 * only trace of its attempt, so as long as one may be made it stays: the next attempt's number is counted from it, and
 * a copy asked for again under its number would be answered with the dead image.
 *
 * @param keep the rules that its version is under here
 * @returns undefined where it has to stay
 */
export function supersededFailure(
  failed: OwnedImage,
  lineage: LineageInRegion,
  policy: Policy | undefined,
  keep: KeepRulesInZone,
  now: Instant,
): Reason | undefined {
  const { slot, source, home, attempt } = failed.stamp;
  const better = lineage.images.find(
    (image) =>
      isFinished(image) &&
      image.stamp.slot === slot &&
      image.stamp.source.instance === source.instance &&
      image.stamp.attempt > attempt,
  );
  if (better)
    return {
      code: 'failed',
      text: `it failed, and attempt ${better.stamp.attempt} (${better.image.id}) has succeeded`,
    };
  const over = policy
    ? (slotScheduleOf(policy.schedule).next(slot) ?? Number.POSITIVE_INFINITY)
    : slot + WINDOW_WITHOUT_POLICY;
  if (now < over) return undefined;
  if (home.region === source.region && home.account === source.account) {
    return { code: 'failed', text: 'it failed, and the time of its slot is past' };
  }
  // A copy is tried for as long as its version is wanted.
  const slots = [...new Set([slot, ...lineage.images.filter(isFinished).map(({ stamp }) => stamp.slot)])];
  const wanted = applyKeepRules(slots, (at) => at, keep).some(
    ({ item, reasons }) => item === slot && reasons.length > 0,
  );
  return wanted ? undefined : { code: 'failed', text: 'it failed, and the keep rules here would not keep its version' };
}
