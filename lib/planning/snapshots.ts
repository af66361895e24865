import type { SnapshotId } from '../model/ids.ts';
import type { OwnedImage } from '../tagging/ownership.ts';

/** The snapshots that an image names, by id: what is written on the image is written on them as well. */
export function snapshotsOf({ image }: Pick<OwnedImage, 'image'>): SnapshotId[] {
  const snapshots: SnapshotId[] = [];
  for (const { snapshot } of image.devices) if (snapshot) snapshots.push(snapshot);
  return snapshots.length > 1 ? snapshots.sort() : snapshots;
}
