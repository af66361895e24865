import type { AccountId, Target } from '../model/ids.ts';
import type { PersonsRole } from '../run/event.ts';
import type { Right, Subjects } from './rights.ts';

/** What was found out, or why it was not. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly denied: boolean; readonly problem: string };

/** Who calls AWS, and how its clock and ours agree: both come with the first answer. */
export interface Introduction {
  readonly identity: Fact<Identity>;
  /** By how many milliseconds AWS's clock is ahead of ours; unknown where no answer said its time. */
  readonly skew: number | undefined;
}

export interface Identity {
  readonly account: AccountId;
  readonly arn: string;
}

/** A key as KMS describes it, in KMS's own words. */
export interface KeyDescription {
  readonly id: string;
  /** `Enabled`, `Disabled`, `PendingDeletion` and others. */
  readonly state: string;
  /** `ENCRYPT_DECRYPT` and others. */
  readonly usage: string;
  /** `SYMMETRIC_DEFAULT` and others. */
  readonly spec: string;
}

export type Quota = 'images' | 'snapshots';

/** An endpoint of a VPC, as far as it matters to what is to call a service through it. */
export interface Endpoint {
  readonly vpc: string;
  /** `com.amazonaws.eu-central-1.ssm` */
  readonly service: string;
  readonly isAvailable: boolean;
  /** Whether the service's usual name leads to it. */
  readonly hasPrivateDns: boolean;
  /** The security groups that it is in. */
  readonly groups: readonly string[];
}

/** How the attempt at a call ended. */
export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly problem: string }
  /** It failed for another reason, which says nothing of whether it is allowed. */
  | { readonly kind: 'unclear'; readonly problem: string };

/** What a check-up asks of AWS on top of what a run reads. Nothing is changed, and no method throws for what AWS answers. */
export interface Examiner {
  /** Every region that there is for the account, and whether it is opted in to. */
  regions(home: Target): Promise<Fact<ReadonlyMap<string, boolean>>>;
  /** A key by id, alias or ARN; undefined where there is none. */
  key(target: Target, name: string): Promise<Fact<KeyDescription | undefined>>;
  /** The public half of the key that the deployment seals with, in Base64; undefined where there is no such key. */
  sealKey(): Promise<Fact<string | undefined>>;
  quota(target: Target, quota: Quota): Promise<Fact<number>>;
  /** The endpoints of VPCs by which services of AWS are reached from within. */
  endpoints(target: Target, vpcs: readonly string[]): Promise<Fact<readonly Endpoint[]>>;
  /** Tries whether the caller may assume a person's role in an account. */
  enters(account: Target, role: PersonsRole): Promise<Permission>;
  /** Tries whether the caller has a right. `subjects` must hold what the right needs. */
  tries(target: Target, right: Right, subjects: Subjects): Promise<Permission>;
}
