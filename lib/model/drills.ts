import type { AccountId, ImageId, InstanceId, Region } from './ids.ts';
import type { InstanceState, Tags } from './resources.ts';
import type { Instant } from './time.ts';

/** A machine that a drill launched, as EC2 shows it. */
export interface DrillInstance {
  readonly id: InstanceId;
  readonly account: AccountId;
  readonly region: Region;
  readonly state: InstanceState;
  /** Why EC2 or somebody ended it: `Server.InsufficientInstanceCapacity: ...`. */
  readonly stateReason?: string;
  readonly image: ImageId;
  readonly launchedAt: Instant;
  /** The client token of its launch, which nobody can change. */
  readonly token: string;
  readonly type: string;
  /** Of each of its interfaces. */
  readonly networks: readonly { readonly subnet: string; readonly groups: readonly string[] }[];
  readonly profile?: string;
  readonly publicAddresses: readonly string[];
  readonly tags: Tags;
}

export function isLiving({ state }: Pick<DrillInstance, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}

/** What one of EC2's status checks says. */
export type CheckStatus = 'ok' | 'impaired' | 'initializing' | 'insufficient-data' | 'not-applicable';

/** EC2's status checks of a running instance. */
export interface Health {
  readonly system: CheckStatus;
  readonly instance: CheckStatus;
  /** Of its attached volumes; older types have no such check. */
  readonly volumes: CheckStatus;
}

/** A command that was sent to an instance. */
export interface CommandRun {
  readonly document: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  /** SSM's own word: `Success`, `Failed`, `TimedOut` and others. */
  readonly status: string;
  /** Of what of it failed, where SSM tells. */
  readonly exitStatus?: number;
}

/** A volume or a network interface that bears the tag of a drill and is attached to nothing. */
export type DrillRemnant = {
  readonly account: AccountId;
  readonly region: Region;
  readonly tags: Tags;
  /** What its tag says of the launch that it comes from; absent where no seal proves that. */
  readonly launch?: { readonly image: ImageId; readonly at: Instant };
} & (
  | { readonly kind: 'volume'; readonly id: string; readonly createdAt: Instant; readonly snapshot: string }
  | { readonly kind: 'interface'; readonly id: string; readonly subnet: string }
);
