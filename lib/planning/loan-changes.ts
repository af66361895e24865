import type { AccountId, ImageId, Region, SnapshotId } from '../model/ids.ts';
import type { SharedId } from '../tagging/loans.ts';

/**
 * Shares an image and its snapshots with an account that is to copy it. That we do so is written on them first, with what
 * of them is shared already: that is somebody else's to share.
 */
export interface ShareImage {
  readonly kind: 'share';
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
