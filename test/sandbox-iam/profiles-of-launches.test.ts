import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand, GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { ACCOUNT, anIamClient, aProfile, aSandbox, clientConfig, inProcess, REGION } from '../sandbox-wire/world.ts';

const AWAY = 'eu-west-1';

/** The instance of a launch with a profile of this name, or without one. */
async function launch(ec2: EC2Client, region: string, Name?: string) {
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: publicImageId(region, 'al2023'),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...(Name && { IamInstanceProfile: { Name } }),
    }),
  );
  return instance;
}

describe('the instance profile of a launch', () => {
  it('is one that IAM has, in whatever region', async () => {
    const sandbox = aSandbox();
    const { ec2 } = inProcess(sandbox, 1);
    await expect(launch(ec2, REGION, 'web')).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    });
    await aProfile(sandbox, 'web', '/servers/');
    const get = new GetInstanceProfileCommand({ InstanceProfileName: 'web' });
    const { InstanceProfile: profile } = await anIamClient(sandbox).send(get);
    const shown = { Arn: profile?.Arn, Id: profile?.InstanceProfileId };
    expect((await launch(ec2, REGION, 'web'))?.IamInstanceProfile).toEqual(shown);
    const away = new EC2Client(clientConfig(ACCOUNT, AWAY));
    connectInProcess(sandbox, away, { account: ACCOUNT, replayEvery: 1 });
    expect((await launch(away, AWAY, 'web'))?.IamInstanceProfile).toEqual(shown);
    const { Reservations = [] } = await away.send(new DescribeInstancesCommand({}));
    expect(Reservations[0]?.Instances?.[0]?.IamInstanceProfile).toEqual(shown);
  });

  it('has a role in it', async () => {
    const sandbox = aSandbox();
    const create = new CreateInstanceProfileCommand({ InstanceProfileName: 'web' });
    const { InstanceProfile: profile } = await anIamClient(sandbox).send(create);
    await expect(launch(inProcess(sandbox, 1).ec2, REGION, 'web')).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value (web) for parameter iamInstanceProfile.name is invalid. IAM Instance Profile "${profile?.Arn}" has no associated IAM Roles`,
    });
  });

  it('makes it a node of Systems Manager, which an instance without one is not', async () => {
    const sandbox = aSandbox();
    await aProfile(sandbox, 'web');
    const { ec2, ssm } = inProcess(sandbox, 1);
    const node = await launch(ec2, REGION, 'web');
    await launch(ec2, REGION);
    await sandbox.clock.advance(180_000);
    const { InstanceInformationList: nodes = [] } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(nodes.map(({ InstanceId }) => InstanceId)).toEqual([node?.InstanceId]);
  });
});
