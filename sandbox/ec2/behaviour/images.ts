/** Making images, their stages and their ends. */
export interface ImageBehaviour {
  // Making them.

  /** Images that an account may have in a region (EC2 User Guide, AMI quotas). */
  readonly imageQuota: number;
  /** The code of the call that exceeds `imageQuota`, which is not documented. */
  readonly imageQuotaCode: string;
  /** How many images of one instance may be in progress without reboot; EC2 names the error, not the number. */
  readonly concurrentImagesPerInstance: number | 'unlimited';
  /**
   * With which of its snapshots a pending image becomes available; that it waits for all of them is not documented as
   * a rule. A copy counts as in progress until its image is available.
   */
  readonly imageAvailableOnce: 'all-snapshots' | 'first-snapshot';
  /** Whether a pending image already says which snapshots it is made of. */
  readonly pendingImageMappings: 'complete' | 'without-snapshots';
  /** Whether a failed image keeps its name taken. Presumed, since it stays listed. */
  readonly failedImagesHoldName: boolean;
  /** Milliseconds for which a failed image that nobody deregisters stays listed; no event tells of its end. */
  readonly failedImagesListedMs: number | 'forever';
  /** What becomes of the snapshots of an image that failed for another reason than a key. */
  readonly failedImageSnapshots: 'error' | 'complete';
  /** What becomes of the snapshots in progress of a pending image that is deregistered without them. */
  readonly cancelledImageSnapshots: 'complete' | 'error';

  // Their stages.

  /** The code for a launch, copy, sharing or disabling of an image in a state that does not allow it, where none is known. */
  readonly imageStateCode: string;
  /** What EnableImage and DisableImage answer where there is nothing to change. No event is sent either way. */
  readonly repeatedStage: 'success' | 'refused';
  /** The code for a deprecation date in the past or too far ahead. */
  readonly deprecationDateCode: string;
  /** The code of DeregisterImage for an image that is protected from it or cools down. */
  readonly protectedImageCode: string;
  /** Whether that protection keeps an image from being disabled, too; no document says so. */
  readonly protectionBlocksDisabling: boolean;
  /** How the time after "disabled after" is written: to the second either way, with or without milliseconds. */
  readonly cooldownEndPrecision: 'seconds' | 'milliseconds';

  // Their ends, which reads and names may follow late. Off where a test that does not ask for it would see it.

  /** Milliseconds for which a deregistered image is still listed as it was. */
  readonly deregisteredListedMs: number;
  /**
   * Milliseconds for which, after that, reads by id answer with an empty list. They do so in any case while an
   * instance that was launched from the image is not terminated.
   */
  readonly deregisteredEmptyMs: number;
  /** Milliseconds for which changing a deregistered image answers `InvalidAMIID.Unavailable`; `.NotFound` after. */
  readonly deregisteredUnavailableMs: number;
  /** Milliseconds for which the name of a deregistered image stays taken. */
  readonly nameReleaseMs: number;
}

export const defaultImageBehaviour: ImageBehaviour = {
  imageQuota: 50_000,
  imageQuotaCode: 'ResourceLimitExceeded',
  concurrentImagesPerInstance: 'unlimited',
  imageAvailableOnce: 'all-snapshots',
  pendingImageMappings: 'complete',
  failedImagesHoldName: true,
  failedImagesListedMs: 'forever',
  failedImageSnapshots: 'error',
  cancelledImageSnapshots: 'complete',
  imageStateCode: 'InvalidAMIID.Unavailable',
  repeatedStage: 'success',
  deprecationDateCode: 'InvalidParameterValue',
  protectedImageCode: 'OperationNotPermitted',
  protectionBlocksDisabling: false,
  cooldownEndPrecision: 'milliseconds',
  deregisteredListedMs: 0,
  deregisteredEmptyMs: 0,
  deregisteredUnavailableMs: 3_600_000,
  nameReleaseMs: 0,
};
