import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VENVS = join(import.meta.dirname, '..', '.venv');

/** What other people wrote in Python, in a virtual environment of its own. */
export interface VirtualEnvironment {
  readonly folder: string;
  /** The path of a program that is installed in it. */
  program(name: string): string;
}

/**
 * Installs what a file of exact requirements lists, unless it is there.
 *
 * @param name of the environment, under `.venv/`
 * @param requirements path of the file
 */
export async function virtualEnvironment(name: string, requirements: string): Promise<VirtualEnvironment> {
  const folder = join(VENVS, name);
  const program = (executable: string) => join(folder, 'bin', executable);
  // Written last, so that an installation that was cut short is not taken for a whole one.
  const stamp = join(folder, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  const installed = await readFile(stamp, 'utf8').catch(() => undefined);
  if (installed === wanted) return { folder, program };
  console.error(`installing ${name} in ${folder}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  await run(program('python'), install);
  await writeFile(stamp, wanted);
  return { folder, program };
}
