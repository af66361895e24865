import type { SnapshotReturnCodes } from '@aws-sdk/client-ec2';

/**
 * What EC2 does not document, or does differently from day to day, as named settings with the default that this
 * sandbox takes. Everything that is documented is code, not a setting.
 */
export interface Ec2Behaviour {
  /** The regions that exist for every account: DescribeRegions lists them, CopyImage takes no other as its source. */
  readonly regions: readonly string[];

  // Durations. EC2 promises none; images take minutes to hours with the size of their volumes.

  /** Milliseconds that any snapshot of a volume takes, however small. */
  readonly snapshotBaseMs: number;
  /** Milliseconds on top for each GiB of the volume. */
  readonly snapshotMsPerGiB: number;
  /** Milliseconds that any snapshot of a copied image takes. */
  readonly copyBaseMs: number;
  /** Milliseconds on top for each GiB of a copied snapshot. */
  readonly copyMsPerGiB: number;
  /** By what fraction a duration may be longer; how much it is follows from the seed and the snapshot's id. */
  readonly durationSpread: number;
  /** Milliseconds from `pending` to `running`, for a launch and for a start. */
  readonly instanceStartMs: number;
  /** Milliseconds from `stopping` to `stopped`. */
  readonly instanceStopMs: number;
  /** Milliseconds from `shutting-down` to `terminated`. */
  readonly instanceTerminateMs: number;
  /** Milliseconds for which a terminated instance is still listed; "about one hour" by the EC2 User Guide. */
  readonly terminatedVisibleMs: number;

  // Eventual consistency. Off, so that a test that does not ask for it does not see it.

  /** Milliseconds until a new image and its snapshots can be read or tagged; before, they do not exist. */
  readonly createVisibilityMs: number;
  /** Milliseconds until reads show a change of an image or snapshot: tags, state, deprecation. */
  readonly changeVisibilityMs: number;
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

  // Images.

  /** Whether a failed image keeps its name taken. Presumed, since it stays listed. */
  readonly failedImagesHoldName: boolean;
  /** Milliseconds for which a failed image that nobody deregisters stays listed; no event tells of its end. */
  readonly failedImagesListedMs: number | 'forever';
  /**
   * With which of its snapshots a pending image becomes available; that it waits for all of them is not documented as
   * a rule. A copy counts as in progress until its image is available.
   */
  readonly imageAvailableOnce: 'all-snapshots' | 'first-snapshot';
  /**
   * What another account's private image is to a call that reads, copies, launches or changes it. Deregistering it is
   * denied in any case.
   */
  readonly foreignPrivateImage: 'reads-as-not-existing' | 'denied';
  /** Whether a pending image already says which snapshots it is made of. */
  readonly pendingImageMappings: 'complete' | 'without-snapshots';
  /** What becomes of the snapshots of an image that failed for another reason than a key. */
  readonly failedImageSnapshots: 'error' | 'complete';
  /** What becomes of the snapshots in progress of a pending image that is deregistered without them. */
  readonly cancelledImageSnapshots: 'complete' | 'error';
  /** How many images of one instance may be in progress without reboot; EC2 names the error, not the number. */
  readonly concurrentImagesPerInstance: number | 'unlimited';
  /** Milliseconds between two snapshots of a volume; "at least 15 seconds" in the EC2 error code reference. */
  readonly snapshotIntervalPerVolumeMs: number;
  /** Images that an account may have in a region (EC2 User Guide, AMI quotas). */
  readonly imageQuota: number;
  /** The code of the call that exceeds `imageQuota`, which is not documented. */
  readonly imageQuotaCode: string;
  /** Snapshots that an account may have in a region (EBS quotas). */
  readonly snapshotQuota: number;
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
  /** Milliseconds from a launch until its image's LastLaunchedTime shows it; 24 hours by the EC2 User Guide. */
  readonly lastLaunchedLagMs: number;

  // Sharing.

