import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { refuseRepeated } from '../../cli/refuse-repeated.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { FAULTS } from './faults.ts';

export interface TrialArguments {
  /** The seeds to try. */
  readonly seeds: readonly number[];
  readonly days: number;
  /** The names of the faults that may strike. */
  readonly faults: readonly string[];
  /** Where to write what happened; with one seed only. */
  readonly journal?: string;
  readonly workers?: number;
}

interface Options {
  readonly seeds?: number;
  readonly firstSeed: number;
  readonly seed?: number;
  readonly days: number;
  readonly faults: readonly string[];
  readonly journal?: string;
  readonly workers?: number;
}

const USUAL_SEEDS = 20;
const NAMES = FAULTS.map(({ name }) => name);

/**
 * Reads the command line, without the program's name.
 *
 * @returns what was asked for, or the text of `--help`
 * @throws InputError naming what is not understood
 */
export function parseArguments(argv: readonly string[]): TrialArguments | { readonly help: string } {
  let help = '';
  let problem = '';
  const command = new Command('npm run simulate --')
    .description(
      'Lets months of random fleets pass under random policies and faults, and checks every promise after every change.',
    )
    .option('--seeds <n>', `how many seeds to try (default: ${USUAL_SEEDS})`, wholeNumber(1, 1_000_000))
    .option('--first-seed <n>', 'the first of them', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--seed <n>', 'one seed alone, to see again what happened', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--days <n>', 'how many days to let pass', wholeNumber(1, 1_000), 60)
    .option('--faults <names>', `all, none, or some of ${NAMES.join(', ')}`, faultNames, NAMES)
    .option('--journal <file>', 'write down all that happens; with --seed')
    .option('--workers <n>', 'threads; as many as there are cores where left out', wholeNumber(1, 64))
    .addHelpText('after', `\nFaults:\n${FAULTS.map(({ name, what }) => `  ${name.padEnd(16)} ${what}`).join('\n')}`)
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
    return argumentsOf(refuseRepeated(command).parse(argv, { from: 'user' }).opts<Options>());
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { help };
    throw new InputError([problem.trim().replace(/^error: /, '')]);
  }
}

function argumentsOf({ seed, seeds, firstSeed, ...rest }: Options): TrialArguments {
  if (seed !== undefined && seeds !== undefined) throw new InputError(['--seed is one seed alone: leave --seeds out']);
  if (seed === undefined && rest.journal !== undefined) {
    throw new InputError(['--journal is of one seed: say which with --seed']);
  }
  const first = seed ?? firstSeed;
  const count = seed === undefined ? (seeds ?? USUAL_SEEDS) : 1;
  return { ...rest, seeds: Array.from({ length: count }, (_, index) => first + index) };
}

function faultNames(text: string): readonly string[] {
  if (text === 'all') return NAMES;
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`There is no fault '${unknown[0]}'; there are ${NAMES.join(', ')}.`);
  }
  return names;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}
