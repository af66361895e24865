import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { bundleOptions } from '../deploy/bundle/options.ts';
import { median, type Row } from './row.ts';

const HANDLERS = ['snapshot', 'copy', 'retire'];
const ROOT = new URL('../', import.meta.url);

/** The least that calls EC2, bundled as one does without giving it a thought, and minified as the functions are. */
const BARE = `
  import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
  export const client = new EC2Client({});
  export const handler = () => client.send(new DescribeInstancesCommand({}));
`;

/** The most that a handler's bundle may have, and may take to import, of what a bare client has and takes. */
const MOST_OF_BARE = 0.2;

/** As many of a bundle's contributors as are told. */
const TOLD = 8;

/** Size and import time of each handler, bundled as it is deployed, to those of a bare client's bundle. */
export async function measureBundles(turns: number, handlers = HANDLERS): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-bench-'));
  try {
    const bare = join(folder, 'bare.cjs');
    const stdin = { contents: BARE, resolveDir: fileURLToPath(ROOT) };
    await build({ stdin, bundle: true, minify: true, platform: 'node', outfile: bare, logLevel: 'error' });
    const bundles = await Promise.all(
      handlers.map(async (name) => {
        const path = join(folder, `${name}.mjs`);
        const entry = fileURLToPath(new URL(`functions/${name}.ts`, ROOT));
        const deployed = { ...bundleOptions, entryPoints: [entry], outfile: path };
        const { metafile } = await build({ ...deployed, metafile: true, logLevel: 'error' });
        return { name, path, metafile };
      }),
    );
    const size = await sizeOf(bare);
    const times = await importTimes([bare, ...bundles.map(({ path }) => path)], turns);
    const timeOf = (of: ReadonlyMap<string, number>, path: string) => of.get(path) ?? Number.NaN;
    const medianOf = (path: string) => median(times.map((ofTurn) => timeOf(ofTurn, path)));
    const ratioOf = (path: string) => median(times.map((ofTurn) => timeOf(ofTurn, path) / timeOf(ofTurn, bare)));
    const rows: Row[] = [
      { what: 'bare client: size', value: size, unit: 'kB' },
      { what: 'bare client: import', value: medianOf(bare), unit: 'ms', note: `median of ${turns}` },
    ];
    for (const { name, path, metafile } of bundles) {
      const kilobytes = await sizeOf(path);
      rows.push(
        {
          what: `${name}: size`,
          value: kilobytes / size,
          unit: 'x',
          target: { atMost: MOST_OF_BARE },
          note: `${kilobytes.toFixed(0)} kB; ${compositionOf(metafile)}`,
        },
        {
          what: `${name}: import`,
          value: ratioOf(path),
          unit: 'x',
          target: { atMost: MOST_OF_BARE },
          note: `${medianOf(path).toFixed(0)} ms; medians of ${turns} turns`,
        },
      );
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a bundle is made of, the largest first: packages, and of our own the folders. */
function compositionOf({ outputs }: Metafile): string {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const [, part = path] =
      /node_modules\/((?:@[^/]+\/)?[^/]+)|((?:lib|functions)(?:\/\w+(?=\/))?)/
        .exec(path)
        ?.filter((found) => found !== undefined) ?? [];
    sizes.set(part, (sizes.get(part) ?? 0) + bytesInOutput);
  }
  const largest = [...sizes].sort(([, one], [, other]) => other - one);
  return largest
    .slice(0, TOLD)
    .map(([part, bytes]) => `${part} ${(bytes / 1000).toFixed(0)}`)
    .join(', ');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size / 1000;
}

/**
 * Milliseconds to import each module, by turns, each time in a new process. Whatever else the machine does hits the
 * imports of one turn alike, so that what compares them compares those of one turn.
 */
async function importTimes(paths: readonly string[], turns: number): Promise<Map<string, number>[]> {
  const times: Map<string, number>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const ofTurn = new Map<string, number>();
    for (const path of inTurn(paths, turn)) ofTurn.set(path, await importTime(path));
    times.push(ofTurn);
  }
  return times;
}

/**
 * The order of a turn. A module finds the machine as the one before has left it, warm or not, so that of an even number
 * each comes after each other one once in as many turns as there are modules, and once first.
 */
export function inTurn<T>(items: readonly T[], turn: number): T[] {
  const { length } = items;
  return items.flatMap((_, at) => {
    // 0, 1, last, 2, last but one, ...
    const step = at % 2 === 0 ? length - at / 2 : (at + 1) / 2;
    const item = items[(step + turn) % length];
    return item === undefined ? [] : [item];
  });
}

async function importTime(path: string): Promise<number> {
  const code = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(path))});
    console.log(performance.now() - start);`;
  const options = { cwd: fileURLToPath(ROOT), env: { ...process.env, AWS_REGION: 'eu-central-1' } };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], options);
  return Number(stdout);
}
