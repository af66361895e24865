import type { Command, SendCommandCommandInput, SendCommandCommandOutput } from '@aws-sdk/client-ssm';
import type { CallContext } from '../../contract.ts';
import type { Machine } from '../../ec2/instances/machines.ts';
import { view } from '../../ec2/plane/views.ts';
import { type Answer, operation } from '../../ec2/requests/operation.ts';
import { documentInvalid, instanceTwice, nodesInvalid, notWithin } from '../errors.ts';
import { type Node, nodeOf } from './node.ts';
import type { CommandState, Invocation } from './state.ts';

/** Systems Manager API reference, SendCommand. */
const mostInstances = 50;
const documentName = /^[a-zA-Z0-9_\-.:/]{3,128}$/;
const seconds = { least: 30, most: 2_592_000, usual: 3_600 };

/** The parameter of documents that run scripts, in seconds; an hour where it is not given. */
const executionParameter = 'executionTimeout';

export function sendCommandOperations(state: CommandState) {
  return {
    SendCommand: operation<SendCommandCommandInput, Answer<SendCommandCommandOutput>>(
      ['InstanceIds', 'DocumentName', 'Parameters', 'TimeoutSeconds'],
      (input, context) => ({ Command: sendCommand(state, input, context) }),
    ),
  };
}

/**
 * Sends a command: there is no token, so whoever calls twice sends two. Which documents there are is not modelled.
 *
 * @throws ValidationException, InvalidDocument for what can't be a name, DuplicateInstanceId, InvalidInstanceId naming
 *   those that are no nodes.
 */
function sendCommand(state: CommandState, input: SendCommandCommandInput, { account, region }: CallContext): Command {
  const { InstanceIds: ids = [], DocumentName: document = '', Parameters, TimeoutSeconds } = input;
  const timeout = TimeoutSeconds ?? seconds.usual;
  if (ids.length === 0) throw notWithin(ids, 'instanceIds', 'length greater than or equal to 1');
  if (ids.length > mostInstances) throw notWithin(ids, 'instanceIds', `length less than or equal to ${mostInstances}`);
  if (!documentName.test(document)) throw documentInvalid(document);
  if (timeout < seconds.least || timeout > seconds.most) {
    const bound =
      timeout < seconds.least ? `greater than or equal to ${seconds.least}` : `less than or equal to ${seconds.most}`;
    throw notWithin(timeout, 'timeoutSeconds', `value ${bound}`);
  }
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw instanceTwice(twice);
  const nodes = nodesOf(state, account, region, ids);
  const now = state.clock.now();
  const id = state.newId();
  const expiresAt = now + timeout * 1_000;
  state.add({
    id,
    account,
    region,
    document,
    sentAt: now,
    visibleAt: now + state.behaviour(region).invocationVisibilityMs,
    expiresAt,
    executionMs: executionSeconds(Parameters) * 1_000,
    invocations: nodes.map((node) => invocationOn(state, region, node, document)),
  });
  return view<Command>({
    CommandId: id,
    DocumentName: document,
    DocumentVersion: '$DEFAULT',
    Comment: '',
    ExpiresAfter: new Date(expiresAt),
    Parameters: structuredClone(Parameters),
    InstanceIds: [...ids],
    Targets: [],
    RequestedDateTime: new Date(now),
    Status: 'Pending',
    StatusDetails: 'Pending',
    MaxConcurrency: '50',
    MaxErrors: '0',
    TargetCount: ids.length,
    CompletedCount: 0,
    ErrorCount: 0,
    DeliveryTimedOutCount: 0,
    TimeoutSeconds: timeout,
  });
}

function nodesOf(state: CommandState, account: string, region: string, ids: readonly string[]): readonly Node[] {
  const machines = new Map(state.machines(account, region).map((machine): [string, Machine] => [machine.id, machine]));
  const nodes = ids.flatMap((id) => {
    const machine = machines.get(id);
    return (machine && nodeOf(state, region, machine)) ?? [];
  });
  const known = nodes.map(({ machine }) => machine.id);
  const others = ids.filter((id) => !known.includes(id));
  if (others.length > 0) throw nodesInvalid(others, account);
  return nodes;
}

/** How the command goes there. A node whose connection is lost gets none. */
function invocationOn(state: CommandState, region: string, { machine, ping }: Node, document: string): Invocation {
  const { commandRules, commandDeliveryMs, commandRunMs } = state.behaviour(region);
  const rule = commandRules.find(
    (one) => (one.document === undefined || one.document === document) && machine.fits(one),
  );
  const isLost = ping === 'ConnectionLost' || rule?.isLost === true;
  return {
    instanceId: machine.id,
    ...(!isLost && { beginsAt: state.clock.now() + (rule?.deliveryMs ?? commandDeliveryMs) }),
    runMs: rule?.runMs ?? commandRunMs,
    exitStatus: rule?.exitStatus ?? 0,
    output: rule?.output ?? '',
  };
}

function executionSeconds(parameters: Readonly<Record<string, readonly string[]>> | undefined): number {
  const [given = ''] = parameters?.[executionParameter] ?? [];
  return /^\d+$/.test(given) ? Number(given) : seconds.usual;
}
