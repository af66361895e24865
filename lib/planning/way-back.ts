import { caughtBy } from '../model/recycle-bin.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import type { RetireInventory } from './retire-inventory.ts';

/** What a rule of the Recycle Bin catches can come back, and whoever reads the plan should know how. */
export function wayBack({ image }: OwnedImage, { binRules }: RetireInventory): string {
  const [images, snapshots] = (['image', 'snapshot'] as const).map((kind) =>
    caughtBy(
      binRules.value.filter(({ resource }) => resource === kind),
      image.tags,
    ),
  );
  if (!images) return '';
  if (!snapshots)
    return '; the Recycle Bin keeps the image, but no rule of it keeps its snapshots, without which it cannot come back';
  const days = Math.min(images.retentionDays, snapshots.retentionDays);
  return `; the Recycle Bin keeps it for ${days} days, and amikeep undo ${image.id} brings it back`;
}

/** The rules of the bin decide nothing, so that they could not be read is no failure. */
export function binWarnings({ binRules, target }: RetireInventory): string[] {
  return binRules.complete
    ? []
    : [`what the Recycle Bin in ${target.region} would keep could not be read: ${binRules.problem}`];
}
