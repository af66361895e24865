import { readPolicyFile } from '../lib/lambda/policy-file.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import type { Region } from '../lib/model/ids.ts';
import type { Clock } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { InputError } from '../lib/run/input-error.ts';
import type { CheckUpRequest, Output, Request, Terms } from './arguments.ts';
import { inCommandWords } from './command-words.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { type CheckUp, checkUp, concerned, hasProblem } from './doctor/check-up.ts';
import type { CheckUpConnection } from './doctor/connect.ts';
import { checkUpJson, checkUpText } from './doctor/text.ts';
import { environmentProblems } from './endpoint.ts';
import { jsonReport } from './json-report.ts';
import { profileProblems } from './profile.ts';
import { hasFailed, type Report, runTargets } from './report.ts';
import { targetName, textReport } from './text-report.ts';

/** What the command needs of the world around it. */
export interface CommandPorts extends Output {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly connect: (options: ConnectOptions) => Promise<Connection>;
  readonly connectForCheckUp: (options: ConnectOptions) => Promise<CheckUpConnection>;
}

/** What a person gets to read in the end. */
export interface Answer {
  readonly text: string;
  readonly failed: boolean;
}

/** @throws InputError where the request asks for what there is not; nothing has been done then */
export async function carryOut(request: Request, ports: CommandPorts): Promise<Answer> {
  const report = await reported(request, ports);
  const text = request.json ? jsonReport(report) : inCommandWords(textReport(report, request));
  return { text, failed: hasFailed(report) };
}

/** @throws InputError where the request asks for what there is not */
export async function checkUpAsAsked(request: CheckUpRequest, ports: CommandPorts): Promise<Answer> {
  const result = await examined(request, ports);
  return { text: request.json ? checkUpJson(result) : checkUpText(result), failed: hasProblem(result) };
}

async function reported(request: Request, ports: CommandPorts): Promise<Report> {
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
  const capacity = { maxCopiesInFlight, rateShare: options.rateShare };
  const policies = concerned(file, request.policy);
  const connection = await ports.connectForCheckUp({ ...options, region: home });
  try {
    return await checkUp(policies, { connection, clock: ports.clock, capacity });
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
