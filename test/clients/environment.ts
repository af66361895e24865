import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const VENV = join(ROOT, '.venv', 'clients');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** Written last, so that an installation that was cut short is not taken for a whole one. */
const STAMP = join(VENV, 'requirements.txt');

/** Where the clients are, in a Python virtual environment of their own. */
export interface ClientEnvironment {
  readonly aws: string;
  readonly python: string;
}

/** Installs the pinned clients, unless they are there. */
export async function installClients(): Promise<ClientEnvironment> {
  const environment = { aws: join(VENV, 'bin', 'aws'), python: join(VENV, 'bin', 'python') };
  const wanted = await readFile(REQUIREMENTS, 'utf8');
  const installed = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (installed === wanted) return environment;
  console.log(`installing the clients in ${VENV}`);
  await rm(VENV, { recursive: true, force: true });
  await mkdir(VENV, { recursive: true });
  await run('python3', ['-m', 'venv', VENV]);
  await run(environment.python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  await writeFile(STAMP, wanted);
  return environment;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code, with nothing of this machine's own AWS configuration. */
export async function runClient(program: string, args: readonly string[], endpoint: string): Promise<Finished> {
  const nowhere = join(VENV, 'no-such-file');
  const env = {
    PATH: process.env.PATH,
    HOME: VENV,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: '222233334444',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_PAGER: '',
  };
  try {
    const { stdout, stderr } = await run(program, args, { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: textOf(error, 'stdout'), stderr: textOf(error, 'stderr') };
  }
}

function textOf(error: Error, stream: 'stdout' | 'stderr'): string {
  return String(new Map(Object.entries(error)).get(stream) ?? '');
}
