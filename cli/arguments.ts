import { Argument, Command, CommanderError, Option } from 'commander';
import manifest from '#package.json' with { type: 'json' };
import { isImageId } from '../lib/model/ids.ts';
import type { Mode, RunEvent } from '../lib/run/event.ts';
import { InputError } from '../lib/run/input-error.ts';
import { endpointProblem } from './endpoint.ts';
import { refuseRepeated } from './refuse-repeated.ts';
import type { AskedRestore, RestoreOptions } from './restore/asked.ts';
import { FORMS, type Form } from './restore/forms.ts';

/** What every request says: what to go by, whom to ask, how to answer. */
export interface Terms {
  readonly policyFile: string;
  /** Where AWS is looked for instead of at its own endpoints. */
  readonly endpointUrl?: string;
  readonly json: boolean;
}

/** What a person asked to be done, checked as far as it can be without the policy file. */
export interface Request extends Terms {
  readonly event: RunEvent;
  /** Whether what is left as it is gets a line each, and not only a count. */
  readonly verbose: boolean;
}

/** A person asked whether everything is in place. */
export interface CheckUpRequest extends Terms {
  /** The one policy that is meant; all of them, if absent. */
  readonly policy?: string;
}

/** A person asked what there is. */
export interface ListRequest extends Terms {
  /** Of a retire run, which goes where images are. */
  readonly event: RunEvent;
  /** Instances, lineages, images or names; none for all. */
  readonly words: readonly string[];
}

/** A person asked to have a server back. */
export interface RestoreQuestion extends Terms {
  /** Of a retire run, which goes where images are. */
  readonly event: RunEvent;
  readonly asked: AskedRestore;
  /** The launch alone, in a form of the AWS CLI. */
  readonly as?: Form;
}

export type ParsedArguments =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'list'; readonly request: ListRequest }
  | { readonly kind: 'check-up'; readonly request: CheckUpRequest }
  | { readonly kind: 'restore'; readonly request: RestoreQuestion }
  /** Help or the version were asked for and have been written. */
  | { readonly kind: 'answered' }
  /** The arguments make no sense, which has been said. */
  | { readonly kind: 'mistaken' };

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** As commander hands them over. */
interface Options {
  readonly policy?: string;
  readonly account?: string;
  readonly region?: string;
  readonly slot?: string;
  readonly instance?: readonly string[];
  readonly mode?: Mode;
  readonly policies: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly abandoned?: readonly string[];
  readonly policyGone?: string;
  readonly confirmNoInstances?: boolean;
  readonly filter?: readonly string[];
  readonly unsealed?: true;
  readonly orphans?: true;
  readonly sweep?: true;
}

/** What a command line asks for, before it is checked. */
interface Asked {
  /** The part of an event that is told by the command itself. */
  readonly what: object;
  readonly options: Options;
}

const NOTHING_TO_RETIRE =
  'retire: name what is to go: --abandoned <lineage...>, --policy-gone <name> or --orphans; what the rules retire is under amikeep plan retire';

const NOTES = `
Credentials are looked for where AWS's own tools look for them, and AWS_ENDPOINT_URL and AWS_PROFILE are heeded.
Nothing is put on amikeep's event bus: what the command does, it tells here.

Exit status: 0 all is done, 1 something failed, 2 what was asked for makes no sense and nothing was tried.`;

/**
 * Reads the command line.
 *
 * @throws InputError where an option's value is not what the event contract takes
 */
