import type { AccountId, ImageId, InstanceId, Region, SnapshotId } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import type { Stamp } from '../tagging/stamp.ts';
import type { ShareImage, UnshareImage } from './loan-changes.ts';

/** Creates an image of an instance. The name is the lock: EC2 lets one caller have it. */
export interface CreateImage {
  readonly kind: 'create';
  readonly region: Region;
  readonly instance: InstanceId;
  readonly name: string;
  /** What the name and our tags say, so that a further attempt can be made of it. */
  readonly stamp: Stamp;
  readonly reboot: boolean;
  /** Devices that stay out of the image. */
  readonly excludeDevices: readonly string[];
  /** Written on the image and on its snapshots by the call that creates them. */
  readonly tags: Tags;
}

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
}

/** Writes on an image and on its snapshots since when they are to be retired, which is the time of writing, and why. */
export interface MarkImage {
  readonly kind: 'mark';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly text: string;
  /** Whether it goes because its lineage has ended, which is written down as well. */
  readonly ends: boolean;
}

/** Writes on a snapshot that no image names any more since when it is to go, which is the time of writing, and why. */
export interface MarkSnapshot {
  readonly kind: 'mark-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
  readonly text: string;
}

/** Takes a mark off again, or the end of a lineage that lives again. */
export interface UnmarkImage {
  readonly kind: 'unmark';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The keys of the tags that come off. */
  readonly tagKeys: readonly string[];
}

/** Takes the mark off a snapshot that was on its way out for itself. */
export interface UnmarkSnapshot {
  readonly kind: 'unmark-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
  /** The keys of the tags that come off. */
  readonly tagKeys: readonly string[];
}

/** Writes on an image and on its snapshots that it is not to be retired: what its instance says, for when that is gone. */
export interface HoldImage {
  readonly kind: 'hold';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The hold's reason, as the instance has it; it may be empty. */
  readonly text: string;
}

