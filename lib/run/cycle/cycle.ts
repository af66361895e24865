import { assertNever } from '../../model/assert-never.ts';
import { type ChangeIn, PHASES, type Phase } from '../../planning/change.ts';
import type { CopyImage } from '../../planning/copy/changes.ts';
import type { CreateImage } from '../../planning/create/changes.ts';
import { type ChangeDecision, type Decision, isChange, isIn, isStage } from '../../planning/decision.ts';
import { judgeNameHolder } from '../../planning/name-lock.ts';
import { concurrently } from '../concurrently.ts';
import type { CycleResult, CycleSettings, Job } from '../jobs/job.ts';
import type { Applied, Applier, Carried, Withdrawn } from '../ports.ts';
import { launchDrill } from './launches.ts';
import { rescue } from './rescues.ts';
import { applyStages } from './stages.ts';

/** Changes under way at a time: enough to keep AWS's fastest bucket of changes busy at its usual answer times. */
const WIDTH = 16;

/** One run: read, plan, apply. In plan mode nothing is changed. */
export async function runCycle<Inventory>(job: Job<Inventory>, settings: CycleSettings): Promise<CycleResult> {
  const plan = job.plan(await job.read(), settings.clock.now());
  if (settings.mode === 'plan') return { plan, carried: [] };

  const changes = plan.decisions.filter(isChange);
  const carried: (Carried | Withdrawn)[] = [];
  const problems = new Set(plan.problems);
  for (const phase of PHASES) {
    const part = await PHASE_WORK[phase](changes, settings, job);
    carried.push(...part.carried);
    for (const problem of part.problems ?? []) problems.add(problem);
  }
  return {
    plan: { ...plan, decisions: asDecidedLast(plan.decisions, carried), problems: [...problems] },
    carried,
  };
}

interface PhaseResult {
  readonly carried: readonly (Carried | Withdrawn)[];
  /** What could not be read on the way. */
  readonly problems?: readonly string[];
}

/** Carries out those of the changes that are of one phase. */
type PhaseWork = <Inventory>(
  changes: readonly ChangeDecision[],
  settings: CycleSettings,
  job: Job<Inventory>,
) => Promise<PhaseResult>;

const PHASE_WORK: Readonly<Record<Phase, PhaseWork>> = {
  untag: (changes, { aws: { applier } }) => together(changes.filter(isIn('untag')), (some) => applier.unmark(some)),
  tag: (changes, { aws: { applier } }) => together(changes.filter(isIn('tag')), (some) => applier.tag(some)),
  rescue: (changes, { aws: { applier } }) => each(changes.filter(isIn('rescue')), (change) => rescue(change, applier)),
  // What other accounts need to see for their copies, and need no more. The copy comes once reads show it shared.
  loan: (changes, { aws: { applier } }) =>
    each(changes.filter(isIn('loan')), (change) =>
      change.kind === 'share' ? applier.share(change) : applier.unshare(change),
    ),
  creation: (changes, settings) => each(changes.filter(isIn('creation')), (change) => create(change, settings)),
  stage: (changes, settings, job) => applyStages(changes.filter(isStage), job, settings),
  drill: (changes, { aws: { applier } }) => each(changes.filter(isIn('drill')), (change) => goOn(change, applier)),
  launch: async (changes, settings) => {
    const parts = await concurrently(changes.filter(isIn('launch')), WIDTH, (one) => launchDrill(one, settings));
    return { carried: parts.flat() };
  },
};

function goOn(change: ChangeIn<'drill'>, applier: Applier): Promise<Applied> {
  switch (change.kind) {
    case 'judge':
      return applier.judge(change);
    case 'end-drill':
      return applier.endDrill(change);
    case 'clear':
      return applier.clearRemnant(change);
    case 'ask':
      return applier.ask(change);
  }
}

/** Changes that go out in as few calls as they can. */
async function together<D extends ChangeDecision>(
  decisions: readonly D[],
  apply: (changes: readonly D['change'][]) => Promise<readonly Applied[]>,
): Promise<PhaseResult> {
  const results = await apply(decisions.map(({ change }) => change));
  const carried = decisions.map(
    (decision, index): Carried => ({
      decision,
      applied: results[index] ?? { kind: 'unknown', problem: 'no result came back for it' },
    }),
  );
  return { carried };
}

/** Changes that take calls of their own, some at a time. */
async function each<D extends ChangeDecision>(
  decisions: readonly D[],
  apply: (change: D['change']) => Promise<Applied>,
): Promise<PhaseResult> {
  const carried = await concurrently(decisions, WIDTH, async (decision) => ({
    decision,
    applied: await apply(decision.change),
  }));
  return { carried };
}

/** The plan as it stands at the end: what a second look decided takes the place of what it did not bear out. */
function asDecidedLast(decisions: readonly Decision[], carried: readonly (Carried | Withdrawn)[]): readonly Decision[] {
  const instead = new Map(
    carried.flatMap((entry): [Decision, Decision][] =>
      'withdrawn' in entry && entry.instead ? [[entry.decision, entry.instead]] : [],
    ),
  );
  return instead.size === 0 ? decisions : decisions.map((decision) => instead.get(decision) ?? decision);
}

/** Creates or copies, and where the name is taken finds out by whom, until the slot has its image or cannot have it. */
async function create(first: CreateImage | CopyImage, { aws }: CycleSettings): Promise<Applied> {
  let change = first;
  for (;;) {
    const applied = await (change.kind === 'create' ? aws.applier.create(change) : aws.applier.copy(change));
    if (applied.kind !== 'lost-name') return applied;
    const holder = applied.holder && (await aws.reads.image(change.stamp.home, applied.holder));
    const verdict = judgeNameHolder(change, holder?.value, first.stamp.attempt);
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
