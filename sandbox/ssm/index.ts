import { invocationOperations } from './commands/get-invocation.ts';
import { listInvocationsOperations } from './commands/list-invocations.ts';
import { nodeOperations } from './commands/nodes.ts';
import { sendCommandOperations } from './commands/send-command.ts';
import { type CommandParts, CommandState } from './commands/state.ts';
import { describeParametersOperations } from './describe-parameters.ts';
import { parameterOperations } from './get-parameters.ts';
import { findVersion } from './lookup.ts';
import { parameterVersionOperations } from './parameter-versions.ts';
import { putParameterOperations } from './put-parameter.ts';
import { currentVersion, type ParameterParts, ParameterState, parameterArn } from './state.ts';

export type SsmService = ReturnType<typeof createSsmService>;

/** Parameter Store and Run Command of Systems Manager, for any number of accounts and regions. */
export function createSsmService(parts: ParameterParts & CommandParts) {
  const state = new ParameterState(parts);
  const commands = new CommandState(parts);
  return {
    operations: {
      ...putParameterOperations(state),
      ...parameterOperations(state),
      ...describeParametersOperations(state),
      ...parameterVersionOperations(state),
      ...nodeOperations(commands),
      ...sendCommandOperations(commands),
      ...invocationOperations(commands),
      ...listInvocationsOperations(commands),
    },
    /** What `name`, `name:version` or `name:label` holds; nothing where there is no such parameter or version. */
    find: (account: string, region: string, reference: string) => {
      const found = findVersion(state.in(account, region), reference);
      return found && { value: found.version.value, dataType: found.entry.dataType };
    },
    /** The parameters of the data type aws:ec2:image whose current value is this image, in the order of creation. */
    parametersOfImage: (account: string, region: string, imageId: string) => {
      const place = state.in(account, region);
      return [...place.parameters.values()]
        .filter((entry) => entry.dataType === 'aws:ec2:image' && currentVersion(entry).value === imageId)
        .map(({ name }) => ({ name, arn: parameterArn(place, name) }));
    },
    /** The whole state as plain JSON. */
    dump: () => ({ ...state.dump(), commands: commands.dump() }),
    /** Takes the state that `dump` gave in the place of its own. @throws TypeError for anything else. */
    load: (dump: unknown) => {
      state.load(dump);
      commands.load(Reflect.get(Object(dump), 'commands'));
    },
    /** Back to the start: no parameters, no commands. */
    reset: () => {
      state.clear();
      commands.clear();
    },
  };
}
