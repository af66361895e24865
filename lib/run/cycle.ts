import { assertNever } from '../model/assert-never.ts';
import {
  type ChangeDecision,
  type CopyImage,
  type CreateImage,
  type Decision,
  isChange,
  isStage,
  isTagging,
  isUntagging,
} from '../planning/decision.ts';
import { judgeNameHolder } from '../planning/name-lock.ts';
import { concurrently } from './concurrently.ts';
import type { CycleResult, CycleSettings, Job } from './job.ts';
import type { Applied, Carried, Withdrawn } from './ports.ts';
import { isRescue, rescue } from './rescues.ts';
import { applyStages } from './stages.ts';

/** Changes under way at a time: enough to keep AWS's fastest bucket of changes busy at its usual answer times. */
const WIDTH = 16;

/** One run: read, plan, apply. In plan mode nothing is changed. */
export async function runCycle<Inventory>(job: Job<Inventory>, settings: CycleSettings): Promise<CycleResult> {
  const plan = job.plan(await job.read(), settings.clock.now());
  if (settings.mode === 'plan') return { plan, carried: [] };

  const changes = plan.decisions.filter(isChange);
  const carried: (Carried | Withdrawn)[] = [
    ...(await applyTags(changes, settings)),
    ...(await applyRescues(changes, settings)),
    ...(await applyLoans(changes, settings)),
    ...(await applyCreations(changes, settings)),
  ];
  const stages = await applyStages(changes.filter(isStage), job, settings);
  carried.push(...stages.carried);
  const problems = [...new Set([...plan.problems, ...stages.problems])];
  return { plan: { ...plan, decisions: asDecidedLast(plan.decisions, carried), problems }, carried };
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

async function applyTags(changes: readonly ChangeDecision[], { aws }: CycleSettings): Promise<Carried[]> {
  const taggings = changes.filter(isTagging);
  const untaggings = changes.filter(isUntagging);
  // What comes off comes first: the snapshots of an image that is marked now may bear an old mark of their own.
  const untagged = await aws.applier.unmark(untaggings.map(({ change }) => change));
  const tagged = await aws.applier.tag(taggings.map(({ change }) => change));
  return [...pair(untaggings, untagged), ...pair(taggings, tagged)];
}

/** What brings images back, and what is asked about them, comes before anything that takes images away. */
function applyRescues(changes: readonly ChangeDecision[], { aws: { applier } }: CycleSettings): Promise<Carried[]> {
  return concurrently(changes.filter(isRescue), WIDTH, async (decision) => ({
    decision,
    applied: await rescue(decision.change, applier),
  }));
}

/** What other accounts need to see for their copies, and need no more. The copy itself comes once reads show it shared. */
function applyLoans(changes: readonly ChangeDecision[], { aws: { applier } }: CycleSettings): Promise<Carried[]> {
  const loans = changes.filter((decision) => decision.action === 'share' || decision.action === 'unshare');
  return concurrently(loans, WIDTH, async (decision) => ({
    decision,
    applied: await (decision.action === 'share' ? applier.share(decision.change) : applier.unshare(decision.change)),
  }));
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
async function create(first: CreateImage | CopyImage, { aws, deployment }: CycleSettings): Promise<Applied> {
  let change = first;
  for (;;) {
    const applied = await (change.kind === 'create' ? aws.applier.create(change) : aws.applier.copy(change));
    if (applied.kind !== 'lost-name') return applied;
    const holder = applied.holder && (await aws.reads.image(change.stamp.home, applied.holder));
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
