import { readFileSync } from 'node:fs';
import { accountId } from '../lib/model/ids.ts';
import { formatProblem, parsePolicyFile } from '../lib/policy/parse.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { InputError } from '../lib/run/input-error.ts';
import { type DemoArguments, parseArguments } from './arguments.ts';
import { assumptionsOfDrills, drillsHere } from './drills-here.ts';
import { demoFleet } from './fleet.ts';
import { type ReadFleet, readFleet } from './fleet-file.ts';
import { matchFleet } from './matching.ts';
import { printReport } from './print.ts';
import { progressOn } from './progress.ts';
import { reportOf } from './report.ts';
import { simulate } from './simulate.ts';
import { counted } from './tables.ts';

export interface Streams {
  readonly stdout: { write(text: string): unknown };
  /** Where progress goes as well, as a bar if it is a terminal. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** As people find it from the project's root. */
const OWN_POLICIES = 'sim/policies.yml';

const ACCOUNT = accountId('111122223333');

/**
 * The demo from arguments to exit code: 0 if the recount agrees with what was told, 1 if not, 2 for input that will
 * not do.
 */
export async function main(argv: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  try {
    const wanted = parseArguments(argv);
    if ('help' in wanted) {
      stdout.write(wanted.help);
      return 0;
    }
    return await rehearse(wanted, { stdout, stderr });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    stderr.write(`${error.problems.join('\n')}\n`);
    return 2;
  }
}

async function rehearse(wanted: DemoArguments, { stdout, stderr }: Streams): Promise<number> {
  const file = drillsHere(retiring(readPolicies(wanted.policies), wanted.retire));
  const fleet = fleetFor(wanted);
  const { selected, problems } = matchFleet(file, fleet.specs);
  if (selected === 0) throw new InputError([nothingSelected(wanted), ...problems]);
  const assumptions = [...fleet.assumptions, ...assumptionsOf(file, wanted), ...problems];

  const progress = progressOn(stderr, `${counted(wanted.days, 'day')} of ${counted(fleet.specs.length, 'instance')}`);
  const simulation = await simulate({
    file,
    fleet: fleet.specs,
    account: ACCOUNT,
    seed: wanted.seed,
    days: wanted.days,
    wire: wanted.wire,
    eventful: wanted.fleet.length === 0,
    onProgress: progress.show,
  });
  progress.end();
  const report = reportOf(simulation, assumptions);
  stdout.write(wanted.json ? `${JSON.stringify(report, undefined, 2)}\n` : printReport(report, wanted));
  return report.recount.disagreements.length === 0 ? 0 : 1;
}

function retiring(file: PolicyFile, mode: DemoArguments['retire']): PolicyFile {
  if (mode === undefined) return file;
  return { ...file, policies: file.policies.map((policy) => ({ ...policy, retire: { ...policy.retire, mode } })) };
}

/** What whoever rehearses should know of it, a sentence each. */
function assumptionsOf(file: PolicyFile, { fleet, policies: named, retire }: DemoArguments): string[] {
  const { policies, accounts } = file;
  const vaults = accounts.flatMap(({ id, vault }) => (vault ? [id] : []));
  const sources = accounts.flatMap(({ id, vault }) => (vault ? [] : [id]));
  return [
    ...(fleet.length > 0
      ? [
          'nothing else happens to it: no instance comes or goes, no call fails, nobody uses or holds an image, and each that is started comes up',
        ]
      : []),
    ...(named === undefined ? [] : assumptionsOfDrills(file)),
    ...(retire === undefined ? [] : [`every policy's retire.mode is taken to be ${retire}`]),
    ...(retire === undefined && policies.every((policy) => policy.retire.mode === 'plan')
      ? ['every policy has retire.mode: plan, so nothing is retired; --retire apply rehearses that it is']
      : []),
    ...(vaults.length > 0
      ? [`copies go into ${vaults.join(', ')} and stay: a vault retires by a deployment of its own, which is not here`]
      : []),
    ...(sources.length > 0 ? [`all instances are in one account, and none in ${sources.join(', ')}`] : []),
  ];
}

/** Whoever hands over a fleet and no policies may not know that there are policies at all. */
function nothingSelected({ policies }: DemoArguments): string {
  const problem = 'no policy selects any instance of the fleet';
  if (policies !== undefined) return problem;
  return `${problem}: these are the demo's own policies, ${OWN_POLICIES}; pass yours with --policies <file>`;
}

function fleetFor({ fleet }: DemoArguments): ReadFleet {
  if (fleet.length === 0) return { specs: demoFleet(), assumptions: [] };
  return readFleet(fleet.map((path) => ({ path, text: readText(path, '--fleet') })));
}

/** @throws InputError with every mistake in the file, each with its line */
function readPolicies(path: string | undefined): PolicyFile {
  const text =
    path === undefined ? readFileSync(new URL('policies.yml', import.meta.url), 'utf8') : readText(path, '--policies');
  const parsed = parsePolicyFile(text, path ?? OWN_POLICIES);
  if (!parsed.ok) throw new InputError(parsed.problems.map(formatProblem));
  return parsed.file;
}

function readText(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([`${option}: '${path}' can't be read (${reason}): name a file that is there`]);
  }
}
