import type {
  Instance,
  InstanceStateChange,
  InstanceStateName,
  StartInstancesCommandInput,
  StartInstancesCommandOutput,
  StopInstancesCommandInput,
  StopInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { instanceInWrongState, missingParameter } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { beginMove } from './lifecycle.ts';
import { ownInstances } from './lookup.ts';

/** From which states a call sends an instance on its way, and in which it has nothing to do. */
interface Move {
  readonly named: string;
  readonly to: InstanceStateName;
  readonly from: readonly InstanceStateName[];
  readonly already: readonly InstanceStateName[];
}

const start: Move = { named: 'started', to: 'pending', from: ['stopped'], already: ['pending', 'running'] };
const stop: Move = { named: 'stopped', to: 'stopping', from: ['running', 'pending'], already: ['stopping', 'stopped'] };
const terminate: Move = {
  named: 'terminated',
  to: 'shutting-down',
  from: ['pending', 'running', 'stopping', 'stopped'],
  already: ['shutting-down', 'terminated'],
};

export function instanceStateOperations(plane: Plane) {
  return {
    StartInstances: operation<StartInstancesCommandInput, Answer<StartInstancesCommandOutput>>(
      ['InstanceIds'],
      (input, context) => ({ StartingInstances: move(plane, input.InstanceIds, context, start) }),
    ),
    StopInstances: operation<StopInstancesCommandInput, Answer<StopInstancesCommandOutput>>(
      ['InstanceIds', 'Force'],
      (input, context) => ({ StoppingInstances: move(plane, input.InstanceIds, context, stop) }),
    ),
    TerminateInstances: operation<TerminateInstancesCommandInput, Answer<TerminateInstancesCommandOutput>>(
      ['InstanceIds', 'Force'],
      (input, context) => ({ TerminatingInstances: move(plane, input.InstanceIds, context, terminate) }),
    ),
  };
}

/**
 * Moves all the instances or, where one can't be, none (EC2 User Guide, Instance lifecycle).
 *
 * @throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound, IncorrectInstanceState.
 */
function move(
  plane: Plane,
  ids: readonly string[] | undefined,
  { account, region }: CallContext,
  { named, to, from, already }: Move,
): InstanceStateChange[] {
  if (!ids || ids.length === 0) throw missingParameter('InstanceId');
  const place = plane.in(account, region);
  const entries = ownInstances(place, ids);
  for (const { id, current } of entries) {
    const state = current.State?.Name ?? 'terminated';
    if (!from.includes(state) && !already.includes(state)) throw instanceInWrongState(id, named);
  }
  return entries.map((entry) => {
    const before: Instance = entry.current;
    if (from.includes(before.State?.Name ?? 'terminated')) beginMove(plane, place, entry, to);
    return { InstanceId: entry.id, PreviousState: before.State, CurrentState: entry.current.State };
  });
}
