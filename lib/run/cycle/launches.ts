import type { LaunchDrill } from '../../planning/drill/changes.ts';
import { unlaunched } from '../../planning/drill/running.ts';
import type { CycleSettings } from '../jobs/job.ts';
import type { Applied } from '../ports.ts';

/**
 * Launches a drill in the first of its ways that has room. A token counts in one zone only, so before the next way is tried
 * EC2 is asked whether an earlier try has come to something after all.
 */
export async function launch(change: LaunchDrill, { aws, target, deployment }: CycleSettings): Promise<Applied> {
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
  if (last.kind !== 'limit' && last.kind !== 'refused') return last;
  // Nothing was learnt of the image, which is written down, so that others have their turn before it is tried again.
  const { problem } = last;
  const noted = await aws.applier.judge(unlaunched(change, problem));
  if (noted.kind !== 'done') return noted;
  return last.kind === 'limit' ? { kind: 'done', note: `nothing was launched, there is no room: ${problem}` } : last;
}
