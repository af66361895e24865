import type { ChangeDecision } from '../../planning/decision.ts';
import type { LaunchDrill } from '../../planning/drill/changes.ts';
import { unlaunched } from '../../planning/drill/running.ts';
import type { CycleSettings } from '../jobs/job.ts';
import type { Applied, Carried } from '../ports.ts';

/**
 * Launches a drill in the first of its ways that has room. Where none has, nothing was learnt of the image, which is written
 * on it, so that others have their turn before it is tried again.
 */
export async function launch(
  decision: ChangeDecision<LaunchDrill>,
  settings: CycleSettings,
): Promise<readonly Carried[]> {
  const tried = await tryEach(decision.change, settings);
  if (tried.kind !== 'limit' && tried.kind !== 'refused') return [{ decision, applied: tried }];
  const change = unlaunched(decision.change, tried.problem);
  const reason = { code: 'drilled', text: `nothing was launched: ${tried.problem}` } as const;
  const noted = await settings.aws.applier.judge(change);
  // That a region has no room is no failure of ours, and the image says so.
  const applied: Applied =
    tried.kind === 'limit' && noted.kind === 'done' ? { kind: 'done', note: reason.text } : tried;
  return [
    { decision, applied },
    { decision: { ...decision, action: 'judge', reason, change }, applied: noted },
  ];
}

/**
 * A token counts in one zone only, so before the next way is tried EC2 is asked whether an earlier try has come to something
 * after all.
 */
async function tryEach(change: LaunchDrill, { aws, target, deployment }: CycleSettings): Promise<Applied> {
  let last: Applied | undefined;
  for (const tried of change.tries) {
    if (last) {
      const found = await aws.reads.drills(target, deployment, change.image);
      if (!found.complete) return { kind: 'unknown', problem: `${found.source}: ${found.problem}` };
      const living = found.value.find(({ state }) => state === 'pending' || state === 'running');
      if (living) return { kind: 'done', note: `${living.id}, which an earlier try has launched` };
    }
    const applied = await aws.applier.launch(change, tried);
    if (applied.kind !== 'limit' && applied.kind !== 'refused') return applied;
    // Where one way lacks room, there may be some later, whatever forbids the others.
    last = last?.kind === 'limit' ? last : applied;
  }
  return last ?? { kind: 'refused', problem: 'there is no way to launch it' };
}
