import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machine } from '../machine.ts';
import { type VirtualEnvironment, virtualEnvironment } from '../virtual-environment.ts';

const run = promisify(execFile);

/** A folder that is not there. */
const NOWHERE = join(import.meta.dirname, 'no-such-folder');

/** Installs the pinned clients, unless they are there. */
export function installClients(): Promise<VirtualEnvironment> {
  return virtualEnvironment('clients', join(import.meta.dirname, 'requirements.txt'));
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code, with nothing of this machine's own AWS configuration. */
export async function runClient(program: string, args: readonly string[], endpoint: string): Promise<Finished> {
  const env = {
    ...machine(),
    HOME: NOWHERE,
    AWS_CONFIG_FILE: join(NOWHERE, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(NOWHERE, 'credentials'),
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
