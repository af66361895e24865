import { assertNever } from '../lib/model/assert-never.ts';
import { placeText } from '../lib/model/ids.ts';
import { plural } from '../lib/model/plural.ts';
import { keysOfTable } from '../lib/model/table.ts';
import { CHANGE_KINDS } from '../lib/planning/change.ts';
import { type AbandonedLineage, type Decision, isChange } from '../lib/planning/decision.ts';
import { verifiedText } from '../lib/planning/verified.ts';
import { namesDrills } from '../lib/run/event.ts';
import { isSnapshotEvent, type TargetedEvent } from '../lib/run/expand.ts';
import type { Outcome } from '../lib/run/outcome/outcome.ts';
import type { Carried, Withdrawn } from '../lib/run/ports.ts';
import { versionOf } from '../lib/tagging/version.ts';
import { closingLine, countBy } from './closing-line.ts';
import type { Report, TargetReport } from './report.ts';
import { table } from './table.ts';

/** What gets a line each, in the order in which people want it; what is left as it is gets a count. */
const LINES_FIRST: readonly Decision['action'][] = [...keysOfTable(CHANGE_KINDS), 'propose', 'refuse', 'report'];
const COUNTED: readonly Decision['action'][] = ['wait', 'skip', 'keep'];

/** The report for people: each target with its decisions and their reasons, what is nowhere, then a line of totals. */
export function textReport(report: Report, { verbose }: { readonly verbose: boolean }): string {
  const parts = report.targets.map((target) => targetText(target, verbose));
  const notFound = report.notFound.map(({ id, regions, near, note }) => {
    const meant = near === undefined ? '' : `; did you mean ${near}?`;
    return `not found: ${id}${note === undefined ? `, in ${regions.join(', ')}` : `: ${note}`}${meant}`;
  });
  const apart = notFound.length > 0 ? [notFound.join('\n')] : [];
  return `${[...parts, ...apart, closingLine(report)].join('\n\n')}\n`;
}

/** `snapshot nightly 2026.11.23-0200 in eu-central-1 of account 111122223333` */
export function targetName(event: TargetedEvent): string {
  return `${[event.action, ...saidOf(event)].join(' ')} in ${event.target.region} of account ${event.target.account}`;
}

/** What all decisions of a target have in common: its policy and its version, where it has one. */
function saidOf(event: TargetedEvent): string[] {
  const policy = event.policy === undefined ? [] : [event.policy];
  return isSnapshotEvent(event) ? [...policy, versionOf(event.slot)] : policy;
}

function targetText(target: TargetReport, verbose: boolean): string {
  const heading = targetName(target.event);
  if (target.kind === 'broken') return `${heading}\n  failed: ${target.problem}`;
  const { plan, failures } = target.outcome;
  const lines = [
    ...table(decisionRows(target.outcome, verbose)),
    ...(verbose ? [] : summary(plan.decisions.filter((decision) => !isAskedFor(target.event, decision)))),
    ...(plan.abandoned ?? []).map(abandonedText),
    ...(plan.imageless ?? []).map((policy) => `${policy} has no image here yet: there is nothing to start`),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    ...failures.map((failure) => `failed: ${failure}`),
  ];
  return [`${heading}: ${lookedAt(plan.decisions)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Names the command that ends it, which is what a person who reads this may want. */
function abandonedText({ why, policy, lineage, images, gib, newest }: AbandonedLineage): string {
  const what = `${plural(images, 'image')} of up to ${gib} GiB, the newest ${versionOf(newest)}`;
  return why === 'policy-gone'
    ? `policy gone: ${lineage} of ${policy}, which is in the policy file no more: ${what}; amikeep retire --policy-gone ${policy} --mode apply ends all of ${policy}`
    : `abandoned: ${lineage} of ${policy}, whose source is gone: ${what}; amikeep retire --abandoned '${lineage}' --mode apply ends it`;
}

/** `looked at 12 instances`, by distinct subjects: a source with two DR regions is decided on twice. */
function lookedAt(decisions: readonly Decision[]): string {
  const kinds = Map.groupBy(decisions, ({ subject }) => subject.kind);
  const counts = [...kinds].map(([kind, of]) => {
    const count = new Set(of.map(({ subject }) => subject.id)).size;
    return plural(count, kind);
  });
  return counts.length === 0 ? 'found nothing to look at' : `looked at ${counts.join(' and ')}`;
}

function decisionRows({ event, plan, carried }: Outcome, verbose: boolean): string[][] {
  const results = new Map(carried.map((entry) => [entry.decision, resultText(entry)]));
  const lines = new Set(verbose ? [...LINES_FIRST, ...COUNTED] : LINES_FIRST);
  const shown = plan.decisions.filter((decision) => lines.has(decision.action) || isAskedFor(event, decision));
  const byAction = Map.groupBy(shown, ({ action }) => action);
  // What the heading says of all of them need not stand on every line.
  const said = new Set(saidOf(event));
  return [...LINES_FIRST, ...COUNTED].flatMap((action) =>
    (byAction.get(action) ?? []).map((decision) => {
      const result = isChange(decision) ? results.get(decision) : undefined;
      return decisionRow(decision, said, result);
    }),
  );
}

/**
 * Who asks for snapshots that have lost their image wants to know when those that still rest may be marked, and who names what
 * is to be drilled, what that waits for.
 */
function isAskedFor(event: TargetedEvent, { action, subject }: Decision): boolean {
  if (action !== 'wait') return false;
  return namesDrills(event) || (event.orphans === true && subject.kind === 'snapshot');
}

function decisionRow(
  { action, subject, policy = '', lineage = '', version = '', copyRegion, copyAccount, reason, passed }: Decision,
  said: ReadonlySet<string>,
  result: string | undefined,
): string[] {
  const why = passed ? `${reason.text}; ${verifiedText({ passed, drilled: undefined })}` : reason.text;
  return [
    action,
    subject.id,
    said.has(policy) ? '' : policy,
    lineage === subject.id ? '' : lineage,
    said.has(version) ? '' : version,
    copyRegion === undefined ? '' : `to ${placeText(copyRegion, copyAccount)}`,
    result === undefined ? why : `${why} -> ${result}`,
  ];
}

function resultText(entry: Carried | Withdrawn): string {
  if ('withdrawn' in entry) return `withdrawn: ${entry.withdrawn}`;
  const { applied } = entry;
  switch (applied.kind) {
    case 'done':
      return ['done', applied.image, applied.note].filter((part) => part !== undefined).join(', ');
    case 'throttled':
    case 'limit':
      return `put off: ${applied.problem}`;
    case 'refused':
      return `refused: ${applied.problem}`;
    case 'unknown':
      return `unknown: ${applied.problem}`;
    case 'lost-name':
      return 'another run has its name';
    case 'not-started':
      return 'not started';
    default:
      return assertNever(applied);
  }
}

/** `skip 9 (5 already-there, 4 not-selected)`, one line for each action. */
function summary(decisions: readonly Decision[]): string[] {
  return COUNTED.flatMap((action) => {
    const those = decisions.filter((decision) => decision.action === action);
    if (those.length === 0) return [];
    const reasons = [...countBy(those, ({ reason }) => reason.code)].map(([code, count]) => `${count} ${code}`);
    return [`${action} ${those.length} (${reasons.join(', ')})`];
  });
}
