import type { ImageId, PlaceKey, Region, SnapshotId, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { RecycleBinRule } from '../../model/recycle-bin.ts';
import type { Image, Instance, Snapshot } from '../../model/resources.ts';
import type { ImageEvidenceById, SnapshotEvidenceById, Use } from '../evidence.ts';

/** What the retire planner looks at: all that is ours in one region, and whatever must not miss it. */
export interface RetireInventory {
  readonly target: Target;
  /** Every image that carries the deployment's tag, disabled ones included. */
  readonly images: Reading<readonly Image[]>;
  /** What the places of copies hold of the lineages whose source is here. */
  readonly copies: ReadonlyMap<PlaceKey, Reading<readonly Image[]>>;
  /** Every instance of this region, and of the regions from which this one holds copies. */
  readonly instances: ReadonlyMap<Region, Reading<readonly Instance[]>>;
  readonly uses: Reading<ReadonlyMap<ImageId, readonly Use[]>>;
  /** Of the images that were looked into by themselves. */
  readonly evidence: Reading<ImageEvidenceById>;
  /** Every snapshot that carries the deployment's tag. */
  readonly snapshots: Reading<readonly Snapshot[]>;
  /** Every snapshot on hold, whatever its other tags say: a hold keeps the image that EC2 says it is of. */
  readonly heldSnapshots: Reading<readonly Snapshot[]>;
  /** Which of those snapshots an image names, anybody's image. */
  readonly snapshotUses: Reading<ReadonlyMap<SnapshotId, ImageId>>;
  /** Of the snapshots that may have to go. */
  readonly snapshotEvidence: Reading<SnapshotEvidenceById>;
  /** Snapshots of images that are gone and that are not ours: they are told of and left alone. */
  readonly strays: Reading<readonly Snapshot[]>;
  /** What the Recycle Bin keeps of what is deleted: it is told with what goes. */
  readonly binRules: Reading<readonly RecycleBinRule[]>;
  /** The images in the Recycle Bin, whose snapshots they need if they are to come back. */
  readonly binned: Reading<ReadonlySet<ImageId>>;
}
