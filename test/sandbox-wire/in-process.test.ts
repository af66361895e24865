import {
  CopyImageCommand,
  type CopyImageRequest,
  CreateTagsCommand,
  DescribeImagesCommand,
  type DescribeImagesRequest,
  DescribeSnapshotsCommand,
  EC2Client,
  EC2ServiceException,
  EnableImageDeprecationCommand,
  type EnableImageDeprecationRequest,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, EventBridgeServiceException, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand, STSServiceException } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../sandbox/contract.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { ACCOUNT, anOperation, aSandboxWith, type Clients, clientConfig, inProcess, overHttp } from './world.ts';

const SNAPSHOTS = Object.freeze({
  Snapshots: [
    {
      SnapshotId: 'snap-1',
      StartTime: new Date('2026-11-23T02:00:00.123Z'),
      VolumeSize: 8,
      Encrypted: false,
      Description: ' <&>"\' \r\n\ttwo lines ',
      Tags: [],
    },
    { SnapshotId: 'snap-2', Tags: [{ Key: 'Schlüssel', Value: ' ' }] },
  ],
});

/** Notes what the operations are given. */
function echoing() {
  const inputs: object[] = [];
  const note = <Output extends object>(output: Output, heeds: readonly string[]) =>
    anOperation((input: object) => {
      inputs.push(input);
      return output;
    }, heeds);
  const sandbox = aSandboxWith({
    DescribeSnapshots: note(SNAPSHOTS, []),
    DescribeImages: note({ Images: [] }, ['Owners', 'Filters', 'MaxResults', 'IncludeDeprecated']),
    CopyImage: note({ ImageId: 'ami-1' }, [
      'Name',
      'SourceImageId',
      'SourceRegion',
      'ClientToken',
      'TagSpecifications',
    ]),
    EnableImageDeprecation: note({ Return: true }, ['ImageId', 'DeprecateAt']),
    CreateTags: anOperation(() => {
      throw new ServiceError('InvalidAMIID.NotFound', 'The image id <ami-1> does not exist');
    }, ['Resources', 'Tags']),
    DescribeTags: anOperation(() => {
      throw new ServiceError('Unavailable', 'The server is overloaded', 503);
    }),
  });
  return { sandbox, inputs };
}

