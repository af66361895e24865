import type { ImageId, InstanceId, SnapshotId } from '../../model/ids.ts';
import type { Tags } from '../../model/resources.ts';
import type { VolumeKind } from './inventory.ts';
import type { SettingSource } from './wishes.ts';

/** What a check came to. Only `blocked` keeps a restore from being made; `unknown` could not be found out. */
export interface Finding {
  /** `type`, `subnet`, `key` and so on. */
  readonly about: string;
  readonly outcome: 'ok' | 'note' | 'degraded' | 'unknown' | 'blocked';
  /** What is so, and where it is in the way, what to do. */
  readonly text: string;
}

/** One setting of the machine. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly source: SettingSource;
  /** Whether nobody else can have written it. */
  readonly proven: boolean;
}

/** The launch of one instance, as far as it differs from what EC2 does by itself. */
export interface Launch {
  readonly image: ImageId;
  readonly type: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly profile?: string;
  readonly key?: string;
  readonly privateAddress?: string;
  /** Whether it gets a public address of EC2's; never left to the subnet. */
  readonly publicAddress: boolean;
  readonly imds?: 'required' | 'optional' | 'off';
  readonly hops?: number;
  /** Whether its metadata tell its tags. */
  readonly metadataTags: boolean;
  readonly tenancy?: 'dedicated' | 'host';
  readonly ebsOptimized: boolean;
  readonly monitoring: boolean;
  readonly hibernation: boolean;
  readonly enclave: boolean;
  /** In Base64. */
  readonly userData?: string;
  readonly terminationProtection: boolean;
  readonly stopProtection: boolean;
  readonly shutdownBehavior?: 'stop' | 'terminate';
  /** Devices to be encrypted with another key than the image has them. */
  readonly encryption?: { readonly devices: readonly string[]; readonly kmsKey: string };
  /** Of the instance, its volumes and its interface; of its volumes without the one that names the image. */
  readonly tags: Tags;
  /** The same for the same restore asked for twice, so that EC2 makes one machine of both. */
  readonly token: string;
}

/** A root volume that is made of an image takes the place of an instance's own; the instance is rebooted. */
export interface RootReplacement {
  readonly image: ImageId;
  readonly instance: InstanceId;
  readonly tags: Tags;
  readonly token: string;
}

/** A volume that is made of one snapshot of an image. */
export interface NewVolume {
  readonly snapshot: SnapshotId;
  readonly zoneId: string;
  /** As the image has it; absent where that was not read. */
  readonly kind?: VolumeKind;
  /** The instance that it is attached to, and under which name. */
  readonly attachment?: { readonly instance: InstanceId; readonly device: string };
  readonly kmsKey?: string;
  readonly tags: Tags;
  readonly token: string;
}

/** What a restore would make; absent where there is too little to make anything of. */
export type Making =
  | { readonly kind: 'machine'; readonly launch?: Launch }
  | { readonly kind: 'root'; readonly replacement?: RootReplacement }
  | { readonly kind: 'volume'; readonly volume?: NewVolume };

/** What is made of an image: everything that is going to be, or why not. */
export interface RestorePlan {
  readonly verdict: 'admissible' | 'degraded' | 'blocked';
  readonly image: ImageId;
  readonly version: string;
  /** Why this image and no other. */
  readonly why: string;
  readonly settings: readonly Setting[];
  /** What of the old machine does not come back. */
  readonly lost: readonly string[];
  readonly findings: readonly Finding[];
  /** How long it takes, in words. */
  readonly estimate: string;
  /** The Elastic IP address of the old machine, which its owner can move. */
  readonly elasticAddress?: string;
  readonly making: Making;
}

/** @returns blocked by one finding that blocks, degraded by one that is unknown or degraded */
export function verdictOf(findings: readonly Finding[]): RestorePlan['verdict'] {
  const outcomes = new Set(findings.map(({ outcome }) => outcome));
  if (outcomes.has('blocked')) return 'blocked';
  return outcomes.has('degraded') || outcomes.has('unknown') ? 'degraded' : 'admissible';
}
