import type { Command } from 'commander';

/**
 * Refuses an option that takes one value and is given twice: the first one would be dropped without a word.
 *
 * @param command and all of its subcommands
 */
export function refuseRepeated(command: Command): Command {
  for (const option of command.options) {
    if (option.variadic || option.isBoolean()) continue;
    let given = 0;
    command.on(`option:${option.name()}`, () => {
      given += 1;
      if (given > 1) command.error(`error: option '${option.flags}' is given twice and takes one value; write it once`);
    });
  }
  for (const sub of command.commands) refuseRepeated(sub);
  return command;
}
