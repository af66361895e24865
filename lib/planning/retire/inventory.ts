import type { ImageId, PlaceKey, Region, SnapshotId, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { RecycleBinRule } from '../../model/recycle-bin.ts';
import type { Image, Instance, Snapshot } from '../../model/resources.ts';
import { keysOfTable } from '../../model/table.ts';
import type { ImageEvidenceById, SnapshotEvidenceById, Use } from '../evidence.ts';

/**
 * What follows where one of the readings was cut short: nothing is retired in the region; what it is of stays, or is not
 * looked at; or nothing, as where it decides nothing. The instances and copies of several regions go by their region.
 */
const READINGS = {
  images: 'region',
  uses: 'region',
  evidence: 'single',
  snapshots: 'single',
  heldSnapshots: 'region',
  snapshotUses: 'single',
  snapshotEvidence: 'single',
  binned: 'single',
  strays: 'single',
  binRules: 'none',
} as const satisfies Readonly<Record<ReadingName, 'region' | 'single' | 'none'>>;

type ReadingName = {
  [K in keyof RetireInventory]: RetireInventory[K] extends Reading<unknown> ? K : never;
}[keyof RetireInventory];

/** The readings of an inventory whose absence has one of these consequences. */
export function readingsThat(
  inventory: RetireInventory,
  ...hold: readonly ('region' | 'single')[]
): Reading<unknown>[] {
  return keysOfTable(READINGS).flatMap((name) =>
    hold.some((consequence) => consequence === READINGS[name]) ? [inventory[name]] : [],
  );
}

/** What the retire planner looks at: all that is ours in one region, and whatever must not miss it. */
export interface RetireInventory {
  readonly target: Target;
  /** Every image that bears a name of the deployment or was adopted by it, disabled ones included; in a second look of some lineages. */
  readonly images: Reading<readonly Image[]>;
  /** What the places of copies hold of the lineages whose source is here. */
  readonly copies: ReadonlyMap<PlaceKey, Reading<readonly Image[]>>;
  /**
   * Of regions from which this one holds copies: the images under the policies that {@link policiesToAsk} names, by which
   * it shows whether the source of a lineage lives that would end here.
   */
  readonly sources: ReadonlyMap<Region, Reading<readonly Image[]>>;
  /**
   * Every instance of this region, and of the regions from which this one holds copies; in a second look those that may be of
   * the lineages at hand, and some that show that the region has any.
   */
  readonly instances: ReadonlyMap<Region, Reading<readonly Instance[]>>;
  readonly uses: Reading<ReadonlyMap<ImageId, readonly Use[]>>;
  /** Of the images that were looked into by themselves. */
  readonly evidence: Reading<ImageEvidenceById>;
  /** What images left behind, where that is searched for, and those that are to be written on. */
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
