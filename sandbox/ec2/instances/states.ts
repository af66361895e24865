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
import { instanceInWrongState, instanceShielded, missingParameter } from '../errors.ts';
import type { InstanceAttributes, InstanceEntry, Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { attributesOf } from './attribute-values.ts';
import { beginMove } from './lifecycle.ts';
import { ownInstances } from './lookup.ts';

/** From which states a call sends an instance on its way, and in which it has nothing to do. */
interface Move {
  readonly named: string;
  readonly to: InstanceStateName;
  readonly from: readonly InstanceStateName[];
  readonly already: readonly InstanceStateName[];
  /** The attribute that stands in the way of it, if one does. */
  readonly shield: (attributes: InstanceAttributes) => string | undefined;
  /** Whether an instance that can't be moved holds back those of its zone alone, and not all. */
  readonly byZone?: boolean;
}

const start: Move = {
  named: 'started',
  to: 'pending',
  from: ['stopped'],
  already: ['pending', 'running'],
  shield: () => undefined,
};
const stop: Move = {
  named: 'stopped',
  to: 'stopping',
  from: ['running', 'pending'],
  already: ['stopping', 'stopped'],
  shield: ({ disableApiStop }) => (disableApiStop ? 'disableApiStop' : undefined),
};
const terminate: Move = {
  named: 'terminated',
  to: 'shutting-down',
  from: ['pending', 'running', 'stopping', 'stopped'],
  already: ['shutting-down', 'terminated'],
  // "Stop protection also protects your instance from accidental termination" (EC2 User Guide, Enable stop protection).
  shield: ({ disableApiTermination, disableApiStop }) =>
    disableApiTermination ? 'disableApiTermination' : disableApiStop ? 'disableApiStop' : undefined,
  byZone: true,
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
 * Moves all the instances or, where one can't be, none (EC2 User Guide, Instance lifecycle). One that is protected from
 * being terminated holds back those of its zone: the others go, and the call fails all the same (API reference,
 * TerminateInstances).
 *
 * @throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound, IncorrectInstanceState, OperationNotPermitted.
 */
function move(
  plane: Plane,
  ids: readonly string[] | undefined,
  { account, region }: CallContext,
  { named, to, from, already, shield, byZone }: Move,
): InstanceStateChange[] {
  if (!ids || ids.length === 0) throw missingParameter('InstanceId');
  const place = plane.in(account, region);
  const entries = ownInstances(place, ids);
  for (const { id, current } of entries) {
    const state = current.State?.Name ?? 'terminated';
    if (!from.includes(state) && !already.includes(state)) throw instanceInWrongState(id, named);
  }
  const isToMove = ({ current }: InstanceEntry) => from.includes(current.State?.Name ?? 'terminated');
  const shielded = entries.filter((entry) => isToMove(entry) && shield(attributesOf(entry)) !== undefined);
  const [first] = shielded;
  if (first) {
    const held = new Set(shielded.map(zoneOf));
    const others = byZone ? entries.filter((entry) => isToMove(entry) && !held.has(zoneOf(entry))) : [];
    for (const entry of others) beginMove(plane, place, entry, to);
    throw instanceShielded(first.id, named, shield(attributesOf(first)) ?? '');
  }
  return entries.map((entry) => {
    const before: Instance = entry.current;
    if (isToMove(entry)) beginMove(plane, place, entry, to);
    return { InstanceId: entry.id, PreviousState: before.State, CurrentState: entry.current.State };
  });
}

function zoneOf({ current }: InstanceEntry): string {
  return current.Placement?.AvailabilityZone ?? '';
}
