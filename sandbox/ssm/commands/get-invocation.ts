import type { GetCommandInvocationCommandInput, GetCommandInvocationCommandOutput } from '@aws-sdk/client-ssm';
import type { CallContext } from '../../contract.ts';
import { view } from '../../ec2/plane/views.ts';
import { type Answer, operation } from '../../ec2/requests/operation.ts';
import { invocationUnknown } from '../errors.ts';
import { PLUGINS } from './plugins.ts';
import { progressOf } from './progress.ts';
import type { CommandState } from './state.ts';

/** Systems Manager API reference, GetCommandInvocation: the first characters of each stream. */
const outputLimit = 24_000;

export function invocationOperations(state: CommandState) {
  return {
    GetCommandInvocation: operation<GetCommandInvocationCommandInput, Answer<GetCommandInvocationCommandOutput>>(
      ['CommandId', 'InstanceId'],
      (input, context) => getInvocation(state, input, context),
    ),
  };
}

/** @throws InvocationDoesNotExist, also of a command that has only just been sent. */
function getInvocation(
  state: CommandState,
  { CommandId: id = '', InstanceId: instanceId }: GetCommandInvocationCommandInput,
  { account, region }: CallContext,
): Answer<GetCommandInvocationCommandOutput> {
  const command = state.find(account, region, id);
  const invocation = command?.invocations.find((one) => one.instanceId === instanceId);
  const now = state.clock.now();
  if (!command || !invocation || now < command.visibleAt) throw invocationUnknown();
  const { status, details, beganAt, endedAt } = progressOf(command, invocation, now);
  const hasEnded = status === 'Success' || status === 'Failed';
  return view({
    CommandId: id,
    InstanceId: instanceId,
    Comment: '',
    DocumentName: command.document,
    DocumentVersion: '$DEFAULT',
    PluginName: PLUGINS.get(command.document) ?? '',
    ResponseCode: hasEnded ? invocation.exitStatus : -1,
    ExecutionStartDateTime: textOf(beganAt),
    ExecutionElapsedTime: beganAt === undefined ? '' : `PT${((endedAt ?? now) - beganAt) / 1_000}S`,
    ExecutionEndDateTime: textOf(endedAt),
    Status: status,
    StatusDetails: details,
    StandardOutputContent: hasEnded ? invocation.output.slice(0, outputLimit) : '',
    StandardOutputUrl: '',
    StandardErrorContent: status === 'Failed' ? `failed to run commands: exit status ${invocation.exitStatus}` : '',
    StandardErrorUrl: '',
  });
}

/** ISO 8601; empty for what has not come. */
function textOf(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
