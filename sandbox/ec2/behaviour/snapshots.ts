import type { SnapshotReturnCodes } from '@aws-sdk/client-ec2';

/** Snapshots and their locks. */
export interface SnapshotBehaviour {
  // Durations. EC2 promises none; images take minutes to hours with the size of their volumes.

  /** Milliseconds that any snapshot of a volume takes, however small. */
  readonly snapshotBaseMs: number;
  /** Milliseconds on top for each GiB of the volume. */
  readonly snapshotMsPerGiB: number;
  /** By what fraction a duration may be longer; how much it is follows from the seed and the snapshot's id. */
  readonly durationSpread: number;

  // Limits.

  /** Milliseconds between two snapshots of a volume; "at least 15 seconds" in the EC2 error code reference. */
  readonly snapshotIntervalPerVolumeMs: number;
  /** Snapshots that an account may have in a region (EBS quotas). */
  readonly snapshotQuota: number;

  // Locks.

  /** The code for what a lock forbids: to delete the snapshot, to take the lock off or to shorten it. */
  readonly lockedSnapshotCode: string;
  /** What DeregisterImage says of a locked snapshot that it was to delete as well. */
  readonly lockedSnapshotReturnCode: SnapshotReturnCodes;
  /** The code for a lock on a snapshot that is neither pending nor completed. */
  readonly lockStateCode: string;
  /** From when the days of a lock that is changed count: from when it was first laid on, or from the change. */
  readonly changedLockCounts: 'from-first-lock' | 'from-change';
  /** What UnlockSnapshot answers where there is no lock, or none that still holds. */
  readonly unlockWithoutLock: 'success' | 'refused';
}

export const defaultSnapshotBehaviour: SnapshotBehaviour = {
  snapshotBaseMs: 120_000,
  snapshotMsPerGiB: 3_000,
  durationSpread: 0.25,
  snapshotIntervalPerVolumeMs: 15_000,
  snapshotQuota: 100_000,
  lockedSnapshotCode: 'OperationNotPermitted',
  lockedSnapshotReturnCode: 'client-error',
  lockStateCode: 'IncorrectState',
  changedLockCounts: 'from-first-lock',
  unlockWithoutLock: 'success',
};
