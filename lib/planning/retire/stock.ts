import type { PolicyStock } from '../decision.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';

/** What each policy has in a region, by the policy's name; failed attempts are counted too, since they may cost. */
export function stockOf(lineages: Iterable<LineageInRegion>): PolicyStock[] {
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
        ...(newest.length > 0 && { newest: newest.reduce((one, other) => Math.max(one, other)) }),
      };
    });
}