  /** The accounts in an organization or organizational unit, by its ARN: there is no AWS Organizations here. */
  readonly organizations: Readonly<Record<string, readonly string[]>>;
  /** Entities that an image may be shared with (EC2 User Guide, AMI quotas). */
  readonly sharingLimit: number;
  /** The code of the call that exceeds `sharingLimit`, which is not documented. */
  readonly sharingLimitCode: string;
  /** Public images that an account may have in a region (EC2 User Guide, AMI quotas). */
  readonly publicImageQuota: number;
  /** The code of the call that exceeds `publicImageQuota`, which is not documented. */
  readonly publicImageQuotaCode: string;

  // Usage reports.

  /** Milliseconds that a report takes. */
  readonly usageReportMs: number;
  /** How a report ends; the next to end does so. */
  readonly usageReportOutcome: 'available' | 'error';
  /** Milliseconds for which a report does not know of a launch; 24 hours by the EC2 User Guide. */
  readonly usageReportInstanceLagMs: number;
  /** Milliseconds for which a report does not know of a launch template's version; "a few days" by the EC2 User Guide. */
  readonly usageReportTemplateLagMs: number;
  /** The code for one report in progress too many: 1 for an image, 2,000 for an account in a region. */
  readonly usageReportQuotaCode: string;
  /** The code for a report that does not exist. */
  readonly unknownUsageReportCode: string;

  // Locked snapshots.

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

  // The Recycle Bin.

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
  /**
   * Whether EC2 looks at the parameter of `resolve:ssm:` when a launch template is written, and refuses one that it
   * can't resolve. It is looked at in any case by a launch and for ResolveAlias.
   */
  readonly templateImageParameter: 'unchecked' | 'checked';

  // Copies.

  /** Copies in progress for each destination region (EC2 User Guide, How Amazon EC2 AMI copy works). */
  readonly concurrentCopies: number;
  /** The code of the call that exceeds `concurrentCopies`, which is not documented. */
  readonly concurrentCopiesCode: string;
  /** Snapshot copies in progress for each destination region: 20 by the EBS quotas; whether CopyImage counts is not documented. */
  readonly concurrentSnapshotCopies: number | 'unlimited';
  /** The code for a source that is pending, failed or disabled. */
  readonly copySourceStateCode: string;
  /** Whether a disabled image can be copied. */
  readonly copyOfDisabledImage: 'refused' | 'allowed';
  /** Which tag the copy gets where CopyImageTags and TagSpecifications bring the same key. */
  readonly copyTagPrecedence: 'call' | 'source';
  /** What CopyImage stores as the description where none is given. */
  readonly copyDescription: 'none' | 'source' | 'copied-from';
  /** Whether a copy carries the deprecation date of its source. */
  readonly copyKeepsDeprecation: boolean;
  /** Milliseconds after CopyImage at which EC2 first uses the keys, and finds out that it can't. */
  readonly keyCheckMs: number;

  // Keys. There is no KMS in the sandbox, so what an account's keys are is said here.

  /** The keys that exist, by region, as id, ARN or `alias/…`; `all` takes any that is not of another region. */
  readonly kmsKeys: 'all' | Readonly<Record<string, readonly string[]>>;
  /** Keys that exist but can't be used (disabled, pending deletion, no grant), written as in the call or as ARN. */
  readonly unusableKmsKeys: readonly string[];
  /** The account's setting "EBS encryption by default". */
  readonly encryptionByDefault: boolean;

  // Calls.

  /** How long a client token is remembered; the EC2 Developer Guide gives no end. */
  readonly clientTokenMemoryMs: number | 'forever';
  /** ASCII characters of a client token: 64 by the EC2 Developer Guide, 128 by the API model. */
  readonly clientTokenLength: number;
  /** Whether CreateTags and DeleteTags change all the resources or none. */
  readonly tagsAllOrNothing: boolean;
  /** The text of `TagLimitExceeded`, of which only the code is documented. */
  readonly tagLimitMessage: string;
  /** What a filter without values does. */
  readonly filterWithoutValues: 'refused' | 'matches-nothing' | 'ignored';
  /** The code for a token that was never given out: `InvalidNextToken` or `InvalidPaginationToken`. */
  readonly badTokenCode: string;
  /** The greatest MaxResults of DescribeImages, which the API model does not state. */
  readonly imagesPageMaximum: number;
  /** What MaxResults of DescribeInstances counts. A page never takes a reservation apart where it counts those. */
  readonly instancePageUnit: 'instances' | 'reservations';
  /** Of every service: `uneven` gives, by turns, a half-full, an empty and a full page, each with a token while there is more. */
  readonly pageFill: 'full' | 'uneven';
  /** What a well-formed image id that was never given out is called: EC2 validates ids beyond their form. */
  readonly unknownImageId: 'not-found' | 'malformed';
}

