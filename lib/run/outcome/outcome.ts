import { type InstanceId, placeText } from '../../model/ids.ts';
import { DAY, HOUR, type Instant } from '../../model/time.ts';
import { overdueInstances } from '../../planning/create/coverage.ts';
import type { Decision, Plan } from '../../planning/decision.ts';
import { MAX_CONTINUATIONS } from '../event-schema.ts';
import type { TargetedEvent } from '../expand.ts';
import type { CycleResult } from '../jobs/job.ts';
import type { CallCounts, Carried, Withdrawn } from '../ports.ts';

/** All that is known of one run once it has ended. */
export interface Outcome {
  readonly event: TargetedEvent;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly plan: Plan;
  readonly carried: readonly (Carried | Withdrawn)[];
  /** How many changes there was no time to start. */
  readonly unfinished: number;
  /** Whether what is unfinished is left to the next sweep instead of a continuation. */
  readonly givenUp: boolean;
  /** What went wrong, one line each; a run with any of these has failed in part. */
  readonly failures: readonly string[];
  /** Snapshot runs: the instances without a good image of the last due slot; absent where the run cannot tell. */
  readonly overdue?: readonly InstanceId[];
  /** Retire runs: how many stages were due over a day ago and are not done; nothing for a plan. */
  readonly stagesOverdue?: number;
  readonly calls: CallCounts;
}

/** How often each action was decided for each reason: `create slot-due`, `refuse in-use`. */
export type Counts = Readonly<Record<string, number>>;

export function outcomeOf(
  event: TargetedEvent,
  { plan, carried }: CycleResult,
  startedAt: Instant,
  endedAt: Instant,
  calls: CallCounts,
): Outcome {
  const unfinished = carried.filter((entry) => 'applied' in entry && entry.applied.kind === 'not-started').length;
  const givenUp = unfinished > 0 && !isSweptSoon(event) && isGivenUp(event, carried, endedAt);
  const failures = [...plan.problems, ...carried.flatMap(failureOf)];
  if (givenUp) {
    failures.push(
      `${unfinished} changes are not started after ${event.continuation} continuations; the next sweep goes on`,
    );
  }
  const behind = { ...overdueOf(event, plan, carried, givenUp), ...stagesOverdueIn(event, carried, givenUp, endedAt) };
  return { event, startedAt, endedAt, plan, carried, unfinished, givenUp, failures, ...behind, calls };
}

/** So long a stage may wait for its turn: four sweeps have come by then. */
const STAGE_WAITS = DAY;

/** What a second look withdrew was not due; and what there was no time for is being done, where the run goes on with it. */
function stagesOverdueIn(
  { action, mode }: TargetedEvent,
  carried: readonly (Carried | Withdrawn)[],
  givenUp: boolean,
  endedAt: Instant,
): Pick<Outcome, 'stagesOverdue'> {
  if (action !== 'retire' || mode === 'plan') return {};
  const isOverdue = (entry: Carried | Withdrawn) => {
    if (!('applied' in entry) || entry.applied.kind === 'done') return false;
    const isGoingOn = entry.applied.kind === 'not-started' && !givenUp;
    return !isGoingOn && (entry.decision.due ?? endedAt) < endedAt - STAGE_WAITS;
  };
  return { stagesOverdue: carried.filter(isOverdue).length };
}

/** What there was no time for is being made as well, where the run goes on with it. A plan alone makes nothing. */
function overdueOf(
  { mode }: TargetedEvent,
  { coverage }: Plan,
  carried: readonly (Carried | Withdrawn)[],
  givenUp: boolean,
): Pick<Outcome, 'overdue'> {
  if (!coverage || mode === 'plan') return {};
  const beingMade = carried.flatMap((entry) => {
    if (entry.decision.action !== 'create' || !('applied' in entry)) return [];
    const { kind } = entry.applied;
    return kind === 'done' || (kind === 'not-started' && !givenUp) ? [entry.decision.change.instance] : [];
  });
  return { overdue: overdueInstances(coverage, new Set(beingMade)) };
}

/** A run that gets nothing done is sent on a few times only: what kept it from its work may pass, but seldom soon. */
const FRUITLESS_CONTINUATIONS = 3;

/** For how long a row of continuations is sent on, from the start of its first run: the sweep of the hour has come by then. */
export const ROW_LASTS = HOUR;

function isGivenUp(
  { continuation, until = Number.POSITIVE_INFINITY }: TargetedEvent,
  carried: readonly (Carried | Withdrawn)[],
  endedAt: Instant,
): boolean {
  // What was refused or withdrawn is asked for again by the next run, so it is no progress.
  const fruitful = carried.some((entry) => 'applied' in entry && entry.applied.kind === 'done');
  return continuation >= (fruitful ? MAX_CONTINUATIONS : FRUITLESS_CONTINUATIONS) || endedAt >= until;
}

/** Whether the run's event is sent on, for the changes that there was no time to start. */
export function goesOn({ event, unfinished, givenUp }: Pick<Outcome, 'event' | 'unfinished' | 'givenUp'>): boolean {
  return unfinished > 0 && !givenUp && !isSweptSoon(event);
}

/**
 * What a run of copies leaves is taken up by the next sweep, within minutes: two at once would count the same copies in flight.
 * So is what a sweep of drills leaves, of which there would be one more for each that is slow.
 */
function isSweptSoon({ action, sweep }: TargetedEvent): boolean {
  return action === 'copy' || sweep === true;
}

/** What AWS refused, lost or had no room for. A change that a second look withdrew is none of these. */
function failureOf(entry: Carried | Withdrawn): string[] {
  if ('withdrawn' in entry) return [];
  const { decision, applied } = entry;
  switch (applied.kind) {
    case 'refused':
    case 'unknown':
    case 'throttled':
    case 'limit':
      return [`${decision.action} ${nameOf(decision)}: ${applied.problem}`];
    case 'done':
      return applied.flaw === undefined ? [] : [`${decision.action} ${nameOf(decision)}: ${applied.flaw}`];
    case 'lost-name':
    case 'not-started':
      return [];
  }
}

/** `i-0123456789abcdef0 in eu-central-1`, as people look for it. */
export function nameOf({
  subject,
  copyRegion,
  copyAccount,
}: Pick<Decision, 'subject' | 'copyRegion' | 'copyAccount'>): string {
  const place =
    copyRegion === undefined ? subject.region : `${subject.region}, to ${placeText(copyRegion, copyAccount)}`;
  return `${subject.id} in ${place}`;
}

export function countDecisions(decisions: readonly Decision[]): Counts {
  const counts: Record<string, number> = {};
  for (const { action, reason } of decisions) {
    const key = `${action} ${reason.code}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Thrown once a run has done all that it could, so that whoever waits for it learns that this was not all. */
export class PartialFailureError extends Error {
  readonly outcomes: readonly Outcome[];

  constructor(outcomes: readonly Outcome[]) {
    const failures = outcomes.flatMap((outcome) => outcome.failures);
    super(`${failures.length} failed, the rest is done: ${failures.slice(0, 5).join('; ')}`);
    this.name = 'PartialFailureError';
    this.outcomes = outcomes;
  }
}
