import Table from 'cli-table3';
import { figure, type Line, missesOf, targetText } from './row.ts';

/** One piece of the bench, measured. */
export interface Result {
  readonly piece: string;
  readonly title: string;
  /** Instances; none where the piece has nothing to do with fleets. */
  readonly sizes: readonly number[];
  readonly lines: readonly Line[];
}

/** The bench's results as a table: a line for each thing measured, a column for each size. */
export function tableOf(results: readonly Result[], quick: boolean): string {
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: ['', 'least', 'largest', 'growth', 'target', ''], style });
  for (const { title, sizes, lines } of results) {
    const of = sizes.length > 1 ? `${title}: ${sizes.map(figure).join(' and ')} instances` : title;
    table.push([{ content: of, colSpan: 6 }]);
    for (const line of lines) table.push(cellsOf(line, quick));
  }
  return table.toString();
}

function cellsOf(line: Line, quick: boolean): string[] {
  const { what, unit, values, grown, target, growth, note = '' } = line;
  const [least, largest] = values.length > 1 ? values : [undefined, ...values];
  const targets = [...(target ? [targetText(target)] : []), ...(growth ? [`growth ${targetText(growth)}`] : [])];
  const verdict = missesOf(line, quick).length > 0 ? ' MISSED' : '';
  return [
    what,
    least === undefined ? '' : figure(least),
    largest === undefined ? '' : `${figure(largest)} ${unit}`,
    growth === undefined || grown === undefined ? '' : `${figure(grown)}x`,
    `${targets.join(', ')}${verdict}`,
    note,
  ];
}
