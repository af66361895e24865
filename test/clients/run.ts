/** Drives the sandbox with clients that other people wrote: `npm run test:clients`. */
import { RealClock } from '../../sandbox/clock.ts';
import { serve } from '../../sandbox/http.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { Checks } from '../checks.ts';
import { checkAwsCli } from './aws-cli.ts';
import { checkBoto3 } from './boto3.ts';
import { installClients } from './environment.ts';
import { checkRestore } from './restore.ts';
import { checkTryRecovery } from './try-recovery.ts';

/** Everything that takes time takes next to none, so that the waiters of the clients need not poll twice. */
const QUICK = {
  snapshotBaseMs: 1,
  snapshotMsPerGiB: 0,
  copyBaseMs: 1,
  copyMsPerGiB: 0,
  instanceStartMs: 1,
  instanceStopMs: 1,
  instanceTerminateMs: 1,
  snapshotIntervalPerVolumeMs: 0,
  usageReportMs: 1,
  usageReportInstanceLagMs: 0,
};

const clients = await installClients();
const checks = new Checks();
for (const run of [
  (url: string) => checkAwsCli(checks, clients.program('aws'), url),
  (url: string) => checkRestore(checks, clients.program('aws'), url),
  (url: string) => checkTryRecovery(checks, clients.program('aws'), url),
  (url: string) => checkBoto3(checks, clients.program('python'), url),
]) {
  const sandbox = createSandbox({ clock: new RealClock(), seed: 1, ec2: QUICK });
  const server = await serve(sandbox);
  try {
    await run(server.url);
  } finally {
    await server.close();
  }
}
if (!checks.conclude()) process.exitCode = 1;
