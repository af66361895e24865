import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { RealClock, VirtualClock } from './clock.ts';
import { serve } from './http.ts';
import { createSandbox } from './sandbox.ts';
import { DEFAULT_ACCOUNT } from './wire/caller.ts';

const USAGE = `usage: npm run sandbox -- [--port 4577] [--clock real|virtual] [--seed 1] [--state FILE]

  --port N       the port on 127.0.0.1; 0 for any that is free
  --clock KIND   real: the machine's; virtual: moves only through POST /_sandbox/clock
  --seed N       of all that is left to chance
  --state FILE   start with a state that GET /_sandbox/state gave`;

interface Settings {
  readonly port: number;
  readonly clock: 'real' | 'virtual';
  readonly seed: number;
  readonly state: string | undefined;
}

/** @throws TypeError for an argument that is not known or makes no sense */
function readSettings(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4577' },
      clock: { type: 'string', default: 'real' },
      seed: { type: 'string', default: '1' },
      state: { type: 'string' },
    },
  });
  const { clock } = values;
  if (clock !== 'real' && clock !== 'virtual') throw new TypeError(`--clock: ${clock} is neither real nor virtual`);
  return {
    clock,
    port: wholeNumber('--port', values.port, 65_535),
    seed: wholeNumber('--seed', values.seed, Number.MAX_SAFE_INTEGER),
    state: values.state,
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new TypeError(`${name}: ${text} is not a whole number from 0 to ${most}`);
}

/** Serves until the process is told to stop. */
async function main(settings: Settings): Promise<void> {
  const clock = settings.clock === 'real' ? new RealClock() : new VirtualClock(Date.now());
  const sandbox = createSandbox({ clock, seed: settings.seed, calls: { log: 1000, inputs: true } });
  if (settings.state !== undefined) sandbox.load(JSON.parse(await readFile(settings.state, 'utf8')));
  const server = await serve(sandbox, { port: settings.port });
  console.log(greeting(server.url, settings.clock));
  const stop = () => {
    void server.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function greeting(url: string, clock: Settings['clock']): string {
  return `The sandbox answers for ec2, sts and events on ${url} (${clock} clock). Any credentials will do:
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
  await main(readSettings(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}
