import { readPolicyFile, readSettings } from '../lib/lambda/settings.ts';
import type { Clock } from '../lib/model/time.ts';
import { InputError } from '../lib/run/input-error.ts';
import { asOption, type Output, parseArguments, type Request } from './arguments.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { environmentProblems } from './endpoint.ts';
import { jsonReport } from './json-report.ts';
import { hasFailed, type Report, runTargets } from './report.ts';
import { targetName, textReport } from './text-report.ts';

/** What the command needs of the world around it. */
export interface CommandPorts extends Output {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly connect: (options: ConnectOptions) => Promise<Connection>;
}

const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;

/** The command: what was asked for goes to `out`, errors and progress to `err`. Gives the exit status. */
export async function main(args: readonly string[], ports: CommandPorts): Promise<number> {
  try {
    const parsed = parseArguments(args, ports);
    if (parsed.kind === 'answered') return DONE;
    if (parsed.kind === 'mistaken') return BAD_INPUT;
    const { request } = parsed;
    const report = await carryOut(request, ports);
    ports.out(request.json ? jsonReport(report) : textReport(report, request));
    return hasFailed(report) ? FAILED : DONE;
  } catch (error) {
    const problems =
      error instanceof InputError ? error.problems : [error instanceof Error ? error.message : String(error)];
    ports.err(problems.map((problem) => `amikeep: ${asOption(problem)}\n`).join(''));
    return error instanceof InputError ? BAD_INPUT : FAILED;
  }
}

async function carryOut(request: Request, ports: CommandPorts): Promise<Report> {
  const { environment, clock, connect, err } = ports;
  const { event, policyFile, endpointUrl } = request;
  const { rateShare, maxCopiesInFlight } = readSettings(environment);
  const endpointProblems = endpointUrl === undefined ? environmentProblems(environment) : [];
  if (endpointProblems.length > 0) throw new InputError(endpointProblems);
  const file = readPolicyFile(policyFile);
  const [home] = file.regions;
  if (!home) throw new InputError([`${policyFile}: it names no region`]);
  const region = event.target?.region ?? home;
  const connection = await connect({
    file,
    region,
    rateShare,
    clock,
    ...(endpointUrl !== undefined && { endpointUrl }),
  });
  try {
    return await runTargets(event, {
      file,
      account: connection.account,
      clock,
      aws: connection.aws,
      maxCopiesInFlight,
      onStart: (targeted) => err(`amikeep: ${event.mode} ${targetName(targeted)} ...\n`),
    });
  } finally {
    connection.close();
  }
}
