import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { DAY, HOUR } from '../lib/model/time.ts';
import { serve } from '../sandbox/http.ts';
import { crowdedRegion } from './crowded-region.ts';
import { type Assignment, type Footprint, footprintSchema } from './measured-run.ts';
import { crowdedPolicies } from './policies.ts';
import type { Row } from './row.ts';

const ROOT = new URL('../', import.meta.url);

const serverless = z.object({ provider: z.object({ memorySize: z.number() }) });

/** What Node's runtime on Lambda leaves of a function's memory to the heap, and to its young objects. */
const HEAP_SHARE = 0.9;
const YOUNG_SHARE = 0.05;

/** What a function may be given, in MiB. */
const SIZES = [256, 384, 512, 1024];

/**
 * The least memory with which each function does its heaviest run: the handler, bundled, in a process of its own whose
 * heap is limited as Lambda limits it, on a region with so many instances and so many nights of images of each.
 */
export async function measureMemory(instances: number, nights: number, sizes = SIZES): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-memory-'));
  const { sandbox, clock } = await crowdedRegion(crowdedPolicies(), instances, nights);
  const server = await serve(sandbox);
  try {
    const program = join(folder, 'measured-run.mjs');
    await bundle(program);
    const given = await deployedMemory();
    const rows: Row[] = [];
    const measure = async (what: string, action: Assignment['action'], operation: string) => {
      const before = sandbox.dump();
      const assignment = { action, endpoint: server.url, now: clock.now() };
      for (const size of sizes) {
        sandbox.load(before);
        sandbox.calls.reset();
        const footprint = await footprintOf(program, assignment, size);
        if (!footprint || footprint.peakMiB > size) continue;
        const { peakMiB, processorSeconds } = footprint;
        const calls = sandbox.calls.total({ operation, outcome: 'ok' });
        const note = `peak ${peakMiB.toFixed(0)} MiB, processor ${processorSeconds.toFixed(1)} s, ${operation} ${calls} times`;
        rows.push({ what: `${what}: least memory`, value: size, unit: 'MiB', target: { atMost: given }, note });
        return;
      }
      throw new RangeError(`${what} took more than ${sizes.at(-1)} MiB`);
    };
    await clock.advance(DAY);
    await measure(`snapshot of ${instances} instances`, 'snapshot', 'CreateImage');
    await clock.advance(HOUR);
    await measure('copy of as many as may be under way', 'copy', 'CopyImage');
    await clock.advance(HOUR);
    await measure(`retire, which marks as many of ${instances * nights} images as one run may`, 'retire', 'CreateTags');
    await clock.advance(DAY + HOUR);
    await measure('retire, which deregisters as many as one run may', 'retire', 'DeregisterImage');
    return rows;
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}

async function deployedMemory(): Promise<number> {
  const text = await readFile(new URL('serverless.yml', ROOT), 'utf8');
  return serverless.parse(parse(text)).provider.memorySize;
}

/** As the functions are: type stripping and a thousand files of the SDK would be measured otherwise. */
async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('measured-run.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: {
      // Some dependencies are CommonJS and ask for node's own modules by require.
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

/** Undefined where the process did not come to its end. */
function footprintOf(program: string, assignment: Assignment, size: number): Promise<Footprint | undefined> {
  const child = fork(program, [JSON.stringify(assignment)], {
    execArgv: [
      `--max-old-space-size=${Math.floor(size * HEAP_SHARE)}`,
      `--max-semi-space-size=${Math.floor(size * YOUNG_SHARE)}`,
    ],
    // What functions log is measured with them and read by nobody.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let footprint: Footprint | undefined;
  child.on('message', (message) => {
    footprint = footprintSchema.parse(message);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? footprint : undefined));
  });
}
