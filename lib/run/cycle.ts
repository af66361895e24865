import { assertNever } from '../model/assert-never.ts';
import type { Target } from '../model/ids.ts';
import { type Clock, type Instant, SECOND } from '../model/time.ts';
import {
  type AskUsage,
  type BringBackImage,
  type Change,
  type ChangeDecision,
  type CopyImage,
  type CreateImage,
  isChange,
  isStage,
  isTagging,
  type Plan,
  type RestoreImage,
  type StageChange,
  sameDecision,
} from '../planning/decision.ts';
import { judgeNameHolder } from '../planning/name-lock.ts';
import { concurrently } from './concurrently.ts';
import type { Mode } from './event.ts';
import type { Applied, Applier, Aws, Carried, Withdrawn } from './ports.ts';

/** How a kind of work reads and plans: snapshot, copy and retire are three of them for one cycle. */
export interface Job<Inventory> {
  /** All that the plan needs; with `subjects`, anew and only what bears on those changes. */
  read(subjects?: readonly Change[]): Promise<Inventory>;
  plan(inventory: Inventory, now: Instant): Plan;
}

export interface CycleSettings {
  readonly deployment: string;
  readonly target: Target;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly aws: Aws;
  /** When to start no more work, so that the run ends in good order. */
  readonly stopAt: Instant;
}

export interface CycleResult {
  readonly plan: Plan;
  /** Empty in plan mode. */
  readonly carried: readonly (Carried | Withdrawn)[];
}

/** Changes under way at a time: enough to keep AWS's fastest bucket of changes busy at its usual answer times. */
const WIDTH = 16;
/** What is about to take an image away is read again in batches of this size... */
const BATCH = 100;
/** ...and at most this long before the call. */
const FRESH_FOR = 60 * SECOND;

/** One run: read, plan, apply. In plan mode nothing is changed. */
export async function runCycle<Inventory>(job: Job<Inventory>, settings: CycleSettings): Promise<CycleResult> {
  const plan = job.plan(await job.read(), settings.clock.now());
  if (settings.mode === 'plan') return { plan, carried: [] };

  const changes = plan.decisions.filter(isChange);
  const carried: (Carried | Withdrawn)[] = [
    ...(await applyTags(changes, settings)),
    ...(await applyRescues(changes, settings)),
    ...(await applyCreations(changes, settings)),
    ...(await applyStages(changes.filter(isStage), job, settings)),
  ];
  return { plan, carried };
}

async function applyTags(changes: readonly ChangeDecision[], { aws }: CycleSettings): Promise<Carried[]> {
  const taggings = changes.filter(isTagging);
  const unmarks = changes.filter((decision) => decision.action === 'unmark');
  const tagged = await aws.applier.tag(taggings.map(({ change }) => change));
  const unmarked = await aws.applier.unmark(unmarks.map(({ change }) => change));
  return [...pair(taggings, tagged), ...pair(unmarks, unmarked)];
}

/** What brings images back, and what is asked about them, comes before anything that takes images away. */
function applyRescues(changes: readonly ChangeDecision[], { aws: { applier } }: CycleSettings): Promise<Carried[]> {
  const rescues = changes.filter(
    (decision) => decision.action === 'bring-back' || decision.action === 'restore' || decision.action === 'ask-usage',
  );
  return concurrently(rescues, WIDTH, async (decision) => ({
    decision,
    applied: await rescue(decision.change, applier),
  }));
}

function rescue(change: BringBackImage | RestoreImage | AskUsage, applier: Applier): Promise<Applied> {
  switch (change.kind) {
    case 'bring-back':
      return applier.bringBack(change);
    case 'restore':
      return applier.restore(change);
    case 'ask-usage':
      return applier.askUsage(change);
  }
}

function pair(decisions: readonly ChangeDecision[], results: readonly Applied[]): Carried[] {
  return decisions.map((decision, index) => ({
    decision,
    applied: results[index] ?? { kind: 'unknown', problem: 'no result came back for it' },
  }));
}

function applyCreations(changes: readonly ChangeDecision[], settings: CycleSettings): Promise<Carried[]> {
  const creations = changes.filter((decision) => decision.action === 'create' || decision.action === 'copy');
  return concurrently(creations, WIDTH, async (decision) => ({
    decision,
    applied: await create(decision.change, settings),
  }));
}

/** Creates or copies, and where the name is taken finds out by whom, until the slot has its image or cannot have it. */
async function create(first: CreateImage | CopyImage, { aws, target, deployment }: CycleSettings): Promise<Applied> {
  let change = first;
  for (;;) {
    const applied = await (change.kind === 'create' ? aws.applier.create(change) : aws.applier.copy(change));
    if (applied.kind !== 'lost-name') return applied;
    const place = { account: target.account, region: change.region };
    const holder = applied.holder && (await aws.reads.image(place, applied.holder));
    const verdict = judgeNameHolder(change, holder?.value, deployment);
    switch (verdict.kind) {
      case 'done':
        return { kind: 'done', image: verdict.image, note: 'another run made it' };
      case 'next-attempt':
        change = verdict.change;
        break;
      case 'left':
        return { kind: 'unknown', problem: verdict.problem };
      case 'refused':
        return { kind: 'refused', problem: verdict.problem };
      default:
        return assertNever(verdict);
    }
  }
}

type StageDecision = ChangeDecision<StageChange>;

/**
 * Every stage on the way out is read and planned again right before the calls, batch by batch; only a decision that
 * comes out equal is carried out. What AWS slows down beyond the freshness of its reads is read once more, and where
 * the reads themselves take that long, in smaller batches.
 */
async function applyStages<Inventory>(
  decisions: readonly StageDecision[],
  job: Job<Inventory>,
  settings: CycleSettings,
): Promise<(Carried | Withdrawn)[]> {
  const { clock, stopAt } = settings;
  const done: (Carried | Withdrawn)[] = [];
  const queue = [...decisions];
  let size = BATCH;
  while (queue.length > 0 && clock.now() < stopAt) {
    const batch = queue.splice(0, size);
    const notAfter = clock.now() + FRESH_FOR;
    const inventory = await job.read(batch.map(({ change }) => change));
    if (clock.now() >= notAfter) {
      queue.unshift(...batch);
      if (batch.length === 1) break;
      size = Math.ceil(batch.length / 2);
      continue;
    }
    const fresh = job.plan(inventory, clock.now());
    const bySubject = new Map(fresh.decisions.map((decision) => [decision.subject.id, decision]));
    const results = await concurrently(batch, WIDTH, async (decision): Promise<Ended<StageDecision>> => {
      const again = bySubject.get(decision.subject.id);
      if (again && sameDecision(decision, again)) {
        return { decision, applied: await settings.aws.applier.stage(decision.change, notAfter) };
      }
      return { decision, withdrawn: again?.reason.text ?? 'it is not there any more' };
    });
    const tooLate = results.filter(isTooLate);
    done.push(...results.filter((result) => !isTooLate(result)));
    queue.push(...tooLate.map(({ decision }) => decision));
    // Not even the first had its turn: there is no more time in this run.
    if (tooLate.length === batch.length) break;
  }
  return [...done, ...queue.map((decision): Carried => ({ decision, applied: { kind: 'not-started' } }))];
}

type Ended<D extends ChangeDecision> = (Carried | Withdrawn) & { readonly decision: D };

function isTooLate(result: Carried | Withdrawn): boolean {
  return 'applied' in result && result.applied.kind === 'not-started';
}
