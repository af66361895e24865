import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { RealClock, VirtualClock } from './clock.ts';
import { SERVICE_NAMES } from './contract.ts';
import { type SandboxServer, serve } from './http.ts';
import { InputError } from './problems.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { DEFAULT_ACCOUNT } from './wire/caller.ts';

const USAGE = `usage: npm run sandbox -- [--port 4577] [--clock real|virtual] [--seed 1] [--state FILE]

  --port N       the port on 127.0.0.1; 0 for any that is free
  --clock KIND   real: the machine's; virtual: moves only through POST /_sandbox/clock
  --seed N       of all that is left to chance
  --state FILE   start with a state that GET /_sandbox/state gave
  -h, --help     print this`;

interface Settings {
  readonly port: number;
  readonly clock: 'real' | 'virtual';
  readonly seed: number;
  readonly state: string | undefined;
}

/** @throws InputError for an argument that is not known or makes no sense */
function readSettings(args: string[]): Settings | 'help' {
  const { clock, help, ...values } = parseOptions(args);
  if (help) return 'help';
  if (clock !== 'real' && clock !== 'virtual') throw new InputError(`--clock: ${clock} is neither real nor virtual`);
  return {
    clock,
    port: wholeNumber('--port', values.port, 65_535),
    seed: wholeNumber('--seed', values.seed, Number.MAX_SAFE_INTEGER),
    state: values.state,
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4577' },
        clock: { type: 'string', default: 'real' },
        seed: { type: 'string', default: '1' },
        state: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new InputError(messageOf(error));
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new InputError(`${name}: ${text} is not a whole number from 0 to ${most}`);
}

/** Serves until the process is told to stop. */
async function main(settings: Settings): Promise<void> {
  const clock = settings.clock === 'real' ? new RealClock() : new VirtualClock(Date.now());
  const sandbox = createSandbox({ clock, seed: settings.seed, calls: { log: 1000, inputs: true } });
  if (settings.state !== undefined) await loadFile(sandbox, settings.state);
  const server = await listen(sandbox, settings.port);
  console.log(greeting(server.url, settings.clock));
  const stop = () => {
    void server.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** @throws InputError naming option and file */
async function loadFile(sandbox: Sandbox, path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new InputError(`--state: '${path}' can't be read (${messageOf(error)}): name a file that is there`);
  });
  try {
    sandbox.load(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof SyntaxError ? `it is not JSON: ${error.message}` : messageOf(error);
    throw new InputError(`--state: '${path}' will not do: ${problem}`);
  }
}

async function listen(sandbox: Sandbox, port: number): Promise<SandboxServer> {
  try {
    return await serve(sandbox, { port });
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const problem = isTaken ? 'is taken' : `can't be had (${messageOf(error)})`;
    throw new Error(`port ${port} ${problem}: use --port N with another one, or 0`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function greeting(url: string, clock: Settings['clock']): string {
  return `The sandbox answers for ${SERVICE_NAMES.join(', ')} on ${url} (${clock} clock). Any credentials will do:
an access key of twelve digits is the account, every other one is account ${DEFAULT_ACCOUNT}.

  export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=eu-central-1
  export AWS_ACCESS_KEY_ID=${DEFAULT_ACCOUNT} AWS_SECRET_ACCESS_KEY=any AWS_EC2_METADATA_DISABLED=true

  aws ec2 describe-images --owners amazon --query 'Images[*].[ImageId,Name]' --output text
  aws ec2 run-instances --image-id ami-... --count 1
  aws ec2 create-image --instance-id i-... --name first
  aws ec2 describe-images --owners self

  curl ${url}/_sandbox/calls
  curl -X POST ${url}/_sandbox/faults -d '{ "operation": "CreateImage", "kind": "throttle", "times": 3 }'
${clock === 'virtual' ? `  curl -X POST ${url}/_sandbox/clock -d '{ "advance": "PT10M" }'\n` : ''}
Ctrl-C ends it.`;
}

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings === 'help') console.log(USAGE);
  else await main(settings);
} catch (error) {
  const isMistaken = error instanceof InputError;
  console.error(isMistaken ? `${error.message}\n\n${USAGE}` : messageOf(error));
  process.exitCode = isMistaken ? 2 : 1;
}
