import type { Target } from '../../model/ids.ts';
import type { Clock, Instant } from '../../model/time.ts';
import type { Change } from '../../planning/change.ts';
import type { Plan } from '../../planning/decision.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
import type { Mode } from '../event.ts';
import type { Aws, Carried, Withdrawn } from '../ports.ts';

/** How a kind of work reads and plans: snapshot, copy and retire are three of them for one cycle. */
export interface Job<Inventory> {
  /** All that the plan needs; with `subjects`, anew and only what bears on those changes. */
  read(subjects?: readonly Change[]): Promise<Inventory>;
  plan(inventory: Inventory, now: Instant): Plan;
}

export interface CycleSettings {
  readonly deployment: string;
  readonly target: Target;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly aws: Aws;
  /** When to start no more work, so that the run ends in good order. */
  readonly stopAt: Instant;
}

export interface CycleResult {
  readonly plan: Plan;
  /** Empty in plan mode. */
  readonly carried: readonly (Carried | Withdrawn)[];
}

export interface JobContext {
  readonly file: PolicyFile;
  readonly settings: CycleSettings;
  /** How many copies may be in flight in one DR region at a time, anybody's included. */
  readonly maxCopiesInFlight: number;
}

/** The policy that an expanded event names. @throws TypeError where the file has none of that name */
export function policyNamed(name: string, file: PolicyFile): Policy {
  const policy = file.policies.find((candidate) => candidate.name === name);
  if (!policy) throw new TypeError(`an expanded event names the policy '${name}', which the file does not have`);
  return policy;
}
