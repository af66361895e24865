import type { AccountId } from '../model/ids.ts';
import type { Instant } from '../model/time.ts';
import type { Aws } from '../run/ports.ts';
import { Caller, type CallerPorts } from './calls/caller.ts';
import { createReads } from './reads/reads.ts';
import { createApplier } from './writes/applier.ts';

/** AWS for one run, which starts no call at `stopAt` or later. Runs of one process share clients and pace. */
export function awsFor(ports: CallerPorts, account: AccountId, stopAt: Instant): Aws {
  const caller = new Caller(ports, stopAt, 'ec2');
  return { reads: createReads(caller), applier: createApplier(caller, account), calls: () => caller.counts() };
}
