import type {
  BlockDeviceMapping,
  Image,
  ImageReference,
  ImageUsageReport,
  ImageUsageReportEntry,
  Instance,
  InstanceMetadataDefaultsResponse,
  KeyPairInfo,
  LaunchTemplate,
  LaunchTemplateVersion,
  ReplaceRootVolumeTask,
  Snapshot,
  Tag,
  Volume,
} from '@aws-sdk/client-ec2';
import type { SandboxClock, SandboxEvent } from '../../contract.ts';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import type { BehaviourBook } from '../behaviour/book.ts';
import { type Zone, zonesOf } from '../networks/zones.ts';
import { digest } from './digest.ts';
import type { IdPrefix } from './ids.ts';
import type { ImageParameters } from './image-parameters.ts';
import {
  imageIndex,
  instanceIndex,
  keyPairIndex,
  launchTemplateIndex,
  rootReplacementIndex,
  snapshotIndex,
  usageReportIndex,
  volumeIndex,
} from './indexes.ts';
import type { InstanceProfiles } from './instance-profiles.ts';
import type { KeyUse, KnownKeys } from './keys.ts';
import type { Networks } from './networks.ts';
import type { Sharing } from './permissions.ts';
import { Collection, type Entry } from './records.ts';
import { SharedBook } from './shared-book.ts';
import type { Timeline, TransitionKind } from './timeline.ts';

export interface ImageEntry extends Entry<Image> {
  readonly origin: 'CreateImage' | 'CopyImage' | 'RegisterImage' | 'public';
  /** Of the call that made it: its state-change events carry it. */
  readonly requestId: string;
  /** With all snapshots, also while the image shows none yet. */
  readonly mappings: readonly BlockDeviceMapping[];
  /** A failure laid on it by `failNextImage`, which takes the place of its success. */
  readonly failure?: PlannedFailure;
  /** The keys that a copy needs, its source's and its own. */
  readonly keys: readonly KeyUse[];
  /** Who else may launch it; absent while it was never shared. */
  sharing?: Sharing;
  /** Milliseconds since the Unix epoch at which its newest cooldown of protection ends. */
  cooldownEndsAt?: number;
  /** Launches that its owner is not shown yet. */
  unreportedLaunches?: UnreportedLaunch[];
}

/** Times in milliseconds since the Unix epoch. */
interface UnreportedLaunch {
  readonly at: number;
  readonly reportedAt: number;
}

export interface PlannedFailure {
  readonly code: string;
  readonly message: string;
}

export interface SnapshotEntry extends Entry<Snapshot> {
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly completesAt: number;
  /** The volume it is taken of; a copied snapshot has none. */
  readonly ofVolume?: string;
  /** The instances that it comes from, also by copies; absent in a state that was written before they were kept. */
  readonly originIds?: readonly string[];
  /** It was deleted while in progress, and goes once it is complete. */
  deleteOnCompletion: boolean;
  /** The newest lock, also once it has expired. */
  lock?: SnapshotLock;
  /** Who else may make volumes of it; absent while it was never shared. */
  sharing?: Sharing;
}

/** What follows from it at a moment is up to `snapshot-locks.ts`. */
export interface SnapshotLock {
  readonly mode: 'compliance' | 'governance';
  /** Milliseconds since the Unix epoch. */
  readonly lockedAt: number;
  /** For so many days, or up to a moment in milliseconds since the Unix epoch. */
  readonly holds: { readonly days: number } | { readonly until: number };
  /** Of compliance mode: hours for which the lock can still be taken back, and the moment at which they are over. */
  readonly coolOff?: { readonly hours: number; readonly until: number };
}

export interface VolumeEntry extends Entry<Volume> {
  snapshotsInProgress: number;
  /** Milliseconds since the Unix epoch of the newest snapshot's start. */
  lastSnapshotAt?: number;
  /** The keys that it needs to come into being, where it was made for itself. */
  readonly keys?: readonly KeyUse[];
  /** Milliseconds since the Unix epoch at which it arrives in the state that it is on its way to. */
  movesAt?: number;
}

