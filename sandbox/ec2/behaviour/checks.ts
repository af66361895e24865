import type { InstanceRule } from './instance-rule.ts';

/** How the status checks of an instance go that is not well. */
export interface StatusCheckRule extends InstanceRule {
  /**
   * `never`: they stay `initializing`. `impaired`: the instance check fails once it has a verdict. `flapping`: it passes
   * and fails by turns. `shuts-down`: the system shuts its machine down instead of coming up.
   */
  readonly outcome: 'never' | 'impaired' | 'flapping' | 'shuts-down';
  /**
   * Only while it came up without a volume on this device, as a system does whose `/etc/fstab` names one: what is
   * attached afterwards helps from the next start on.
   */
  readonly withoutDevice?: string | undefined;
  /** With which words the console of an impaired one ends: where a device is missing `emergency`, else `panic`. */
  readonly console?: 'panic' | 'emergency' | undefined;
}

/** Whether instances come up, and what tells of it: status checks and the console. */
export interface CheckBehaviour {
  /** Milliseconds from `running` until the status checks have a verdict. EC2 makes them each minute and promises none. */
  readonly statusCheckMs: number;
  /** The instances whose checks do not simply pass; the first rule that fits an instance is its own. */
  readonly statusCheckRules: readonly StatusCheckRule[];
  /** Milliseconds after which a flapping check turns. */
  readonly statusFlapMs: number;
  /** What is said of attached volumes where the type of the instance is not of Nitro, which alone has that check. */
  readonly attachedEbsCheckOfXen: 'not-applicable' | 'absent';
  /** The code for more than 100 ids in DescribeInstanceStatus, a number that the API model has. */
  readonly tooManyInstanceIdsCode: string;
  /** Milliseconds by which the console is late for whoever does not ask for the latest of it. */
  readonly consoleLagMs: number;
  /** Bytes of the console that EC2 keeps, the newest. */
  readonly consoleLimitBytes: number;
  /** What asking for the latest of a console does where the type of the instance is not of Nitro. */
  readonly latestConsoleOfXen: 'refused' | 'as-kept';
}

export const defaultCheckBehaviour: CheckBehaviour = {
  statusCheckMs: 150_000,
  statusCheckRules: [],
  statusFlapMs: 60_000,
  attachedEbsCheckOfXen: 'not-applicable',
  tooManyInstanceIdsCode: 'InvalidParameterValue',
  consoleLagMs: 0,
  consoleLimitBytes: 65_536,
  latestConsoleOfXen: 'refused',
};
