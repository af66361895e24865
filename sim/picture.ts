import { text } from 'node:stream/consumers';

/** `npm run demo:picture`: a picture of what the demo prints, each part shortened, from standard input. */

/** Of each part, which are set off by empty lines. */
const MOST_LINES = 7;
/** In pixels. */
const LINE = 18;
const CHARACTER = 7.8;
const MARGIN = 16;

const parts = (await text(process.stdin)).trimEnd().split('\n\n');
const lines = parts
  // What one may do next is for whoever has run it.
  .filter((part) => !part.startsWith('Next'))
  .flatMap((part) => ['', ...shortened(part.split('\n'))])
  .slice(1);
const width = Math.ceil(2 * MARGIN + CHARACTER * Math.max(...lines.map(({ length }) => length)));
const height = 2 * MARGIN + LINE * lines.length;

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>What npm run demo prints</title>
<rect width="100%" height="100%" rx="8" fill="#10151c"/>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#d6dde6" xml:space="preserve">
${lines.map((line, index) => `<text x="${MARGIN}" y="${MARGIN + LINE * (index + 0.75)}"${fill(line)}>${escaped(line)}</text>`).join('\n')}
</g>
</svg>
`);

function shortened(part: readonly string[]): readonly string[] {
  return part.length > MOST_LINES ? [...part.slice(0, MOST_LINES - 1), '...'] : part;
}

function fill(line: string): string {
  return line.startsWith('recount:') ? ' fill="#7ee787"' : '';
}

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
