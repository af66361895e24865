import {
  AttachVolumeCommand,
  CreateReplaceRootVolumeTaskCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceStatusCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  type EC2Client,
  GetConsoleOutputCommand,
  type InstanceAttributeName,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { readBehaviourChange } from '../../sandbox/ec2/behaviour/input.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { aSandbox, inProcess, overHttp, REGION } from './world.ts';

const MINUTE = 60_000;

const ATTRIBUTES: readonly InstanceAttributeName[] = [
  'disableApiTermination',
  'disableApiStop',
  'instanceInitiatedShutdownBehavior',
  'sourceDestCheck',
  'ebsOptimized',
  'instanceType',
  'rootDeviceName',
  'userData',
];

/** What is answered in the life of an instance, of its volumes and of its root. */
async function lifeOfAnInstance(ec2: EC2Client, pass: (ms: number) => Promise<void>): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const note = async <Output extends { $metadata: unknown }>(answer: Promise<Output>): Promise<Output> => {
    const output = await answer;
    const { $metadata: _, ...rest } = output;
    told.push(rest);
    return output;
  };
  const run = {
    ImageId: publicImageId(REGION, 'al2023'),
    InstanceType: 'm7i.large',
    MinCount: 1,
    MaxCount: 1,
  } as const;
  const { Instances: [instance] = [] } = await note(
    ec2.send(
      new RunInstancesCommand({
        ...run,
        ClientToken: 'run',
        UserData: Buffer.from('#!/bin/sh\n').toString('base64'),
        DisableApiTermination: true,
        DisableApiStop: false,
        InstanceInitiatedShutdownBehavior: 'terminate',
      }),
    ),
  );
  const InstanceId = instance?.InstanceId ?? '';
  await pass(MINUTE);
  for (const Attribute of ATTRIBUTES) {
    await note(ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute })));
  }
  await note(ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value: false } })));
  await note(ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [InstanceId] })));
  await note(ec2.send(new GetConsoleOutputCommand({ InstanceId, Latest: true })));
  await pass(10 * MINUTE);
  await note(ec2.send(new DescribeInstanceStatusCommand({ IncludeAllInstances: true, MaxResults: 5 })));
  await note(ec2.send(new GetConsoleOutputCommand({ InstanceId })));
  const zone = { AvailabilityZoneId: 'euc1-az1' };
  const { VolumeId = '' } = await note(ec2.send(new CreateVolumeCommand({ ...zone, Size: 5, ClientToken: 'volume' })));
  await pass(MINUTE);
  await note(ec2.send(new AttachVolumeCommand({ InstanceId, VolumeId, Device: '/dev/sdf' })));
  await pass(MINUTE);
  await note(ec2.send(new DescribeVolumesCommand({})));
  await note(ec2.send(new DetachVolumeCommand({ VolumeId })));
  await pass(MINUTE);
  await note(ec2.send(new DeleteVolumeCommand({ VolumeId })));
  await note(ec2.send(new CreateReplaceRootVolumeTaskCommand({ InstanceId, ClientToken: 'replace' })));
  await pass(10 * MINUTE);
  await note(ec2.send(new DescribeReplaceRootVolumeTasksCommand({ MaxResults: 50 })));
  return told;
}

describe('instances, their attributes, checks and volumes', () => {
  it('are the same to the last member in process and over HTTP', async () => {
    const one = aSandbox();
    const here = await lifeOfAnInstance(inProcess(one, 1).ec2, (ms) => one.clock.advance(ms));
    const other = aSandbox();
    const there = await lifeOfAnInstance((await overHttp(other)).ec2, (ms) => other.clock.advance(ms));
    expect(there).toEqual(here);
  });
});

describe('rules of the behaviour', () => {
  it('are taken as they are written', () => {
    const settings = {
      statusCheckRules: [
        { imageId: 'ami-0123456789abcdef0', outcome: 'impaired', console: 'emergency' },
        { originInstanceId: 'i-0123456789abcdef0', withoutDevice: '/dev/sdf', outcome: 'impaired' },
      ],
      nodeRules: [{ region: REGION, outcome: 'lost' }],
      leftBehindRules: [{ instanceType: 't3.micro', leaves: 'volumes' }],
      commandRules: [{ document: 'AWS-RunShellScript', exitStatus: 1, output: '', runMs: 5 }],
    };
    expect(readBehaviourChange({ settings }).settings).toEqual(settings);
  });

  it.each<[object, string]>([
    [{ statusCheckRules: [{ outcome: 'slow' }] }, 'settings.statusCheckRules.0.outcome'],
    [{ statusCheckRules: [{ image: 'ami-1', outcome: 'never' }] }, 'settings.statusCheckRules.0'],
    [{ statusFlapMs: 0 }, 'write a number greater than 0'],
    [{ nodeRules: 'lost' }, 'write a list of rules such as'],
    [{ leftBehindRules: [{ leaves: 'images' }] }, 'settings.leftBehindRules.0.leaves'],
    [{ commandRules: [{ exitStatus: -1 }] }, 'write a whole number of 0 or more'],
  ])('are refused as %j', (settings, problem) => {
    expect(() => readBehaviourChange({ settings })).toThrow(problem);
  });
});
