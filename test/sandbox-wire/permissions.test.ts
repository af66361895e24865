import {
  CopyImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aSandbox, clientConfig, REGION, served } from './world.ts';

const TAGGER = `AKIA${ACCOUNT}TAGS`;
const ROLE = 'arn:aws:iam::333344445555:role/ci';
const MAY_TAG = { [TAGGER]: ['ec2:CreateTags', 'ec2:Describe*'] };

/** Where clients call: in process unless there is an endpoint. */
interface Way {
  readonly sandbox: Sandbox;
  readonly endpoint?: string;
}

interface Key {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

function clientsOf({ sandbox, endpoint }: Way, key: Key = { accessKeyId: TAGGER }) {
  const config = { ...clientConfig(), credentials: { ...key, secretAccessKey: 'any' }, ...(endpoint && { endpoint }) };
  const clients = { ec2: new EC2Client(config), kms: new KMSClient(config), sts: new STSClient(config) };
  for (const client of Object.values(clients)) {
    if (endpoint === undefined) connectInProcess(sandbox, client, { accessKey: key, replayEvery: 1 });
    onTestFinished(() => client.destroy());
  }
  return clients;
}

const inProcess = async (allowedActions = {}): Promise<Way> => ({ sandbox: aSandbox({ ec2: { allowedActions } }) });
const overHttp = async (allowedActions = {}): Promise<Way> => {
  const sandbox = aSandbox();
  const { url: endpoint } = await served(sandbox);
  const change = { method: 'PUT', body: JSON.stringify({ settings: { allowedActions } }) };
  expect((await fetch(`${endpoint}/_sandbox/behaviour`, change)).status).toBe(200);
  return { sandbox, endpoint };
};

describe.each([
  ['in process', inProcess],
  ['over HTTP', overHttp],
])('who may call some actions, %s,', (_, way) => {
  it('calls these, and is told of every other by the error of its service', async () => {
    const world = await way(MAY_TAG);
    const { ec2, kms } = clientsOf(world);

    await expect(ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).resolves.toMatchObject({ Images: [] });
    await expect(ec2.send(new DeregisterImageCommand({ ImageId: 'ami-0' }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining(
        `arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: ec2:Deregister`,
      ),
      $metadata: { httpStatusCode: 403 },
    });
    const Message = new Uint8Array(1);
    const sign = new SignCommand({ KeyId: 'alias/seals', Message, SigningAlgorithm: 'ED25519_SHA_512' });
    await expect(kms.send(sign)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kms:Sign'),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('always learns who it is', async () => {
    const { sts } = clientsOf(await way({ [TAGGER]: [] }));
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: ACCOUNT });
  });

  it('is one session of a role as another, and keeps nobody else from anything', async () => {
    const world = await way({ [ROLE]: ['ec2:DescribeImages'] });
    const { sts, ec2 } = clientsOf(world);
    const asked = { RoleArn: ROLE, RoleSessionName: 'build' };
    const { Credentials } = await sts.send(new AssumeRoleCommand(asked));
    const { AccessKeyId: accessKeyId = '', SessionToken: sessionToken = '' } = Credentials ?? {};
    const session = clientsOf(world, { accessKeyId, sessionToken });
    const copy = new CopyImageCommand({ Name: 'x', SourceImageId: 'ami-00000000', SourceRegion: REGION });

    await session.ec2.send(new DescribeImagesCommand({}));
    await expect(session.ec2.send(copy)).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining('arn:aws:sts::333344445555:assumed-role/ci/build'),
    });
    await expect(ec2.send(copy)).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });
});

describe('a permission', () => {
  it('to tag is all that tagging takes', async () => {
    const world = await inProcess(MAY_TAG);
    const ofAll = clientsOf(world, { accessKeyId: ACCOUNT }).ec2;
    const launch = { ImageId: publicImageId(REGION, 'al2023'), MinCount: 1, MaxCount: 1 };
    const { Instances = [] } = await ofAll.send(new RunInstancesCommand(launch));
    const Resources = Instances.flatMap(({ InstanceId = [] }) => InstanceId);
    const { ec2 } = clientsOf(world);
    await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'team', Value: 'shop' }] }));

    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: Resources }));
    expect(Reservations?.[0]?.Instances?.[0]?.Tags).toEqual([{ Key: 'team', Value: 'shop' }]);
  });

  it('to make something does not cover the tags that the same call gives it', async () => {
    const { ec2 } = clientsOf(await inProcess({ [TAGGER]: ['ec2:CopyImage'] }));
    const input = { Name: 'x', SourceImageId: 'ami-00000000', SourceRegion: REGION };
    const tags = [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: 'b' }] }] as const;

    await expect(ec2.send(new CopyImageCommand(input))).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    await expect(
      ec2.send(new CopyImageCommand({ ...input, TagSpecifications: [{ ...tags[0], Tags: [...tags[0].Tags] }] })),
    ).rejects.toMatchObject({ name: 'UnauthorizedOperation', message: expect.stringContaining('ec2:CreateTags') });
  });

  it.each(['*', 'kms:*', 'kms:Describe*', 'KMS:describekey'])('may be written as %s', async (action) => {
    const { kms } = clientsOf(await inProcess({ [TAGGER]: [action] }));
    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/dr' }))).resolves.toBeDefined();
  });

  it('to launch is asked for each thing that the launch names or makes, in a dry run too', async () => {
    const resources = [
      'image/*',
      'subnet/subnet-0a',
      'security-group/*',
      'instance/*',
      'network-interface/*',
      'volume/*',
    ];
    const launchableResources = { [TAGGER]: resources };
    const { ec2 } = clientsOf({ sandbox: aSandbox({ ec2: { launchableResources } }) });
    const launch = { ImageId: publicImageId(REGION, 'al2023'), MinCount: 1, MaxCount: 1, DryRun: true };
    const refusalOf = (more: object) =>
      ec2.send(new RunInstancesCommand({ ...launch, ...more })).catch(({ name }: Error) => name);
    expect(await refusalOf({})).toBe('DryRunOperation');
    expect(await refusalOf({ SubnetId: 'subnet-0b' })).toBe('UnauthorizedOperation');
    expect(await refusalOf({ NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: 'subnet-0b' }] })).toBe(
      'UnauthorizedOperation',
    );
    expect(await refusalOf({ KeyName: 'ops' })).toBe('UnauthorizedOperation');
    expect(await refusalOf({ SubnetId: 'subnet-0a' })).not.toBe('UnauthorizedOperation');
  });

  it('to launch does not cover the role that the launch hands on', async () => {
    const launch = { ImageId: publicImageId(REGION, 'al2023'), MinCount: 1, MaxCount: 1, DryRun: true };
    const IamInstanceProfile = { Name: 'web' };
    const world = await inProcess({ [TAGGER]: ['ec2:RunInstances'] });
    const { ec2 } = clientsOf(world);
    await expect(ec2.send(new RunInstancesCommand(launch))).rejects.toMatchObject({ name: 'DryRunOperation' });
    await expect(ec2.send(new RunInstancesCommand({ ...launch, IamInstanceProfile }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining('PassRole'),
    });
  });

  it('that is missing is no dry run either', async () => {
    const { ec2 } = clientsOf(await inProcess({ [TAGGER]: [] }));
    await expect(ec2.send(new DescribeImagesCommand({ DryRun: true }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    });
  });
});
