/** The Recycle Bin and its rules. */
export interface RecycleBinBehaviour {
  /** Milliseconds for which a new or changed rule is `pending` and catches nothing. */
  readonly binRulePendingMs: number;
  /** What a rule's tag without a value stands for. */
  readonly binRuleTagWithoutValue: 'any-value' | 'empty-value';
  /** Whether an image in the bin keeps its name taken. */
  readonly binImagesHoldName: boolean;
  /** Whether the snapshots of an image in the bin are in use by it. */
  readonly binImagesProtectSnapshots: boolean;
  /** In which state an image comes back that was disabled; "immediately available for use" by the EBS User Guide. */
  readonly restoredDisabledImage: 'available' | 'disabled';
  /** The code for restoring an image of which a snapshot is not there or not usable yet. */
  readonly restoreWithoutSnapshotsCode: string;
  /** The code for an image that is not in the bin. */
  readonly imageNotInBinCode: string;
  /** The code for a snapshot that is not in the bin. */
  readonly snapshotNotInBinCode: string;
  /** What the lists of the bin do with an id that is not in it. */
  readonly idNotInBin: 'refused' | 'left-out';
  /** Milliseconds for which a restored snapshot is `recovering`. */
  readonly snapshotRecoveryMs: number;
}

export const defaultRecycleBinBehaviour: RecycleBinBehaviour = {
  binRulePendingMs: 0,
  binRuleTagWithoutValue: 'any-value',
  binImagesHoldName: false,
  binImagesProtectSnapshots: false,
  restoredDisabledImage: 'available',
  restoreWithoutSnapshotsCode: 'InvalidSnapshot.NotFound',
  imageNotInBinCode: 'InvalidAMIID.NotFound',
  snapshotNotInBinCode: 'InvalidSnapshot.NotFound',
  idNotInBin: 'refused',
  snapshotRecoveryMs: 0,
};
