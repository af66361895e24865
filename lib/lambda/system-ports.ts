import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { awsFor } from '../aws/aws.ts';
import { Pace } from '../aws/pace.ts';
import { createPublisher } from '../aws/publisher.ts';
import { systemClock, systemRandom } from '../aws/system.ts';
import type { Region } from '../model/ids.ts';
import type { HandlerPorts } from './handler.ts';
import { readPolicyFile, readSettings } from './settings.ts';

/** What a deployed handler gets: made once for each instance of the function, and so are its clients and its pace. */
export function systemPorts(): HandlerPorts {
  const settings = readSettings(process.env);
  const clients = new Map<Region, EC2Client>();
  const clientFor = (region: Region) => {
    const client = clients.get(region) ?? new EC2Client({ region, maxAttempts: 1, cacheMiddleware: true });
    clients.set(region, client);
    return client;
  };
  const clock = systemClock;
  const random = systemRandom;
  const logger = new Logger({ serviceName: 'amikeep' });
  const pace = new Pace(clock, settings.rateShare);
  return {
    file: readPolicyFile(settings.policyFile),
    clock,
    aws: (account, stopAt) => awsFor({ clientFor, pace, clock, random }, account, stopAt),
    publisher: createPublisher({ client: new EventBridgeClient({ maxAttempts: 1 }), bus: settings.bus, clock, random }),
    maxCopiesInFlight: settings.maxCopiesInFlight,
    logger,
    metrics: new Metrics({ namespace: 'amikeep', serviceName: 'amikeep', logger }),
  };
}
