import type { Region, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Instance, Machine } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Tagged } from '../room-for-tags.ts';

/** What of an image only a launch has to know. */
export interface ImageDetails extends Machine {
  /** Absent where the type's own default holds. */
  readonly bootMode?: string;
  /** Of the Marketplace: only who has subscribed may launch it. */
  readonly productCodes: readonly string[];
  readonly rootDevice: string;
  /** By device, what a volume of it is. */
  readonly volumes: ReadonlyMap<string, VolumeKind>;
}

/** What CreateVolume does not take from a snapshot by itself. */
export interface VolumeKind {
  readonly type: string;
  readonly iops?: number;
  /** In MiB/s. */
  readonly throughput?: number;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly zoneId: string;
  /** `10.0.3.0/24`; empty where it has no IPv4. */
  readonly cidr: string;
  /** Of IPv4; undefined where it is for IPv6 alone, of which there are enough. */
  readonly freeAddresses: number | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpc: string;
}

export interface InstanceTypeFacts {
  readonly architectures: readonly string[];
  readonly vcpus: number;
  readonly bootModes: readonly string[];
  readonly tpm: boolean;
  /** Whether it has no other network adapter. */
  readonly needsEna: boolean;
  /** Whether a launch may ask for it. */
  readonly ebsOptimized: boolean;
  readonly hibernation: boolean;
  readonly enclave: boolean;
}

/** An instance profile: what hands a role to a machine. */
export interface InstanceProfile {
  /** Absent where it has none, so that it gives no rights. */
  readonly role?: string;
}

/** A key of KMS. */
export interface Key {
  /** As KMS has it; `missing` where there is none. */
  readonly state: string;
  /** Which commands take that change a key, and take no alias. */
  readonly arn?: string;
}

/** What EC2 tells of an instance one by one, and only while it is there. */
export interface InstanceAttributes {
  /** In Base64. It may hold secrets, so that it is shown nowhere. */
  readonly userData?: string;
  readonly terminationProtection: boolean;
  readonly stopProtection: boolean;
  readonly shutdownBehavior: 'stop' | 'terminate';
}

/** The instance that an image is of, as far as it is there. */
export interface Source {
  readonly instance: Reading<Instance | undefined>;
  readonly attributes: Reading<InstanceAttributes | undefined>;
}

/** What the planner of a restore looks at. */
export interface RestoreInventory {
  /** Where the image is, and what is made of it. */
  readonly target: Target;
  readonly image: OwnedImage;
  readonly source: Source;
  readonly details: Reading<ImageDetails | undefined>;
  /** The subnet that is wanted, if it is there. */
  readonly subnet: Reading<Subnet | undefined>;
  /** Those of the wanted groups that are there. */
  readonly groups: Reading<readonly SecurityGroup[]>;
  /** Whether the wanted key pair is there. */
  readonly keyPair: Reading<boolean>;
  /** The wanted instance profile, if it is there. */
  readonly profile: Reading<InstanceProfile | undefined>;
  /** Whether the account launches only what asks for a token in front of its metadata; asked where that is in question. */
  readonly tokensEnforced: Reading<boolean>;
  /** Of the wanted types, by their names. */
  readonly types: Reading<ReadonlyMap<string, InstanceTypeFacts>>;
  /** Those of the wanted types that the subnet's zone has. */
  readonly offered: Reading<ReadonlySet<string>>;
  /** Each key that what is made is, or will be, encrypted with, by its id, alias or ARN as it was given. */
  readonly keys: Reading<ReadonlyMap<string, Key>>;
  /** The snapshots of the image, with their tags. */
  readonly snapshots: Reading<readonly Tagged[]>;
  /** How many vCPUs of On-Demand instances the account may run there. */
  readonly vcpuQuota: Reading<number | undefined>;
  /** What was restored of this server before, there, as far as EC2 shows it. */
  readonly earlier: Reading<readonly Instance[]>;
  /** The same in other regions where images of the server are, or where it was. */
  readonly earlierElsewhere: ReadonlyMap<Region, Reading<readonly Instance[]>>;
  /** What could not be read while the image was looked for: there may be a better one. */
  readonly unlisted: readonly string[];
  readonly now: Instant;
}
