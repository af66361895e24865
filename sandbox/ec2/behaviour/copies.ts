/** Copies, and the keys that they need. */
export interface CopyBehaviour {
  // Copies.

  /** Milliseconds that any snapshot of a copied image takes. */
  readonly copyBaseMs: number;
  /** Milliseconds on top for each GiB of a copied snapshot. */
  readonly copyMsPerGiB: number;
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

  // Keys, besides those that calls to KMS make.

  /** Milliseconds after CopyImage at which EC2 first uses the keys, and finds out that it can't. */
  readonly keyCheckMs: number;
  /**
   * The keys that exist, as id, ARN or `alias/…`: by region, or for one account by `444455556666/eu-west-1`. `all` takes
   * any that is not of another region.
   */
  readonly kmsKeys: 'all' | Readonly<Record<string, readonly string[]>>;
  /**
   * The keys of Ed25519 that sign, as id, ARN or `alias/…`: by region, where every account has one of its own by each of
   * these names, or for one account by `444455556666/eu-west-1`.
   */
  readonly signingKeys: Readonly<Record<string, readonly string[]>>;
  /** The accounts besides its own that may use a key, by its ARN: what its policy and its grants say. */
  readonly kmsKeyUsers: Readonly<Record<string, readonly string[]>>;
  /** Keys that exist but can't be used (disabled, pending deletion, no grant), written as in the call or as ARN. */
  readonly unusableKmsKeys: readonly string[];
  /** The account's setting "EBS encryption by default". */
  readonly encryptionByDefault: boolean;
}

export const defaultCopyBehaviour: CopyBehaviour = {
  copyBaseMs: 180_000,
  copyMsPerGiB: 6_000,
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
  signingKeys: {},
  kmsKeyUsers: {},
  unusableKmsKeys: [],
  encryptionByDefault: false,
};
