import type { Row, RowVersion } from './rows.ts';
import { besidesOf, keptOf, rulesOf } from './standing.ts';
import { grouped, wrapped } from './tables.ts';

/** Under each lineage and region all that is kept, what was retired, and what is there besides, each with its why. */
export function versionLists(rows: readonly Row[], width: number): string {
  return rows.map((row) => versionList(row, width)).join('\n\n');
}

function versionList(row: Row, width: number): string {
  const { policy, lineage, title, region, isCopy, retired, retiredFor } = row;
  // A name may be another instance's tomorrow; the lineage is what amikeep goes by.
  const id = lineage === title ? '' : ` (${lineage})`;
  const kept = keptOf(row);
  const besides = Map.groupBy(besidesOf(row), headingOf);
  const reasons = Object.entries(retiredFor).map(([reason, count]): [string, string] => [grouped(count), reason]);
  return [
    `${policy} ${title}${id} in ${region}${isCopy ? ', copies' : ''}`,
    ...list('kept', kept.length, kept.map(keptLine), width),
    ...list('retired', retired, reasons, width),
    ...[...besides].flatMap(([heading, those]) => list(heading, those.length, those.map(besidesLine), width)),
  ].join('\n');
}

function keptLine(kept: RowVersion): [string, string] {
  const { version, why, passedAt } = kept;
  const verified = passedAt === undefined ? '' : `; verified ${passedAt.slice(0, 10)}`;
  return [version, `${rulesOf(kept).join(', ') || why}${verified}`];
}

/** A refusal's code is what it is counted under elsewhere in the report. */
function headingOf({ action, code }: RowVersion): string {
  if (action === 'refuse') return `refused as ${code}`;
  // What is kept without holding a version has failed.
  if (action === 'keep') return code;
  return HEADINGS[action] ?? `to ${action}`;
}

const HEADINGS: Readonly<Partial<Record<RowVersion['action'], string>>> = { wait: 'marked', propose: 'proposed' };

/** With the image's id, since an attempt that failed has the version of the image that took its place. */
function besidesLine({ version, imageId, why }: RowVersion): [string, string] {
  return [`${version}  ${imageId}`, why];
}

function list(
  heading: string,
  count: number,
  lines: readonly (readonly [what: string, why: string])[],
  width: number,
): string[] {
  return [
    `  ${heading}: ${grouped(count)}`,
    ...lines.map(([what, why]) => {
      const start = `    ${what}  `;
      return start + wrapped(why, width - start.length, '').replaceAll('\n', `\n${' '.repeat(start.length)}`);
    }),
  ];
}
