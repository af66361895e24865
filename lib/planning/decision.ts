import type { ImageId, InstanceId, Region, SnapshotId } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import type { Stamp } from '../tagging/stamp.ts';

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

/** Copies an image into another region. */
export interface CopyImage {
  readonly kind: 'copy';
  readonly region: Region;
  readonly source: { readonly image: ImageId; readonly region: Region };
  readonly name: string;
  /** Its attempt is the copy's own; from the second on it is written on the source's tags before the call. */
  readonly stamp: Stamp;
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
}

/** Takes a mark off again. */
export interface UnmarkImage {
  readonly kind: 'unmark';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Deregisters an image and deletes its snapshots. It cannot be taken back. */
export interface DeregisterImage {
  readonly kind: 'deregister';
  readonly region: Region;
  readonly image: ImageId;
  readonly snapshots: readonly SnapshotId[];
}

/** Deletes a snapshot that its image's deregistration left over. It cannot be taken back. */
export interface DeleteSnapshot {
  readonly kind: 'delete-snapshot';
  readonly region: Region;
  readonly snapshot: SnapshotId;
}

export type Change = CreateImage | CopyImage | MarkImage | UnmarkImage | DeregisterImage | DeleteSnapshot;

export type Subject =
  | { readonly kind: 'instance'; readonly id: InstanceId; readonly region: Region }
  | { readonly kind: 'image'; readonly id: ImageId; readonly region: Region }
  | { readonly kind: 'snapshot'; readonly id: SnapshotId; readonly region: Region };

export type ReasonCode =
  // why something is created, copied or retired
  | 'slot-due'
  | 'retry-after-failure'
  | 'copy-wanted'
  | 'expired'
  | 'wanted-again'
  | 'left-over'
  // why nothing is created
  | 'not-selected'
  | 'no-such-instance'
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
  // why an image stays
  | 'keep-rule'
  | 'min-keep'
  | 'newest'
  | 'pending'
  | 'failed'
  | 'hold'
  | 'in-use'
  | 'copy-missing'
  | 'cap-reached'
  | 'marked'
  | 'policy-in-plan-mode'
  // what is not touched at all
  | 'not-ours'
  | 'evidence-incomplete';

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

/** All decisions of one run, one for each instance and image that was looked at. */
export interface Plan {
  readonly decisions: readonly Decision[];
  /** What a person should know although nothing is wrong with any one subject. */
  readonly warnings: readonly string[];
  /** Reads that failed or were cut short: what depended on them was left alone. */
  readonly problems: readonly string[];
}

export function isChange(decision: Decision): decision is ChangeDecision {
  return 'change' in decision;
}

/** Whether a change can be undone. Those that can't are decided anew on fresh reads right before they are made. */
export function isIrreversible(decision: ChangeDecision): decision is ChangeDecision<DeregisterImage | DeleteSnapshot> {
  return decision.action === 'deregister' || decision.action === 'delete-snapshot';
}

/** Whether two plans decide the same about a subject, for the same reason. */
export function sameDecision(one: ChangeDecision, other: Decision): boolean {
  return (
    isChange(other) &&
    one.reason.code === other.reason.code &&
    JSON.stringify(one.change) === JSON.stringify(other.change)
  );
}
