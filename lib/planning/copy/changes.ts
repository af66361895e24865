import type { AccountId, ImageId, Region, SnapshotId } from '../../model/ids.ts';
import type { Recipe, Tags } from '../../model/resources.ts';
import type { SharedId } from '../../tagging/loans.ts';
import type { Stamp } from '../../tagging/stamp.ts';

/** Copies an image into another region, or into another account, which does it itself. */
export interface CopyImage {
  readonly kind: 'copy';
  readonly region: Region;
  /** The account that the copy goes into; absent: that of its source. */
  readonly account?: AccountId;
  readonly source: { readonly image: ImageId; readonly region: Region };
  readonly name: string;
  /** Its attempt is the copy's own. */
  readonly stamp: Stamp;
  /**
   * Why the attempt before came to nothing, which is written with the new attempt on the source's tags before the call;
   * absent where nothing has to be written: of a first attempt, and of one that stands there.
   */
  readonly lastFailure?: string;
  /** Always true where there is a key. */
  readonly encrypt: boolean;
  readonly kmsKey?: string;
  readonly tags: Tags;
  /** Its source's, where that is sealed and there is room for it. */
  readonly recipe?: Recipe;
}

/**
 * Shares an image and its snapshots with an account that is to copy it. That we do so is written on them first, with what
 * of them is shared already: that is somebody else's to share.
 */
export interface ShareImage {
  readonly kind: 'share';
  readonly deployment: string;
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly account: AccountId;
  readonly theirs: readonly SharedId[];
}

/** Takes back what was shared for a copy, and then the tag that says so. */
export interface UnshareImage {
  readonly kind: 'unshare';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly account: AccountId;
  readonly theirs: readonly SharedId[];
  /** Whether EC2 lets the image's permissions be changed: of one that is disabled it has forgotten them. */
  readonly available: boolean;
}