export async function parseArguments(args: readonly string[], { out, err }: Output): Promise<ParsedArguments> {
  let asked: Asked | undefined;
  let checkUp: CheckUpRequest | undefined;
  let words: readonly string[] | undefined;
  let lost: { readonly server: string; readonly options: RestoreOptions } | undefined;
  const program = new Command('amikeep')
    .description('Versioned Amazon Machine Images of tagged instances, their copies, and their retirement.')
    .version(manifest.version)
    .exitOverride()
    // Else the version of amikeep would be told where a restore is asked for a version.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      // Whoever finds a mistake, this command or commander, it is told the same way.
      outputError: (text, write) => write(text.replace(/^error: /, 'amikeep: ')),
    })
    .showHelpAfterError('(amikeep --help tells more)')
    .addHelpText('after', NOTES);
  const take = (action: string, options: Options, mode: Mode) => {
    asked = { what: { action, mode }, options };
  };
  withOptions(program.command('plan'))
    .description('say what would be done and why, and change nothing')
    .addOption(new Option('--mode <mode>', 'plan, as it is in any case').choices(['plan']).default('plan'))
    .action((action: string, options: Options) => take(action, options, 'plan'));
  withOptions(program.command('run'))
    .description('do it')
    .addOption(new Option('--mode <mode>', 'plan: as the command plan').choices(['plan', 'apply']).default('apply'))
    .action((action: string, options: Options) => take(action, options, options.mode ?? 'apply'));
  const common = (command: Command) => withCommonOptions(command).addHelpText('after', NOTES);
  common(program.command('undo'))
    .description('bring an image back that is on its way out, or from the Recycle Bin, and hold it')
    .argument('<image...>', 'the images, such as ami-0123456789abcdef0')
    .addOption(mode('apply'))
    .action((images: readonly string[], options: Options) => {
      asked = { what: { action: 'undo', images, mode: options.mode }, options };
    });
  common(program.command('adopt'))
    .description('put images that something else made under a policy; what is not adopted is never retired')
    .option('--filter <tag...>', 'the tags of the images, tag:Key=Value, with * as a wildcard')
    .option('--policy <name>', 'the policy to put them under')
    .option('--unsealed', 'seal instead what amikeep itself made and has no seal that holds, of one policy or of all')
    .addOption(mode('plan'))
    .action(({ filter, unsealed, ...options }: Options) => {
      const what = { ...(filter && { filter: filterOf(filter) }), ...(unsealed && { unsealed }) };
      asked = { what: { action: 'adopt', ...what, mode: options.mode }, options };
    });
  common(program.command('retire'))
    .description(
      'end lineages that nothing makes images of any more, or mark snapshots that have lost their image: the sweeps do the rest',
    )
    .option('--abandoned <lineage...>', 'lineages whose sources are gone, as their images have them in amikeep:lineage')
    .option('--policy-gone <name>', 'all lineages of a policy that the policy file has no more')
    .option('--orphans', 'the snapshots of ours that no image names any more; a sweep deletes them a day later')
    .addOption(confirmNoInstances())
    .addOption(mode('plan'))
    .action(({ orphans, ...options }: Options) => {
      if (options.abandoned === undefined && options.policyGone === undefined && !orphans) {
        throw new InputError([NOTHING_TO_RETIRE]);
      }
      asked = { what: { action: 'retire', ...(orphans && { orphans }), mode: options.mode }, options };
    });
  common(program.command('drill'))
    .description(
      'start images in the sealed network of their policy to see whether they come up; the sweeps do the rest',
    )
    .argument('<image...>', 'images, or lineages or Names of servers, of which the newest image is meant')
    .option('--policy <name>', 'of one policy')
    .addOption(mode('plan'))
    .action((named: readonly string[], options: Options) => {
      const images = named.filter(isImageId);
      // A Name may begin as an image does: ami-builder.
      const lineages = named.filter((word) => !isImageId(word));
      const what = { ...(images.length > 0 && { images }), ...(lineages.length > 0 && { lineages }) };
      asked = { what: { action: 'drill', ...what, mode: options.mode }, options };
    });
  withPlace(withTerms(program.command('list')))
    .description('say which versions of a server there are, where, and what keeps each; the newest first')
    .argument('[server...]', 'its instance, its Name, its lineage or one of its images; all servers unless given')
    .option('--policy <name>', 'of one policy; of all of them unless given')
    .addHelpText('after', NOTES)
    .action((servers: readonly string[], options: Options) => {
      words = servers;
      asked = { what: { action: 'retire', mode: 'plan' }, options };
    });
  withTerms(program.command('restore'))
    .description('get a lost server back: plan a machine of its newest good image, and with --mode apply launch it')
    .argument('<server>', 'its instance, its Name, its lineage or one of its images')
    .option('--version <version>', 'of the image, 2026.11.23-0200; the newest good one unless given')
    .option('--at <time>', 'the newest one from 2026-11-23T02:00:00Z or before')
    .option('--region <region>', 'where to take the image from and launch it; where the server was unless given')
    .option('--type <type>', 'the instance type')
    .option('--subnet <id>', 'the subnet')
    .option('--security-group <id...>', 'all its security groups')
    .option('--profile <name>', 'the instance profile, or none')
    .option('--key <name>', 'the key pair, or none')
    .option('--keep-address', 'take the private address that it had')
    .option('--public', 'give it a public address')
    .option('--another', 'launch one though an earlier restore has left one')
    .option('--take-over', 'give it the tags by which policies select it and its lineage goes on')
    .addOption(
      new Option('--in-place <what>', 'put the root of the image in the place of the living server’s').choices([
        'root',
      ]),
    )
    .option('--volume <device>', 'make a volume of this device of the image, such as /dev/sdf, and no machine')
    .option('--attach <instance>', 'the instance to attach that volume to')
    .addOption(new Option('--as <form>', 'print the launch for the AWS CLI, and nothing else').choices([...FORMS]))
    .addOption(mode('plan'))
    .addHelpText('after', NOTES)
    .action((server: string, options: Options & RestoreOptions) => {
      lost = { server, options };
      const { policies, endpointUrl, json } = options;
      // Images are looked for in all regions: --region says where to launch.
      const terms = {
        policies,
        ...(endpointUrl !== undefined && { endpointUrl }),
        ...(json !== undefined && { json }),
      };
      asked = { what: { action: 'retire', mode: 'plan' }, options: terms };
    });
  withTerms(program.command('doctor'))
    .description('look whether everything that the policies rest on is in place; dry runs only, nothing is changed')
    .option('--policy <name>', 'one policy; all of them unless given')
    .addHelpText('after', NOTES)
    .action(({ policy, ...options }: Options) => {
      checkUp = { ...termsOf(options), ...(policy !== undefined && { policy }) };
    });
  try {
    refuseRepeated(program).parse([...args], { from: 'user' });
  } catch (error) {
    // Commander ends by throwing: with 0 after help and the version, else after it has said what is wrong.
    if (error instanceof CommanderError) return { kind: error.exitCode === 0 ? 'answered' : 'mistaken' };
    throw error;
  }
  if (checkUp) return { kind: 'check-up', request: checkUp };
  if (!asked) return { kind: 'mistaken' };
  const request = await requestOf(asked);
  if (lost) return { kind: 'restore', request: await restoreOf(lost.server, lost.options, request) };
  return words ? { kind: 'list', request: { ...request, words } } : { kind: 'request', request };
}

