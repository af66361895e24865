/**
 * `npm run test:days`: the steps of CI on days and in zones in which calendars do what they seldom do. Each step gets
 * its day by ahead.c, and so does all that it starts. Linux and a C compiler are needed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MOMENTS, type Moment } from './moments.ts';

/** What does anything but read sources, as .ci/run has it. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  tests: ['npm', 'test'],
  clients: ['npm', 'run', 'test:clients'],
  moto: ['npm', 'run', 'test:moto'],
  demo: ['npm', 'run', 'demo'],
  trials: ['npm', 'run', 'simulate', '--', '--seeds', '5'],
  package: ['npm', 'run', 'package'],
  template: ['node', 'deploy/check-package.ts'],
  'lint-cfn': ['npm', 'run', 'lint:cfn'],
  e2e: ['npm', 'run', 'e2e'],
};

const USAGE = `usage: npm run test:days [-- --steps e2e,clients] [--moments 'a Sunday,29 February']

  --steps    some of ${Object.keys(STEPS).join(', ')}
  --moments  some of ${MOMENTS.map(({ name }) => name).join(', ')}

What the steps install from registries has to be there already: to those, the time is wrong.`;

/** @throws Error for a name that there is not */
function chosen<T>(option: string, text: string | undefined, known: ReadonlyMap<string, T>): [string, T][] {
  if (text === undefined) return [...known];
  return text.split(',').map((name) => {
    const found = known.get(name.trim());
    if (found === undefined) throw new Error(`${option}: there is no '${name.trim()}'\n\n${USAGE}`);
    return [name.trim(), found];
  });
}

function passes([program = '', ...args]: readonly string[], { at, zone }: Moment, library: string): boolean {
  const ahead = Math.round((Date.parse(at) - Date.now()) / 1000);
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      TZ: zone,
      LD_PRELOAD: library,
      // A distance, since a moment would begin anew in each process.
      SECONDS_AHEAD: String(ahead),
    },
  });
  return status === 0;
}

/** @throws Error where it can't be compiled */
function compile(folder: string): string {
  const library = join(folder, 'ahead.so');
  const options = ['-O2', '-shared', '-fPIC', '-o', library, join(import.meta.dirname, 'ahead.c')];
  const { status, error } = spawnSync('cc', options, { stdio: 'inherit' });
  if (error)
    throw new Error('there is no C compiler cc: apt-get install gcc, or what your system has', { cause: error });
  if (status !== 0) throw new Error('ahead.c does not compile here: it is for Linux');
  return library;
}

function main(library: string): boolean {
  const { values } = parseArgs({ options: { steps: { type: 'string' }, moments: { type: 'string' } } });
  const steps = chosen('--steps', values.steps, new Map(Object.entries(STEPS)));
  const moments = chosen('--moments', values.moments, new Map(MOMENTS.map((moment) => [moment.name, moment])));
  const results: string[] = [];
  let failed = 0;
  for (const [name, moment] of moments) {
    for (const [step, command] of steps) {
      console.log(`\n== ${step}, ${name}: ${moment.at} in ${moment.zone}`);
      const passed = passes(command, moment, library);
      if (!passed) failed += 1;
      results.push(`${passed ? 'ok    ' : 'FAILED'} ${step}, ${name}: ${moment.at} in ${moment.zone}`);
    }
  }
  console.log(`\n${results.join('\n')}\n\n${results.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'amikeep-days-'));
try {
  if (!main(compile(folder))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true });
}