export const defaultBehaviour: Ec2Behaviour = Object.freeze({
  regions: [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
  snapshotBaseMs: 120_000,
  snapshotMsPerGiB: 3_000,
  copyBaseMs: 180_000,
  copyMsPerGiB: 6_000,
  durationSpread: 0.25,
  instanceStartMs: 20_000,
  instanceStopMs: 30_000,
  instanceTerminateMs: 30_000,
  terminatedVisibleMs: 3_600_000,
  createVisibilityMs: 0,
  changeVisibilityMs: 0,
  deregisteredListedMs: 0,
  deregisteredEmptyMs: 0,
  deregisteredUnavailableMs: 3_600_000,
  nameReleaseMs: 0,
  failedImagesHoldName: true,
  failedImagesListedMs: 'forever',
  imageAvailableOnce: 'all-snapshots',
  foreignPrivateImage: 'reads-as-not-existing',
  pendingImageMappings: 'complete',
  failedImageSnapshots: 'error',
  cancelledImageSnapshots: 'complete',
  concurrentImagesPerInstance: 'unlimited',
  snapshotIntervalPerVolumeMs: 15_000,
  imageQuota: 50_000,
  imageQuotaCode: 'ResourceLimitExceeded',
  snapshotQuota: 100_000,
  imageStateCode: 'InvalidAMIID.Unavailable',
  repeatedStage: 'success',
  deprecationDateCode: 'InvalidParameterValue',
  lockedSnapshotCode: 'OperationNotPermitted',
  lockedSnapshotReturnCode: 'client-error',
  lockStateCode: 'IncorrectState',
  changedLockCounts: 'from-first-lock',
  unlockWithoutLock: 'success',
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
  templateImageParameter: 'unchecked',
  protectedImageCode: 'OperationNotPermitted',
  protectionBlocksDisabling: false,
  cooldownEndPrecision: 'milliseconds',
  lastLaunchedLagMs: 86_400_000,
  organizations: {},
  sharingLimit: 1_000,
  sharingLimitCode: 'ResourceLimitExceeded',
  publicImageQuota: 5,
  publicImageQuotaCode: 'ResourceLimitExceeded',
  usageReportMs: 300_000,
  usageReportOutcome: 'available',
  usageReportInstanceLagMs: 86_400_000,
  usageReportTemplateLagMs: 259_200_000,
  usageReportQuotaCode: 'ResourceLimitExceeded',
  unknownUsageReportCode: 'InvalidImageUsageReportId.NotFound',
  concurrentCopies: 300,
  concurrentCopiesCode: 'ResourceLimitExceeded',
  concurrentSnapshotCopies: 'unlimited',
  copySourceStateCode: 'InvalidRequest',
  copyOfDisabledImage: 'refused',
  copyTagPrecedence: 'call',
  copyDescription: 'none',
  copyKeepsDeprecation: false,
  keyCheckMs: 45_000,
  kmsKeys: 'all',
  unusableKmsKeys: [],
  encryptionByDefault: false,
  clientTokenMemoryMs: 'forever',
  clientTokenLength: 64,
  tagsAllOrNothing: true,
  tagLimitMessage: 'The maximum number of Tags for a resource has been reached.',
  filterWithoutValues: 'refused',
  badTokenCode: 'InvalidNextToken',
  imagesPageMaximum: 1_000,
  instancePageUnit: 'instances',
  pageFill: 'full',
  unknownImageId: 'not-found',
} satisfies Ec2Behaviour);
