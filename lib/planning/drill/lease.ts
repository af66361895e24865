import type { DrillInstance } from '../../model/drills.ts';
import { type Instant, MINUTE } from '../../model/time.ts';
import type { DrillTerms } from '../../tagging/drill-token.ts';

/** How often drills are looked after: so much longer than its lease one may live. */
export const SWEPT_EVERY = 5 * MINUTE;

/** Until when a drill may live. */
export function leaseEnd({ launchedAt }: DrillInstance, { leaseMinutes }: DrillTerms): Instant {
  return launchedAt + leaseMinutes * MINUTE;
}

/** When a drill that has not come up is given up, so that its verdict stands before its lease ends. */
export function deadline(drill: DrillInstance, terms: DrillTerms): Instant {
  return leaseEnd(drill, terms) - SWEPT_EVERY;
}
