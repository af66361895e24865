import {
  CopyImageCommand,
  CreateImageCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  EC2Client,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { ACCOUNT, aSandbox, clientConfig, REGION, served } from './world.ts';

const DR_REGION = 'eu-west-1';
const MINUTE = 60_000;

/** A client in each region, and the sandbox's time in the test's hand. */
interface Teller {
  readonly here: EC2Client;
  readonly there: EC2Client;
  pass(ms: number): Promise<void>;
}

/** What an image goes through from its making to its end, with everything that was answered on the way. */
async function lifeOfAnImage({ here, there, pass }: Teller): Promise<unknown[]> {
  const told: unknown[] = [];
  const note = async <Output extends object>(answer: Promise<Output>): Promise<Output> => {
    const output = await answer;
    told.push(output);
    return output;
  };
  const noteError = async (answer: Promise<object>) => {
    told.push(
      await answer.then(
        () => 'no error',
        (error: unknown) => Object.entries(Object(error)),
      ),
    );
  };
  const run = { MinCount: 1, MaxCount: 1, ImageId: publicImageId(REGION, 'al2023'), ClientToken: 'run' } as const;
  const launched = await note(here.send(new RunInstancesCommand({ ...run, InstanceType: 't3.micro' })));
  const InstanceId = launched.Instances?.[0]?.InstanceId;
  await pass(10 * MINUTE);
  await note(here.send(new DescribeInstancesCommand({ MaxResults: 5 })));
  const Tags = [{ Key: 'Name', Value: ' <web> & "1"\n' }];
  const TagSpecifications = [{ ResourceType: 'image', Tags } as const, { ResourceType: 'snapshot', Tags } as const];
  const create = new CreateImageCommand({ InstanceId, Name: 'web 1', NoReboot: true, TagSpecifications });
  const { ImageId } = await note(here.send(create));
  await note(here.send(new DescribeImagesCommand({ Owners: ['self'], ImageIds: [] })));
  await noteError(here.send(create));
  await pass(120 * MINUTE);
  await note(here.send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] })));
  await note(here.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })));
  const copy = {
    Name: 'web 1',
    SourceImageId: ImageId,
    SourceRegion: REGION,
    CopyImageTags: true,
    ClientToken: 'copy',
  };
  await note(there.send(new CopyImageCommand(copy)));
  await pass(120 * MINUTE);
  await note(
    there.send(new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'state', Values: ['available'] }] })),
  );
  await note(here.send(new CreateTagsCommand({ Resources: [ImageId ?? ''], Tags: [{ Key: 'Hold', Value: '' }] })));
  await note(here.send(new DeleteTagsCommand({ Resources: [ImageId ?? ''], Tags: [{ Key: 'Name' }] })));
  const DeprecateAt = new Date('2027-01-01T00:00:31.500Z');
  await note(here.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt })));
  await note(here.send(new DisableImageCommand({ ImageId })));
  await note(here.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true })));
  await note(here.send(new EnableImageCommand({ ImageId })));
  await noteError(here.send(new DeregisterImageCommand({ ImageId, DryRun: true })));
  await note(here.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
  await noteError(here.send(new DescribeImagesCommand({ ImageIds: ['ami-00000000000000000'] })));
  await note(here.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId ?? ''] })));
  return told;
}

async function overHttp(): Promise<Teller> {
  const sandbox = aSandbox();
  const { url: endpoint } = await served(sandbox);
  const here = new EC2Client({ ...clientConfig(), endpoint });
  const there = new EC2Client({ ...clientConfig(ACCOUNT, DR_REGION), endpoint });
  onTestFinished(() => {
    here.destroy();
    there.destroy();
  });
  return { here, there, pass: (ms) => sandbox.clock.advance(ms) };
}

function inProcess(replayEvery: number): Teller {
  const sandbox = aSandbox();
  const here = new EC2Client(clientConfig());
  const there = new EC2Client(clientConfig(ACCOUNT, DR_REGION));
  for (const client of [here, there]) connectInProcess(sandbox, client, { account: ACCOUNT, replayEvery });
  return { here, there, pass: (ms) => sandbox.clock.advance(ms) };
}

describe("the life of an image, as the SDK's clients see it", () => {
  it('is the same to the last member in process and over HTTP', async () => {
    expect(await lifeOfAnImage(inProcess(0))).toStrictEqual(await lifeOfAnImage(await overHttp()));
  });

  it('survives the wire at every call', async () => {
    expect(await lifeOfAnImage(inProcess(1))).toStrictEqual(await lifeOfAnImage(inProcess(0)));
  });
});
