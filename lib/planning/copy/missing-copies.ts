import { type ImageId, type PlaceKey, placeKey, placeText, type Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import { copiesFrom, isSourceOf, placeOfCopy } from '../../policy/places.ts';
import type { CopySettings, Policy, PolicyFile } from '../../policy/policy.ts';
import type { Reason } from '../decision.ts';
import { holdsVersion, isFinished, type LineageInRegion, sortByLineage } from '../lineages.ts';
import { copiesThere, copyStates } from './wanted-copies.ts';

/** What the places of copies hold of the lineages whose source is at the target. */
export interface CopiesAbroad {
  readonly target: Target;
  readonly copies: ReadonlyMap<PlaceKey, Reading<readonly Image[]>>;
}

/** The sources that have to wait for a copy, each with what is amiss. */
export function missingCopies(
  file: PolicyFile,
  inventory: CopiesAbroad,
  lineages: ReadonlyMap<string, LineageInRegion>,
  now: Instant,
): ReadonlyMap<ImageId, Reason> {
  const missing = new Map<ImageId, Reason>();
  const policies = new Map(file.policies.map((policy) => [policy.name, policy]));
  const copiesBy = new Map(
    [...inventory.copies].map(([place, reading]) => [place, sortByLineage(reading.value, file.deployment)]),
  );
  for (const lineage of lineages.values()) {
    const policy = policies.get(lineage.policy);
    if (!policy || placeKey(lineage.source) !== placeKey(inventory.target)) continue;
    // From a place where the policy makes images no more nothing is copied, so nothing is missing.
    if (!isSourceOf(policy, file, inventory.target)) continue;
    const { timeZone } = policy.schedule;
    for (const settings of copiesFrom(policy, inventory.target)) {
      const place = placeKey(placeOfCopy(settings, inventory.target));
      const to = placeText(settings.region, settings.account);
      if (!inventory.copies.get(place)?.complete) {
        for (const { image } of lineage.images) missing.set(image.id, unread(policy, settings));
        continue;
      }
      const there = copiesThere(copiesBy.get(place), lineage);
      // Where a call for a copy is refused nothing is left that tells that it was wanted: so as long as there is none,
      // nothing goes, and what is the newest by then is not all that is ever copied.
      if (!there.copies.some(isFinished)) {
        const text = `${to} has no copy of this lineage yet; until it has, nothing of it goes here`;
        for (const { image } of lineage.images.filter(holdsVersion))
          missing.set(image.id, { code: 'no-copy-yet', text });
      }
      for (const { source, state } of copyStates(lineage.images, there, settings, { timeZone, now })) {
        if (state.kind === 'missing') {
          const tried = state.failed.length > 0 ? `, ${state.failed.length} attempts at it failed` : '';
          const text = `its copy to ${to} is missing${tried}`;
          missing.set(source.image.id, { code: 'copy-missing', text });
        } else if (state.kind === 'pending') {
          const text = `its copy to ${to} (${state.copy.image.id}) is still pending`;
          missing.set(source.image.id, { code: 'copy-missing', text });
        } else if (state.kind === 'unsealed') {
          const text = `its copy to ${to} (${state.copy.id}) has no seal that holds, so nothing proves that it is one`;
          missing.set(source.image.id, { code: 'copy-missing', text });
        }
      }
    }
  }
  return missing;
}

function unread(policy: Policy, { region, account }: CopySettings): Reason {
  const text = `policy ${policy.name} wants copies in ${placeText(region, account)}, which could not be read`;
  return { code: 'evidence-incomplete', text };
}
