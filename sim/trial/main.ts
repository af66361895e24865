import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { InputError } from '../../lib/run/input-error.ts';
import { parseArguments, type TrialArguments } from './arguments.ts';
import { deal } from './deal.ts';
import { FAULTS } from './faults.ts';
import { reportOf, summaryOf, type TrialReport } from './report.ts';
import { runTrial } from './trial.ts';

export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** @returns the exit code: 1 where a promise was broken, 2 where what was asked for makes no sense */
export async function main(argv: readonly string[], { stdout, stderr }: Output): Promise<number> {
  try {
    const asked = parseArguments(argv);
    if ('help' in asked) {
      stdout.write(asked.help);
      return 0;
    }
    const begun = performance.now();
    const tell = ({ failure }: TrialReport) => {
      if (failure !== '') stdout.write(`${failure}\n\n`);
    };
    const reports = await (asked.journal === undefined ? many(asked, tell) : one(asked, asked.journal, tell));
    stdout.write(`${summaryOf(reports, (performance.now() - begun) / 1_000)}\n`);
    return reports.every(({ passed }) => passed) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    stderr.write(`${error.problems.join('\n')}\n`);
    return 2;
  }
}

async function many(
  { seeds, days, faults, workers = availableParallelism() }: TrialArguments,
  tell: (report: TrialReport) => void,
): Promise<TrialReport[]> {
  return await deal(seeds, workers, { days, faults, faultsText: textOf(faults) }, tell);
}

async function one(
  { seeds: [seed = 0], days, faults }: TrialArguments,
  journal: string,
  tell: (report: TrialReport) => void,
): Promise<TrialReport[]> {
  const result = await runTrial({ seed, days, faults });
  await writeFile(journal, result.journal.print());
  const report = reportOf(result, { days, faults: textOf(faults) });
  tell(report);
  return [report];
}

function textOf(faults: readonly string[]): string {
  if (faults.length === 0) return 'none';
  return faults.length === FAULTS.length ? 'all' : faults.join(',');
}
