import { readPolicyFile } from '../lib/lambda/policy-file.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import type { Region } from '../lib/model/ids.ts';
import type { Clock } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { namesDrills } from '../lib/run/event.ts';
import type { TargetedEvent } from '../lib/run/expand.ts';
import { InputError } from '../lib/run/input-error.ts';
import type {
  CheckUpRequest,
  ListRequest,
  Output,
  ParsedArguments,
  Request,
  RestoreQuestion,
  Terms,
} from './arguments.ts';
import { inCommandWords, mistakeInCommandWords } from './command-words.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { type CheckUp, checkUp, concerned, hasProblem } from './doctor/check-up.ts';
import type { CheckUpConnection } from './doctor/connect.ts';
import { checkUpJson, checkUpText } from './doctor/text.ts';
import { drillNamed } from './drill/words.ts';
import { environmentProblems } from './endpoint.ts';
import { jsonReport } from './json-report.ts';
import { isIncomplete, list } from './list/list.ts';
import { listJson, listText } from './list/text.ts';
import { NotThereError } from './not-there.ts';
import { printable } from './printable.ts';
import { profileProblems } from './profile.ts';
import { hasFailed, type Report, runTargets } from './report.ts';
import { launchJson, restoreJson } from './restore/json.ts';
import { hasFailed as hasNothing, restore } from './restore/restore.ts';
import { restoreText } from './restore/text.ts';
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

/** What a person can ask for. */
export type Question = Exclude<ParsedArguments, { readonly kind: 'answered' | 'mistaken' }>;

/** @throws InputError where the request asks for what there is not; nothing has been done then */
export async function answerTo(question: Question, ports: CommandPorts): Promise<Answer> {
  try {
    return await answered(question, ports);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { policyFile } = question.request;
    const problems = error.problems.map((one) => printable(mistakeInCommandWords(one, question.kind, policyFile)));
    throw error instanceof NotThereError ? new NotThereError(problems) : new InputError(problems);
  }
}

function answered(question: Question, ports: CommandPorts): Promise<Answer> {
  switch (question.kind) {
    case 'check-up':
      return checkUpAsAsked(question.request, ports);
    case 'list':
      return listed(question.request, ports);
    case 'restore':
      return restored(question.request, ports);
    case 'request':
      return carryOut(question.request, ports);
  }
}

async function listed(request: ListRequest, ports: CommandPorts): Promise<Answer> {
  const { event, words, json } = request;
  const { clock, connect, err } = ports;
  const { file, home, options } = await prepare(request, ports);
  const connection = await connect({ ...options, region: event.target?.region ?? home });
  try {
    const onStart = sayListing(err);
    const found = await list(event, words, { file, connection, clock, onStart });
    return { text: json ? listJson(found) : listText(found), failed: isIncomplete(found) };
  } finally {
    connection.close();
  }
}

async function restored(request: RestoreQuestion, ports: CommandPorts): Promise<Answer> {
  const { event, asked, as, json } = request;
  const { clock, connect, err } = ports;
  const { file, home, options } = await prepare(request, ports);
  // The home region may be the one that is out.
  const connection = await connect({ ...options, region: asked.wanted.region ?? home });
  try {
    const onStart = sayListing(err);
    const { word, mode, ...what } = asked;
    const listing = { file, connection, clock, onStart };
    const answered = await restore({ event, word, request: { deployment: file.deployment, ...what }, mode }, listing, {
      file,
      clock,
      ...connection.restoring(),
    });
    const failed = hasNothing(answered);
    if (as === undefined) return { text: json ? restoreJson(answered) : restoreText(answered), failed };
    // What goes into another command's input is the launch alone: what is to be heard of it is told beside it.
    const { making } = answered.plan;
    const launch = making.kind === 'machine' && !failed ? making.launch : undefined;
    err(restoreText(answered));
    if (launch?.userData !== undefined)
      err('amikeep: the user data of the old machine is left out of it: it may hold secrets\n');
    return { text: launch ? launchJson(launch, as) : '', failed };
  } finally {
    connection.close();
  }
}

async function carryOut(request: Request, ports: CommandPorts): Promise<Answer> {
  const report = await reported(request, ports);
  const text = request.json ? jsonReport(report) : inCommandWords(textReport(report, request));
  return { text, failed: hasFailed(report) };
}

async function checkUpAsAsked(request: CheckUpRequest, ports: CommandPorts): Promise<Answer> {
  const result = await examined(request, ports);
  return { text: request.json ? checkUpJson(result) : checkUpText(result), failed: hasProblem(result) };
}

async function reported(request: Request, ports: CommandPorts): Promise<Report> {
  const { clock, connect, err } = ports;
  const { event } = request;
  const { file, home, maxCopiesInFlight, options } = await prepare(request, ports);
  const connection = await connect({ ...options, region: event.target?.region ?? home });
  try {
    const all = {
      file,
      account: connection.account,
      connection,
      clock,
      aws: connection.aws,
      maxCopiesInFlight,
      onStart: (targeted: TargetedEvent) => err(`amikeep: ${event.mode} ${targetName(targeted)} ...\n`),
    };
    return await (namesDrills(event) ? drillNamed(event, all, sayListing(err)) : runTargets(event, all));
  } finally {
    connection.close();
  }
}

/** Which place is being listed, since a list of all of them takes a while. */
function sayListing(err: CommandPorts['err']) {
  return ({ target }: TargetedEvent) => err(`amikeep: list ${target.region} of account ${target.account} ...\n`);
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
