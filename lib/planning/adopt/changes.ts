import type { ImageId, Region, SnapshotId } from '../../model/ids.ts';
import type { Tags } from '../../model/resources.ts';

/** Writes on an image that something else made, and on its snapshots, what amikeep knows of its own. */
export interface AdoptImage {
  readonly kind: 'adopt';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly tags: Tags;
}
