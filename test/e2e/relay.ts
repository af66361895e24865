import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SandboxEvent } from '../../sandbox/contract.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Account } from './account.ts';

/**
 * Puts what the sandbox's EC2 tells of a region's images on the default bus of that region, as EC2 does.
 *
 * @returns a function that ends it, and throws what went wrong in the meantime
 */
export function relayEvents(sandbox: Sandbox, region: string, { events }: Account): () => Promise<void> {
  const sent: Promise<void>[] = [];
  const unsubscribe = sandbox.onEvent((event) => {
    if (event['detail-type'] === 'EC2 AMI State Change' && event.region === region) sent.push(send(event));
  });
  const send = async (event: SandboxEvent) => {
    const { FailedEntryCount, Entries } = await events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: event.source,
            DetailType: event['detail-type'],
            Detail: JSON.stringify(event.detail),
            Resources: [...event.resources],
          },
        ],
      }),
    );
    if (FailedEntryCount !== 0) throw new Error(`EventBridge did not take ${event.id}: ${JSON.stringify(Entries)}`);
  };
  return async () => {
    unsubscribe();
    await Promise.all(sent);
  };
}
