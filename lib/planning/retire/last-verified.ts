import type { ImageId } from '../../model/ids.ts';
import { formatInstant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { PASSED, REVOKED } from '../../tagging/tag-keys.ts';
import type { Reason } from '../decision.ts';
import { hasFailedSince } from '../drill-verdicts.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';
import { isProven } from '../verified.ts';

/**
 * The newest image of each lineage that was started and came up. Until a newer one has passed it is all that is proven of the
 * lineage here: newer ones may be good, and nobody knows. One that is revoked or has failed for good since proves less than any
 * other. Where it has failed once, the newest that has not stays beside it: the next drill may show that it is the last good one.
 *
 * @param lineages those that have not ended
 */
export function lastVerified(lineages: Iterable<LineageInRegion>): ReadonlyMap<ImageId, Reason> {
  const found = new Map<ImageId, Reason>();
  for (const { images } of lineages) {
    const verified = images.filter(isVerified);
    const good = verified.filter(isGood);
    const newest = [newestOf(good) ?? newestOf(verified), newestOf(good.filter(isProven))];
    for (const owned of newest) {
      if (!owned?.passed) continue;
      const text = `it is the newest of its lineage here that has passed a drill (${formatInstant(owned.passed.at)}, ${owned.passed.rung}); it may go once a newer one has passed, or once you take its tag ${PASSED} off`;
      found.set(owned.image.id, { code: 'last-verified', text });
    }
  }
  return found;
}

function isVerified(owned: OwnedImage): boolean {
  return owned.passed !== undefined && isFinished(owned);
}

function isGood(owned: OwnedImage): boolean {
  return owned.image.tags[REVOKED] === undefined && !hasFailedSince(owned);
}

function newestOf(images: readonly OwnedImage[]): OwnedImage | undefined {
  return images.reduce<OwnedImage | undefined>(
    (one, other) => (one && one.stamp.slot >= other.stamp.slot ? one : other),
    undefined,
  );
}
