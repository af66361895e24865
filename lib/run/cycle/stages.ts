import { type Clock, HOUR, type Instant, SECOND } from '../../model/time.ts';
import type { StageChange } from '../../planning/change.ts';
import { type ChangeDecision, type Decision, isChange, isIn, isStage, sameDecision } from '../../planning/decision.ts';
import { concurrently } from '../concurrently.ts';
import type { CycleSettings, Job } from '../jobs/job.ts';
import type { Applier, Carried, Withdrawn } from '../ports.ts';
import { rescue } from './rescues.ts';

/** Calls under way at a time. */
const WIDTH = 16;
/** What is about to take an image away is read again in batches of this size... */
const BATCH = 100;
/** ...and at most this long before the call. */
export const FRESH_FOR = 60 * SECOND;

type StageDecision = ChangeDecision<StageChange>;

/** A batch with what a second look at it has shown. */
interface Look<Inventory> {
  readonly batch: readonly StageDecision[];
  readonly inventory: Inventory;
  /** When what was read is too old to rest a call on. */
  readonly notAfter: Instant;
  /** Whether reading alone took that long. */
  readonly tooSlow: boolean;
}

export interface StagesResult {
  readonly carried: readonly (Carried | Withdrawn)[];
  /** What the second looks could not read. */
  readonly problems: readonly string[];
}

/**
 * Every stage on the way out is read and planned again right before the calls, batch by batch; only a decision that
 * comes out equal is carried out, and what turns out to be wanted again is brought back instead. While one batch is
 * carried out the next is being read. What AWS slows down beyond the freshness of its reads is read once more, and
 * where the reads themselves take that long, in smaller batches.
 */
export async function applyStages<Inventory>(
  decisions: readonly StageDecision[],
  job: Job<Inventory>,
  settings: CycleSettings,
): Promise<StagesResult> {
  const { clock, stopAt, aws } = settings;
  const isOver = () => clock.now() >= stopAt || aws.isOutOfTime();
  const done: (Carried | Withdrawn)[] = [];
  const problems = new Set<string>();
  const turnedAway = new Set<StageDecision>();
  const replaced = new Set<string>();
  const queue = inTurn(decisions, clock.now());
  let size = BATCH;
  const lookAhead = () => (queue.length > 0 && !isOver() ? look(queue.splice(0, size), job, clock) : undefined);

  for (let ahead = lookAhead(); ahead; ) {
    const { batch, inventory, notAfter, tooSlow } = await ahead;
    // What there was no time to read is no problem: the run goes on with it.
    if (isOver()) {
      queue.unshift(...batch);
      break;
    }
    const fresh = job.plan(inventory, clock.now());
    for (const problem of fresh.problems) problems.add(problem);
    if (clock.now() >= notAfter) {
      queue.unshift(...batch);
      if (tooSlow && batch.length === 1) break;
      if (tooSlow) size = Math.ceil(batch.length / 2);
      ahead = lookAhead();
      continue;
    }
    ahead = lookAhead();
    const bySubject = new Map(fresh.decisions.map((decision) => [decision.subject.id, decision]));
    const results = await concurrently(batch, WIDTH, (decision) => {
      const again = bySubject.get(decision.subject.id);
      // Of two calls the first may have been made, after which the stage that comes next is another one.
      if (turnedAway.has(decision) && isAnotherStage(decision, again)) return Promise.resolve(notStarted(decision));
      return carryOut(decision, again, notAfter, settings.aws.applier);
    });
    const tooLate = batch.filter((_, index) => results[index]?.some(hadNoTurn));
    for (const [index, decision] of batch.entries()) {
      if (results[index]?.some(isTurnedAway)) turnedAway.add(decision);
    }
    done.push(...results.flat().filter((result) => !hadNoTurn(result)));
    queue.push(...tooLate);
    // Another stage than was planned, as of an image that turns out to be shared, has a look of its own, and only one.
    for (const { instead } of results.flat().filter(isWithdrawn)) {
      if (!instead || !isChange(instead) || !isStage(instead) || replaced.has(instead.subject.id)) continue;
      replaced.add(instead.subject.id);
      queue.push(instead);
    }
    // Not even the first had its turn: there is no more time in this run, or AWS takes no more calls.
    if (tooLate.length === batch.length) {
      if (ahead) queue.push(...(await ahead).batch);
      break;
    }
    ahead ??= lookAhead();
  }
  return { carried: [...done, ...queue.flatMap(notStarted)], problems: [...problems] };
}

async function look<Inventory>(
  batch: readonly StageDecision[],
  job: Job<Inventory>,
  clock: Clock,
): Promise<Look<Inventory>> {
  const notAfter = clock.now() + FRESH_FOR;
  const inventory = await job.read(batch.map(({ change }) => change));
  return { batch, inventory, notAfter, tooSlow: clock.now() >= notAfter };
}

/** Carries a decision out that the second look bears out; else withdraws it, and does what brings the image back. */
async function carryOut(
  decision: StageDecision,
  again: Decision | undefined,
  notAfter: Instant,
  applier: Applier,
): Promise<(Carried | Withdrawn)[]> {
  if (again && isChange(again) && isStage(again) && sameDecision(decision, again)) {
    return [{ decision, applied: await applier.stage(again.change, notAfter) }];
  }
  if (!again) return [{ decision, withdrawn: 'it is not there any more' }];
  const replaced: Withdrawn = { decision, withdrawn: again.reason.text, instead: again };
  if (!isChange(again)) return [replaced];
  if (isIn('rescue')(again)) return [replaced, { decision: again, applied: await rescue(again.change, applier) }];
  if (!isIn('untag')(again)) return [replaced];
  const [applied = { kind: 'not-started' }] = await applier.unmark([again.change]);
  return [replaced, { decision: again, applied }];
}

/** How often another part of very many has its turn first. */
const TURN = 6 * HOUR;
const MANY = 2_000;

/** The oldest may be in use elsewhere for good, so that to ask about them would take all the time of each run. */
function inTurn(decisions: readonly StageDecision[], now: Instant): StageDecision[] {
  if (decisions.length <= MANY) return [...decisions];
  const start = (Math.floor(now / TURN) * MANY) % decisions.length;
  return [...decisions.slice(start), ...decisions.slice(0, start)];
}

function isWithdrawn(result: Carried | Withdrawn): result is Withdrawn {
  return 'withdrawn' in result;
}

function notStarted(decision: StageDecision): Carried[] {
  return [{ decision, applied: { kind: 'not-started' } }];
}

function isAnotherStage(decision: StageDecision, again: Decision | undefined): boolean {
  return again !== undefined && isChange(again) && isStage(again) && !sameDecision(decision, again);
}

/** Whether AWS has not done a change since it came too late, or all too fast: neither is a failure of the change. */
function hadNoTurn(result: Carried | Withdrawn): boolean {
  return isTurnedAway(result) || ('applied' in result && result.applied.kind === 'not-started');
}

function isTurnedAway(result: Carried | Withdrawn): boolean {
  return 'applied' in result && result.applied.kind === 'throttled';
}
