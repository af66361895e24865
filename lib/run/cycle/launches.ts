import type { ChangeDecision } from '../../planning/decision.ts';
import type { LaunchDrill } from '../../planning/drill/changes.ts';
import { unlaunched } from '../../planning/drill/running.ts';
import type { CycleSettings } from '../jobs/job.ts';
import type { Applied, Carried } from '../ports.ts';

/**
 * Launches a drill. Where nothing could be launched, nothing was learnt of the image, which is written down, so that others have
 * their turn before it is tried again: a verdict, and told as every other is.
 */
export async function launchDrill(
  decision: ChangeDecision<LaunchDrill>,
  settings: CycleSettings,
): Promise<readonly Carried[]> {
  const applied = await launch(decision.change, settings);
  if (applied.kind !== 'limit' && applied.kind !== 'refused') return [{ decision, applied }];
  const { problem } = applied;
  const judged: Carried['decision'] = {
    ...decision,
    action: 'judge',
    reason: { code: 'drilled', text: `nothing was launched: ${problem}` },
    change: unlaunched(decision.change, problem),
  };
  const note = `nothing was launched, there is no room: ${problem}`;
  return [
    { decision, applied: applied.kind === 'limit' ? { kind: 'done', note } : applied },
    { decision: judged, applied: await settings.aws.applier.judge(judged.change) },
  ];
}

/**
 * Launches it in the first of its ways that has room. A token counts in one zone only, so before the next way is tried EC2 is asked
 * whether an earlier try has come to something after all.
 */
async function launch(change: LaunchDrill, { aws, target, deployment }: CycleSettings): Promise<Applied> {
  let last: Applied = { kind: 'refused', problem: 'there is no way to launch it' };
  for (const [index, tried] of change.tries.entries()) {
    if (index > 0) {
      const found = await aws.reads.drills(target, deployment, change.image);
      if (!found.complete) return { kind: 'unknown', problem: `${found.source}: ${found.problem}` };
      const living = found.value.find(({ state }) => state === 'pending' || state === 'running');
      if (living) return { kind: 'done', note: `${living.id}, which an earlier try has launched` };
    }
    last = await aws.applier.launch(change, tried);
    if (last.kind !== 'limit' && last.kind !== 'refused') return last;
  }
  return last;
}
