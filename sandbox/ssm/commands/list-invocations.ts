import type {
  CommandInvocation,
  ListCommandInvocationsCommandInput,
  ListCommandInvocationsCommandOutput,
} from '@aws-sdk/client-ssm';
import type { CallContext } from '../../contract.ts';
import { view } from '../../ec2/plane/views.ts';
import { type Answer, operation } from '../../ec2/requests/operation.ts';
import { nodesUnknown } from '../errors.ts';
import { progressOf } from './get-invocation.ts';
import type { CommandState } from './state.ts';

export function listInvocationsOperations(state: CommandState) {
  return {
    ListCommandInvocations: operation<ListCommandInvocationsCommandInput, Answer<ListCommandInvocationsCommandOutput>>(
      ['InstanceId'],
      (input, context) => listInvocations(state, input, context),
    ),
  };
}

/** All on one page. @throws InvalidInstanceId for an instance that the account does not have */
function listInvocations(
  state: CommandState,
  { InstanceId: asked }: ListCommandInvocationsCommandInput,
  { account, region }: CallContext,
): Answer<ListCommandInvocationsCommandOutput> {
  if (asked !== undefined && !state.machines(account, region).some(({ id }) => id === asked)) {
    throw nodesUnknown([asked]);
  }
  const now = state.clock.now();
  const readable = state.in(account, region).filter(({ visibleAt }) => now >= visibleAt);
  return {
    CommandInvocations: readable.reverse().flatMap((command) =>
      command.invocations
        .filter(({ instanceId }) => asked === undefined || instanceId === asked)
        .map((invocation): CommandInvocation => {
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
        }),
    ),
  };
}
