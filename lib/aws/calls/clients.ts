import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Region } from '../../model/ids.ts';
import type { AwsClient } from './aws-client.ts';
import type { RegionalClients } from './caller.ts';
import { handlerSettings, type Patience } from './patience.ts';
import { RecycleBinClient } from './recycle-bin-client.ts';
import { refuseUnsendable } from './sendable.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientSettings {
  /** Where to look for EventBridge; the function's own region unless given. */
  readonly region?: string;
  /** Where AWS is looked for instead of at its own endpoints. */
  readonly endpoint?: string;
  readonly credentials?: Credentials;
  /** {@link PATIENCE} unless given. */
  readonly patience?: Patience;
}

/** The SDK's clients, one for each service and region, made when they are first asked for. */
export interface Clients extends RegionalClients {
  events(): EventBridgeClient;
  close(): void;
}

/**
 * Clients that make each call once. The SDK's own retries wait in real time, and make a new client token for each send;
 * ours are in `Caller`, on the clock that is handed in.
 *
 * @param onMade told of each client before its first call
 */
export function createClients(
  { region: home, patience, ...settings }: ClientSettings = {},
  onMade: (client: AwsClient) => void = () => {},
): Clients {
  const config = { ...settings, maxAttempts: 1, cacheMiddleware: true, requestHandler: handlerSettings(patience) };
  const all: AwsClient[] = [];
  const made = <C extends AwsClient>(client: C): C => {
    all.push(client);
    // It copies each answer for a logger that nobody has handed in.
    const steps: { remove(name: string): boolean } = client.middlewareStack;
    steps.remove('loggerMiddleware');
    refuseUnsendable(client);
    onMade(client);
    return client;
  };
  const oneEach = <C extends AwsClient>(make: (region: Region) => C) => {
    const known = new Map<Region, C>();
    return (region: Region): C => {
      const client = known.get(region) ?? made(make(region));
      known.set(region, client);
      return client;
    };
  };
  let events: EventBridgeClient | undefined;
  return {
    ec2: oneEach((region) => new EC2Client({ ...config, region })),
    autoScaling: oneEach((region) => new AutoScalingClient({ ...config, region })),
    kms: oneEach((region) => new KMSClient({ ...config, region })),
    ssm: oneEach((region) => new SSMClient({ ...config, region })),
    sts: oneEach((region) => new STSClient({ ...config, region })),
    events: () => {
      events ??= made(new EventBridgeClient({ ...config, ...(home !== undefined && { region: home }) }));
      return events;
    },
    recycleBin: oneEach((region) => new RecycleBinClient({ ...config, region })),
    close: () => {
      for (const client of all) client.destroy();
    },
  };
}
