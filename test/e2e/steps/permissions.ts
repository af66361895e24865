import assert from 'node:assert/strict';
import {
  CopyImageCommand,
  CreateImageCommand,
  DeregisterImageCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DeleteRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Checks } from '../../checks.ts';
import { type Account, accountAt } from '../account.ts';
import { FRANKFURT } from '../history.ts';
import { withCredentialsOf } from '../probes.ts';
import type { World } from '../world.ts';

const ACTIONS = ['snapshot', 'copy', 'retire'] as const;

type Action = (typeof ACTIONS)[number];

type Attempt = (as: Account) => Promise<unknown>;

const DENIALS = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];

const IMAGE = 'ami-0123456789abcdef0';
const INSTANCE = 'i-0123456789abcdef0';

/** What each function does to images, and no other one may. */
const OWN_CALLS: Readonly<Record<Action, Attempt>> = {
  snapshot: ({ ec2 }) => ec2.send(new CreateImageCommand({ InstanceId: INSTANCE, Name: 'probe' })),
  copy: ({ ec2 }) => ec2.send(new CopyImageCommand({ SourceImageId: IMAGE, SourceRegion: FRANKFURT, Name: 'probe' })),
  retire: ({ ec2 }) => ec2.send(new DeregisterImageCommand({ ImageId: IMAGE })),
};

/** With the credentials that the functions have, at ministack alone: its EC2 knows no images, but who may call it. */
export async function checkPermissions(checks: Checks, { account, ministack }: World): Promise<void> {
  const queue = new GetQueueUrlCommand({ QueueName: 'amikeep-shop-dead-letters' });
  const { QueueUrl } = await account.sqs.send(queue);
  const allowed: Readonly<Record<string, Attempt>> = {
    'tell what it did on its own bus': (as) => putEvent(as, 'amikeep-shop'),
    'leave a dead letter': ({ sqs }) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'probe' })),
  };
  const denied: Readonly<Record<string, Attempt>> = {
    "ask for a run on the other deployment's bus": (as) => putEvent(as, 'amikeep-office'),
    'put an event on the default bus': (as) => putEvent(as, 'default'),
    'delete a rule': ({ events }) => events.send(new DeleteRuleCommand({ Name: 'x', EventBusName: 'amikeep-shop' })),
    'read dead letters': ({ sqs }) => sqs.send(new ReceiveMessageCommand({ QueueUrl })),
    'invoke a function': ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: 'amikeep-shop-retire' })),
    'list roles': ({ iam }) => iam.send(new ListRolesCommand({})),
    'terminate an instance': ({ ec2 }) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [INSTANCE] })),
  };
  const names = ACTIONS.map((action) => `amikeep-shop-${action}`);
  await withCredentialsOf(account, names, async (credentials) => {
    for (const [index, action] of ACTIONS.entries()) {
      const own = credentials[index];
      assert.ok(own);
      const as = accountAt(ministack.url, FRANKFURT, own);
      const others = ACTIONS.filter((other) => other !== action).map((other) => [
        `do as ${other} does`,
        OWN_CALLS[other],
      ]);
      await checks.check(`${action} may ${Object.keys(allowed).join(', ')}`, () => assertAll(allowed, as, false));
      await checks.check(`${action} may not ${Object.keys(denied).join(', ')}`, () => assertAll(denied, as, true));
      await checks.check(`${action} may not make the calls of the other two functions`, () =>
        assertAll(Object.fromEntries(others), as, true),
      );
      await checks.check(`${action} is refused with another secret`, async () => {
        const forged = accountAt(ministack.url, FRANKFURT, { ...own, secretAccessKey: 'forged' });
        await assert.rejects(putEvent(forged, 'amikeep-shop'), { name: 'InvalidSignatureException' });
      });
    }
  });
}

async function assertAll(attempts: Readonly<Record<string, Attempt>>, as: Account, expected: boolean): Promise<void> {
  const results = await Promise.all(
    Object.entries(attempts).map(async ([what, attempt]) => [what, await isDenied(() => attempt(as))] as const),
  );
  assert.deepEqual(Object.fromEntries(results), Object.fromEntries(results.map(([what]) => [what, expected])));
}

/** Any other answer is one to a call that was let in. */
async function isDenied(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return false;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return DENIALS.includes(error.name);
  }
}

function putEvent({ events }: Account, bus: string): Promise<unknown> {
  return events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: bus, Source: 'amikeep', DetailType: 'Probe', Detail: '{}' }],
    }),
  );
}
