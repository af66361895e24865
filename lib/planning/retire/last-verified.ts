import type { ImageId } from '../../model/ids.ts';
import { formatInstant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Reason } from '../decision.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';

/**
 * The newest image of each lineage that was started and came up. Until a newer one has passed it is all that is proven of the
 * lineage here: newer ones may be good, and nobody knows.
 *
 * @param lineages those that have not ended
 */
export function lastVerified(lineages: Iterable<LineageInRegion>): ReadonlyMap<ImageId, Reason> {
  const found = new Map<ImageId, Reason>();
  for (const { images } of lineages) {
    const newest = images.filter(isVerified).reduce<OwnedImage | undefined>(newerOf, undefined);
    if (!newest?.passed) continue;
    const text = `it is the newest of its lineage here that has passed a drill (${formatInstant(newest.passed.at)}, ${newest.passed.rung})`;
    found.set(newest.image.id, { code: 'last-verified', text });
  }
  return found;
}

function isVerified(owned: OwnedImage): boolean {
  return owned.passed !== undefined && isFinished(owned);
}

function newerOf(one: OwnedImage | undefined, other: OwnedImage): OwnedImage {
  return one && one.stamp.slot >= other.stamp.slot ? one : other;
}
