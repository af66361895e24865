import { type PlaceKey, placeKey, type Target } from '../../model/ids.ts';
import type { Policy } from '../../policy/policy.ts';

/** The places into which policies copy what is made at a source: other regions of its account, and other accounts. */
export function placesOfCopies(policies: readonly Policy[], source: Target): ReadonlyMap<PlaceKey, Target> {
  const places = policies.flatMap(({ copies }) =>
    copies.map(({ region, account = source.account }): Target => ({ account, region })),
  );
  const here = placeKey(source);
  return new Map(places.flatMap((place) => (placeKey(place) === here ? [] : [[placeKey(place), place]])));
}
