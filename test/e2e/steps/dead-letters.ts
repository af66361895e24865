import assert from 'node:assert/strict';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Checks } from '../../checks.ts';
import { assertDone } from '../stack.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';

/** What Lambda sends to the destination of invocations that failed. */
const failedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  requestPayload: z.unknown(),
});

/** Nobody waits for the answer to what schedules and rules invoke: what fails has to be found somewhere. */
export async function checkDeadLetters(checks: Checks, { stacks, account: { sqs } }: World): Promise<void> {
  const payload = { action: 'retire', policy: 'no-such-policy' };
  await checks.check('the payload of a function that fails ends in the queue of dead letters', async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'amikeep-shop-dead-letters' }));
    assertDone(await stacks.shop.send('retire', payload));
    const { Body = '' } = await until('a dead letter', async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages[0];
    });
    const { requestContext, requestPayload } = failedInvocation.parse(JSON.parse(Body));
    assert.match(requestContext.functionArn, /:function:amikeep-shop-retire(:|$)/);
    assert.equal(requestContext.condition, 'RetriesExhausted');
    assert.deepEqual(requestPayload, payload);
  });
}
