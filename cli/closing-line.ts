import { plural } from '../lib/model/plural.ts';
import { CHANGE_KINDS, isChangeKind } from '../lib/planning/change.ts';
import type { ChangeDecision, Decision } from '../lib/planning/decision.ts';
import type { Carried, Withdrawn } from '../lib/run/ports.ts';
import type { Report } from './report.ts';

const STILL: Readonly<Record<Exclude<Decision['action'], ChangeDecision['action']>, string>> = {
  propose: 'proposed only',
  refuse: 'refused',
  report: 'left alone',
  wait: 'waiting',
  skip: 'skipped',
  keep: 'kept',
};

/** `2 targets: 3 created, 1 refused, 9 skipped.`, and of a plan that nothing was changed. */
export function closingLine({ event, targets, notFound }: Report): string {
  if (targets.length === 0) return 'Nothing is due: no target has anything to do.';
  const outcomes = targets.flatMap((target) => (target.kind === 'ran' ? [target.outcome] : []));
  const decisions = outcomes.flatMap(({ plan }) => plan.decisions);
  const failures = targets.reduce(
    (sum, target) => sum + (target.kind === 'ran' ? target.outcome.failures.length : 1),
    0,
  );
  const planned = event.mode === 'plan';
  const changes = planned
    ? counted(decisions, ({ action }) => (isChangeKind(action) ? CHANGE_KINDS[action].ahead : undefined))
    : counted(
        outcomes.flatMap(({ carried }) => carried),
        fate,
      );
  const still = counted(decisions, ({ action }) => (isChangeKind(action) ? undefined : STILL[action]));
  const parts = [
    ...changes,
    ...still,
    ...(notFound.length > 0 ? [`${notFound.length} not found`] : []),
    ...(failures > 0 ? [`${failures} failed`] : []),
  ];
  const total = `${plural(targets.length, 'target')}: ${parts.join(', ') || 'nothing to do'}.`;
  if (planned) return `${total} This was a plan: nothing was changed.`;
  return outcomes.some(({ carried }) => carried.some(isStarted)) ? `${total} ${ENDED_BY_SWEEPS}` : total;
}

/** Who has not deployed yet, or has left the last `drill` out, has nobody that ends what they start. */
const ENDED_BY_SWEEPS =
  "The deployed sweep writes the verdict and ends what was started; where none is deployed, run 'amikeep run drill --sweep' until it has.";

function isStarted(entry: Carried | Withdrawn): boolean {
  return !('withdrawn' in entry) && entry.decision.action === 'drill' && entry.applied.kind === 'done';
}

/** The word for what became of a change; what failed is counted with the other failures. */
function fate(entry: Carried | Withdrawn): string | undefined {
  if ('withdrawn' in entry) return 'withdrawn';
  switch (entry.applied.kind) {
    case 'done':
      return CHANGE_KINDS[entry.decision.action].done;
    case 'not-started':
      return 'not started';
    case 'throttled':
    case 'limit':
    case 'lost-name':
    case 'unknown':
    case 'refused':
      return undefined;
  }
}

function counted<T>(items: readonly T[], word: (item: T) => string | undefined): string[] {
  const counts = countBy(items, word);
  return [...counts].flatMap(([name, count]) => (name === undefined ? [] : [`${count} ${name}`]));
}

/** How many of the items have each key, in the order in which the keys come. */
export function countBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
