import type { ImageId, Region, SnapshotId } from '../../model/ids.ts';
import type { Recipe, Tags } from '../../model/resources.ts';

/** Writes on an image that something else made, and on its snapshots, what amikeep knows of its own. */
export interface AdoptImage {
  readonly kind: 'adopt';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly tags: Tags;
  /** What its instance is now, where that lives and there is room for it; written on the image alone. */
  readonly recipe?: Recipe;
}
