import { drillTable } from './drill-table.ts';
import { lineageTable } from './lineage-table.ts';
import { nextSteps } from './next-steps.ts';
import { reasonLetters } from './reason-letters.ts';
import type { Report } from './report.ts';
import { counted, grouped, moment, plainTable, wrapped } from './tables.ts';
import { versionLists } from './version-lists.ts';

const WIDTH = 120;

export interface PrintOptions {
  /** Whether each version gets a line, and not only a count. */
  readonly verbose: boolean;
}

/** The report as people read it, at 120 columns. */
export function printReport(report: Report, { verbose }: PrintOptions): string {
  const letters = reasonLetters(report.retired.map(({ reason }) => reason));
  const sections = [
    headline(report),
    ...(report.assumptions.length > 0 ? [assumptions(report)] : []),
    lineageTable(report.rows, letters, WIDTH),
    ...(report.drills.length > 0 ? [drillTable(report.drills)] : []),
    ...(verbose ? [versionLists(report.rows, WIDTH)] : []),
    retired(report, letters),
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
    `${counted(totals.runs, 'run')} made ${counted(totals.created, 'image')} and ${grouped(totals.copied)} copies, retired ${grouped(totals.retired)} and drilled ${grouped(totals.drilled)}; ${counted(failedRuns, 'run')} failed in part.`,
  ].join('\n');
}

function assumptions({ assumptions: lines }: Report): string {
  return `Assumed\n${lines.map((line) => wrapped(`  ${line}`, WIDTH, '  ')).join('\n')}`;
}

function retired({ retired: groups }: Report, letters: ReadonlyMap<string, string>): string {
  const rows = groups.map(({ images, policy, region, reason }) => {
    return [letters.get(reason) ?? '', images, policy, region, reason];
  });
  if (rows.length === 0) return 'Nothing was retired.';
  const heading = 'Retired, and why (the letters are those beside the counts of what is gone)';
  return `${heading}\n${plainTable(['', 'Images', 'Policy', 'Region', 'Reason'], rows)}`;
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
    // Most of its calls are looks that find nothing, however many images there are.
    if (action === 'drill') return `drill ${grouped(calls)}, for ${counted(count, 'image')} started`;
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

function recountLine({ recount }: Report): string {
  if (recount.disagreements.length === 0) return `recount: ${counted(recount.checks, 'check')}, all agree`;
  const lines = recount.disagreements.map((line) => `  ${line}`);
  return `recount: ${counted(recount.checks, 'check')}, ${counted(recount.disagreements.length, 'disagreement')}\n${lines.join('\n')}`;
}
