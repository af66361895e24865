import type { InstanceRule } from './instance-rule.ts';

/** Instances that do not take with them all that goes with them. */
interface LeftBehindRule extends InstanceRule {
  readonly leaves: 'volumes' | 'interfaces';
}

/** Instances and launch templates. */
export interface InstanceBehaviour {
  /** Milliseconds from `pending` to `running`, for a launch and for a start. */
  readonly instanceStartMs: number;
  /** Milliseconds from `stopping` to `stopped`. */
  readonly instanceStopMs: number;
  /** Milliseconds from `shutting-down` to `terminated`. */
  readonly instanceTerminateMs: number;
  /** Milliseconds for which a terminated instance is still listed; "about one hour" by the EC2 User Guide. */
  readonly terminatedVisibleMs: number;
  /** What outlives its instance although it was to go with it, as happens now and then in EC2. */
  readonly leftBehindRules: readonly LeftBehindRule[];
  /** The code for too much user data: recorded are `InvalidParameterValue` and `InvalidUserData.Malformed`. */
  readonly userDataLimitCode: string;

  /**
   * Whether EC2 looks at the parameter of `resolve:ssm:` when a launch template is written, and refuses one that it
   * can't resolve. It is looked at in any case by a launch and for ResolveAlias.
   */
  readonly templateImageParameter: 'unchecked' | 'checked';
}

export const defaultInstanceBehaviour: InstanceBehaviour = {
  instanceStartMs: 20_000,
  instanceStopMs: 30_000,
  instanceTerminateMs: 30_000,
  terminatedVisibleMs: 3_600_000,
  leftBehindRules: [],
  userDataLimitCode: 'InvalidParameterValue',
  templateImageParameter: 'unchecked',
};
