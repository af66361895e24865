import type { Line } from '../../lib/doctor/line.ts';
import { countBy } from '../closing-line.ts';
import type { CheckUp } from './check-up.ts';

const VERDICTS: readonly Line['verdict'][] = ['ok', 'unknown', 'problem'];

/** The check-up for people: a line each, what to do about it below, then how many there are of each kind. */
export function checkUpText({ lines }: CheckUp): string {
  const widths = {
    verdict: widest(lines.map(({ verdict }) => verdict)),
    check: widest(lines.map(({ check }) => check)),
  };
  const told = lines.flatMap((line) => {
    const start = `${line.verdict.padEnd(widths.verdict)}  ${line.check.padEnd(widths.check)}  `;
    const first = `${start}${line.subject}: ${line.text}`;
    return line.verdict === 'ok' ? [first] : [first, `${' '.repeat(start.length)}-> ${line.remedy}`];
  });
  const counts = countBy(lines, ({ verdict }) => verdict);
  const totals = VERDICTS.map((verdict) => `${counts.get(verdict) ?? 0} ${verdict}`);
  return `${told.join('\n')}\n\n${totals.join(', ')}. Nothing was changed. ${WHOSE}\n`;
}

const WHOSE = "Permissions are those of your credentials; the functions' own roles come with the stack.";

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

/** The same as one JSON document. */
export function checkUpJson(checkUp: CheckUp): string {
  return `${JSON.stringify(checkUp, undefined, 2)}\n`;
}
