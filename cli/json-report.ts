import { formatInstant } from '../lib/model/time.ts';
import type { Change } from '../lib/planning/change.ts';
import type { Decision } from '../lib/planning/decision.ts';
import { formatRunEvent } from '../lib/run/event.ts';
import { countDecisions } from '../lib/run/outcome/outcome.ts';
import type { Carried, Withdrawn } from '../lib/run/ports.ts';
import type { Report, TargetReport } from './report.ts';

/**
 * The whole report as one JSON document. Moments are ISO 8601 in UTC; `carried` says of each change what became of it,
 * by its subject, and is empty in plan mode. `notFound` are the instances that were asked for and are in no region.
 */
export function jsonReport({ deployment, event, targets, notFound }: Report): string {
  const report = { deployment, request: formatRunEvent(event), targets: targets.map(jsonTarget), notFound };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function jsonTarget(target: TargetReport): object {
  const event = formatRunEvent(target.event);
  if (target.kind === 'broken') return { event, failures: [target.problem] };
  const { plan, carried, failures, startedAt, endedAt } = target.outcome;
  return {
    event,
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    counts: countDecisions(plan.decisions),
    decisions: plan.decisions.map(jsonDecision),
    carried: carried.map(jsonCarried),
    abandoned: plan.abandoned ?? [],
    ...(plan.imageless && { imageless: plan.imageless }),
    warnings: plan.warnings,
    problems: plan.problems,
    failures,
  };
}

function jsonDecision({ passed, ...decision }: Decision): object {
  return {
    ...decision,
    ...(passed && { passed: { ...passed, at: formatInstant(passed.at) } }),
    ...('change' in decision && { change: jsonChange(decision.change) }),
  };
}

function jsonChange(change: Change): object {
  if (!('stamp' in change)) return change;
  return { ...change, stamp: { ...change.stamp, slot: formatInstant(change.stamp.slot) } };
}

function jsonCarried({
  decision: { action, subject, copyRegion, copyAccount },
  ...result
}: Carried | Withdrawn): object {
  return { action, subject, ...(copyRegion && { copyRegion }), ...(copyAccount && { copyAccount }), ...result };
}