/** What an image passes to an instance and the instance to its images. */
export type ImageTraits = Pick<
  Image,
  | 'Architecture'
  | 'BootMode'
  | 'EnaSupport'
  | 'Hypervisor'
  | 'ImageType'
  | 'ImdsSupport'
  | 'Platform'
  | 'PlatformDetails'
  | 'RootDeviceName'
  | 'RootDeviceType'
  | 'SriovNetSupport'
  | 'TpmSupport'
  | 'UsageOperation'
  | 'VirtualizationType'
>;

export interface Reboot {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** The image whose creation asked for it. */
  readonly imageId: string;
}

/** What no read of instances tells of one, but DescribeInstanceAttribute. */
export interface InstanceAttributes {
  /** Base64, as the call gave it. */
  readonly userData?: string | undefined;
  readonly disableApiTermination: boolean;
  readonly disableApiStop: boolean;
  readonly shutdownBehavior: 'stop' | 'terminate';
}

/** A start of an instance, all times in milliseconds since the Unix epoch. */
export interface InstanceStart {
  readonly askedAt: number;
  /** Absent until it is running. */
  readonly runningAt?: number;
  /** Absent while it is running. */
  readonly endedAt?: number;
  /** The devices that it found as it came up; absent until then, and in a state that was written before they were kept. */
  readonly devices?: readonly string[];
}

export interface InstanceEntry extends Entry<Instance> {
  readonly reservationId: string;
  readonly traits: ImageTraits;
  readonly reboots: Reboot[];
  /** Ids of the images that are being made of it. */
  imagesInProgress: readonly string[];
  /** Why its launch, which was accepted, comes to nothing; absent for one that works. */
  readonly failure?: PlannedFailure;
  /** Absent in a state that was written before there were any. */
  attributes?: InstanceAttributes;
  /** The image that its image was made from, if any. */
  readonly sourceImageId?: string | undefined;
  /** The instances that its system comes from, the first of them first. */
  originIds?: readonly string[];
  /** The newest; absent in a state that was written before starts were kept. */
  start?: InstanceStart;
  /** The root volumes that others have taken the place of, oldest first; absent while it has its first. */
  formerRoots?: readonly FormerRoot[];
}

export interface FormerRoot {
  readonly volumeId: string;
  /** What it was made of. */
  readonly snapshotId: string;
}

/** A task that gives an instance another root volume. */
export interface RootReplacementEntry extends Entry<ReplaceRootVolumeTask> {
  readonly oldVolumeId: string;
  readonly newVolumeId: string;
  /** Whether the task made the new volume, and takes it away again where it fails. */
  readonly isOwnVolume: boolean;
}

export interface LaunchTemplateEntry extends Entry<LaunchTemplate> {
  /** The oldest first. */
  versions: readonly LaunchTemplateVersion[];
}

export interface UsageReportEntry extends Entry<ImageUsageReport> {
  /** What it says, once it is available. */
  findings: readonly ImageUsageReportEntry[];
}

export interface NameHolder {
  readonly imageId: string;
  /** Milliseconds since the Unix epoch from which the name is free; absent while the image is registered. */
  readonly freeAt?: number;
}

export interface TokenUse {
  readonly fingerprint: string;
  readonly resultId: string;
  readonly at: number;
}

/** A resource in the Recycle Bin, with all that it was, so that all of it comes back. */
export interface Binned<E> {
  readonly id: string;
  /** Rises in the order of entering; pages go by it. */
  readonly seq: number;
  readonly entry: E;
  /** Milliseconds since the Unix epoch. */
  readonly enteredAt: number;
  readonly exitsAt: number;
}

