import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsFor } from '../aws/aws.ts';
import { createClients } from '../aws/calls/clients.ts';
import { MemberSessions } from '../aws/calls/member-sessions.ts';
import { functionMemory } from '../aws/calls/memory.ts';
import { Pace } from '../aws/calls/pace.ts';
import { SealKey } from '../aws/calls/seal-key.ts';
import { systemClock, systemRandom } from '../aws/calls/system.ts';
import { createPublisher } from '../aws/publisher.ts';
import type { Target } from '../model/ids.ts';
import type { HandlerPorts } from './handler.ts';
import { NAMESPACE, serviceOf } from './metrics.ts';
import { policyFile } from './policy-file.ts';
import { readSettings } from './settings.ts';

/** What a deployed handler gets: made once for each instance of the function, and so are its clients and its pace. */
export function systemPorts(): HandlerPorts {
  const settings = readSettings(process.env);
  const clients = createClients();
  const clock = systemClock;
  const random = systemRandom;
  const logger = new Logger({ serviceName: 'amikeep' });
  const pace = new Pace(clock, settings.rateShare);
  const memory = functionMemory(process.env);
  const common = { clients, pace, clock, random, ...(memory && { memory }) };
  const file = policyFile();
  const sessions = new MemberSessions({ file, clock, clientsWith: (credentials) => createClients({ credentials }) });
  // A function stays where it is.
  let sealKey: SealKey | undefined;
  const sealKeyAt = (home: Target) => {
    sealKey ??= new SealKey(file, home);
    return sealKey;
  };
  return {
    file,
    clock,
    aws: (home, { action, target }, stopAt) =>
      awsFor(
        { ...common, entrance: sessions.entrance(home, action), sealKey: sealKeyAt(home) },
        target.account,
        stopAt,
      ),
    publisher: createPublisher({ client: clients.events(), bus: settings.bus, clock, random }),
    maxCopiesInFlight: settings.maxCopiesInFlight,
    logger,
    metrics: new Metrics({ namespace: NAMESPACE, serviceName: serviceOf(file.deployment), logger }),
  };
}
