import { join } from 'node:path';
import type { Disagreement } from './disagreement.ts';

/** The page that the list of disagreements is a part of. */
export const FIDELITY = join(import.meta.dirname, '..', '..', 'docs', 'fidelity.md');

const START = '<!-- npm run fidelity writes from here -->';
const END = '<!-- to here -->';

/**
 * The page with the list in its place.
 *
 * @throws Error where the page does not say where that is
 */
export function withDisagreements(page: string, disagreements: readonly Disagreement[]): string {
  const [before, rest] = page.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`${FIDELITY} lacks "${START}" or "${END}"`);
  return `${before}${START}\n\n${listOf(disagreements)}\n\n${END}${after}`;
}

function listOf(disagreements: readonly Disagreement[]): string {
  const count = (right: Disagreement['right']) => disagreements.filter((one) => one.right === right).length;
  return [
    `Of ${disagreements.length} disagreements the sandbox is right in ${count('sandbox')} and moto in ${count('moto')}; both are wrong in ${count('neither')}, and of ${count('unknown')} nobody knows.`,
    '',
    '| what AWS does | right | and the others | rests on | seen in |',
    '|---|---|---|---|---|',
    ...disagreements.map(rowOf),
  ].join('\n');
}

function rowOf({ what, right, why, rests, seen }: Disagreement): string {
  const [first] = seen;
  const others = seen.length > 1 ? `, and ${seen.length - 1} more` : '';
  const sight =
    first && `${first.step}, \`${first.field}\`: \`${brief(first.sandbox)}\` here, \`${brief(first.moto)}\` there`;
  return `| ${[what, right, why, rests, `${sight}${others}`].map(cell).join(' | ')} |`;
}

const LONGEST = 60;

function brief(value: unknown): string {
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
