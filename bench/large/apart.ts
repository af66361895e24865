import { fork } from 'node:child_process';
import type { Action } from '../../lib/run/event.ts';
import { type Footprint, footprintSchema } from './footprint.ts';

/** What Node's runtime on Lambda leaves of a function's memory to the heap, and to its young objects. */
const HEAP_SHARE = 0.9;
const YOUNG_SHARE = 0.05;

/** What an invocation in a process of its own took, and how much it logged. */
export interface FootprintWithLog extends Footprint {
  readonly logBytes: number;
}

export interface ProcessSettings {
  readonly memoryMiB: number;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Runs a program that invokes a function once, tells its footprint and ends, in a process with the memory of a function.
 *
 * @param task the program's one argument, as JSON
 * @throws Error where the process did not come to its end, as for want of memory
 */
export function invokeApart(
  program: string,
  task: { readonly action: Action },
  { memoryMiB, environment }: ProcessSettings,
): Promise<FootprintWithLog> {
  const child = fork(program, [JSON.stringify(task)], {
    execArgv: [
      `--max-old-space-size=${Math.floor(memoryMiB * HEAP_SHARE)}`,
      `--max-semi-space-size=${Math.floor(memoryMiB * YOUNG_SHARE)}`,
    ],
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let logBytes = 0;
  let problem = '';
  let footprint: Footprint | undefined;
  child.stdout?.on('data', (chunk: Buffer) => (logBytes += chunk.length));
  child.stderr?.on('data', (chunk: Buffer) => {
    logBytes += chunk.length;
    problem = `${problem}${chunk.toString()}`.slice(-2000);
  });
  child.on('message', (message) => {
    footprint = footprintSchema.parse(message);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (footprint) resolve({ ...footprint, logBytes });
      else reject(new Error(`${task.action} ended with ${code ?? signal} in ${memoryMiB} MiB: ${problem}`));
    });
  });
}
