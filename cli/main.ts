import { InputError } from '../lib/run/input-error.ts';
import { parseArguments } from './arguments.ts';
import type { CommandPorts } from './carry-out.ts';
import { NotThereError } from './not-there.ts';
import { asOption } from './options.ts';

const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;

/** The command: what was asked for goes to `out`, errors and progress to `err`. Gives the exit status. */
export async function main(args: readonly string[], ports: CommandPorts): Promise<number> {
  try {
    const parsed = await parseArguments(args, ports);
    if (parsed.kind === 'answered') return DONE;
    if (parsed.kind === 'mistaken') return BAD_INPUT;
    // Planning and what it needs take ten times as long to load as the words of the command, and help needs these alone.
    const { answerTo } = await import('./carry-out.ts');
    const { text, failed } = await answerTo(parsed, ports);
    ports.out(text);
    return failed ? FAILED : DONE;
  } catch (error) {
    const problems =
      error instanceof InputError ? error.problems : [error instanceof Error ? error.message : String(error)];
    ports.err(problems.map((problem) => `amikeep: ${asOption(problem)}\n`).join(''));
    return error instanceof InputError && !(error instanceof NotThereError) ? BAD_INPUT : FAILED;
  }
}
