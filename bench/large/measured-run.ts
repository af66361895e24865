import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsFor } from '../../lib/aws/aws.ts';
import { createClients } from '../../lib/aws/calls/clients.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { SealKey } from '../../lib/aws/calls/seal-key.ts';
import { systemClock, systemRandom } from '../../lib/aws/calls/system.ts';
import { createPublisher } from '../../lib/aws/publisher.ts';
import { createHandler } from '../../lib/lambda/handler.ts';
import { formatInstant, type Instant, MINUTE } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { slotScheduleOf } from '../../lib/policy/schedule.ts';
import type { Action } from '../../lib/run/event.ts';
import { contextFor } from '../../sim/lambda-context.ts';
import { HOME } from '../inventory.ts';
import { parsed, policiesKeeping, policyText } from '../policies.ts';
import { type Footprint, footprint } from './footprint.ts';

/** More than that there is of everything. */
const KEPT = '{ keepLast: 3 }';

/** With copies only where copying is measured: what waits for its copy is not retired. */
export function policiesOf(action: Action): PolicyFile {
  return action === 'copy' ? policiesKeeping(KEPT, '{ keepDaily: 3 }') : parsed(policyText(KEPT));
}

/** What a process is asked to do by its one argument, as JSON. */
export interface Assignment {
  readonly action: Action;
  /** The sandbox, as a server. */
  readonly endpoint: string;
  /** What time it is there. */
  readonly now: Instant;
}

/** So much more of EC2's call rates than there is that no run waits for them: waiting takes neither memory nor work. */
const WITHOUT_WAITING = 1_000_000;

/** Runs one handler once in this process, as a function that has just started does. */
async function run({ action, endpoint, now }: Assignment): Promise<Footprint> {
  const startedAt = systemClock.now();
  const clock = { ...systemClock, now: () => now + systemClock.now() - startedAt };
  const clients = createClients({
    region: HOME.region,
    endpoint,
    credentials: { accessKeyId: HOME.account, secretAccessKey: 'sandbox' },
  });
  const file = policiesOf(action);
  const pace = new Pace(clock, WITHOUT_WAITING);
  const sealKey = new SealKey(file, HOME);
  const logger = new Logger({ serviceName: 'amikeep' });
  const handler = createHandler(action, {
    file,
    clock,
    aws: (_, { target }, stopAt) =>
      awsFor({ clients, pace, clock, random: systemRandom, sealKey }, target.account, stopAt),
    publisher: createPublisher({ client: clients.events(), bus: 'amikeep', clock, random: systemRandom }),
    maxCopiesInFlight: 100,
    logger,
    metrics: new Metrics({ namespace: 'amikeep', serviceName: 'amikeep', logger }),
  });
  const payload = { action, target: HOME, ...(action === 'snapshot' && dueSlot(file, now)) };
  await handler(payload, contextFor(action, HOME.account, clock, 15 * MINUTE));
  clients.close();
  return footprint();
}

function dueSlot({ policies: [policy] }: PolicyFile, now: Instant): { policy: string; slot: string } {
  if (!policy) throw new TypeError('the file has no policy');
  const slot = slotScheduleOf(policy.schedule).current(now) ?? now;
  return { policy: policy.name, slot: formatInstant(slot) };
}

const [assignment] = process.argv.slice(2);
if (assignment !== undefined && process.send) process.send(await run(JSON.parse(assignment)));
