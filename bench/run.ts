/**
 * `npm run bench` measures every piece in a process of its own at every size, prints a table, writes bench/results.json
 * and exits with 1 if a target is missed. With `-- --quick` it measures small fleets, goes by what is the same on every
 * machine, and writes nothing. `node bench/run.ts plan` measures one piece in this process, `node bench/run.ts sweeps 50`
 * with a fleet of that size, as JSON: for a profiler, and for the bench itself.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { PIECES, type Piece } from './pieces.ts';
import { linesOf, missesOf, type Row } from './row.ts';
import { type Result, tableOf } from './table.ts';

async function measureOne(name: string, size: number): Promise<void> {
  const piece = PIECES[name];
  if (!piece) throw new TypeError(`there is no piece '${name}': use one of ${Object.keys(PIECES).join(', ')}`);
  console.log(JSON.stringify(await piece.measure(size)));
}

async function measureAll(quick: boolean): Promise<void> {
  const results: Result[] = [];
  for (const [name, piece] of Object.entries(PIECES)) {
    if (quick && !piece.sizes) continue;
    const sizes = piece.sizes?.[quick ? 'quick' : 'full'] ?? [];
    const rows: Row[][] = [];
    for (const size of sizes.length > 0 ? sizes : [0]) {
      console.error(`measuring: ${piece.title}${size > 0 ? `, ${size} instances` : ''} ...`);
      rows.push(await best(name, piece, size));
    }
    results.push({ piece: name, title: piece.title, sizes, lines: linesOf(sizes, rows) });
  }
  console.log(tableOf(results, quick));
  const missed = results.flatMap(({ lines }) => lines.flatMap((line) => missesOf(line, quick)));
  for (const miss of missed) console.error(`missed: ${miss}`);
  if (missed.length > 0) process.exitCode = 1;
  if (quick) return;
  const machine = { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model ?? 'unknown' };
  const document = { date: new Date().toISOString(), ...machine, missed, results };
  await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(document, undefined, 2)}\n`);
}

async function best(name: string, { processes = 1 }: Piece, size: number): Promise<Row[]> {
  let rows = await measureApart(name, size);
  for (let measured = 1; measured < processes; measured++) rows = leastOf(rows, await measureApart(name, size));
  return rows;
}

const target = z.union([
  z.object({ atMost: z.number() }),
  z.object({ atLeast: z.number() }),
  z.object({ exactly: z.number() }),
]);

const rowsSchema: z.ZodType<Row[]> = z.array(
  z.object({
    what: z.string(),
    value: z.number(),
    unit: z.string(),
    target: target.exactOptional(),
    growth: target.exactOptional(),
    anywhere: z.literal(true).exactOptional(),
    note: z.string().exactOptional(),
  }),
);

async function measureApart(name: string, size: number): Promise<Row[]> {
  const program = [fileURLToPath(import.meta.url), name, String(size)];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  return rowsSchema.parse(JSON.parse(stdout));
}

/** Of each row the one with the lesser value; a piece measures the same rows every time. */
function leastOf(one: readonly Row[], other: readonly Row[]): Row[] {
  return one.map((row, index) => {
    const again = other[index];
    return again && again.value < row.value ? again : row;
  });
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const [name, size = '0'] = positionals;
if (name === undefined) await measureAll(values.quick === true);
else await measureOne(name, Number(size));
