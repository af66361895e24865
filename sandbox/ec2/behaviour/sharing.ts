/** What accounts share, and what is told of who uses it. */
export interface SharingBehaviour {
  // Sharing.

  /**
   * What another account's private image is to a call that reads, copies, launches or changes it. Deregistering it is
   * denied in any case.
   */
  readonly foreignPrivateImage: 'reads-as-not-existing' | 'denied';
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

  // Use.

  /**
   * The images that recipes of Image Builder start from, by the ARN of the recipe, whose account and region it is in:
   * there is no Image Builder here. `arn:aws:imagebuilder:eu-central-1:111122223333:image-recipe/web/1.0.0` is one.
   */
  readonly imageRecipes: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds from a launch until its image's LastLaunchedTime shows it; 24 hours by the EC2 User Guide. */
  readonly lastLaunchedLagMs: number;
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
}

export const defaultSharingBehaviour: SharingBehaviour = {
  foreignPrivateImage: 'reads-as-not-existing',
  organizations: {},
  sharingLimit: 1_000,
  sharingLimitCode: 'ResourceLimitExceeded',
  publicImageQuota: 5,
  publicImageQuotaCode: 'ResourceLimitExceeded',
  imageRecipes: {},
  lastLaunchedLagMs: 86_400_000,
  usageReportMs: 300_000,
  usageReportOutcome: 'available',
  usageReportInstanceLagMs: 86_400_000,
  usageReportTemplateLagMs: 259_200_000,
  usageReportQuotaCode: 'ResourceLimitExceeded',
  unknownUsageReportCode: 'InvalidImageUsageReportId.NotFound',
};
