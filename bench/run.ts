import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { PIECES } from './pieces.ts';
import { isMissed, type Row } from './row.ts';

async function measureOne(name: string): Promise<void> {
  const piece = PIECES[name];
  if (!piece) throw new TypeError(`there is no piece '${name}': use one of ${Object.keys(PIECES).join(', ')}`);
  console.log(JSON.stringify(await piece.measure()));
}

async function measureAll(): Promise<void> {
  const results: { piece: string; title: string; rows: Row[] }[] = [];
  for (const [piece, { title, processes = 1 }] of Object.entries(PIECES)) {
    console.error(`measuring: ${title} ...`);
    let best = await measureApart(piece);
    for (let measured = 1; measured < processes; measured++) best = leastOf(best, await measureApart(piece));
    results.push({ piece, title, rows: best });
  }
  console.log(tableOf(results).toString());
  const missed = results.flatMap(({ rows }) => rows.filter(isMissed));
  for (const { what, value, unit } of missed) console.error(`missed: ${what}: ${text(value)} ${unit}`);
  const machine = { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model ?? 'unknown' };
  const document = { date: new Date().toISOString(), ...machine, missed: missed.length, results };
  await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(document, undefined, 2)}\n`);
  if (missed.length > 0) process.exitCode = 1;
}

const rows: z.ZodType<Row[]> = z.array(
  z.object({
    what: z.string(),
    value: z.number(),
    unit: z.string(),
    target: z.union([z.object({ atMost: z.number() }), z.object({ exactly: z.number() })]).exactOptional(),
    note: z.string().exactOptional(),
  }),
);

async function measureApart(piece: string): Promise<Row[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), piece]);
  return rows.parse(JSON.parse(stdout));
}

/** Of each row the one with the lesser value; a piece measures the same rows every time. */
function leastOf(one: readonly Row[], other: readonly Row[]): Row[] {
  return one.map((row, index) => {
    const again = other[index];
    return again && again.value < row.value ? again : row;
  });
}

function tableOf(results: readonly { readonly title: string; readonly rows: readonly Row[] }[]): Table.Table {
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: ['', 'measured', 'target', ''], style });
  for (const { title, rows: ofPiece } of results) {
    table.push([{ content: title, colSpan: 4 }]);
    for (const row of ofPiece) {
      table.push([row.what, `${text(row.value)} ${row.unit}`, targetText(row), row.note ?? '']);
    }
  }
  return table;
}

function targetText(row: Row): string {
  if (!row.target) return '';
  const bound = 'atMost' in row.target ? `<= ${text(row.target.atMost)}` : `= ${text(row.target.exactly)}`;
  return `${bound} ${isMissed(row) ? 'MISSED' : 'met'}`;
}

/** Three digits that matter, and no more of what is no whole number. */
function text(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/**
 * `node bench/run.ts` measures every piece in a process of its own, prints a table, writes bench/results.json and
 * exits with 1 if a target is missed. `node bench/run.ts plan` measures that piece in this process, as JSON: for a
 * profiler, and for the bench itself.
 */
const [asked] = process.argv.slice(2);
if (asked === undefined) await measureAll();
else await measureOne(asked);
