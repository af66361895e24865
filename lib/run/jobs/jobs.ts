import type { ImageId } from '../../model/ids.ts';
import type { Named } from '../../planning/retire/end-lineages.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { runCycle } from '../cycle/cycle.ts';
import { isSnapshotEvent, type TargetedEvent } from '../expand.ts';
import { adoptJob, resealJob, undoJob } from './by-hand.ts';
import { copyJob } from './copy.ts';
import { drillJob } from './drill.ts';
import { type CycleResult, type CycleSettings, type JobContext, policyNamed } from './job.ts';
import { endingsJob, retireJob } from './retire.ts';
import { snapshotJob } from './snapshot.ts';
import { lookedAtAgain } from './undone.ts';

/** Runs the job that an event asks for. */
export function runJob(event: TargetedEvent, context: JobContext): Promise<CycleResult> {
  if (isSnapshotEvent(event)) return runCycle(snapshotJob(event, context), context.settings);
  const { settings, file } = context;
  const { action, images = [], filter = {} } = event;
  switch (action) {
    case 'copy':
      return runCycle(copyJob(event, context), settings);
    case 'retire': {
      const named = endedBy(event);
      return named
        ? runCycle(endingsJob(event, named, context), settings)
        : runCycle(retireJob(event, context), settings);
    }
    case 'drill':
      return runCycle(drillJob(event, context), settings);
    case 'undo':
      return undoEach(images, file, settings);
    case 'adopt':
      if (event.unsealed) return runCycle(resealJob(file, settings, event.policy), settings);
      return runCycle(adoptJob(filter, policyNamed(event.policy ?? '', file), file, settings), settings);
    case 'snapshot':
      throw new TypeError('a snapshot event without its policy and slot was not expanded');
  }
}

function endedBy({ abandoned, policyGone }: TargetedEvent): Named | undefined {
  if (policyGone !== undefined) return { policyGone };
  return abandoned && { lineages: abandoned };
}

/** One cycle for each image, as one result. */
async function undoEach(images: readonly ImageId[], file: PolicyFile, settings: CycleSettings): Promise<CycleResult> {
  const results: CycleResult[] = [];
  for (const image of images) results.push(await runCycle(undoJob(image, file, settings), settings));
  const result = {
    plan: {
      decisions: results.flatMap(({ plan }) => plan.decisions),
      warnings: results.flatMap(({ plan }) => plan.warnings),
      problems: [...new Set(results.flatMap(({ plan }) => plan.problems))],
    },
    carried: results.flatMap(({ carried }) => carried),
  };
  return lookedAtAgain(result, settings);
}
