import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { refuseRepeated } from '../cli/refuse-repeated.ts';
import { InputError } from '../lib/run/input-error.ts';

export interface DemoArguments {
  readonly days: number;
  readonly seed: number;
  readonly json: boolean;
  /** Whether each version gets a line, and not only a count. */
  readonly verbose: boolean;
  readonly wire: boolean;
  /** Files with what `aws ec2 describe-instances --output json` prints; none: the demo's own fleet. */
  readonly fleet: readonly string[];
  /** A policy file; absent: the demo's own. */
  readonly policies?: string;
  /** The mode in which all policies retire; absent: what each says. */
  readonly retire?: 'plan' | 'apply';
}

/**
 * Reads the command line, without the program's name.
 *
 * @returns what was asked for, or the text of `--help`
 * @throws InputError naming what is not understood
 */
export function parseArguments(argv: readonly string[]): DemoArguments | { readonly help: string } {
  let help = '';
  let problem = '';
  const command = new Command('npm run demo --')
    .description(
      'Lets 90 days of a fleet pass in seconds, on a local EC2 image plane, and tells what amikeep made of it.',
    )
    .option('--days <n>', 'how many days to let pass', wholeNumber(1, 1000), 90)
    .option('--seed <n>', 'of all that is left to chance', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--json', 'print everything as JSON, each version with its reason', false)
    .option('--verbose', 'list every version with why it is kept or there, and what was retired and why', false)
    .option('--wire', 'send the calls over HTTP to a sandbox server on loopback', false)
    .option(
      '--fleet <file...>',
      'rehearse on a copy of your fleet: what `aws ec2 describe-instances --output json` prints',
      [],
    )
    .option('--policies <file>', 'a policy file such as policies.yml')
    .addOption(
      new Option('--retire <mode>', "rehearse as if this were every policy's retire.mode").choices(['plan', 'apply']),
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: (text) => {
        problem += text;
      },
    });
  try {
    return refuseRepeated(command).parse(argv, { from: 'user' }).opts<DemoArguments>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { help };
    throw new InputError([problem.trim().replace(/^error: /, '')]);
  }
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}
