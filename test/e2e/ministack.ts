import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { machine } from '../machine.ts';
import { virtualEnvironment } from '../virtual-environment.ts';
import { freePort } from './free-port.ts';
import { PATIENCE_MS, until } from './until.ts';

export interface Ministack {
  /** `http://127.0.0.1:43121` */
  readonly url: string;
  /** For temporary files; it goes with the server. */
  readonly folder: string;
  /** The end of what it and the functions printed. */
  log(): string;
  /** Ends it and every function that it runs, and returns when its process is gone. */
  close(): Promise<void>;
}

/** The services that the sandbox answers for, as the SDK calls them in the variables that say where they are. */
const OF_THE_SANDBOX = ['EC2', 'AUTO_SCALING', 'SSM', 'RBIN', 'KMS'];

const LOG_LENGTH = 10_000;

/**
 * Starts ministack, which enforces IAM, on the loopback interface. Its functions run on this process's Node, and take
 * from its environment that EC2 and what stands beside it are answered by the sandbox.
 *
 * @param account whose key the deployer has; ministack takes it for the account's root user
 * @throws Error with what it printed where it does not come up
 */
export async function startMinistack(account: Credentials, sandboxUrl: string): Promise<Ministack> {
  const python = await virtualEnvironment('ministack', join(import.meta.dirname, 'requirements.txt'));
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'ministack.log');
  const output = openSync(logFile, 'w');
  const server = spawn(python.program('python'), [join(import.meta.dirname, 'start_ministack.py')], {
    cwd: folder,
    // A group of its own, so that the functions' processes end with it.
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...machine(),
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      AUTH: 'true',
      AWS_ACCESS_KEY_ID: account.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
      LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.1',
      ...Object.fromEntries(OF_THE_SANDBOX.map((service) => [`AWS_ENDPOINT_URL_${service}`, sandboxUrl])),
    },
  });
  closeSync(output);
  const endWithThisProcess = () => {
    killGroup(server);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endWithThisProcess);
  const log = () => readFileSync(logFile, 'utf8').slice(-LOG_LENGTH);
  const close = async () => {
    process.off('exit', endWithThisProcess);
    await stop(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('ministack answers', () => isReady(server, url));
    return { url, folder, log, close };
  } catch (error) {
    const printed = log();
    await close();
    throw new Error(`ministack did not start:\n${printed}`, { cause: error });
  }
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @throws Error where its process has ended */
async function isReady(server: ChildProcess, url: string): Promise<true | undefined> {
  if (server.exitCode !== null) throw new Error(`it ended with code ${server.exitCode}`);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(`${url}/_ministack/ready`, { signal }).catch(() => undefined);
  return answer?.ok ? true : undefined;
}

async function stop(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return;
  const gone = once(server, 'exit');
  killGroup(server);
  await gone;
}

/** Its functions notice by their standard input that it is gone, where it ended by itself. */
function killGroup(server: ChildProcess): void {
  // A negative number names the group that the process leads.
  if (server.pid !== undefined && !hasEnded(server)) process.kill(-server.pid, 'SIGKILL');
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
