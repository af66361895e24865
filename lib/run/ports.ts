import type { CommandRun, DrillInstance, DrillRemnant, Health } from '../model/drills.ts';
import type { ImageId, InstanceId, Region, SnapshotId, Target, VolumeId } from '../model/ids.ts';
import type { Reading } from '../model/reading.ts';
import type { RecycleBinRule } from '../model/recycle-bin.ts';
import type { Image, Instance, Snapshot, Volume } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import type { StageChange, Tagging, Untagging } from '../planning/change.ts';
import type { CopyImage, ShareImage, UnshareImage } from '../planning/copy/changes.ts';
import type { Sharing } from '../planning/copy/lending.ts';
import type { CreateImage } from '../planning/create/changes.ts';
import type { ChangeDecision, Decision } from '../planning/decision.ts';
import type { AskDrill, ClearRemnant, DrillTry, EndDrill, JudgeImage, LaunchDrill } from '../planning/drill/changes.ts';
import type { NetworkFacts } from '../planning/drill/network.ts';
import type { ImageEvidenceById, SnapshotEvidenceById, Use } from '../planning/evidence.ts';
import type { AskUsage, BringBackImage, RestoreImage } from '../planning/retire/changes.ts';
import type { BinnedImage } from '../planning/retire/undo.ts';
import type { Selector, TagPatterns } from '../policy/policy.ts';
import type { RunEvent } from './event.ts';
import type { OutcomeEvent } from './outcome/details.ts';

/** Which of the deployment's images in a region to read; every condition narrows. */
export interface ImageScope {
  readonly deployment: string;
  readonly policy?: string;
  readonly lineages?: readonly string[];
  /** The region in which the images' instances live; sets copies apart from sources. */
  readonly sourceRegion?: Region;
}

