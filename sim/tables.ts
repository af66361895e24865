import Table from 'cli-table3';

/**
 * A table of plain text: no colours, so that it is the same in a terminal, a file and a test.
 *
 * @param width of all of it, for which the last column's texts are wrapped but no word is cut; as wide as its texts
 *   where it is not given
 */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width?: number,
): string {
  const lastWidth = width === undefined ? null : lastColumn([head, ...rows], width);
  const table = new Table({
    head: [...head],
    colWidths: head.map((_, column) => (column === head.length - 1 ? lastWidth : null)),
    wordWrap: true,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    colAligns: head.map((_, column) => (typeof rows[0]?.[column] === 'number' ? 'right' : 'left')),
    chars: { ...NO_BORDERS },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What the other columns leave of a table's width, or as much as the longest word takes. */
function lastColumn(lines: readonly (readonly (string | number)[])[], width: number): number {
  const widest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length)) + 1;
  const [head = []] = lines;
  const textsOf = (column: number) => lines.map((line) => String(line[column] ?? ''));
  const others = head.slice(0, -1).reduce<number>((sum, _, column) => sum + widest(textsOf(column)), 0);
  const words = textsOf(head.length - 1).flatMap((text) => text.split(' '));
  return Math.max(width + 1 - others, widest(words));
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;

/**
 * Texts of at most `width` columns, each under what it was. Where cutting their ends off makes two of them the same, as
 * much of the end stays as tells them apart; where none does, all stay whole: a wide table beats a wrong one.
 */
export function cutApart(texts: readonly string[], width: number): ReadonlyMap<string, string> {
  const different = [...new Set(texts)];
  const alike = Map.groupBy(different, (text) => cut(text, width, 0));
  for (let end = 0; end < width; end++) {
    const labels = different.map((text): [string, string] => {
      const head = cut(text, width, 0);
      return [text, (alike.get(head)?.length ?? 0) > 1 ? cut(text, width, end) : head];
    });
    if (new Set(labels.map(([, label]) => label)).size === labels.length) return new Map(labels);
  }
  return new Map(different.map((text) => [text, text]));
}

/** @param end how many of the last letters stay */
function cut(text: string, width: number, end: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}

/** `4,224` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 image`, `4,224 images` */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** `2026-09-30 16:00`, in UTC: to the minute, which is what people need of a moment. */
export function moment(at: number | string): string {
  return new Date(at).toISOString().slice(0, '2026-09-30T16:00'.length).replace('T', ' ');
}

/** A text in lines of at most `width` columns, all but the first indented; words are not cut. */
export function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
