import { type PlaceKey, placeKey, placeText } from '../../model/ids.ts';
import type { ChangeDecision, Decision } from '../decision.ts';
import type { CopyImage, ShareImage } from './changes.ts';
import type { CopyInventory, CopyRequest } from './inventory.ts';

type Step = ChangeDecision<CopyImage | ShareImage>;

/** What leads to a copy: the copy itself, and before one into another account the sharing. */
function isStep(decision: Decision): decision is Step {
  return decision.action === 'copy' || decision.action === 'share';
}

/**
 * Newest versions first, whatever the order of reading, and no more to each place than may be in flight. What is shared
 * for a copy counts as well, so that no more is shared than will soon be copied.
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
  return [...decisions].sort(copiesNewestFirst).map((decision) => {
    if (!isStep(decision)) return decision;
    const { copyRegion = decision.change.region, copyAccount } = decision;
    const place = placeKey({ account: copyAccount ?? target.account, region: copyRegion });
    const { change: _, ...still } = decision;
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
      return { ...still, action: 'wait', reason: { code: decision.reason.code, text } };
    }
    const to = placeText(copyRegion, copyAccount);
    if (!destinations.get(place)?.inFlight.complete) {
      const text = `how many copies are in flight to ${to} could not be read`;
      return { ...still, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
    }
    const text = `no more than ${maxInFlight} copies to ${to} are in flight at a time; the next sweep goes on`;
    return { ...still, action: 'wait', reason: { code: 'copies-in-flight', text } };
  });
}

function copiesNewestFirst(one: Decision, other: Decision): number {
  if (!isStep(one) || !isStep(other)) return Number(isStep(one)) - Number(isStep(other));
  // A version is its slot, in a form that sorts.
  const [mine = '', its = ''] = [one.version, other.version];
  if (mine !== its) return mine > its ? -1 : 1;
  return one.subject.id < other.subject.id ? -1 : 1;
}
