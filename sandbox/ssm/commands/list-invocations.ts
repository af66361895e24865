import type {
  CommandInvocation,
  CommandPlugin,
  ListCommandInvocationsCommandInput,
  ListCommandInvocationsCommandOutput,
} from '@aws-sdk/client-ssm';
import type { CallContext } from '../../contract.ts';
import { view } from '../../ec2/plane/views.ts';
import { type Answer, operation } from '../../ec2/requests/operation.ts';
import { ofInvocations, pageOf } from '../paging.ts';
import { PLUGINS } from './plugins.ts';
import { progressOf } from './progress.ts';
import type { CommandEntry, CommandState, Invocation } from './state.ts';

export function invocationListOperations(state: CommandState) {
  return {
    ListCommandInvocations: operation<ListCommandInvocationsCommandInput, Answer<ListCommandInvocationsCommandOutput>>(
      ['CommandId', 'InstanceId', 'MaxResults', 'NextToken', 'Details'],
      (input, context) => listInvocations(state, input, context),
    ),
  };
}

/** Newest first. One that has only just been sent is not listed yet. */
function listInvocations(
  state: CommandState,
  {
    CommandId: commandId,
    InstanceId: instanceId,
    Details: details = false,
    ...page
  }: ListCommandInvocationsCommandInput,
  { account, region }: CallContext,
): Answer<ListCommandInvocationsCommandOutput> {
  const now = state.clock.now();
  const entries = state
    .sent(account, region)
    .filter(({ id, visibleAt }) => now >= visibleAt && (commandId === undefined || id === commandId))
    .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
    .filter(({ invocation }) => instanceId === undefined || invocation.instanceId === instanceId)
    .reverse()
    .map((entry, seq) => ({ ...entry, seq }));
  const { items, nextToken } = pageOf(
    state,
    'ListCommandInvocations',
    region,
    page,
    entries,
    ({ command, invocation }) => ({
      ...shown(command, invocation, now),
      ...(details && { CommandPlugins: pluginsOf(command, invocation, now) }),
    }),
    ofInvocations,
  );
  return { CommandInvocations: items, ...(nextToken && { NextToken: nextToken }) };
}

/** Systems Manager API reference, CommandPlugin: as much of the output. */
const outputLimit = 2_500;

/** How the plugins of a command ended; none before it has begun. All that the sandbox knows of have one. */
function pluginsOf(command: CommandEntry, invocation: Invocation, now: number): CommandPlugin[] {
  const { status, details, beganAt, endedAt } = progressOf(command, invocation, now);
  if (beganAt === undefined) return [];
  return [
    view<CommandPlugin>({
      Name: PLUGINS.get(command.document) ?? 'aws:runShellScript',
      Status: status === 'Delayed' || status === 'Cancelling' ? 'InProgress' : status,
      StatusDetails: details,
      ResponseCode: status === 'Success' || status === 'Failed' ? invocation.exitStatus : -1,
      ResponseStartDateTime: new Date(beganAt),
      ...(endedAt !== undefined && { ResponseFinishDateTime: new Date(endedAt) }),
      Output: endedAt === undefined ? '' : invocation.output.slice(0, outputLimit),
    }),
  ];
}

function shown(command: CommandEntry, invocation: Invocation, now: number): CommandInvocation {
  const { status, details } = progressOf(command, invocation, now);
  return view<CommandInvocation>({
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: '',
    DocumentName: command.document,
    DocumentVersion: '$DEFAULT',
    RequestedDateTime: new Date(command.sentAt),
    Status: status,
    StatusDetails: details,
  });
}
