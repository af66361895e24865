import type { SnapshotId } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import { readName } from '../../tagging/name.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { ADOPTED } from '../../tagging/tag-keys.ts';
import type { PolicyStock } from '../decision.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';
import { snapshotsOf } from '../snapshots.ts';

/** What each policy has in a region, by the policy's name; failed attempts are counted too, since they may cost. */
export function stockOf(
  lineages: Iterable<LineageInRegion>,
  heldSnapshots: ReadonlyMap<SnapshotId, string> | undefined,
): PolicyStock[] {
  const byPolicy = Map.groupBy(lineages, ({ policy }) => policy);
  return [...byPolicy]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([policy, all]) => {
      const images = all.flatMap((lineage) => lineage.images);
      // Each lineage has its newest first.
      const newest = all.flatMap((lineage) => lineage.images.find(isFinished)?.stamp.slot ?? []);
      return {
        policy,
        images: images.length,
        gib: images.reduce((sum, { image }) => sum + image.devices.reduce((gib, { size }) => gib + size, 0), 0),
        ...(heldSnapshots && { held: images.filter((owned) => isHeld(owned, heldSnapshots)).length }),
        ...(newest.length > 0 && { newest: newest.reduce((one, other) => Math.max(one, other)) }),
      };
    });
}

/**
 * How many images bear a name of the deployment, or were adopted by it, and have no seal that holds; undefined where seals
 * could not be checked. What somebody copied along with our tags is told of by itself, and not by every sweep.
 */
export function unsealedAmong(images: readonly Image[], deployment: string): number | undefined {
  if (images.some(({ seal }) => seal === 'unread')) return undefined;
  const isMeant = ({ name, tags }: Image) => readName(name, deployment) !== undefined || tags[ADOPTED] !== undefined;
  return images.filter((image) => image.seal !== 'valid' && isMeant(image)).length;
}

function isHeld(owned: OwnedImage, heldSnapshots: ReadonlyMap<SnapshotId, string>): boolean {
  // One that was in the Recycle Bin is kept like one on hold, and anybody may write both.
  return (
    owned.hold !== undefined || owned.binned !== undefined || snapshotsOf(owned).some((id) => heldSnapshots.has(id))
  );
}
