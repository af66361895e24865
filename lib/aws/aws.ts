import type { AccountId } from '../model/ids.ts';
import type { Instant } from '../model/time.ts';
import type { Aws } from '../run/ports.ts';
import { Caller, type CallerPorts } from './calls/caller.ts';
import type { SealKey } from './calls/seal-key.ts';
import { createReads } from './reads/reads.ts';
import { createApplier } from './writes/applier.ts';

export interface AwsPorts extends CallerPorts {
  readonly sealKey: SealKey;
}

/** AWS for one run, which starts no call at `stopAt` or later. Runs of one process share clients, pace and key. */
export function awsFor({ sealKey, ...ports }: AwsPorts, account: AccountId, stopAt: Instant): Aws {
  const caller = new Caller(ports, stopAt, 'ec2');
  return {
    reads: createReads(caller, sealKey),
    applier: createApplier(caller, account, sealKey),
    calls: () => caller.counts(),
    isOutOfTime: () => caller.isOutOfTime(),
  };
}
