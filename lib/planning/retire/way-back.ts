import type { ImageId, Region, SnapshotId } from '../../model/ids.ts';
import { caughtBy, type RecycleBinRule } from '../../model/recycle-bin.ts';
import type { Snapshot, Tags } from '../../model/resources.ts';
import { readName } from '../../tagging/name.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { snapshotsOf } from '../snapshots.ts';
import type { RetireInventory } from './inventory.ts';

/** What a rule of the Recycle Bin catches can come back, and whoever reads the plan should know how. */
export function wayBack(owned: OwnedImage, { binRules }: RetireInventory): string {
  if (binRules.value.length === 0) return '';
  const { image, stamp } = owned;
  const [images, snapshots] = (['image', 'snapshot'] as const).map((kind) => ruleFor(kind, image.tags, binRules));
  if (!images) return '';
  if (!snapshots)
    return '; the Recycle Bin keeps the image, but no rule of it keeps its snapshots, without which it cannot come back';
  const days = Math.min(images.retentionDays, snapshots.retentionDays);
  const kept = `; the Recycle Bin keeps it for ${days} days, and`;
  if (readName(image.name, stamp.deployment)) return `${kept} amikeep undo ${image.id} brings it back`;
  // In the bin only its name could tell that it is ours, and that is still the one that it had before it was adopted.
  const commands = restoreByHand(image.region, image.id, snapshotsOf(owned));
  return `${kept}, as its name is none of ours, this brings it back: ${commands}; then amikeep undo ${image.id} holds it`;
}

/**
 * What of an image and its snapshots the Recycle Bin may keep once they are deleted: all of it where not all of the rules
 * could be read, since what is restored without having been known to be kept would go again at once.
 */
export function keptByBin(owned: OwnedImage, { binRules }: RetireInventory): (ImageId | SnapshotId)[] {
  const { id, tags } = owned.image;
  if (!binRules.complete) return [id, ...snapshotsOf(owned)];
  return [
    ...(ruleFor('image', tags, binRules) ? [id] : []),
    ...(ruleFor('snapshot', tags, binRules) ? snapshotsOf(owned) : []),
  ];
}

/** The same of a snapshot that goes for itself. */
export function isKeptByBin({ tags }: Snapshot, { binRules }: RetireInventory): boolean {
  return !binRules.complete || ruleFor('snapshot', tags, binRules) !== undefined;
}

function ruleFor(
  kind: RecycleBinRule['resource'],
  tags: Tags,
  { value: rules }: RetireInventory['binRules'],
): RecycleBinRule | undefined {
  return caughtBy(
    rules.filter(({ resource }) => resource === kind),
    tags,
  );
}

/** The commands by which a person restores an image from the Recycle Bin: its snapshots first, which it needs. */
export function restoreByHand(region: Region, image: ImageId, snapshots: readonly SnapshotId[]): string {
  return [
    ...snapshots.map((id) => `aws ec2 restore-snapshot-from-recycle-bin --region ${region} --snapshot-id ${id}`),
    `aws ec2 restore-image-from-recycle-bin --region ${region} --image-id ${image}`,
  ].join(' && ');
}

/** The rules of the bin decide nothing, so that they could not be read is no failure. */
export function binWarnings({ binRules, target }: RetireInventory): string[] {
  return binRules.complete
    ? []
    : [`what the Recycle Bin in ${target.region} would keep could not be read: ${binRules.problem}`];
}
