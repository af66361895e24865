import {
  type _InstanceType,
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  GetInstanceMetadataDefaultsCommand,
  ImportKeyPairCommand,
  ModifyInstanceMetadataDefaultsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aProfile, aSandbox, clientConfig, inProcess, REGION, served } from './world.ts';

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
    await ec2.send(new ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'required', HttpPutResponseHopLimit: 3 }));
    const { AccountLevel } = await ec2.send(new GetInstanceMetadataDefaultsCommand({}));
    expect(AccountLevel).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 3, ManagedBy: 'account' });
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const subnet = { VpcId: vpc?.VpcId, CidrBlock: '10.0.1.0/24' };
    const { Subnet: made } = await ec2.send(new CreateSubnetCommand(subnet));
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: vpc?.VpcId,
        VpcEndpointType: 'Gateway',
        ServiceName: `com.amazonaws.${REGION}.s3`,
      }),
    );
    expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toHaveLength(1);
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
    await sandbox.clock.advance(60_000);
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: instance?.InstanceId }));
    const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
    expect(Addresses).toMatchObject([{ AllocationId, InstanceId: instance?.InstanceId }]);
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

  it('finds no room for a day where the control endpoint says so, by region, zone and type', async () => {
    const sandbox = aSandbox();
    const { url } = await served(sandbox);
    const control = async (path: string, body: object) => {
      const { ok } = await fetch(`${url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
      expect(ok).toBe(true);
    };
    const short = (region: string, capacityShortages: object[]) =>
      control('behaviour', { region, settings: { capacityShortages } });
    const launch = async (region: string, InstanceType: _InstanceType = 't3.micro') => {
      const ec2 = new EC2Client({ ...clientConfig(ACCOUNT, region), endpoint: url });
      const input = { ...LAUNCH, InstanceType, ImageId: publicImageId(region, 'al2023') };
      const answer = await ec2.send(new RunInstancesCommand(input)).catch((error: Error) => error.name);
      ec2.destroy();
      return typeof answer === 'string' ? answer : answer.Instances?.[0]?.Placement?.AvailabilityZone;
    };
    await short(REGION, [{}]);
    await short('eu-west-1', [{ type: 't3.micro' }, { zone: 'eu-west-1a' }]);
    expect(await launch(REGION)).toBe('InsufficientInstanceCapacity');
    expect(await launch('eu-west-1')).toBe('InsufficientInstanceCapacity');
    expect(await launch('eu-west-1', 't3.small')).toBe('eu-west-1b');
    expect(await launch('us-east-1')).toBe('us-east-1a');
    await control('clock', { advance: 'P1D' });
    expect(await launch(REGION)).toBe('InsufficientInstanceCapacity');
    await short(REGION, []);
    expect(await launch(REGION)).toBe('eu-central-1a');
    expect(await launch('eu-west-1')).toBe('InsufficientInstanceCapacity');
  });
});