/** Writes on an image that its lineage has ended, which is the time of writing: its newest may go as well then. */
export interface EndImage {
  readonly kind: 'end';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Writes on an image that a person vouches for its source region: there are no instances any more. */
export interface VouchImage {
  readonly kind: 'vouch';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Writes on an image that something else made, and on its snapshots, what amikeep knows of its own. */
export interface AdoptImage {
  readonly kind: 'adopt';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  readonly tags: Tags;
}

/** Asks EC2 for a report on who uses a shared image in other accounts. */
export interface AskUsage {
  readonly kind: 'ask-usage';
  readonly region: Region;
  readonly image: ImageId;
}

/** Deprecates an image, from the time of the call on; what has to be taken back one day is written on it first. */
export interface DeprecateImage {
  readonly kind: 'deprecate';
  readonly region: Region;
  readonly image: ImageId;
  /** Another date of deprecation that it carries. */
  readonly before?: Instant;
}

/** Disables an image, which makes EC2 forget whom it is shared with: that is written on it first. */
export interface DisableImage {
  readonly kind: 'disable';
  readonly region: Region;
  readonly image: ImageId;
  readonly sharedWith: readonly string[];
}

/** Brings an image back that had been marked and more: what was done to it is undone, and then forgotten. */
export interface BringBackImage {
  readonly kind: 'bring-back';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** Whether it is disabled, by us. */
  readonly enable: boolean;
  /** Whom it was shared with when it was disabled. */
  readonly sharedWith: readonly string[];
  /** What becomes of its date of deprecation: the one that it had before, none, or what there is stays. */
  readonly deprecation: Instant | 'lift' | 'leave';
  /** The keys of the tags that tell of its retirement. */
  readonly tagKeys: readonly string[];
  /** A reason by which it stays for good; absent: the rules go on deciding. */
  readonly hold?: string;
}

/** Deregisters an image and deletes its snapshots. It cannot be taken back. */
export interface DeregisterImage {
  readonly kind: 'deregister';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Deletes a marked snapshot whose image is gone. It cannot be taken back. */
export interface DeleteSnapshot {
  readonly kind: 'delete-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
}

/** Brings an image back from the Recycle Bin, its snapshots first, since it needs them. */
export interface RestoreImage {
  readonly kind: 'restore';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
  /** The keys of the tags by which it would be on its way out again. */
  readonly tagKeys: readonly string[];
  readonly hold: string;
}

/** What is done by writing tags, a thousand resources in a call. */
export type Tagging = MarkImage | MarkSnapshot | HoldImage | EndImage | VouchImage | AdoptImage;

/** What is done by taking tags off, a thousand resources in a call. */
export type Untagging = UnmarkImage | UnmarkSnapshot;

/** What is decided anew on fresh reads right before the call. */
export type StageChange = DeprecateImage | DisableImage | DeregisterImage | DeleteSnapshot;

export type Change =
  | CreateImage
  | CopyImage
  | ShareImage
  | UnshareImage
  | Tagging
  | Untagging
  | BringBackImage
  | RestoreImage
  | AskUsage
  | StageChange;

export type Subject =
  | { readonly kind: 'instance'; readonly id: InstanceId; readonly region: Region }
  | { readonly kind: 'image'; readonly id: ImageId; readonly region: Region }
  | { readonly kind: 'snapshot'; readonly id: SnapshotId; readonly region: Region };

export type ReasonCode =
  // why something is created, copied or retired
  | 'slot-due'
  | 'retry-after-failure'
  | 'copy-wanted'
  | 'loan-over'
  | 'expired'
  | 'wanted-again'
  | 'undone'
  | 'nothing-to-undo'
  | 'snapshots-gone'
  | 'left-over'
  | 'orphan'
  | 'source-gone'
  | 'ended-by-hand'
  | 'vouched'
  | 'adopted'
  // why nothing is created
  | 'not-selected'
  | 'no-such-instance'
  | 'no-such-image'
  | 'already-there'
  | 'older-than-newest'
  | 'slot-missed'
  | 'slot-in-future'
  | 'unsupported-instance'
  | 'too-many-tags'
  | 'attempts-exhausted'
  // why nothing is copied
  | 'no-copies-asked'
  | 'copied'
  | 'copy-pending'
  | 'copy-not-wanted'
  | 'source-not-available'
  | 'copies-in-flight'
  | 'cannot-be-shared'
  | 'key-missing'
  // why an image stays
  | 'keep-rule'
  | 'min-keep'
  | 'newest'
  | 'pending'
  | 'failed'
  | 'hold'
  | 'in-use'
  | 'protected'
  | 'shared'
  | 'locked'
  | 'in-recycle-bin'
  | 'source-alive'
  | 'usage-unknown'
  | 'usage-unasked'
  | 'not-looked-into'
  | 'copy-missing'
  | 'cap-reached'
  | 'marked'
  | 'policy-in-plan-mode'
  // what is not touched at all
  | 'not-ours'
  | 'cannot-adopt'
  | 'evidence-incomplete'
  | 'evidence-suspect';

/** The code is for machines and totals, the text for the person who asks why. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

interface DecisionContext {
  readonly subject: Subject;
  readonly reason: Reason;
  readonly policy?: string;
  readonly lineage?: string;
  readonly version?: string;
  /** The region of the copy that a decision on a source is about. */
  readonly copyRegion?: Region;
  /** The account of that copy, where it is another one than the source's. */
  readonly copyAccount?: AccountId;
}

/** A decision that changes something once it is applied. */
export type ChangeDecision<C extends Change = Change> = C extends Change
  ? DecisionContext & { readonly action: C['kind']; readonly change: C }
  : never;

/**
 * A decision to change nothing: `keep` and `skip` because all is well, `wait` until something has come about,
 * `refuse` what a rule or missing evidence forbids, `propose` what a policy in plan mode would do, and `report`
 * what is not ours to judge.
 */
export interface StillDecision extends DecisionContext {
  readonly action: 'keep' | 'skip' | 'wait' | 'refuse' | 'propose' | 'report';
}

export type Decision = ChangeDecision | StillDecision;

/** A lineage whose source is gone, which is kept and paid for until somebody ends it. */
export interface AbandonedLineage {
  readonly policy: string;
  readonly lineage: string;
  readonly region: Region;
  readonly images: number;
  /** Of the volumes: an upper bound of what the snapshots take. */
  readonly gib: number;
  readonly newest: Instant;
}

/** All decisions of one run, one for each instance and image that was looked at. */
export interface Plan {
  readonly decisions: readonly Decision[];
  /** What a person should know although nothing is wrong with any one subject. */
  readonly warnings: readonly string[];
  /** Reads that failed or were cut short: what depended on them was left alone. */
  readonly problems: readonly string[];
  /** Retirement only: the lineages whose source is gone and that nothing ends. */
  readonly abandoned?: readonly AbandonedLineage[];
  /** Snapshots only: how the policy's instances stand with the slot that was due last, where all was read that tells. */
  readonly coverage?: Coverage;
  /** Retirement only: what each policy has in the region, where all of it was read. */
  readonly stock?: readonly PolicyStock[];
}

/** How the instances of a policy in one region stand with the slot that was due last. */
export interface Coverage {
  /** The selected instances that have no good image of it, though they were there when it was due; by id. */
  readonly uncovered: readonly UncoveredInstance[];
  /** The slot of the policy's newest good image. */
  readonly newest?: Instant;
}

export interface UncoveredInstance {
  readonly instance: InstanceId;
  /** Whether an image of that slot is being made. */
  readonly pending: boolean;
  /** Whether the slot before it went by without a good image as well. */
  readonly lacksOneBefore: boolean;
}

/** What a policy has in one region. */
export interface PolicyStock {
  readonly policy: string;
  readonly images: number;
  /** Of the volumes: an upper bound of what the snapshots take. */
  readonly gib: number;
  /** The slot of its newest good image. */
  readonly newest?: Instant;
}

export function isChange(decision: Decision): decision is ChangeDecision {
  return 'change' in decision;
}

/** Whether a change takes something away from those who may use it, so that it is decided anew right before the call. */
export function isStage(decision: ChangeDecision): decision is ChangeDecision<StageChange> {
  return (
    decision.action === 'deprecate' ||
    decision.action === 'disable' ||
    decision.action === 'deregister' ||
    decision.action === 'delete-snapshot'
  );
}

export function isTagging(decision: ChangeDecision): decision is ChangeDecision<Tagging> {
  return (
    decision.action === 'mark' ||
    decision.action === 'mark-snapshot' ||
    decision.action === 'hold' ||
    decision.action === 'end' ||
    decision.action === 'vouch' ||
    decision.action === 'adopt'
  );
}

export function isUntagging(decision: ChangeDecision): decision is ChangeDecision<Untagging> {
  return decision.action === 'unmark' || decision.action === 'unmark-snapshot';
}

/**
 * Whether two plans decide the same about a subject, for the same reason. Whom an image is shared with is no part of it:
 * that is found out by the second look.
 */
export function sameDecision(one: ChangeDecision, other: Decision): boolean {
  return (
    isChange(other) &&
    one.reason.code === other.reason.code &&
    JSON.stringify({ ...one.change, sharedWith: [] }) === JSON.stringify({ ...other.change, sharedWith: [] })
  );
}
