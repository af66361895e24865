import type { AccountId, ImageId, InstanceId, Region, SnapshotId, VolumeId } from './ids.ts';
import type { LaunchSettings } from './launch-settings.ts';
import type { Instant } from './time.ts';

export type Tags = Readonly<Record<string, string>>;

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Instance {
  readonly id: InstanceId;
  readonly account: AccountId;
  readonly region: Region;
  readonly state: InstanceState;
  /** The earliest moment at which it is known to have been there; absent where EC2 tells of none. */
  readonly thereSince?: Instant;
  /** The image it was launched from, which it therefore keeps in use. */
  readonly imageId: ImageId;
  /** CreateImage works for EBS-rooted instances only. */
  readonly rootDevice: 'ebs' | 'instance-store';
  /** The ARN of the Outpost that it runs on, if it runs on one. */
  readonly outpost?: string;
  readonly rootDeviceName: string;
  readonly volumes: readonly AttachedVolume[];
  readonly tags: Tags;
  /** Whether it was launched as a drill, which its client token says and no tag. */
  readonly isDrill?: true;
  /** Read where images are made or instances restored: a fleet's would take much memory. */
  readonly launch?: LaunchSettings;
  /** Read where instances are restored: what an image has to know as well, if its root is to take the place of this one's. */
  readonly machine?: Machine;
}

/** What the system on a root volume has to be able to run on. */
export interface Machine {
  /** `x86_64`, `arm64` and others. */
  readonly architecture: string;
  /** Whether it has EC2's own network adapter, ENA, or that of Intel by SR-IOV. */
  readonly ena: boolean;
  readonly sriov: boolean;
  readonly tpm: boolean;
}

export interface AttachedVolume {
  readonly id: VolumeId;
  readonly device: string;
}

export interface Volume {
  readonly id: VolumeId;
  readonly account: AccountId;
  readonly region: Region;
  /** In GiB. */
  readonly size: number;
  /** The ARN of the key that it is encrypted with, if it is. */
  readonly kmsKey?: string;
}

/**
 * Whether this deployment has written the tags that say what an image is. `unread`: the key that would tell could not be
 * read.
 */
export type Seal = 'valid' | 'missing' | 'broken' | 'unread';

/** As EC2 has it: `deregistered` is what is no longer listed, so no image is ever seen in it. */
export type ImageState = 'pending' | 'available' | 'disabled' | 'failed' | 'other';

export interface Image {
  readonly id: ImageId;
  readonly account: AccountId;
  readonly region: Region;
  readonly name: string;
  readonly state: ImageState;
  /** Why EC2 says that it failed. */
  readonly stateReason?: string;
  readonly createdAt: Instant;
  /** From when on EC2 hides it from others; it works all the same. */
  readonly deprecatedAt?: Instant;
  /** What EC2 says of its protection against deregistration, where that is on or has been until lately. */
  readonly protection?: string;
  /** When an instance was last launched from it, by anybody; EC2 tells it a day late. */
  readonly lastLaunchedAt?: Instant;
  readonly public: boolean;
  /** Set by CreateImage, absent on copies. */
  readonly sourceInstance?: InstanceId;
  /** Set by CopyImage: the image that it was copied from. */
  readonly sourceImage?: ImageId;
  /** Set by CopyImage as well: the region of that image. */
  readonly sourceImageRegion?: Region;
  readonly devices: readonly ImageDevice[];
  /** Less those in `ignored`, those of the recipe and, once it is checked, the seal. */
  readonly tags: Tags;
  readonly seal: Seal;
  /** What its instance was, as its tags say. */
  readonly recipe?: ImageRecipe;
  /** The keys of tags that say what needs a seal of its own and have none that holds. */
  readonly ignored?: readonly string[];
}

/** What an instance was, as the texts of two tags: see `readRecipe`. */
export interface Recipe {
  readonly shape?: string;
  readonly address?: string;
}

export interface ImageRecipe extends Recipe {
  /** Whether the image's seal covers it: else anybody may have written it. */
  readonly sealed: boolean;
}

export interface ImageDevice {
  readonly device: string;
  /** A pending image may not name its snapshots yet. */
  readonly snapshot?: SnapshotId;
  /** In GiB. */
  readonly size: number;
  readonly encrypted: boolean;
}

export interface Snapshot {
  readonly id: SnapshotId;
  readonly account: AccountId;
  readonly region: Region;
  readonly startedAt: Instant;
  /** The image that it was made for, as EC2's own description of it says. */
  readonly madeFor?: ImageId;
  /** In GiB. */
  readonly size: number;
  /** The ARN of the key that it is encrypted with, if it is. */
  readonly kmsKey?: string;
  /** Less those in `ignored` and, once it is checked, the seal. */
  readonly tags: Tags;
  readonly seal: Seal;
  /** The keys of tags that say what needs a seal of its own and have none that holds. */
  readonly ignored?: readonly string[];
}
