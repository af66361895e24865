import type { ImageId } from '../../model/ids.ts';
import { formatInstant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { PASSED, REVOKED } from '../../tagging/tag-keys.ts';
import type { Reason } from '../decision.ts';
import { hasFailedSince } from '../drill-verdicts.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';

/**
 * The newest image of each lineage that was started and came up. Until a newer one has passed it is all that is proven of the
 * lineage here: newer ones may be good, and nobody knows. One that is revoked or has failed since proves less than any other.
 *
 * @param lineages those that have not ended
 */
export function lastVerified(lineages: Iterable<LineageInRegion>): ReadonlyMap<ImageId, Reason> {
  const found = new Map<ImageId, Reason>();
  for (const { images } of lineages) {
    const verified = images.filter(isVerified);
    const newest = newestOf(verified.filter(isGood)) ?? newestOf(verified);
    if (!newest?.passed) continue;
    const text = `it is the newest of its lineage here that has passed a drill (${formatInstant(newest.passed.at)}, ${newest.passed.rung}); it may go once a newer one has passed, or once you take its tag ${PASSED} off`;
    found.set(newest.image.id, { code: 'last-verified', text });
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
