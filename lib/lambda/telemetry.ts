import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { chunks } from '../aws/calls/batches.ts';
import { placeText } from '../model/ids.ts';
import type { Decision, ReasonCode } from '../planning/decision.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { countDecisions, type Outcome } from '../run/outcome/outcome.ts';
import type { Carried, Withdrawn } from '../run/ports.ts';
import { emit, failuresOf, measurementsOf } from './metrics.ts';

/** CloudWatch takes lines of 256 KiB; a decision takes some 300 bytes. */
const DECISIONS_A_LINE = 200;
/** An id takes 24. */
const IDS_A_LINE = 4_000;

/** Where an outcome is told. */
export interface TelemetryPorts {
  readonly file: PolicyFile;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Puts an outcome into the log and into the metrics. The log has every decision with its reason, but for those to leave
 * something as it is, of which a large fleet has hundreds of thousands a day: they are counted in each run, and once a day
 * the retire sweep writes for each reason which images are kept for it.
 */
export function tellOutcome(outcome: Outcome, { file, logger, metrics }: TelemetryPorts): void {
  logOutcome(outcome, logger);
  emit(measurementsOf(outcome, new Set(file.policies.map(({ name }) => name))), metrics);
}

/** What went wrong once an outcome was told: that its events could not be put. */
export function tellLateFailure(problem: string, outcome: Outcome, { logger, metrics }: TelemetryPorts): void {
  logger.error(problem);
  emit([failuresOf(outcome)], metrics);
}

function logOutcome({ event, plan, carried, failures, unfinished, overdue = [] }: Outcome, logger: Logger): void {
  const told = plan.decisions.filter((decision) => !isUnchanged(decision));
  for (const part of chunks(told, DECISIONS_A_LINE)) logger.info('decisions', { decisions: part.map(decisionLine) });
  if (event.action === 'retire' && event.continuation === 0 && (event.leftovers ?? true)) {
    for (const kept of keptOf(plan.decisions)) logger.info('kept', { ...event.target, ...kept });
  }
  for (const part of chunks(carried, DECISIONS_A_LINE)) logger.info('changes', { changes: part.map(changeLine) });
  const { abandoned = [] } = plan;
  for (let at = 0; at < abandoned.length; at += DECISIONS_A_LINE) {
    logger.info('abandoned lineages', { abandoned: abandoned.slice(at, at + DECISIONS_A_LINE) });
  }
  // What queries add up has a line for each: CloudWatch Logs Insights does not look into lists.
  const of = { action: event.action, ...event.target };
  for (const refused of refusalsOf(plan.decisions)) logger.info('refused', { ...of, ...refused });
  for (const { policy, images, gib, held } of plan.stock ?? []) {
    logger.info('stock', { ...of, policy, images, gib, held });
  }
  for (const instance of overdue) logger.warn('overdue', { ...of, policy: event.policy, instance });
  for (const { policy, instances } of plan.unselected ?? []) {
    for (const { instance } of instances) logger.warn('no longer selected', { ...of, policy, instance });
  }
  for (const end of plan.consoles ?? []) logger.warn('console of a failed drill', { ...of, ...end });
  for (const warning of plan.warnings) logger.warn(warning);
  for (const failure of failures) logger.error(failure);
  const counts = countDecisions(plan.decisions);
  logger.info('run finished', { event, counts, unfinished, failures: failures.length });
}

/** Whether a decision leaves everything as it is, since there is nothing to do, or not yet. */
function isUnchanged({ action, reason }: Decision): boolean {
  return action === 'keep' || action === 'skip' || (action === 'wait' && WAITS_ITS_TURN.has(reason.code));
}

/** What a large fleet has thousands of in each run: images on their way out, and those that other drills go before. */
const WAITS_ITS_TURN: ReadonlySet<ReasonCode> = new Set(['marked', 'drills-in-flight', 'cap-reached'] as const);

/** By policy and reason, the images that are kept for it. */
function keptOf(decisions: readonly Decision[]) {
  const kept = decisions.filter(({ action }) => action === 'keep');
  const groups = Map.groupBy(kept, ({ policy = 'none', reason }) => `${policy}\n${reason.text}`);
  return [...groups.values()].flatMap((group) => {
    const [{ policy = 'none', reason } = { reason: { text: '' } }] = group;
    const ids = group.map(({ subject }) => subject.id);
    return chunks(ids, IDS_A_LINE).map((images) => ({ policy, reason: reason.text, images }));
  });
}

/** How many each policy was refused, for each reason. */
function refusalsOf(decisions: readonly Decision[]) {
  const refused = decisions.filter(({ action }) => action === 'refuse');
  const byPolicy = Map.groupBy(refused, ({ policy = 'none' }) => policy);
  return [...byPolicy].flatMap(([policy, ofPolicy]) =>
    [...Map.groupBy(ofPolicy, ({ reason }) => reason.code)].map(([reason, { length: subjects }]) => ({
      policy,
      reason,
      subjects,
    })),
  );
}

function decisionLine({ action, subject, policy, version, reason, copyRegion, copyAccount }: Decision): string {
  const what = [subject.id, policy, version, copyRegion && `to ${placeText(copyRegion, copyAccount)}`]
    .filter(Boolean)
    .join(' ');
  return `${action} ${what}: ${reason.text}`;
}

function changeLine(entry: Carried | Withdrawn): string {
  const line = decisionLine(entry.decision);
  if ('withdrawn' in entry) return `${line} -> withdrawn: ${entry.withdrawn}`;
  const { applied } = entry;
  const detail = 'problem' in applied ? `: ${applied.problem}` : 'note' in applied ? `: ${applied.note}` : '';
  return `${line} -> ${applied.kind}${detail}`;
}
