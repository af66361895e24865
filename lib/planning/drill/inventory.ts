import type { CommandRun, DrillInstance, DrillRemnant, Health } from '../../model/drills.ts';
import type { InstanceId, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { NetworkFacts } from './network.ts';

/** What the drill planner looks at: one region of one account. */
export interface DrillInventory {
  readonly target: Target;
  /** Whatever was launched under a token of the deployment's drills, also what has ended within the hour. */
  readonly drills: Reading<readonly DrillInstance[]>;
  /** What bears the tag of a drill and may have been left behind. */
  readonly remnants: Reading<readonly DrillRemnant[]>;
  /** Where something is to be launched all of the deployment's images, else those that drills are of. */
  readonly images: Reading<readonly Image[]>;
  /** The networks of the policies and of the drills that are there. */
  readonly networks: Reading<NetworkFacts>;
  readonly checks: DrillChecks;
}

/** How far the drills have come. What was not looked at is absent. */
export interface DrillChecks {
  /** EC2's status checks of those that run. */
  readonly health: Reading<ReadonlyMap<InstanceId, Health>>;
  /** What stands on the serial console. */
  readonly consoles: Reading<ReadonlyMap<InstanceId, string>>;
  /** Those that SSM's agent has made known. */
  readonly nodes: Reading<ReadonlySet<InstanceId>>;
  /** The commands that were sent to them. */
  readonly commands: Reading<ReadonlyMap<InstanceId, readonly CommandRun[]>>;
}
