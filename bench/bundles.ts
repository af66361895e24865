import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { median, type Row } from './row.ts';

const HANDLERS = ['snapshot', 'copy', 'retire'];
const ROOT = new URL('../', import.meta.url);

/** The least that calls EC2, bundled the way one does without giving it a thought. */
const BARE = `
  import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
  export const client = new EC2Client({});
  export const handler = () => client.send(new DescribeInstancesCommand({}));
`;

/** What serverless.yml gives esbuild, as far as a bundle's size and speed depend on it. */
const serverless = z.object({
  custom: z.object({
    esbuild: z.object({
      bundle: z.literal(true),
      minify: z.boolean(),
      format: z.literal('esm'),
      platform: z.literal('node'),
      target: z.string(),
      mainFields: z.array(z.string()),
      outputFileExtension: z.string(),
      banner: z.record(z.string(), z.string()),
    }),
  }),
});

/** Size and import time of each handler, bundled as it is deployed, to those of a bare client's bundle. */
export async function measureBundles(imports: number, handlers = HANDLERS): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-bench-'));
  try {
    const bare = join(folder, 'bare.cjs');
    const stdin = { contents: BARE, resolveDir: fileURLToPath(ROOT) };
    await build({ stdin, bundle: true, platform: 'node', outfile: bare, logLevel: 'error' });
    const options = await deployedOptions();
    const bundles = await Promise.all(
      handlers.map(async (name) => {
        const path = join(folder, `${name}.mjs`);
        const entry = fileURLToPath(new URL(`functions/${name}.ts`, ROOT));
        await build({ ...options, entryPoints: [entry], outfile: path, logLevel: 'error' });
        return { name, path };
      }),
    );
    const size = await sizeOf(bare);
    const times = await importTimes([bare, ...bundles.map(({ path }) => path)], imports);
    const time = times.get(bare) ?? Number.NaN;
    const rows: Row[] = [
      { what: 'bare client: size', value: size, unit: 'kB' },
      { what: 'bare client: import', value: time, unit: 'ms', note: `median of ${imports}` },
    ];
    for (const { name, path } of bundles) {
      const [kilobytes, ms] = [await sizeOf(path), times.get(path) ?? Number.NaN];
      rows.push(
        { what: `${name}: size`, value: kilobytes / size, unit: 'x', note: `${kilobytes.toFixed(0)} kB` },
        { what: `${name}: import`, value: ms / time, unit: 'x', note: `${ms.toFixed(0)} ms, median of ${imports}` },
      );
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function deployedOptions(): Promise<BuildOptions> {
  const text = await readFile(new URL('serverless.yml', ROOT), 'utf8');
  const { outputFileExtension, ...options } = serverless.parse(parse(text)).custom.esbuild;
  return options;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size / 1000;
}

/** Median milliseconds to import each module, each time in a new process; in turns, so that none gets all of a bad moment. */
async function importTimes(paths: readonly string[], turns: number): Promise<ReadonlyMap<string, number>> {
  const times = new Map(paths.map((path): [string, number[]] => [path, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [path, of] of times) of.push(await importTime(path));
  }
  return new Map([...times].map(([path, of]) => [path, median(of)]));
}

async function importTime(path: string): Promise<number> {
  const code = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(path))});
    console.log(performance.now() - start);`;
  const options = { cwd: fileURLToPath(ROOT), env: { ...process.env, AWS_REGION: 'eu-central-1' } };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], options);
  return Number(stdout);
}
