import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './row.ts';

const COMMAND = fileURLToPath(new URL('../cli/amikeep.ts', import.meta.url));

/** Tells on the standard error, as the process ends, what it took. */
const TELLING = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); console.error((user + system) / 1e6); });",
)}`;

/** Seconds of processor time of the command's help, to those of Node alone. */
export async function measureCommand(): Promise<Row[]> {
  const help = await secondsOf([COMMAND, '--help']);
  const node = await secondsOf(['--eval', '0']);
  return [
    { what: 'amikeep --help: processor time', value: help, unit: 's', target: { atMost: 0.25 } },
    { what: 'to that of Node alone', value: help / node, unit: 'x', note: `${(node * 1000).toFixed(0)} ms` },
  ];
}

async function secondsOf(args: readonly string[]): Promise<number> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', TELLING, ...args]);
  return Number(stderr.trim().split('\n').at(-1));
}