function withOptions(command: Command): Command {
  return withCommonOptions(command)
    .addArgument(new Argument('<action>', 'what to do').choices(['snapshot', 'copy', 'retire', 'drill']))
    .option('--policy <name>', 'one policy; all of them unless given')
    .option('--slot <slot>', 'snapshot: the moment to stand for, 2026-11-23T02:00:00Z, or `current`; now unless given')
    .option('--instance <id...>', 'snapshot: these instances only, of one policy')
    .addOption(confirmNoInstances())
    .option('--sweep', 'drill: look after the drills that are there, and start none')
    .addHelpText('after', NOTES);
}

function confirmNoInstances(): Option {
  return new Option('--confirm-no-instances', 'retire: a region that shows no instance at all really has none');
}

function mode(preset: Mode): Option {
  return new Option('--mode <mode>', 'plan changes nothing, apply does it').choices(['plan', 'apply']).default(preset);
}

function withCommonOptions(command: Command): Command {
  return withTerms(withPlace(command)).option('--verbose', 'a line for everything that was looked at');
}

function withPlace(command: Command): Command {
  return command
    .option('--account <id>', 'one account; all that the policy file names unless given')
    .option('--region <region>', 'one region; all that the policies name unless given');
}

function withTerms(command: Command): Command {
  return command
    .addOption(new Option('--policies <file>', 'the policy file').env('AMIKEEP_POLICY_FILE').default('policies.yml'))
    .option('--endpoint-url <url>', 'send calls there instead of to AWS')
    .option('--json', 'one JSON document instead of text');
}

/** `tag:Key=Value` each, as in AWS's own filters. */
function filterOf(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => /^tag:([^=]+)=(.*)$/.exec(text) ?? [text]);
  const wrong = pairs.find((pair) => pair.length < 3);
  if (wrong) throw new InputError([`--filter: '${wrong[0]}' is not of the form tag:Key=Value`]);
  const tags = pairs.map(([, key = '', value = '']): [string, string] => [key, value]);
  const twice = tags.find(([key], index) => tags.findIndex(([other]) => other === key) < index);
  if (twice)
    throw new InputError([`--filter: the tag ${twice[0]} is given twice; write it once, with * as a wildcard`]);
  return Object.fromEntries(tags);
}

async function requestOf({ what, options }: Asked): Promise<Request> {
  // What checks events is most of what there is to load here, and help has no event.
  const { parseRunEvent } = await import('../lib/run/event.ts');
  const { policy, slot, account, region, instance, verbose = false } = options;
  const { abandoned, policyGone, confirmNoInstances: confirmed, sweep } = options;
  const parsed = parseRunEvent({
    ...what,
    ...(policy !== undefined && { policy }),
    ...(slot !== undefined && { slot }),
    ...((account !== undefined || region !== undefined) && {
      target: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    }),
    ...(instance !== undefined && { instances: instance }),
    ...(abandoned !== undefined && { abandoned }),
    ...(policyGone !== undefined && { policyGone }),
    ...(confirmed !== undefined && { confirmNoInstances: confirmed }),
    ...(sweep && { sweep }),
  });
  const problems = [...(parsed.ok ? [] : parsed.problems), ...endpointProblems(options)];
  if (!parsed.ok || problems.length > 0) throw new InputError(problems);
  return { event: parsed.event, ...termsOf(options), verbose };
}

async function restoreOf(
  word: string,
  options: RestoreOptions,
  { verbose: _, ...request }: Request,
): Promise<RestoreQuestion> {
  const { askedRestore } = await import('./restore/asked.ts');
  return { ...request, asked: askedRestore(word, options), ...(options.as && { as: options.as }) };
}

function endpointProblems({ endpointUrl }: Options): string[] {
  return endpointUrl === undefined ? [] : endpointProblem('--endpoint-url', endpointUrl);
}

/** @throws InputError where the endpoint is none */
function termsOf(options: Options): Terms {
  const problems = endpointProblems(options);
  if (problems.length > 0) throw new InputError(problems);
  const { policies, endpointUrl, json = false } = options;
  return { policyFile: policies, ...(endpointUrl && { endpointUrl }), json };
}
