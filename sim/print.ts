import type { Report } from './report.ts';
import type { Row, RowVersion } from './rows.ts';
import { counted, cutApart, grouped, moment, plainTable, wrapped } from './tables.ts';

const WIDTH = 120;
const WIDEST_TITLE = 20;
const WIDEST_REST = 20;

/** The report as people read it, at 120 columns. */
export function printReport(report: Report): string {
  const sections = [
    headline(report),
    ...(report.assumptions.length > 0 ? [assumptions(report)] : []),
    lineages(report.rows),
    retired(report),
    refused(report),
    notes(report),
    cost(report),
    nextSteps(),
    recountLine(report),
  ];
  return `${sections.join('\n\n')}\n`;
}

function headline({ days, from, until, seed, instances, totals, failedRuns }: Report): string {
  const span = `${from.slice(0, 10)} to ${until.slice(0, 10)}`;
  return [
    `${counted(days, 'day')} of a fleet, ${span}, seed ${seed}: ${counted(instances.ever, 'instance')} in all, ${instances.live} of them live at the end.`,
    `${counted(totals.runs, 'run')} made ${counted(totals.created, 'image')} and ${grouped(totals.copied)} copies and retired ${grouped(totals.retired)}; ${counted(failedRuns, 'run')} failed in part.`,
  ].join('\n');
}

function assumptions({ assumptions: lines }: Report): string {
  return `Of this copy of the fleet\n${lines.map((line) => wrapped(`  ${line}`, WIDTH, '  ')).join('\n')}`;
}

function lineages(rows: readonly Row[]): string {
  const head = ['Policy', 'Lineage', 'Region', 'Gone', 'Kept', 'Newest', 'Kept by', 'There besides'];
  const titles = cutApart(
    rows.map(({ title }) => title),
    WIDEST_TITLE,
  );
  return plainTable(
    head,
    rows.map((row) => {
      const kept = row.versions.filter(isKept);
      return [
        row.policy,
        titles.get(row.title) ?? row.title,
        row.isCopy ? `${row.region} copy` : row.region,
        row.retired,
        kept.length,
        kept[0]?.version ?? 'none',
        totals(kept.flatMap(rulesOf), ' '),
        totals(row.versions.filter((version) => !isKept(version)).map(besides), ', '),
      ];
    }),
    WIDEST_REST,
  );
}

function isKept({ action, code }: RowVersion): boolean {
  return action === 'keep' && code !== 'failed';
}

/**
 * `kept as daily, oldest weekly` names rules; what is kept for another reason has that reason's code. The oldest
 * version of all, which fills a rule's count up, is counted with the others of the rule.
 */
function rulesOf({ code, why }: RowVersion): string[] {
  if (code !== 'keep-rule') return [code];
  return why
    .replace(/^kept as /, '')
    .replaceAll('oldest ', '')
    .split(', ');
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

function retired({ retired: groups }: Report): string {
  const rows = groups.map(({ images, policy, region, reason }) => [images, policy, region, reason]);
  if (rows.length === 0) return 'Nothing was retired.';
  return `Retired, and why\n${plainTable(['Images', 'Policy', 'Region', 'Reason'], rows)}`;
}

function refused({ refused: groups }: Report): string {
  const rows = groups.map(({ decision, region, decisions, runs, first, last }) => [
    decisions,
    runs,
    decision.replace(/^refuse /, ''),
    region,
    moment(first),
    moment(last),
  ]);
  if (rows.length === 0) return 'Nothing was refused.';
  const head = ['Times', 'Runs', 'Reason', 'Region', 'First', 'Last'];
  return `Refused, and why (the same image may be refused in each run)\n${plainTable(head, rows)}`;
}

function notes({ notes: told }: Report): string {
  const indent = ' '.repeat('2026-09-30 16:00  '.length);
  const lines = told.map(({ at, text }) => wrapped(`${moment(at)}  ${text}`, WIDTH, indent));
  return `Of note\n${lines.join('\n') || 'Nothing.'}`;
}

function cost({ cost: { functions, operations, total, errors } }: Report): string {
  const images = { snapshot: 'created', copy: 'copied', retire: 'retired' };
  const perImage = functions.map(({ action, calls, images: count }) => {
    const each = count > 0 ? `${(calls / count).toFixed(1)} an image ${images[action]}` : `no image ${images[action]}`;
    return `${action} ${grouped(calls)}, ${each}`;
  });
  const failed = Object.entries(errors).map(([code, count]) => `${grouped(count)} ${code}`);
  return [
    wrapped(`Cost: ${counted(total, 'EC2 call')}. ${perImage.join('; ')}.`, WIDTH, ''),
    wrapped(operations.map(({ operation, calls }) => `${grouped(calls)} ${operation}`).join(', '), WIDTH, ''),
    failed.length > 0 ? `Answered with an error: ${failed.join(', ')}` : 'No call was answered with an error.',
  ].join('\n');
}

function nextSteps(): string {
  return [
    'Next',
    '  npm run demo -- --json                                   every version with its reason',
    '  aws ec2 describe-instances --output json > fleet.json    your own fleet, read only',
    '  npm run demo -- --fleet fleet.json --policies policies.yml\n                                                           rehearse your policies on a copy of it',
    '  npx amikeep plan                                         what would be done in your account now',
  ].join('\n');
}

function recountLine({ recount }: Report): string {
  if (recount.disagreements.length === 0) return `recount: ${counted(recount.checks, 'check')}, all agree`;
  const lines = recount.disagreements.map((line) => `  ${line}`);
  return `recount: ${counted(recount.checks, 'check')}, ${counted(recount.disagreements.length, 'disagreement')}\n${lines.join('\n')}`;
}
