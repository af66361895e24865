/** Volumes that are made, attached and deleted for themselves. EC2 promises no times. */
export interface VolumeBehaviour {
  /** Milliseconds from `creating` to `available`. */
  readonly volumeCreateMs: number;
  /** Milliseconds from `attaching` to `attached`. */
  readonly volumeAttachMs: number;
  /** Milliseconds from `detaching` until it is available again. */
  readonly volumeDetachMs: number;
  /** Milliseconds for which a deleted volume is still listed as `deleting`. */
  readonly volumeDeleteMs: number;
  /** The code for a size that a volume can't have: of its type, or smaller than its snapshot. */
  readonly volumeSizeCode: string;
  /** The code for IOPS or a throughput that a type does not take, or lacks. */
  readonly volumePerformanceCode: string;

  // Replacing root volumes.

  /** Milliseconds for which a task is `pending`, while the new volume is made. */
  readonly rootReplacementCreateMs: number;
  /** Milliseconds for which it is `in-progress` and, where it fails, `failing`. */
  readonly rootReplacementSwapMs: number;
  /** How a task ends: `failed` leaves the old root attached, `failed-detached` none. The next to end does so. */
  readonly rootReplacementOutcome: 'succeeded' | 'failed' | 'failed-detached';
  /** The code for an instance that is not running, has no root volume on EBS, or is having it replaced already. */
  readonly rootReplacementStateCode: string;
  /** The code for a snapshot, an image or a volume that can't take its place. */
  readonly rootReplacementSourceCode: string;
  /** Whether an instance whose root is made of another image says that it is of that one from then on. */
  readonly imageIdOfReplacedRoot: 'kept' | 'changed';
  /** The code for a task that does not exist. */
  readonly unknownRootReplacementCode: string;
}

export const defaultVolumeBehaviour: VolumeBehaviour = {
  volumeCreateMs: 5_000,
  volumeAttachMs: 5_000,
  volumeDetachMs: 5_000,
  volumeDeleteMs: 5_000,
  volumeSizeCode: 'InvalidParameterValue',
  volumePerformanceCode: 'InvalidParameterCombination',
  rootReplacementCreateMs: 30_000,
  rootReplacementSwapMs: 60_000,
  rootReplacementOutcome: 'succeeded',
  rootReplacementStateCode: 'IncorrectInstanceState',
  rootReplacementSourceCode: 'InvalidParameterValue',
  imageIdOfReplacedRoot: 'kept',
  unknownRootReplacementCode: 'InvalidReplaceRootVolumeTaskId.NotFound',
};
