import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { DAY, HOUR } from '../../lib/model/time.ts';
import { serve } from '../../sandbox/http.ts';
import { NEWEST } from '../inventory.ts';
import type { Row } from '../row.ts';
import { invokeApart } from './apart.ts';
import { functionSettings } from './functions.ts';
import { type Assignment, policiesOf } from './measured-run.ts';
import { regionWithNights } from './region.ts';

/** More than {@link policiesOf} keep. */
const NIGHTS = 5;

/**
 * The memory and the processor time of runs that have as much to do as one run takes on: the handler, bundled, in a process
 * of its own that has the memory of a function. It waits for no call rate, since waiting takes neither.
 */
export async function measureWork(instances: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-work-'));
  const { sandbox, clock } = await regionWithNights(policiesOf('copy'), {
    instances,
    nights: NIGHTS,
    newest: NEWEST,
  });
  const server = await serve(sandbox);
  try {
    const program = join(folder, 'measured-run.mjs');
    const entryPoints = [fileURLToPath(new URL('measured-run.ts', import.meta.url))];
    await build({ ...bundleOptions, entryPoints, outfile: program, logLevel: 'error' });
    const { memoryMiB } = await functionSettings();
    const measure = async (what: string, action: Assignment['action'], operation: string): Promise<Row[]> => {
      sandbox.calls.reset();
      const assignment = { action, endpoint: server.url, now: clock.now() };
      const { peakMiB, processorSeconds } = await invokeApart(program, assignment, {
        memoryMiB,
        environment: process.env,
      });
      const calls = sandbox.calls.total({ operation, outcome: 'ok' });
      return [
        {
          what: `${what}: peak of memory`,
          value: peakMiB,
          unit: 'MiB',
          target: { atMost: memoryMiB },
          note: `${operation} ${calls} times`,
        },
        { what: `${what}: processor time`, value: processorSeconds, unit: 's' },
      ];
    };
    const copied = await measure('copy, as many as may be in flight', 'copy', 'CopyImage');
    await clock.advance(HOUR);
    const marked = await measure('retire that marks', 'retire', 'CreateTags');
    await clock.advance(DAY - 2 * HOUR);
    const created = await measure('snapshot of all instances', 'snapshot', 'CreateImage');
    await clock.advance(3 * HOUR);
    const retired = await measure('retire that deregisters', 'retire', 'DeregisterImage');
    return [...created, ...copied, ...marked, ...retired];
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}
