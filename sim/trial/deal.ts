import { Worker } from 'node:worker_threads';
import { lostTrial, type TrialReport } from './report.ts';
import type { WorkerTask } from './worker.ts';

/** A trial makes much that it drops at once: the more room there is for that, the less often it is looked through. */
const resourceLimits = { maxYoungGenerationSizeMb: 192 };

/**
 * Deals seeds out to threads: each gets the next one as soon as it is done with the one before, so that none waits for a
 * seed that takes long.
 *
 * @returns the reports in the order of the seeds; of one whose thread broke down, that it failed
 */
export async function deal(
  seeds: readonly number[],
  threads: number,
  task: WorkerTask,
  onReport: (report: TrialReport) => void,
): Promise<TrialReport[]> {
  const rest = seeds.values();
  const reports: TrialReport[] = [];
  const keep = (report: TrialReport) => {
    reports.push(report);
    onReport(report);
  };
  const work = (): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task, resourceLimits });
      let seed: number | undefined;
      const next = () => {
        seed = rest.next().value;
        if (seed === undefined) worker.terminate().then(() => resolve(), reject);
        else worker.postMessage(seed);
      };
      worker.on('message', (report: TrialReport) => {
        keep(report);
        next();
      });
      worker.on('error', (error) => {
        if (seed === undefined) return reject(error);
        keep(lostTrial(seed, error));
        work().then(resolve, reject);
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(threads, seeds.length) }, work));
  return reports.sort((one, other) => one.seed - other.seed);
}
