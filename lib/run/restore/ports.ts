import type { ImageId, InstanceId, SnapshotId, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Instance, Snapshot } from '../../model/resources.ts';
import type { RestoredVolume } from '../../planning/restore/earlier-volumes.ts';
import type {
  ImageDetails,
  InstanceAttributes,
  InstanceProfile,
  InstanceTypeFacts,
  Key,
  SecurityGroup,
  Subnet,
} from '../../planning/restore/inventory.ts';
import type { Making } from '../../planning/restore/plan.ts';
import type { RootTask } from '../../planning/restore/root-tasks.ts';

/** What a restore asks on top of what a run reads. As there, no method throws for what AWS answers. */
export interface RestoreReads {
  /** Undefined where EC2 tells of no such instance any more. */
  instance(target: Target, id: InstanceId): Promise<Reading<Instance | undefined>>;
  attributes(target: Target, id: InstanceId): Promise<Reading<InstanceAttributes>>;
  imageDetails(target: Target, id: ImageId): Promise<Reading<ImageDetails | undefined>>;
  subnet(target: Target, id: string): Promise<Reading<Subnet | undefined>>;
  /** Those of the ids that exist. */
  securityGroups(target: Target, ids: readonly string[]): Promise<Reading<readonly SecurityGroup[]>>;
  keyPair(target: Target, name: string): Promise<Reading<boolean>>;
  instanceProfile(target: Target, name: string): Promise<Reading<InstanceProfile | undefined>>;
  /** Whether nothing is launched there that takes requests for its metadata without a token. */
  tokensEnforced(target: Target): Promise<Reading<boolean>>;
  /** Those of the names that are types of the region. */
  types(target: Target, names: readonly string[]): Promise<Reading<ReadonlyMap<string, InstanceTypeFacts>>>;
  /** Those of the names that a zone has. */
  offered(target: Target, zoneId: string, names: readonly string[]): Promise<Reading<ReadonlySet<string>>>;
  /** Keys by their ids, aliases or ARNs as given. */
  keys(target: Target, names: readonly string[]): Promise<Reading<ReadonlyMap<string, Key>>>;
  /** Those of the ids that are snapshots of the account, whoever has changed their tags. */
  snapshots(target: Target, ids: readonly SnapshotId[]): Promise<Reading<readonly Snapshot[]>>;
  /** Of On-Demand instances of the standard families. */
  vcpuQuota(target: Target): Promise<Reading<number | undefined>>;
  /**
   * The instances that were launched under tokens like these, and those that say that they were restored from one of the images
   * and were launched from one; in every state, each once.
   */
  restoredFrom(
    target: Target,
    images: readonly ImageId[],
    tokens: readonly string[],
  ): Promise<Reading<readonly Instance[]>>;
  /** The volumes that were made of an image for themselves, in every state; those of its machines are not among them. */
  restoredVolumes(target: Target, image: ImageId): Promise<Reading<readonly RestoredVolume[]>>;
  /** What EC2 tells of replacements of an instance's root. */
  rootTasks(target: Target, instance: InstanceId): Promise<Reading<readonly RootTask[]>>;
  /** Why EC2 would refuse it; undefined where it would not. It changes nothing. */
  refusal(target: Target, making: Making): Promise<Reading<string | undefined>>;
}

/** How it went. */
export type Made =
  | {
      readonly kind: 'done';
      /** The instance, the volume or the task. */
      readonly id: string;
      /** What is not as it should be although it is done. */
      readonly flaw?: string;
    }
  /** The answer was lost: it may be there. */
  | { readonly kind: 'unknown'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string };

export interface RestoreWrites {
  make(target: Target, making: Making): Promise<Made>;
}