export interface RecycleBin {
  readonly images: Map<string, Binned<ImageEntry>>;
  readonly snapshots: Map<string, Binned<SnapshotEntry>>;
  /** The images in the bin that are made of a snapshot, by the snapshot's id. */
  readonly snapshotUsers: Map<string, Set<string>>;
}

/** What an account has set for the metadata of the instances that it launches; what it has not set is absent. */
export type MetadataDefaults = Omit<InstanceMetadataDefaultsResponse, 'ManagedBy' | 'ManagedExceptionMessage'>;

/** What one account has in one region. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
  readonly images: Collection<Image, ImageEntry>;
  readonly snapshots: Collection<Snapshot, SnapshotEntry>;
  readonly volumes: Collection<Volume, VolumeEntry>;
  readonly instances: Collection<Instance, InstanceEntry>;
  readonly launchTemplates: Collection<LaunchTemplate, LaunchTemplateEntry>;
  readonly usageReports: Collection<ImageUsageReport, UsageReportEntry>;
  readonly keyPairs: Collection<KeyPairInfo, Entry<KeyPairInfo>>;
  readonly zones: readonly Zone[];
  /** Absent until the account sets any. */
  metadataDefaults?: MetadataDefaults;
  /** Absent until something asks for them: `networksOf` makes the default ones. */
  networks?: Networks;
  readonly rootReplacements: Collection<ReplaceRootVolumeTask, RootReplacementEntry>;
  readonly imageNames: Map<string, NameHolder>;
  /** When each image was deregistered, in milliseconds since the Unix epoch. */
  readonly goneImages: Map<string, number>;
  /** The registered images that are made of a snapshot, by the snapshot's id. */
  readonly snapshotUsers: Map<string, Set<string>>;
  /** Ids of the images that are being copied into this region. */
  readonly copiesInProgress: Set<string>;
  readonly clientTokens: Map<string, TokenUse>;
  readonly bin: RecycleBin;
}

function emptyAccountRegion(account: string, region: string): AccountRegion {
  return {
    account,
    region,
    images: new Collection(imageIndex.filters, imageIndex.termsOf),
    snapshots: new Collection(snapshotIndex.filters, snapshotIndex.termsOf),
    volumes: new Collection(volumeIndex.filters, volumeIndex.termsOf),
    instances: new Collection(instanceIndex.filters, instanceIndex.termsOf),
    launchTemplates: new Collection(launchTemplateIndex.filters, launchTemplateIndex.termsOf),
    usageReports: new Collection(usageReportIndex.filters, usageReportIndex.termsOf),
    keyPairs: new Collection(keyPairIndex.filters, keyPairIndex.termsOf),
    zones: zonesOf(account, region),
    rootReplacements: new Collection(rootReplacementIndex.filters, rootReplacementIndex.termsOf),
    imageNames: new Map(),
    goneImages: new Map(),
    snapshotUsers: new Map(),
    copiesInProgress: new Set(),
    clientTokens: new Map(),
    bin: { images: new Map(), snapshots: new Map(), snapshotUsers: new Map() },
  };
}

/** A failure to lay on the next image that is made in a region. */
export interface ImageFailure extends PlannedFailure {
  readonly region: string;
  /** Only on an image of this account; of any, if absent. */
  readonly account?: string;
  /** Only on an image made by this operation; by either, if absent. */
  readonly operation?: 'CreateImage' | 'CopyImage';
  /** Milliseconds after the call at which it strikes; when the image would have been complete, if absent. */
  readonly after?: number;
}

export type SnapshotDeletionFailure = 'missing-permissions' | 'internal-error' | 'client-error';

/** What somebody deletes, as far as the rules of the Recycle Bin look at it. */
export interface Discarded {
  readonly account: string;
  readonly region: string;
  readonly resource: 'image' | 'snapshot';
  readonly tags: readonly Tag[];
}

