import { dequal } from 'dequal/lite';
import type { AccountId, ImageId, InstanceId, Region, SnapshotId } from '../model/ids.ts';
import type { Instant } from '../model/time.ts';
import type { Pass } from '../tagging/verdict.ts';
import { CHANGE_KINDS, type Change, type ChangeIn, type Phase } from './change.ts';

export type Subject =
  | { readonly kind: 'instance'; readonly id: InstanceId; readonly region: Region }
  | { readonly kind: 'image'; readonly id: ImageId; readonly region: Region }
  | { readonly kind: 'snapshot'; readonly id: SnapshotId; readonly region: Region }
  /** One that was named and has no image in the region. */
  | { readonly kind: 'lineage'; readonly id: string; readonly region: Region }
  /** What a drill has left behind. */
  | { readonly kind: 'volume' | 'interface'; readonly id: string; readonly region: Region };

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
  | 'no-such-lineage'
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
  | 'copy-unsealed'
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
  | 'last-verified'
  | 'protected'
  | 'shared'
  | 'locked'
  | 'in-recycle-bin'
  | 'source-alive'
  | 'usage-unknown'
  | 'usage-unasked'
  | 'not-looked-into'
  | 'copy-missing'
  | 'no-copy-yet'
  | 'cap-reached'
  | 'marked'
  | 'policy-in-plan-mode'
  // of drills
  | 'drill-due'
  | 'drill-asked'
  | 'drill-running'
  | 'drills-in-flight'
  | 'drill-over'
  | 'drill-untagged'
  | 'verified'
  | 'passed'
  | 'failed-drill'
  | 'drilled'
  | 'network-open'
  | 'no-type'
  | 'no-drill'
  | 'not-startable'
  // what is not touched at all
  | 'not-ours'
  | 'unsealed'
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
  /** The newest drill that an image passed. */
  readonly passed?: Pass;
  /** Since when a stage has been due, by its mark and the days of the stages before it. */
  readonly due?: Instant;
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

/** A lineage that nothing makes images of any more, which is kept and paid for until somebody ends it. */
export interface AbandonedLineage {
  /** Its policy is in the file no more, whatever became of its source; or only its source is gone. */
  readonly why: 'policy-gone' | 'source-gone';
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
  /** Retirement only: the lineages whose source or policy is gone and that nothing ends. */
  readonly abandoned?: readonly AbandonedLineage[];
  /** Endings only: what a person can name as one in the region, lineages or policies that are gone. */
  readonly nameable?: readonly string[];
  /** Snapshots only: how the policy's instances stand with the slot that was due last, where all was read that tells. */
  readonly coverage?: Coverage;
  /** Retirement only: what each policy has in the region, where all of it was read. */
  readonly stock?: readonly PolicyStock[];
  /** Retirement only: how many images bear the deployment's tag and no seal that holds, where all was read that tells. */
  readonly unsealed?: number;
  /** Retirement only: what no policy selects any more, for each that makes images here, where all was read that tells. */
  readonly unselected?: readonly UnselectedInstances[];
  /** Copies only: what each policy lacks in each place, where all was read that tells. */
  readonly overdueCopies?: readonly OverdueCopies[];
  /** Drills only: how many of them live an hour after their lease, where all were read. */
  readonly drillsOverdue?: number;
  /** Drills only: the policies that are to start images here and have none here yet, where all was read that tells. */
  readonly imageless?: readonly string[];
  /** Drills only: how the serial consoles end of those that have failed, for whoever wants to know why. */
  readonly consoles?: readonly ConsoleEnd[];
  /** Drills only: how long each policy that drills here has gone without a pass, where all was read that tells. */
  readonly passes?: readonly PolicyPasses[];
}

/** The last lines of a drill's serial console. */
export interface ConsoleEnd {
  readonly image: ImageId;
  readonly instance: InstanceId;
  readonly text: string;
}

/** How the lineages of a policy are proven in a region. */
export interface PolicyPasses {
  readonly policy: string;
  /** The oldest of the newest passes of its lineages; absent: none has passed. */
  readonly longestSince?: Instant;
  /** How many lineages are over a day old and have never passed. */
  readonly unproven: number;
}

/** How many copies of a policy's images a place lacks that should be there by now. */
export interface OverdueCopies {
  readonly policy: string;
  readonly region: Region;
  /** Absent: the account of the sources. */
  readonly account?: AccountId;
  readonly count: number;
}

/** The living instances that a policy has made images of and that no policy selects any more; by id. */
export interface UnselectedInstances {
  readonly policy: string;
  /** Each with what its policy lacks of it. */
  readonly instances: readonly { readonly instance: InstanceId; readonly why: string }[];
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
  /** How many of the images are on hold, or have a snapshot that is; absent where the snapshots were not read whole. */
  readonly held?: number;
  /** The slot of its newest good image. */
  readonly newest?: Instant;
}

export function isChange(decision: Decision): decision is ChangeDecision {
  return 'change' in decision;
}

/** Whether a decision's change is made in a phase of a run. */
export function isIn<P extends Phase>(phase: P) {
  return (decision: ChangeDecision): decision is ChangeDecision<ChangeIn<P>> =>
    CHANGE_KINDS[decision.action].phase === phase;
}

/** Whether a change takes something away from those who may use it, so that it is decided anew right before the call. */
export const isStage = isIn('stage');

/** Whether two plans decide the same about a subject, for the same reason. */
export function sameDecision(one: ChangeDecision, other: Decision): boolean {
  return isChange(other) && one.reason.code === other.reason.code && dequal(one.change, other.change);
}
