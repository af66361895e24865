import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Decision } from '../planning/decision.ts';
import type { Outcome } from '../run/outcome.ts';
import type { Carried, Withdrawn } from '../run/ports.ts';

/** CloudWatch takes lines of 256 KiB; a decision takes some 300 bytes. */
const DECISIONS_A_LINE = 200;

/** Puts an outcome into the log, every decision with its reason, and into the metrics. */
export function tellOutcome(outcome: Outcome, { logger, metrics }: { logger: Logger; metrics: Metrics }): void {
  const { event, plan, carried, failures, unfinished } = outcome;
  for (let at = 0; at < plan.decisions.length; at += DECISIONS_A_LINE) {
    logger.info('decisions', { decisions: plan.decisions.slice(at, at + DECISIONS_A_LINE).map(decisionLine) });
  }
  for (let at = 0; at < carried.length; at += DECISIONS_A_LINE) {
    logger.info('changes', { changes: carried.slice(at, at + DECISIONS_A_LINE).map(changeLine) });
  }
  const { abandoned = [] } = plan;
  for (let at = 0; at < abandoned.length; at += DECISIONS_A_LINE) {
    logger.info('abandoned lineages', { abandoned: abandoned.slice(at, at + DECISIONS_A_LINE) });
  }
  for (const warning of plan.warnings) logger.warn(warning);
  for (const failure of failures) logger.error(failure);
  logger.info('run finished', { event, unfinished, failures: failures.length });

  metrics.addDimension('action', event.action);
  metrics.addDimension('region', event.target.region);
  const done = (action: Decision['action']) =>
    carried.filter((entry) => 'applied' in entry && entry.applied.kind === 'done' && entry.decision.action === action)
      .length;
  metrics.addMetric('ImagesCreated', 'Count', done('create'));
  metrics.addMetric('ImagesCopied', 'Count', done('copy'));
  metrics.addMetric('ImagesMarked', 'Count', done('mark'));
  metrics.addMetric('ImagesRetired', 'Count', done('deregister'));
  metrics.addMetric('ImagesBroughtBack', 'Count', done('bring-back') + done('unmark'));
  metrics.addMetric('Refused', 'Count', plan.decisions.filter(({ action }) => action === 'refuse').length);
  metrics.addMetric(
    'SlotsMissed',
    'Count',
    plan.decisions.filter(({ reason }) => reason.code === 'slot-missed').length,
  );
  metrics.addMetric(
    'AbandonedGiB',
    'Count',
    abandoned.reduce((sum, { gib }) => sum + gib, 0),
  );
  const givenUp = plan.decisions.filter(({ reason }) => reason.code === 'attempts-exhausted');
  metrics.addMetric('AttemptsExhausted', 'Count', givenUp.length);
  metrics.addMetric('Failures', 'Count', failures.length);
  metrics.addMetric('Unfinished', 'Count', unfinished);
}

function decisionLine({ action, subject, policy, version, reason, copyRegion }: Decision): string {
  const what = [subject.id, policy, version, copyRegion && `to ${copyRegion}`].filter(Boolean).join(' ');
  return `${action} ${what}: ${reason.text}`;
}

function changeLine(entry: Carried | Withdrawn): string {
  const line = decisionLine(entry.decision);
  if ('withdrawn' in entry) return `${line} -> withdrawn: ${entry.withdrawn}`;
  const { applied } = entry;
  const detail = 'problem' in applied ? `: ${applied.problem}` : 'note' in applied ? `: ${applied.note}` : '';
  return `${line} -> ${applied.kind}${detail}`;
}