export interface InstanceScope {
  readonly ids: readonly InstanceId[];
  /** By tag, patterns in which `*` stands for any text. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

/** Of these images only, or of any: by the region's instances then, which a run reads once for all that needs them. */
export type UsesScope =
  | { readonly images: readonly ImageId[] }
  | { readonly instances: Promise<Reading<readonly Instance[]>> };

/** The subnets and security groups that drills are, or are to be, launched into. */
export interface NetworkScope {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}

export type LeftoversScope = Pick<ImageScope, 'deployment' | 'policy'>;

/** All of a region that may be left over. */
export interface Leftovers {
  /** The deployment's images, as {@link Reads.images} gives them. */
  readonly images: Reading<readonly Image[]>;
  /**
   * Of the deployment's snapshots that were made for images, or are of an adopted one: those that no image names, and those
   * that bear a mark although the image that names them has none.
   */
  readonly snapshots: Reading<readonly Snapshot[]>;
  /** Which image names each of these snapshots, anybody's image; those that none names are absent. */
  readonly uses: Reading<ReadonlyMap<SnapshotId, ImageId>>;
  /** Snapshots that were made for images, are not the deployment's, and that no image names; of one policy there are none. */
  readonly strays: Reading<readonly Snapshot[]>;
}

/**
 * What a run may ask EC2. No method throws for what EC2 answers: a read that was denied, failed or ran out of time is
 * a partial reading with the problem in words.
 */
export interface Reads {
  /** Selected by EC2 itself, by the selector's tags, states and ids; with what a launch of them takes. */
  instances(target: Target, select: Selector): Promise<Reading<readonly Instance[]>>;
  /** Those of the ids that exist, with what a launch of them takes; every instance of the region where no ids are given. */
  allInstances(target: Target, ids?: readonly InstanceId[]): Promise<Reading<readonly Instance[]>>;
  /** Those of the ids that exist, and those that bear a tag with one of its values, in every state. */
  instancesAmong(target: Target, scope: InstanceScope): Promise<Reading<readonly Instance[]>>;
  /** Instances that are on hold, in every state, those that EC2 still shows after they were terminated too. */
  heldInstances(target: Target): Promise<Reading<readonly Instance[]>>;
  /** Those of the ids that exist. */
  volumes(target: Target, ids: readonly VolumeId[]): Promise<Reading<readonly Volume[]>>;
  volumesWith(target: Target, tags: TagPatterns): Promise<Reading<ReadonlySet<VolumeId>>>;
  images(target: Target, scope: ImageScope): Promise<Reading<readonly Image[]>>;
  /** One image by id, undefined where EC2 does not show it. */
  image(target: Target, id: ImageId): Promise<Reading<Image | undefined>>;
  copiesInFlight(target: Target): Promise<Reading<number>>;
  /** Who uses images of the region. */
  uses(target: Target, scope: UsesScope): Promise<Reading<ReadonlyMap<ImageId, readonly Use[]>>>;
  /** The account's own images with all of these tags, disabled ones included. */
  imagesWith(target: Target, tags: TagPatterns): Promise<Reading<readonly Image[]>>;
  /** What EC2 tells of each of these images only when it is asked for it. What failed of one is told of that one. */
  imageEvidence(target: Target, images: readonly Image[]): Promise<Reading<ImageEvidenceById>>;
  /** Whom each of these images is shared with, and whether it can be. Those that could not be read whole are absent. */
  sharing(target: Target, images: readonly Image[]): Promise<Reading<ReadonlyMap<ImageId, Sharing>>>;
  /** Those of the ids that are the deployment's snapshots. */
  snapshots(target: Target, deployment: string, ids: readonly SnapshotId[]): Promise<Reading<readonly Snapshot[]>>;
  /** The deployment's images, and the snapshots that none of the account's images names. */
  leftovers(target: Target, scope: LeftoversScope): Promise<Leftovers>;
  /** Every snapshot of the account that is on hold, whoever made it: nobody but EC2 is to say which image it is of. */
  heldSnapshots(target: Target): Promise<Reading<readonly Snapshot[]>>;
  /** Which image names each of the snapshots; those that none names are absent. */
  snapshotUses(target: Target, ids: readonly SnapshotId[]): Promise<Reading<ReadonlyMap<SnapshotId, ImageId>>>;
  snapshotEvidence(target: Target, ids: readonly SnapshotId[]): Promise<Reading<SnapshotEvidenceById>>;
  /** What the Recycle Bin keeps of what is deleted. */
  binRules(target: Target): Promise<Reading<readonly RecycleBinRule[]>>;
  /** The images in the Recycle Bin. */
  binnedImages(target: Target): Promise<Reading<ReadonlySet<ImageId>>>;
  /** Those of the images that exist. */
  imagesAmong(target: Target, ids: readonly ImageId[]): Promise<Reading<readonly Image[]>>;
  /** Whatever was launched under a token of the deployment's drills, of one image or of any; with what ended within the hour. */
  drills(target: Target, deployment: string, image?: ImageId): Promise<Reading<readonly DrillInstance[]>>;
  /** Volumes and interfaces that bear the tag of a drill of the deployment. */
  remnants(target: Target, deployment: string): Promise<Reading<readonly DrillRemnant[]>>;
  networks(target: Target, scope: NetworkScope): Promise<Reading<NetworkFacts>>;
  /** EC2's status checks of instances that run. */
  health(target: Target, ids: readonly InstanceId[]): Promise<Reading<ReadonlyMap<InstanceId, Health>>>;
  /** What stands on the serial consoles of instances. */
  consoles(target: Target, ids: readonly InstanceId[]): Promise<Reading<ReadonlyMap<InstanceId, string>>>;
  /** Those of the instances whose agent SSM hears of. */
  nodes(target: Target, ids: readonly InstanceId[]): Promise<Reading<ReadonlySet<InstanceId>>>;
  /** The commands that were sent to instances. */
  commands(
    target: Target,
    ids: readonly InstanceId[],
  ): Promise<Reading<ReadonlyMap<InstanceId, readonly CommandRun[]>>>;
  /** One image in the Recycle Bin, with its snapshots there; undefined where it is not in it. */
  binnedImage(target: Target, id: ImageId): Promise<Reading<BinnedImage | undefined>>;
}

/** How one change went. */
export type Applied =
  | {
      readonly kind: 'done';
      readonly image?: ImageId;
      readonly note?: string;
      /** What is not as it should be although it is done; the run has failed in part. */
      readonly flaw?: string;
    }
  /** The image name is taken; EC2 said by whom, mostly. */
  | { readonly kind: 'lost-name'; readonly holder?: ImageId }
  /** The answer was lost: it may or may not have happened. The next sweep will see. */
  | { readonly kind: 'unknown'; readonly problem: string }
  /** AWS turned it away each time that it was tried, for calls that come too fast. It has had no effect. */
  | { readonly kind: 'throttled'; readonly problem: string }
  /** EC2 is at a limit that time lifts. */
  | { readonly kind: 'limit'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string }
  /** There was no time left to start it. */
  | { readonly kind: 'not-started' };

/** The only writer. It carries out a change as decided and says how it went; it decides nothing and throws nothing. */
export interface Applier {
  create(change: CreateImage): Promise<Applied>;
  copy(change: CopyImage): Promise<Applied>;
  share(change: ShareImage): Promise<Applied>;
  unshare(change: UnshareImage): Promise<Applied>;
  /** What is written is written in as few calls as it can. One result for each, in order. */
  tag(changes: readonly Tagging[]): Promise<readonly Applied[]>;
  unmark(changes: readonly Untagging[]): Promise<readonly Applied[]>;
  bringBack(change: BringBackImage): Promise<Applied>;
  restore(change: RestoreImage): Promise<Applied>;
  askUsage(change: AskUsage): Promise<Applied>;
  /** Launches a drill in one of the ways that its change has. */
  launch(change: LaunchDrill, tried: DrillTry): Promise<Applied>;
  /** Writes the verdict, and ends the drill once that stands there. */
  judge(change: JudgeImage): Promise<Applied>;
  endDrill(change: EndDrill): Promise<Applied>;
  clearRemnant(change: ClearRemnant): Promise<Applied>;
  ask(change: AskDrill): Promise<Applied>;
  /** No call begins after `notAfter`, when the reads that it rests on are too old; it is `not-started` then. */
  stage(change: StageChange, notAfter: Instant): Promise<Applied>;
}

/** AWS as one run sees it. */
export interface Aws {
  readonly reads: Reads;
  readonly applier: Applier;
  /** What was sent until now. */
  calls(): CallCounts;
  /** Whether a call was left out since its turn would have come after the run's end. */
  isOutOfTime(): boolean;
}

/** Calls as AWS counts them: each try is one. */
export interface CallCounts {
  readonly sent: number;
  /** Of those, how many AWS turned away for coming too fast. */
  readonly throttled: number;
}

/** Where runs ask for further runs and tell what they did. */
export interface Publisher {
  /** @throws Error where any of them could not be put; what may have been put is put again, so one may come twice */
  requestRuns(events: readonly RunEvent[]): Promise<void>;
  /**
   * Asks for the successor of a run, at most once: what may have been put is not put again.
   *
   * @throws Error where it is certain that it was not put
   */
  sendOn(event: RunEvent): Promise<void>;
  publish(events: readonly OutcomeEvent[]): Promise<void>;
}

/** A change decision and what became of it. */
export interface Carried {
  readonly decision: ChangeDecision;
  readonly applied: Applied;
}

/** A change decision that a second look right before the call no longer bore out, and why. */
export interface Withdrawn {
  readonly decision: ChangeDecision;
  readonly withdrawn: string;
  /** What the second look decided instead; absent where there is nothing left to decide on. */
  readonly instead?: Decision;
}
