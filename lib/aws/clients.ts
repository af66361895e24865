import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Region } from '../model/ids.ts';

export interface ClientSettings {
  /** Where to look for EventBridge; the function's own region unless given. */
  readonly region?: string;
  /** Where AWS is looked for instead of at its own endpoints. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The SDK's clients, one for each region, made when they are first asked for. */
export interface Clients {
  ec2(region: Region): EC2Client;
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
  { region: home, ...settings }: ClientSettings = {},
  onMade: (client: EC2Client | EventBridgeClient) => void = () => {},
): Clients {
  const config = { ...settings, maxAttempts: 1, cacheMiddleware: true };
  const made = <C extends EC2Client | EventBridgeClient>(client: C): C => {
    onMade(client);
    return client;
  };
  const known = new Map<Region, EC2Client>();
  let events: EventBridgeClient | undefined;
  return {
    ec2: (region) => {
      const client = known.get(region) ?? made(new EC2Client({ ...config, region }));
      known.set(region, client);
      return client;
    },
    events: () => {
      events ??= made(new EventBridgeClient({ ...config, ...(home !== undefined && { region: home }) }));
      return events;
    },
    close: () => {
      events?.destroy();
      for (const client of known.values()) client.destroy();
    },
  };
}
