import { type PlaceKey, placeKey, placeText, type Target } from '../../model/ids.ts';
import type { ChangeDecision, Decision } from '../decision.ts';
import type { CopyImage, ShareImage } from './changes.ts';
import type { CopyInventory, CopyRequest } from './inventory.ts';

export type Step = ChangeDecision<CopyImage | ShareImage>;

/** What leads to a copy: the copy itself, and before one into another account the sharing, which may go on meanwhile. */
export function isStep(decision: Decision): decision is Step {
  return decision.action === 'copy' || (decision.action === 'share' && decision.reason.code !== 'copy-pending');
}

/**
 * No more to each place than may be in flight, in fair turns, whatever the order of reading. What is shared for a copy
 * counts as well, so that no more is shared than will soon be copied.
 */
export function withinLimits(
  decisions: readonly Decision[],
  { maxInFlight, maxStarted }: CopyRequest,
  { target, destinations }: CopyInventory,
): Decision[] {
  const free = new Map<PlaceKey, number>(
    [...destinations].map(([place, { inFlight }]) => [
      place,
      inFlight.complete ? Math.min(maxStarted, Math.max(0, maxInFlight - inFlight.value)) : 0,
    ]),
  );
  const shared = new Set<string>();
  const still = decisions.filter((decision) => !isStep(decision));
  return [...still, ...inFairTurns(decisions.filter(isStep), target)].map((decision) => {
    if (!isStep(decision)) return decision;
    const { copyRegion = decision.change.region, copyAccount } = decision;
    const place = placeOf(decision, target);
    const { change: _, ...unchanged } = decision;
    const left = free.get(place) ?? 0;
    if (left > 0) {
      free.set(place, left - 1);
      if (decision.action === 'copy') return decision;
      const loan = `${decision.change.image} ${decision.change.account}`;
      if (!shared.has(loan)) {
        shared.add(loan);
        return decision;
      }
      const text = `${decision.reason.text}, for its copy to another region`;
      return { ...unchanged, action: 'wait', reason: { code: decision.reason.code, text } };
    }
    const to = placeText(copyRegion, copyAccount);
    if (!destinations.get(place)?.inFlight.complete) {
      const text = `how many copies are in flight to ${to} could not be read`;
      return { ...unchanged, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
    }
    const text = `no more than ${maxInFlight} copies to ${to} are in flight at a time; the next sweep goes on`;
    return { ...unchanged, action: 'wait', reason: { code: 'copies-in-flight', text } };
  });
}

export function placeOf({ copyRegion, copyAccount, change }: Step, target: Target): PlaceKey {
  return placeKey({ account: copyAccount ?? target.account, region: copyRegion ?? change.region });
}

/**
 * Policies take turns at each place, and within a policy its lineages, each with its newest version first: a policy that
 * makes many images leaves no other without copies, nor does a lineage with a long backlog. What is lent for its copy goes
 * before all that is to be lent yet: else loans would take all places, and newer loans theirs, before anything is copied.
 */
function inFairTurns(steps: readonly Step[], target: Target): Step[] {
  const of = (step: Step) => `${placeOf(step, target)} ${step.policy}`;
  const byLineage = ranked(
    [...steps].sort((one, other) => lentFirst(one, other) || newestFirst(one, other)),
    (step) => `${of(step)} ${step.lineage}`,
  );
  return ranked(byLineage, of);
}

/** The first of each group, then the second of each, and so on; within a rank the order stays. */
function ranked(steps: readonly Step[], groupOf: (step: Step) => string): Step[] {
  const ranks: Step[][] = [];
  for (const group of Map.groupBy(steps, groupOf).values()) {
    for (const [rank, step] of group.entries()) {
      const same = ranks[rank];
      if (same) same.push(step);
      else ranks[rank] = [step];
    }
  }
  return ranks.flat();
}

function lentFirst(one: Step, other: Step): number {
  const rank = ({ action, copyAccount }: Step) => (action === 'copy' && copyAccount !== undefined ? 0 : 1);
  return rank(one) - rank(other);
}

function newestFirst(one: Step, other: Step): number {
  // A version is its slot, in a form that sorts.
  const [mine = '', its = ''] = [one.version, other.version];
  if (mine !== its) return mine > its ? -1 : 1;
  return one.subject.id < other.subject.id ? -1 : 1;
}
