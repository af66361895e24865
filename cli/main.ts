import { readPolicyFile } from '../lib/lambda/policy-file.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import type { Region } from '../lib/model/ids.ts';
import type { Clock } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { InputError } from '../lib/run/input-error.ts';
import { type CheckUpRequest, type Output, parseArguments, type Request, type Terms } from './arguments.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { type CheckUp, checkUp, concerned, hasProblem } from './doctor/check-up.ts';
import type { CheckUpConnection } from './doctor/connect.ts';
import { checkUpJson, checkUpText } from './doctor/text.ts';
import { environmentProblems } from './endpoint.ts';
import { jsonReport } from './json-report.ts';
import { asOption, inCommandWords } from './options.ts';
import { profileProblems } from './profile.ts';
import { hasFailed, type Report, runTargets } from './report.ts';
import { targetName, textReport } from './text-report.ts';

/** What the command needs of the world around it. */
export interface CommandPorts extends Output {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly connect: (options: ConnectOptions) => Promise<Connection>;
  readonly connectForCheckUp: (options: ConnectOptions) => CheckUpConnection;
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
    if (parsed.kind === 'check-up') {
      const result = await examined(parsed.request, ports);
      ports.out(parsed.request.json ? checkUpJson(result) : checkUpText(result));
      return hasProblem(result) ? FAILED : DONE;
    }
    const { request } = parsed;
    const report = await carryOut(request, ports);
    ports.out(request.json ? jsonReport(report) : inCommandWords(textReport(report, request)));
    return hasFailed(report) ? FAILED : DONE;
  } catch (error) {
    const problems =
      error instanceof InputError ? error.problems : [error instanceof Error ? error.message : String(error)];
    ports.err(problems.map((problem) => `amikeep: ${asOption(problem)}\n`).join(''));
    return error instanceof InputError ? BAD_INPUT : FAILED;
  }
}

async function carryOut(request: Request, ports: CommandPorts): Promise<Report> {
  const { clock, connect, err } = ports;
  const { event } = request;
  const { file, home, maxCopiesInFlight, options } = await prepare(request, ports);
  const connection = await connect({ ...options, region: event.target?.region ?? home });
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

async function examined(request: CheckUpRequest, ports: CommandPorts): Promise<CheckUp> {
  const { file, home, maxCopiesInFlight, options } = await prepare(request, ports);
  const policies = concerned(file, request.policy);
  const connection = ports.connectForCheckUp({ ...options, region: home });
  try {
    return await checkUp(policies, { connection, clock: ports.clock, maxCopiesInFlight });
  } finally {
    connection.close();
  }
}

interface Prepared {
  readonly file: PolicyFile;
  /** The region in which amikeep itself runs. */
  readonly home: Region;
  readonly maxCopiesInFlight: number;
  readonly options: Omit<ConnectOptions, 'region'>;
}

/** What is needed before AWS is asked anything. @throws InputError where settings, endpoints or the policy file are wrong */
async function prepare({ policyFile, endpointUrl }: Terms, { environment, clock }: CommandPorts): Promise<Prepared> {
  const { rateShare, maxCopiesInFlight } = readSettings(environment);
  const problems = [
    ...(endpointUrl === undefined ? environmentProblems(environment) : []),
    ...(await profileProblems(environment)),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const file = readPolicyFile(policyFile);
  const [home] = file.regions;
  if (!home) throw new InputError([`${policyFile}: it names no region`]);
  const options = { file, rateShare, clock, ...(endpointUrl !== undefined && { endpointUrl }) };
  return { file, home, maxCopiesInFlight, options };
}
