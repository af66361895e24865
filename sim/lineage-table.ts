import type { Row, RowVersion } from './rows.ts';
import { besidesOf, keptOf, rulesOf } from './standing.ts';
import { cutApart, plainTable } from './tables.ts';

const WIDEST_TITLE = 20;

/**
 * A line for each lineage and region.
 *
 * @param letters for the reasons why images were retired
 */
export function lineageTable(rows: readonly Row[], letters: ReadonlyMap<string, string>, width: number): string {
  const head = ['Policy', 'Lineage', 'Region', 'Gone', 'Kept', 'Newest', 'Kept by', 'There besides'];
  const titles = cutApart(
    rows.map(({ title }) => title),
    WIDEST_TITLE,
  );
  const digits = Math.max(...rows.flatMap(countsOf).map((count) => String(count).length));
  return plainTable(
    head,
    rows.map((row) => {
      const kept = keptOf(row);
      return [
        row.policy,
        titles.get(row.title) ?? row.title,
        row.isCopy ? `${row.region} copy` : row.region,
        gone(row, letters, digits),
        kept.length,
        kept[0]?.version ?? 'none',
        totals(kept.flatMap(wordsOf), ' '),
        totals(besidesOf(row).map(besides), ', '),
      ];
    }),
    width,
  );
}

function countsOf({ retiredFor }: Row): number[] {
  return [0, ...Object.values(retiredFor)];
}

/** `24 a`, and `24 a 1 b` where reasons differ. */
function gone({ retiredFor }: Row, letters: ReadonlyMap<string, string>, digits: number): string {
  const parts = Object.entries(retiredFor).map(([reason, count]) => {
    return `${String(count).padStart(digits)} ${letters.get(reason)}`;
  });
  return parts.join(' ') || '0'.padStart(digits);
}

/** The oldest version of all, which fills a rule's count up, is counted with the others of the rule. */
function wordsOf(version: RowVersion): string[] {
  const rules = rulesOf(version).map((rule) => rule.replace(/^oldest /, ''));
  return rules.length > 0 ? rules : [version.code];
}

function besides({ action, code }: RowVersion): string {
  return action === 'propose' ? 'proposed' : code;
}

/** `4 last 7 daily`, in the order of first coming. */
function totals(words: readonly string[], between: string): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(between);
}
