import { parentPort, workerData } from 'node:worker_threads';
import { reportOf } from './report.ts';
import { runTrial } from './trial.ts';

/** What a thread is told when it begins: what is the same for all its trials. */
export interface WorkerTask {
  readonly days: number;
  readonly faults: readonly string[];
  /** The faults as on the command line. */
  readonly faultsText: string;
}

const { days, faults, faultsText }: WorkerTask = workerData;

/** Tries each seed that it is sent, and sends back what came of it. */
parentPort?.on('message', async (seed: number) => {
  parentPort?.postMessage(reportOf(await runTrial({ seed, days, faults }), { days, faults: faultsText }));
});
