import assert from 'node:assert/strict';
import {
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeInstanceStatusCommand,
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

const FUNCTIONS = ['snapshot', 'copy', 'retire', 'drill'] as const;

type FunctionName = (typeof FUNCTIONS)[number];

interface Attempt {
  readonly what: string;
  readonly may: readonly FunctionName[];
  readonly as: (account: Account) => Promise<unknown>;
}

const DENIALS = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];

const INSTANCE = 'i-0123456789abcdef0';

/**
 * What ministack can tell apart. Its EC2 does not have images, but judges who may ask for them; it does not know the
 * tags by which EC2 judges copies, drills and whatever changes an image, so that those are no proof here: it tells that
 * nothing but drills is ended, and not that drills are.
 */
function attempts(deadLetters: string | undefined): readonly Attempt[] {
  return [
    { what: 'telling on the own bus', may: FUNCTIONS, as: (account) => putEvent(account, 'amikeep-shop') },
    {
      what: 'leaving a dead letter',
      may: ['snapshot', 'retire'],
      as: ({ sqs }) => sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: 'probe' })),
    },
    { what: 'reading images', may: FUNCTIONS, as: ({ ec2 }) => ec2.send(new DescribeImagesCommand({})) },
    {
      what: "reading instances' status checks",
      may: ['drill'],
      as: ({ ec2 }) => ec2.send(new DescribeInstanceStatusCommand({})),
    },
    {
      what: 'creating an image',
      may: ['snapshot'],
      as: ({ ec2 }) => ec2.send(new CreateImageCommand({ InstanceId: INSTANCE, Name: 'probe' })),
    },
    {
      what: "asking for a run on another deployment's bus",
      may: [],
      as: (account) => putEvent(account, 'amikeep-office'),
    },
    { what: 'putting an event on the default bus', may: [], as: (account) => putEvent(account, 'default') },
    {
      what: 'deleting a rule',
      may: [],
      as: ({ events }) => events.send(new DeleteRuleCommand({ Name: 'probe', EventBusName: 'amikeep-shop' })),
    },
    {
      what: 'reading dead letters',
      may: [],
      as: ({ sqs }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters })),
    },
    {
      what: 'invoking a function',
      may: [],
      as: ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: 'amikeep-shop-retire' })),
    },
    { what: 'listing roles', may: [], as: ({ iam }) => iam.send(new ListRolesCommand({})) },
    {
      what: 'terminating an instance that bears no tag of a drill',
      may: [],
      as: ({ ec2 }) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [INSTANCE] })),
    },
  ];
}

/** With the credentials that Lambda gives to the functions, at ministack alone, which looks at their roles. */
export async function checkPermissions(checks: Checks, { account, ministack }: World): Promise<void> {
  const { QueueUrl } = await account.sqs.send(new GetQueueUrlCommand({ QueueName: 'amikeep-shop-dead-letters' }));
  const names = FUNCTIONS.map((name) => `amikeep-shop-${name}`);
  await withCredentialsOf(account, names, async (credentials) => {
    for (const { what, may, as } of attempts(QueueUrl)) {
      await checks.check(`${what} is allowed to ${may.length > 0 ? may.join(', ') : 'no function'}`, async () => {
        const denied = await Promise.all(
          credentials.map((own) => isDenied(() => as(accountAt(ministack.url, FRANKFURT, own)))),
        );
        assert.deepEqual(
          FUNCTIONS.filter((_, index) => !denied[index]),
          may,
        );
      });
    }
    await checks.check('nobody is taken for a function without its secret', async () => {
      for (const own of credentials) {
        const forged = accountAt(ministack.url, FRANKFURT, { ...own, secretAccessKey: 'forged' });
        await assert.rejects(putEvent(forged, 'amikeep-shop'), { name: 'InvalidSignatureException' });
      }
    });
  });
}

/** Whatever else is answered, is answered to a call that was let in. */
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
  const entry = { EventBusName: bus, Source: 'amikeep', DetailType: 'Probe', Detail: '{}' };
  return events.send(new PutEventsCommand({ Entries: [entry] }));
}