/** What comes of a call: its output, or all that its exception says; request ids differ from call to call. */
async function resultOf(call: Promise<object>): Promise<unknown> {
  try {
    return { output: withoutRequestId(await call) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { class: error.constructor.name, name: error.name, message: error.message, ...withoutRequestId(error) };
  }
}

function withoutRequestId(value: object): object {
  const metadata: unknown = '$metadata' in value ? value.$metadata : undefined;
  return { ...value, $metadata: { ...Object(metadata), requestId: 'left out' } };
}

const COPY: CopyImageRequest = {
  Name: 'a copy',
  SourceImageId: 'ami-1',
  SourceRegion: 'eu-west-1',
  ClientToken: 'token',
};
const DEPRECATE: EnableImageDeprecationRequest = {
  ImageId: 'ami-1',
  DeprecateAt: new Date('2026-12-01T00:00:00.123Z'),
};

/** Inputs as someone writes them who does not think of the wire. */
const LOOSE: DescribeImagesRequest = {
  ImageIds: [],
  Owners: ['self'],
  Filters: [
    { Name: 'name', Values: [] },
    { Name: 'state', Values: ['available'] },
  ],
  MaxResults: undefined,
  IncludeDeprecated: false,
};

const CALLS: readonly (readonly [string, (clients: Clients) => Promise<object>])[] = [
  ['times, numbers, odd texts and empty lists', ({ ec2 }) => ec2.send(new DescribeSnapshotsCommand())],
  ['empty lists in an input', ({ ec2 }) => ec2.send(new DescribeImagesCommand(LOOSE))],
  ['a member that the model does not have', ({ ec2 }) => ec2.send(new CopyImageCommand({ ...COPY, ...{ Nmae: 1 } }))],
  ['structures without members', ({ ec2 }) => ec2.send(new CopyImageCommand({ ...COPY, TagSpecifications: [{}] }))],
  ['a time in an input', ({ ec2 }) => ec2.send(new EnableImageDeprecationCommand(DEPRECATE))],
  ['an error', ({ ec2 }) => ec2.send(new CreateTagsCommand({ Resources: ['ami-1'], Tags: [{ Key: 'a' }] }))],
  ['a missing member', ({ ec2 }) => ec2.send(new CreateTagsCommand({ Resources: ['ami-1'], Tags: [] }))],
  ['an input that is not heeded', ({ ec2 }) => ec2.send(new CopyImageCommand({ ...COPY, Encrypted: true }))],
  ['a dry run', ({ ec2 }) => ec2.send(new CopyImageCommand({ ...COPY, DryRun: true }))],
  ['an operation of STS', ({ sts }) => sts.send(new GetCallerIdentityCommand())],
  ['an operation of EventBridge', ({ events }) => events.send(new PutEventsCommand({ Entries: [{ Detail: '{}' }] }))],
  ['an error of EventBridge', ({ events }) => events.send(new PutEventsCommand({ Entries: [] }))],
];

describe('a call in process', () => {
  it.each(CALLS)('gives operation and caller the same as over HTTP: %s', async (_, call) => {
    const here = echoing();
    const there = echoing();
    const inProcessResult = await resultOf(call(inProcess(here.sandbox)));
    const httpResult = await resultOf(call(await overHttp(there.sandbox)));
    expect(inProcessResult).toStrictEqual(httpResult);
    expect(here.inputs).toStrictEqual(there.inputs);
  });

  it('fails the same way as over HTTP when the answer is lost', async () => {
    const [here, there] = [echoing(), echoing()];
    const call = ({ ec2 }: Clients) => ec2.send(new DescribeSnapshotsCommand());
    for (const { sandbox } of [here, there]) sandbox.faults.add({ kind: 'lost-answer' });
    const inProcessResult = await resultOf(call(inProcess(here.sandbox)));
    expect(inProcessResult).toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
    expect(await resultOf(call(await overHttp(there.sandbox)))).toStrictEqual(inProcessResult);
    expect(here.inputs.length).toBe(1);
  });

  it('that was given up before it was made has no effect, and fails as over HTTP', async () => {
    const [here, there] = [echoing(), echoing()];
    const call = ({ ec2 }: Clients) =>
      ec2.send(new DescribeSnapshotsCommand(), { abortSignal: AbortSignal.abort(new Error('too late')) });
    const inProcessResult = await resultOf(call(inProcess(here.sandbox)));
    expect(inProcessResult).toMatchObject({ name: 'AbortError' });
    expect(await resultOf(call(await overHttp(there.sandbox)))).toStrictEqual(inProcessResult);
    expect([here.inputs, there.inputs]).toEqual([[], []]);
  });

  it('that is given up while it is under way fails at once and has its effect', async () => {
    const { sandbox, inputs } = echoing();
    sandbox.faults.add({ kind: 'latency', latencyMs: 1000 });
    const giveUp = new AbortController();
    const call = inProcess(sandbox).ec2.send(new DescribeSnapshotsCommand(), { abortSignal: giveUp.signal });
    await new Promise((resolve) => setImmediate(resolve));
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(inputs).toEqual([]);
    await sandbox.clock.advance(1000);
    expect(inputs.length).toBe(1);
  });

  it('throws the exception class of the service', async () => {
    const clients = inProcess(echoing().sandbox);
    const ec2 = clients.ec2.send(new CopyImageCommand({ ...COPY, DryRun: true }));
    await expect(ec2).rejects.toBeInstanceOf(EC2ServiceException);
    await expect(ec2).rejects.toMatchObject({ name: 'DryRunOperation', $fault: 'client' });
    const events = clients.events.send(new PutEventsCommand({ Entries: [] }));
    await expect(events).rejects.toBeInstanceOf(EventBridgeServiceException);
    const { sandbox } = echoing();
    sandbox.faults.add({ kind: 'error-before', service: 'sts', code: 'InternalFailure' });
    const sts = inProcess(sandbox).sts.send(new GetCallerIdentityCommand());
    await expect(sts).rejects.toBeInstanceOf(STSServiceException);
    await expect(sts).rejects.toMatchObject({ name: 'InternalFailure', $fault: 'server' });
  });

  it('fills in a client token, another one for each call', async () => {
    const { sandbox, inputs } = echoing();
    const { ec2 } = inProcess(sandbox);
    const { ClientToken: _, ...withoutToken } = COPY;
    await ec2.send(new CopyImageCommand(withoutToken));
    await ec2.send(new CopyImageCommand(withoutToken));
    const tokens = inputs.map((input) => ('ClientToken' in input ? input.ClientToken : undefined));
    expect([new Set(tokens).size, tokens.includes(undefined)]).toEqual([2, false]);
  });

  it('hands the operation an input that the caller cannot change afterwards', async () => {
    const { sandbox, inputs } = echoing();
    const filter = { Name: 'name', Values: ['a'] };
    await inProcess(sandbox).ec2.send(new DescribeImagesCommand({ Filters: [filter] }));
    filter.Values.push('b');
    expect(inputs).toEqual([{ Filters: [{ Name: 'name', Values: ['a'] }] }]);
  });

  it('passes the list of an output on as it is, without a copy', async () => {
    const { Snapshots } = await inProcess(echoing().sandbox).ec2.send(new DescribeSnapshotsCommand());
    expect(Snapshots).toBe(SNAPSHOTS.Snapshots);
  });

  it("works behind the SDK's own paginators", async () => {
    const sandbox = aSandboxWith({
      DescribeImages: anOperation(
        ({ NextToken }: DescribeImagesRequest) =>
          NextToken === undefined ? { Images: [], NextToken: 'more' } : { Images: [{ ImageId: 'ami-1' }] },
        ['MaxResults', 'NextToken'],
      ),
    });
    const found: unknown[] = [];
    for await (const page of paginateDescribeImages({ client: inProcess(sandbox).ec2, pageSize: 5 }, {})) {
      found.push(page.Images);
    }
    expect(found).toEqual([[], [{ ImageId: 'ami-1' }]]);
  });

  it("has the account that it was connected for and the client's region", async () => {
    const { sandbox } = echoing();
    const client = new EC2Client(clientConfig('any', 'eu-west-1'));
    connectInProcess(sandbox, client, { account: ACCOUNT });
    await client.send(new DescribeImagesCommand());
    expect(sandbox.calls.total({ account: ACCOUNT, region: 'eu-west-1' })).toBe(1);
  });

  it('throws on a replay when an output would not survive the wire', async () => {
    const output = { Images: [{ ImageId: 'ami-1', Nmae: 'no member of an image' }] };
    const sandbox = aSandboxWith({ DescribeImages: anOperation(() => output) });
    await expect(inProcess(sandbox, 1).ec2.send(new DescribeImagesCommand())).rejects.toThrow(
      'the output of DescribeImages is not the same in process and over the wire',
    );
    await expect(inProcess(sandbox, 0).ec2.send(new DescribeImagesCommand())).resolves.toMatchObject(output);
  });

  it('replays one call of so many, beginning with the one that it is told to', async () => {
    const output = { Images: [{ ImageId: 'ami-1', Nmae: 'no member of an image' }] };
    const sandbox = aSandboxWith({ DescribeImages: anOperation(() => output) });
    const client = new EC2Client(clientConfig());
    connectInProcess(sandbox, client, { replayEvery: 3, replayFirst: 2 });
    const replayed: boolean[] = [];
    for (let call = 0; call < 6; call++) {
      const answer = client.send(new DescribeImagesCommand());
      replayed.push(
        await answer.then(
          () => false,
          () => true,
        ),
      );
    }
    expect(replayed).toEqual([false, true, false, false, true, false]);
  });

  it('tells whoever asks for it of each replay and its difference, instead of throwing it', async () => {
    const output = { Images: [{ ImageId: 'ami-1', Nmae: 'no member of an image' }] };
    const sandbox = aSandboxWith({
      DescribeImages: anOperation(() => output),
      DescribeSnapshots: anOperation(() => ({})),
    });
    const client = new EC2Client(clientConfig());
    const told: [string, string | undefined][] = [];
    const onReplay = (operation: string, difference: Error | undefined) => told.push([operation, difference?.message]);
    connectInProcess(sandbox, client, { replayEvery: 1, onReplay });
    await expect(client.send(new DescribeImagesCommand())).resolves.toMatchObject(output);
    await client.send(new DescribeSnapshotsCommand());
    expect(told).toEqual([
      ['DescribeImages', expect.stringContaining('the output of DescribeImages is not the same')],
      ['DescribeSnapshots', undefined],
    ]);
  });

  it('runs an operation once, replayed or not', async () => {
    const { sandbox, inputs } = echoing();
    const { ec2, events } = inProcess(sandbox, 1);
    await ec2.send(new DescribeSnapshotsCommand());
    await ec2.send(new EnableImageDeprecationCommand(DEPRECATE));
    await events.send(new PutEventsCommand({ Entries: [{ Time: new Date(1234), Source: 'a', Resources: [] }] }));
    expect([inputs.length, sandbox.calls.total()]).toEqual([2, 3]);
  });

  it('is not for a client of a service that the sandbox does not have', () => {
    const client = new EventBridgeClient({ ...clientConfig(), serviceId: 'S3' });
    expect(() => connectInProcess(echoing().sandbox, client)).toThrow('no service for a client of S3');
  });
});