/** For how many days the Recycle Bin keeps what is deleted; nothing where no rule catches it. */
export type BinRules = (discarded: Discarded) => number | undefined;
/**
 * What another service refers to images with, such as SSM with its parameters: the references of an account in a
 * region to these images, always in the same order.
 */
export type OtherReferences = (
  account: string,
  region: string,
  imageIds: readonly string[],
) => readonly ImageReference[];

export interface PlaneParts {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly timeline: Timeline;
  readonly behaviours: BehaviourBook;
  readonly emit: (event: Omit<SandboxEvent, 'id' | 'version'>) => void;
  /** The images of others that everybody may launch, by region. */
  readonly publicImages: (region: string) => Collection<Image, ImageEntry>;
  readonly binRules: BinRules;
  readonly parameters: ImageParameters;
  readonly otherReferences: OtherReferences;
  /** What calls to KMS have made of keys. */
  readonly keys: KnownKeys;
  readonly profiles: InstanceProfiles;
}

/** The whole of the service's state, and the services that all operations share: time, ids, chance and events. */
export class Plane {
  readonly clock: SandboxClock;
  readonly timeline: Timeline;
  readonly behaviours: BehaviourBook;
  readonly emit: PlaneParts['emit'];
  readonly publicImages: PlaneParts['publicImages'];
  readonly binRules: BinRules;
  readonly parameters: ImageParameters;
  readonly otherReferences: OtherReferences;
  readonly keys: KnownKeys;
  readonly profiles: InstanceProfiles;
  readonly #seed: number;
  readonly places = new Map<string, AccountRegion>();
  readonly sharedImages = new SharedBook<ImageEntry>();
  readonly sharedSnapshots = new SharedBook<SnapshotEntry>();
  /** Failures that wait for the next image, in the order in which they were asked for. */
  imageFailures: ImageFailure[] = [];
  /** How the deletion of a snapshot fails, by its id. */
  readonly snapshotDeletionFailures = new Map<string, SnapshotDeletionFailure>();
  /** What was given out so far, of ids and of places in the order of creation. */
  issued = { ids: 0, seq: 0 };

  constructor(parts: PlaneParts) {
    this.clock = parts.clock;
    this.timeline = parts.timeline;
    this.behaviours = parts.behaviours;
    this.emit = parts.emit;
    this.publicImages = parts.publicImages;
    this.binRules = parts.binRules;
    this.parameters = parts.parameters;
    this.otherReferences = parts.otherReferences;
    this.keys = parts.keys;
    this.profiles = parts.profiles;
    this.#seed = parts.seed;
  }

  in(account: string, region: string): AccountRegion {
    const key = `${account}/${region}`;
    const known = this.places.get(key);
    if (known) return known;
    const place = emptyAccountRegion(account, region);
    this.places.set(key, place);
    return place;
  }

  behaviour(region: string): Ec2Behaviour {
    return this.behaviours.of(region);
  }

  /** `ami-` and 17 hexadecimal digits that follow from the seed and the number of ids given out before. */
  newId(prefix: IdPrefix | 'eipassoc' | 'r' | 'rtbassoc'): string {
    this.issued.ids += 1;
    return `${prefix}-${digest(`${this.#seed}/${this.issued.ids}`).slice(0, 17)}`;
  }

  /** The same for what comes with another resource and is not to change which id the next one gets. */
  idFor(prefix: IdPrefix, owner: string): string {
    return `${prefix}-${digest(`${this.#seed}/${owner}`).slice(0, 17)}`;
  }

  nextSeq(): number {
    this.issued.seq += 1;
    return this.issued.seq;
  }

  /** A number in [0, 1) that follows from the seed and the subject alone. */
  chance(subject: string): number {
    return Number.parseInt(digest(`${this.#seed}/${subject}`).slice(0, 8), 16) / 2 ** 32;
  }

  later(kind: TransitionKind, place: AccountRegion, id: string, at: number): void {
    this.timeline.schedule({ kind, account: place.account, region: place.region, id, at });
  }
}
