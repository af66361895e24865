import type { Plane } from '../plane/state.ts';
import { attributesOf } from './attribute-values.ts';
import { checkRuleOf, verdictDueAt } from './checks.ts';
import { beginMove } from './lifecycle.ts';

/** By StateReason's code (API reference, StateReason); the transition has no reason that a user could have given. */
const byItself = {
  StateTransitionReason: '',
  StateReason: {
    Code: 'Client.InstanceInitiatedShutdown',
    Message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
  },
};

/** A system that shuts its machine down, under a rule that says so: the machine stops, or ends if it was launched so. */
export function handleOwnShutdowns(plane: Plane): void {
  plane.timeline.handle('instance-up', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.instances.get(id);
    if (entry?.current.State?.Name !== 'running' || plane.clock.now() < verdictDueAt(plane, place, entry)) return;
    if (checkRuleOf(plane, place, entry)?.outcome !== 'shuts-down') return;
    const ends = attributesOf(entry).shutdownBehavior === 'terminate';
    beginMove(plane, place, entry, ends ? 'shutting-down' : 'stopping', byItself);
  });
}
