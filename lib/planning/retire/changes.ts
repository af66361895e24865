import type { AccountId, ImageId, Region, SnapshotId } from '../../model/ids.ts';
import type { LineageName } from '../../tagging/seal.ts';

/** Writes on an image and on its snapshots since when they are to be retired, which is the time of writing, and why. */
export interface MarkImage {
  readonly kind: 'mark';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly deployment: string;
  readonly text: string;
  /** The lineage that it goes with, if it goes because that has ended, which is written down as well. */
  readonly ends?: LineageName;
}

/** Writes on a snapshot that no image names any more since when it is to go, which is the time of writing, and why. */
export interface MarkSnapshot {
  readonly kind: 'mark-snapshot';
  readonly region: Region;
  readonly deployment: string;
  readonly snapshot: SnapshotId;
  readonly text: string;
}

/** Takes a mark off again, or the end of a lineage that lives again. */
export interface UnmarkImage {
  readonly kind: 'unmark';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The keys of the tags that come off. */
  readonly tagKeys: readonly string[];
}

/** Takes the mark off a snapshot that was on its way out for itself. */
export interface UnmarkSnapshot {
  readonly kind: 'unmark-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
  /** The keys of the tags that come off. */
  readonly tagKeys: readonly string[];
}

/** Writes on an image and on its snapshots that it is not to be retired: what its instance says, for when that is gone. */
export interface HoldImage {
  readonly kind: 'hold';
  readonly region: Region;
  /** That of a vault's copy; absent: the run's own. */
  readonly account?: AccountId;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The hold's reason, as the instance has it; it may be empty. */
  readonly text: string;
}

/** Writes on an image that its lineage has ended, which is the time of writing: its newest may go as well then. */
export interface EndImage {
  readonly kind: 'end';
  readonly lineage: LineageName;
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Writes on an image that a person vouches for its source region: there are no instances any more. */
export interface VouchImage {
  readonly kind: 'vouch';
  readonly lineage: LineageName;
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Asks EC2 for a report on who uses a shared image in other accounts. */
export interface AskUsage {
  readonly kind: 'ask-usage';
  readonly region: Region;
  readonly image: ImageId;
  /** Whom to ask about; absent: all accounts, where it is shared with organisations. */
  readonly accounts?: readonly string[];
}

/** Deprecates an image, from the time of the call on. EC2's date says since when it is in this stage. */
export interface DeprecateImage {
  readonly kind: 'deprecate';
  readonly region: Region;
  readonly image: ImageId;
}

/** Disables an image that nobody shares. It is deprecated anew first, since EC2's date says since when it is in this stage. */
export interface DisableImage {
  readonly kind: 'disable';
  readonly region: Region;
  readonly image: ImageId;
}

/** Brings an image back that had been marked and more: what was done to it is undone, and then forgotten. */
export interface BringBackImage {
  readonly kind: 'bring-back';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** Whether it is disabled, by us. */
  readonly enable: boolean;
  /** Whether its date of deprecation is ours, and comes off. */
  readonly undeprecate: boolean;
  /** The keys of the tags that tell of its retirement. */
  readonly tagKeys: readonly string[];
  /** A reason by which it stays for good; absent: the rules go on deciding. */
  readonly hold?: string;
}

/** Brings an image back from the Recycle Bin, its snapshots first, since it needs them. */
export interface RestoreImage {
  readonly kind: 'restore';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The keys of the tags by which it would be on its way out again. */
  readonly tagKeys: readonly string[];
  readonly hold: string;
}

/** Deregisters an image and deletes its snapshots. It cannot be taken back. */
export interface DeregisterImage {
  readonly kind: 'deregister';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** What of it the Recycle Bin may keep: that is written on it first, so that it stays where a person restores it. */
  readonly binned: readonly (ImageId | SnapshotId)[];
}

/** Deletes a marked snapshot whose image is gone. It cannot be taken back. */
export interface DeleteSnapshot {
  readonly kind: 'delete-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
  /** Whether the Recycle Bin may keep it, which is written on it first then. */
  readonly binned: boolean;
}
