import { groupOperations } from './groups.ts';
import { launchConfigurationOperations } from './launch-configurations.ts';
import { type ScalingParts, ScalingState } from './state.ts';

export type AutoScalingService = ReturnType<typeof createAutoScalingService>;

/**
 * Auto Scaling as far as it names images: launch configurations and groups, for any number of accounts and regions.
 * A group keeps its sizes and launches nothing.
 */
export function createAutoScalingService(parts: ScalingParts) {
  const state = new ScalingState(parts);
  return {
    operations: { ...launchConfigurationOperations(state), ...groupOperations(state) },
    /** The whole state as plain JSON. */
    dump: () => state.dump(),
    /** Takes the state that `dump` gave in the place of its own. @throws TypeError for anything else. */
    load: (dump: unknown) => state.load(dump),
    /** Back to the start: no groups, no launch configurations. */
    reset: () => state.clear(),
  };
}
