import type { InstanceRule } from './instance-rule.ts';

/** Instances that are no nodes, or that Systems Manager has lost. */
export interface NodeRule extends InstanceRule {
  /** `never`: it does not register. `lost`: it registers, and pings no more. */
  readonly outcome: 'never' | 'lost';
}

/** How a command goes on an instance. */
export interface CommandRule extends InstanceRule {
  /** The name of the document; any, if absent. */
  readonly document?: string | undefined;
  /** With 0 it is a success, with any other it has failed. */
  readonly exitStatus?: number | undefined;
  readonly output?: string | undefined;
  /** Milliseconds until it begins, in place of `commandDeliveryMs`. */
  readonly deliveryMs?: number | undefined;
  /** Milliseconds that it runs, in place of `commandRunMs`. */
  readonly runMs?: number | undefined;
  /** It never reaches the instance. */
  readonly isLost?: boolean | undefined;
}

/** Nodes of Systems Manager, and commands that are sent to them. */
export interface CommandBehaviour {
  /**
   * Which running instances are nodes: those with an instance profile, whatever that allows, or `all`, as with Default
   * Host Management Configuration.
   */
  readonly managedNodes: 'with-instance-profile' | 'all';
  /** Milliseconds from `running` until a node is online. */
  readonly nodeOnlineMs: number;
  /** The first rule that fits an instance is its own. */
  readonly nodeRules: readonly NodeRule[];
  /** The code for a filter of nodes by tag together with another. */
  readonly mixedNodeFiltersCode: string;
  /** Milliseconds for which the invocation of a new command is not there yet. */
  readonly invocationVisibilityMs: number;
  /** Milliseconds until a command begins on its node. */
  readonly commandDeliveryMs: number;
  /** Milliseconds that a command runs. */
  readonly commandRunMs: number;
  /** The first rule that fits a command and an instance is theirs; without one, it is a success without output. */
  readonly commandRules: readonly CommandRule[];
}

export const defaultCommandBehaviour: CommandBehaviour = {
  managedNodes: 'with-instance-profile',
  nodeOnlineMs: 60_000,
  nodeRules: [],
  mixedNodeFiltersCode: 'InvalidFilterKey',
  invocationVisibilityMs: 1_000,
  commandDeliveryMs: 2_000,
  commandRunMs: 3_000,
  commandRules: [],
};
