import type { Instance } from '@aws-sdk/client-ec2';
import type { InstanceRule } from '../behaviour/instance-rule.ts';
import type { Plane } from '../plane/state.ts';
import { checkRuleOf } from './checks.ts';
import { startOf } from './lifecycle.ts';
import { fits } from './rules.ts';

/** An instance as other services see what runs on it. */
export interface Machine {
  readonly id: string;
  /** Rises in the order of creation; pages go by it. */
  readonly seq: number;
  readonly instance: Instance;
  /** Milliseconds since the Unix epoch; absent unless it is running and its system has come up, or is about to. */
  readonly upSince: number | undefined;
  readonly fits: (rule: InstanceRule) => boolean;
}

/** All instances of an account in a region, in the order of creation. */
export function machines(plane: Plane) {
  return (account: string, region: string): readonly Machine[] => {
    const place = plane.in(account, region);
    return place.instances.inOrder.map((entry) => {
      const isRunning = entry.current.State?.Name === 'running';
      const comesUp = isRunning && checkRuleOf(plane, place, entry)?.outcome !== 'impaired';
      return {
        id: entry.id,
        seq: entry.seq,
        instance: entry.current,
        upSince: comesUp ? startOf(entry).runningAt : undefined,
        fits: (rule) => fits(rule, region, entry),
      };
    });
  };
}
