import type { ImageId, Region, SnapshotId, Target } from '../model/ids.ts';
import type { Reading } from '../model/reading.ts';
import type { Image, Snapshot } from '../model/resources.ts';

/** Something that would miss an image if it went. */
export interface Use {
  readonly kind: 'instance' | 'launch template';
  readonly id: string;
}

/** What the retire planner looks at: all that is ours in one region, and whatever must not miss it. */
export interface RetireInventory {
  readonly target: Target;
  /** Every image that carries the deployment's tag, disabled ones included. */
  readonly images: Reading<readonly Image[]>;
  /** What the DR regions hold of the lineages whose source is here. */
  readonly copies: ReadonlyMap<Region, Reading<readonly Image[]>>;
  readonly uses: Reading<ReadonlyMap<ImageId, readonly Use[]>>;
  /** Snapshots of ours that bear a retirement mark. */
  readonly markedSnapshots: Reading<readonly Snapshot[]>;
  /** Which of the marked snapshots an image still names, anybody's image. */
  readonly snapshotUses: Reading<ReadonlyMap<SnapshotId, ImageId>>;
}
