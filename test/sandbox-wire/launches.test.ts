import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aProfile, aSandbox, clientConfig, inProcess, REGION } from './world.ts';

const LAUNCH = {
  ImageId: publicImageId(REGION, 'al2023'),
  InstanceType: 't3.micro',
  MinCount: 1,
  MaxCount: 1,
} as const;

/** A client for keys, each of whose calls is taken over the wire as well. */
function keysOf(sandbox: Sandbox): KMSClient {
  const kms = new KMSClient(clientConfig());
  connectInProcess(sandbox, kms, { account: ACCOUNT, replayEvery: 1 });
  return kms;
}

describe('a launch', () => {
  it('into networks is the same in process and over the wire', async () => {
    const sandbox = aSandbox();
    const { ec2 } = inProcess(sandbox, 1);
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const subnet = { VpcId: vpc?.VpcId, CidrBlock: '10.0.1.0/24' };
    const { Subnet: made } = await ec2.send(new CreateSubnetCommand(subnet));
    const PublicKeyMaterial = Buffer.from('ssh-ed25519 AAAAC3Nza web');
    await ec2.send(new ImportKeyPairCommand({ KeyName: 'web', PublicKeyMaterial }));
    const { Instances: [instance] = [] } = await ec2.send(
      new RunInstancesCommand({
        ...LAUNCH,
        KeyName: 'web',
        IamInstanceProfile: { Name: await aProfile(sandbox, 'web') },
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: made?.SubnetId, AssociatePublicIpAddress: true }],
      }),
    );
    expect(instance).toMatchObject({ SubnetId: made?.SubnetId, KeyName: 'web', PrivateIpAddress: '10.0.1.4' });
    await ec2.send(new DescribeInstancesCommand({}));
    await ec2.send(new DescribeSubnetsCommand({}));
    await ec2.send(new DescribeSecurityGroupsCommand({}));
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces).toHaveLength(1);
  });

  it('as a dry run is a matter of permission, not of room, keys or networks', async () => {
    const { ec2 } = inProcess(
      aSandbox({ ec2: { capacityShortages: [{}], vcpuQuota: 0, unusableKmsKeys: ['alias/x'] } }),
      1,
    );
    const input = {
      ...LAUNCH,
      SubnetId: 'subnet-0123456789abcdef0',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: 'alias/x' } }],
      DryRun: true,
    };
    await expect(ec2.send(new RunInstancesCommand(input))).rejects.toMatchObject({ name: 'DryRunOperation' });
  });

  it.each([
    ['is disabled', true],
    ['works', false],
  ])('under a key of KMS that %s', async (_, isDisabled) => {
    const sandbox = aSandbox({ ec2: { kmsKeys: {} } });
    const kms = keysOf(sandbox);
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/app', TargetKeyId: key?.KeyId }));
    if (isDisabled) await kms.send(new DisableKeyCommand({ KeyId: key?.KeyId }));
    const { ec2 } = inProcess(sandbox);
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: 'alias/app' } }];
    await ec2.send(new RunInstancesCommand({ ...LAUNCH, BlockDeviceMappings }));
    await sandbox.clock.advance(20_000);
    expect(sandbox.ec2.inspect.instances()).toMatchObject([
      {
        instance: isDisabled
          ? { State: { Name: 'terminated' }, StateReason: { Code: 'Client.InternalError' } }
          : { State: { Name: 'running' } },
      },
    ]);
    const volumes = sandbox.ec2.inspect.volumes().map(({ volume }) => volume.KmsKeyId);
    expect(volumes).toEqual(isDisabled ? [] : [key?.Arn]);
  });
});
