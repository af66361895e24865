import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsFor } from '../aws/aws.ts';
import { createClients } from '../aws/clients.ts';
import { Pace } from '../aws/pace.ts';
import { createPublisher } from '../aws/publisher.ts';
import { systemClock, systemRandom } from '../aws/system.ts';
import type { HandlerPorts } from './handler.ts';
import { readPolicyFile, readSettings } from './settings.ts';

/** What a deployed handler gets: made once for each instance of the function, and so are its clients and its pace. */
export function systemPorts(): HandlerPorts {
  const settings = readSettings(process.env);
  const clients = createClients();
  const clock = systemClock;
  const random = systemRandom;
  const logger = new Logger({ serviceName: 'amikeep' });
  const pace = new Pace(clock, settings.rateShare);
  return {
    file: readPolicyFile(settings.policyFile),
    clock,
    aws: (account, stopAt) => awsFor({ clients, pace, clock, random }, account, stopAt),
    publisher: createPublisher({ client: clients.events(), bus: settings.bus, clock, random }),
    maxCopiesInFlight: settings.maxCopiesInFlight,
    logger,
    metrics: new Metrics({ namespace: 'amikeep', serviceName: 'amikeep', logger }),
  };
}
