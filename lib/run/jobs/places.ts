import { type PlaceKey, placeKey, type Target } from '../../model/ids.ts';
import { copiesFrom, placeOfCopy } from '../../policy/places.ts';
import type { Policy } from '../../policy/policy.ts';

/** The places into which policies copy what is made at a source: other regions of its account, and other accounts. */
export function placesOfCopies(policies: readonly Policy[], source: Target): ReadonlyMap<PlaceKey, Target> {
  const places = policies.flatMap((policy) =>
    copiesFrom(policy, source).map((settings) => placeOfCopy(settings, source)),
  );
  return new Map(places.map((place) => [placeKey(place), place]));
}
