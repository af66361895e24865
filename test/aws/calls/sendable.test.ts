import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  EnableImageDeprecationCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { createClients } from '../../../lib/aws/calls/clients.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { ACCOUNT, aSandbox, REGION, served } from '../../sandbox-wire/world.ts';

const AT = { account: accountId(ACCOUNT), region: region(REGION) };
const HALF = 'on call \ud83d';

/** Calls over HTTP, since it is the SDK's own serialiser that keeps what it has written. */
async function aCaller() {
  const sandbox = aSandbox();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  const clients = createClients({ endpoint: (await served(sandbox)).url, credentials });
  onTestFinished(() => clients.close());
  const { clock } = sandbox;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
  return { sandbox, caller: new Caller(ports, Number.POSITIVE_INFINITY, 'ec2') };
}

async function anInstance(caller: Caller): Promise<string> {
  const launch = { ImageId: publicImageId(REGION, 'al2023'), MinCount: 1, MaxCount: 1 };
  const launched = await caller.call(AT, 'RunInstances', (client) => client.send(new RunInstancesCommand(launch)));
  return (launched.ok && launched.value.Instances?.[0]?.InstanceId) || '';
}

const tagging = (caller: Caller, id: string, Value: string) =>
  caller.call(AT, 'CreateTags', (client) =>
    client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'amikeep:hold', Value }] })),
  );

describe('a request with half a character', () => {
  it('is refused once, with its place, and the next call says what it should', async () => {
    const { sandbox, caller } = await aCaller();
    const id = await anInstance(caller);

    expect(await tagging(caller, id, HALF)).toEqual({
      ok: false,
      failure: {
        meaning: 'refused',
        code: 'UnsendableRequest',
        message:
          'CreateTagsCommand was not sent: Tags.0.Value is not well-formed Unicode, write it anew: "on call \\ud83d"',
      },
    });
    expect(await tagging(caller, id, 'on call 😀')).toMatchObject({ ok: true });

    const described = await caller.call(AT, 'DescribeInstances', (client) =>
      client.send(new DescribeInstancesCommand({ InstanceIds: [id] })),
    );
    expect(described).toMatchObject({ ok: true });
    const { Tags } = (described.ok && described.value.Reservations?.[0]?.Instances?.[0]) || {};
    expect(Tags).toEqual([{ Key: 'amikeep:hold', Value: 'on call 😀' }]);
    expect(sandbox.calls.total({ operation: 'CreateTags' })).toBe(1);
  });

  it('is refused for a time that is none in the same way', async () => {
    const { caller } = await aCaller();
    const id = await anInstance(caller);
    const input = { ImageId: 'ami-00000000', DeprecateAt: new Date(Number.NaN) };

    expect(
      await caller.call(AT, 'EnableImageDeprecation', (client) =>
        client.send(new EnableImageDeprecationCommand(input)),
      ),
    ).toMatchObject({ failure: { meaning: 'refused', message: expect.stringContaining('DeprecateAt is no time') } });
    expect(await tagging(caller, id, 'fine')).toMatchObject({ ok: true });
  });
});
