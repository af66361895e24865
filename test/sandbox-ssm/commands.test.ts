import { RunInstancesCommand, StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { CommandRule } from '../../sandbox/ec2/behaviour/commands.ts';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import { aProfile, REGION, START } from '../sandbox-wire/world.ts';
import { aParameterWorld, IMAGE } from './world.ts';

const MINUTE = 60_000;

/** A world whose running instances are nodes, with one of them that has been online for a while. */
async function aNode(ec2: Partial<Ec2Behaviour> = {}) {
  const world = aParameterWorld({ ec2: { managedNodes: 'all', ...ec2 } });
  const launch = async (name = 'web', profile?: string) => {
    const Tags = [{ Key: 'Name', Value: name }];
    const { Instances: [instance] = [] } = await world.ec2.send(
      new RunInstancesCommand({
        ImageId: IMAGE,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        ...(profile && { IamInstanceProfile: { Name: profile } }),
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    );
    await world.sandbox.clock.advance(3 * MINUTE);
    return instance?.InstanceId ?? '';
  };
  const nodes = async (input: DescribeInstanceInformationCommandInput = {}) =>
    (await world.ssm.send(new DescribeInstanceInformationCommand(input))).InstanceInformationList ?? [];
  const InstanceId = await launch();
  const send = async (input: Partial<SendCommandCommandInput> = {}) => {
    const command = { InstanceIds: [InstanceId], DocumentName: 'AWS-RunShellScript', ...input };
    return (await world.ssm.send(new SendCommandCommand(command))).Command;
  };
  const result = (CommandId = '') => world.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
  /** How a command ends under a rule, after so many milliseconds. */
  const under = async (rule: CommandRule, ms = 10 * MINUTE, input: Partial<SendCommandCommandInput> = {}) => {
    world.sandbox.ec2.setBehaviour({ commandRules: [rule] });
    const command = await send(input);
    await world.sandbox.clock.advance(ms);
    return result(command?.CommandId);
  };
  const pass = (ms: number) => world.sandbox.clock.advance(ms);
  return { ...world, InstanceId, launch, nodes, send, result, under, pass };
}

describe('a node', () => {
  it('is told with its ping, its agent and what it is', async () => {
    const { nodes, InstanceId } = await aNode();
    expect(await nodes()).toEqual([
      {
        InstanceId,
        PingStatus: 'Online',
        LastPingDateTime: new Date(START + 80_000),
        RegistrationDate: new Date(START + 80_000),
        AgentVersion: '3.3.3050.0',
        IsLatestVersion: true,
        PlatformType: 'Linux',
        ResourceType: 'EC2Instance',
      },
    ]);
  });

  it('is a running instance with an instance profile, or any, as the behaviour says', async () => {
    const { nodes, sandbox, launch, InstanceId } = await aNode();
    sandbox.ec2.setBehaviour({ managedNodes: 'with-instance-profile' });
    expect(await nodes()).toEqual([]);
    const withProfile = await launch('web', await aProfile(sandbox, 'web'));
    const idsOfNodes = async () => (await nodes()).map(({ InstanceId: id }) => id);
    expect(await idsOfNodes()).toEqual([withProfile]);
    sandbox.ec2.setBehaviour({ managedNodes: 'all' });
    expect(await idsOfNodes()).toEqual([InstanceId, withProfile]);
  });

  it('is online some time after the instance runs, and none once it no longer does', async () => {
    const { nodes, ec2, InstanceId, pass } = await aNode({ nodeOnlineMs: 5 * MINUTE });
    expect(await nodes()).toEqual([]);
    await pass(5 * MINUTE);
    expect(await nodes()).toMatchObject([{ PingStatus: 'Online' }]);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await nodes()).toEqual([]);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await nodes({ Filters: [{ Key: 'InstanceIds', Values: [InstanceId] }] })).toEqual([]);
  });

  it('may never register, or lose its connection, as the behaviour says', async () => {
    const { nodes, sandbox, InstanceId } = await aNode();
    sandbox.ec2.setBehaviour({ nodeRules: [{ instanceId: InstanceId, outcome: 'lost' }] });
    expect(await nodes()).toMatchObject([{ PingStatus: 'ConnectionLost', LastPingDateTime: new Date(START + 80_000) }]);
    sandbox.ec2.setBehaviour({ nodeRules: [{ instanceType: 't3.micro', outcome: 'never' }] });
    expect(await nodes()).toEqual([]);
  });

  it('is none where the system does not come up', async () => {
    const { nodes, sandbox } = await aNode();
    sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired' }] });
    expect(await nodes()).toEqual([]);
  });

  it('is found by id, ping, kind and tag', async () => {
    const { nodes, launch, InstanceId } = await aNode();
    await launch('mail');
    const found = async (Key: string, ...Values: string[]) =>
      (await nodes({ Filters: [{ Key, Values }] })).map(({ InstanceId: id }) => id === InstanceId);
    expect(await found('InstanceIds', InstanceId)).toEqual([true]);
    expect(await found('PingStatus', 'Online')).toEqual([true, false]);
    expect(await found('PingStatus', 'Inactive')).toEqual([]);
    expect(await found('PlatformTypes', 'Linux')).toEqual([true, false]);
    expect(await found('ResourceType', 'ManagedInstance')).toEqual([]);
    expect(await found('tag:Name', 'web')).toEqual([true]);
    expect(await found('tag-key', 'Name')).toEqual([true, false]);
  });

  it.each<[string, DescribeInstanceInformationCommandInput, string]>([
    [
      'an id that is not known',
      { Filters: [{ Key: 'InstanceIds', Values: ['i-00000000000000000'] }] },
      'InvalidInstanceId',
    ],
    ['a filter that is none', { Filters: [{ Key: 'Colour', Values: ['red'] }] }, 'InvalidFilterKey'],
    ['a filter that is not modelled', { Filters: [{ Key: 'IamRole', Values: ['web'] }] }, 'UnsupportedOperation'],
    ['no values', { Filters: [{ Key: 'PingStatus', Values: [] }] }, 'InvalidInstanceInformationFilterValue'],
    ['too small a page', { MaxResults: 4 }, 'ValidationException'],
    ['too great a page', { MaxResults: 51 }, 'ValidationException'],
    ['a token of something else', { NextToken: 'token' }, 'InvalidNextToken'],
  ])('is not told for %s', async (_, input, name) => {
    const { nodes } = await aNode();
    await expect(nodes(input)).rejects.toMatchObject({ name });
  });

  it('is not told for a tag beside another filter, with the code that the behaviour says', async () => {
    const { nodes, sandbox } = await aNode();
    const Filters = [
      { Key: 'tag:Name', Values: ['web'] },
      { Key: 'PingStatus', Values: ['Online'] },
    ];
    await expect(nodes({ Filters })).rejects.toMatchObject({ name: 'InvalidFilterKey' });
    sandbox.ec2.setBehaviour({ mixedNodeFiltersCode: 'InvalidInstanceInformationFilterValue' });
    await expect(nodes({ Filters })).rejects.toMatchObject({ name: 'InvalidInstanceInformationFilterValue' });
  });

  it('comes in pages of ten where none is asked for', async () => {
    const { ec2, ssm, pass } = await aNode();
    await ec2.send(new RunInstancesCommand({ ImageId: IMAGE, MinCount: 11, MaxCount: 11 }));
    await pass(3 * MINUTE);
    const page = (NextToken?: string) => ssm.send(new DescribeInstanceInformationCommand({ NextToken }));
    const first = await page();
    expect(first.InstanceInformationList).toHaveLength(10);
    const second = await page(first.NextToken);
    expect(second.InstanceInformationList).toHaveLength(2);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('a command', () => {
  it('is pending, in progress and then a success', async () => {
    const { send, result, InstanceId, pass } = await aNode({
      invocationVisibilityMs: 1_000,
      commandDeliveryMs: 2_000,
      commandRunMs: 3_000,
    });
    const sentAt = START + 3 * MINUTE;
    const Parameters = { commands: ['systemctl is-active web'] };
    const command = await send({ Parameters, TimeoutSeconds: 60 });
    expect(command).toEqual({
      CommandId: expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      DocumentName: 'AWS-RunShellScript',
      DocumentVersion: '$DEFAULT',
      Comment: '',
      ExpiresAfter: new Date(sentAt + MINUTE),
      Parameters,
      InstanceIds: [InstanceId],
      Targets: [],
      RequestedDateTime: new Date(sentAt),
      Status: 'Pending',
      StatusDetails: 'Pending',
      MaxConcurrency: '50',
      MaxErrors: '0',
      TargetCount: 1,
      CompletedCount: 0,
      ErrorCount: 0,
      DeliveryTimedOutCount: 0,
      TimeoutSeconds: 60,
    });
    const now = () => result(command?.CommandId);
    await pass(1_000);
    expect(await now()).toMatchObject({ Status: 'Pending', ResponseCode: -1, ExecutionStartDateTime: '' });
    await pass(1_000);
    expect(await now()).toMatchObject({
      Status: 'InProgress',
      ResponseCode: -1,
      ExecutionStartDateTime: new Date(sentAt + 2_000).toISOString(),
      ExecutionEndDateTime: '',
    });
    await pass(3_000);
    expect(await now()).toMatchObject({
      CommandId: command?.CommandId,
      InstanceId,
      DocumentName: 'AWS-RunShellScript',
      PluginName: 'aws:runShellScript',
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      ExecutionElapsedTime: 'PT3S',
      ExecutionEndDateTime: new Date(sentAt + 5_000).toISOString(),
      StandardOutputContent: '',
      StandardErrorContent: '',
    });
  });

  it('has no invocation for a while after it is sent', async () => {
    const { send, result, pass } = await aNode({ invocationVisibilityMs: 5_000 });
    const command = await send();
    await pass(4_999);
    await expect(result(command?.CommandId)).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
    await pass(1);
    expect((await result(command?.CommandId)).Status).toBe('Success');
    await expect(result('00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({
      name: 'InvocationDoesNotExist',
    });
  });

  it('is sent twice by whoever calls twice', async () => {
    const { send } = await aNode();
    expect((await send())?.CommandId).not.toBe((await send())?.CommandId);
  });

  it('ends as the first rule says that fits its document and its instance', async () => {
    const { under, InstanceId } = await aNode();
    expect(await under({ exitStatus: 3, output: 'no such unit\n' })).toMatchObject({
      Status: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: 'no such unit\n',
      StandardErrorContent: 'failed to run commands: exit status 3',
    });
    expect((await under({ output: 'x'.repeat(24_001) })).StandardOutputContent).toHaveLength(24_000);
    expect((await under({ document: 'AWS-RunShellScript', exitStatus: 1 })).Status).toBe('Failed');
    expect((await under({ document: 'AWS-RunPatchBaseline', exitStatus: 1 })).Status).toBe('Success');
    expect((await under({ instanceId: InstanceId, imageId: IMAGE, exitStatus: 1 })).Status).toBe('Failed');
    expect((await under({ imageId: 'ami-0123456789abcdef0', exitStatus: 1 })).Status).toBe('Success');
  });

  it('begins late, or runs long, where a rule says so', async () => {
    const { under } = await aNode();
    expect((await under({ deliveryMs: MINUTE }, MINUTE - 1)).Status).toBe('Pending');
    expect((await under({ deliveryMs: MINUTE }, 2 * MINUTE)).Status).toBe('Success');
    expect((await under({ runMs: MINUTE }, MINUTE)).Status).toBe('InProgress');
  });

  it('is given up where it has not begun in time, or runs for longer than its document lets it', async () => {
    const { under, sandbox, send, result, pass } = await aNode();
    const lost = { TimeoutSeconds: 30 };
    expect((await under({ isLost: true }, 29_999, lost)).Status).toBe('Pending');
    const timedOut = { Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 };
    expect(await under({ isLost: true }, 30_000, lost)).toMatchObject(timedOut);
    expect(await under({ deliveryMs: MINUTE }, 30_000, lost)).toMatchObject(timedOut);
    const Parameters = { executionTimeout: ['60'] };
    expect(await under({ runMs: 2 * MINUTE }, 90_000, { Parameters })).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      ExecutionElapsedTime: 'PT60S',
    });
    sandbox.ec2.setBehaviour({ commandRules: [], nodeRules: [{ outcome: 'lost' }] });
    const command = await send(lost);
    await pass(MINUTE);
    expect(await result(command?.CommandId)).toMatchObject(timedOut);
  });

  it.each<[string, Partial<SendCommandCommandInput>, string]>([
    ['an instance that is no node', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceId'],
    ['no instances', { InstanceIds: [] }, 'ValidationException'],
    [
      'more than fifty instances',
      { InstanceIds: Array.from({ length: 51 }, (_, index) => `i-${String(index).padStart(17, '0')}`) },
      'ValidationException',
    ],
    ['an instance twice', { InstanceIds: ['i-1', 'i-1'] }, 'DuplicateInstanceId'],
    ['a document that can be none', { DocumentName: '?' }, 'InvalidDocument'],
    ['too short a time', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['too long a time', { TimeoutSeconds: 2_592_001 }, 'ValidationException'],
    ['targets', { Targets: [{ Key: 'tag:Name', Values: ['web'] }] }, 'UnsupportedOperation'],
  ])('is refused for %s', async (_, input, name) => {
    const { send } = await aNode();
    await expect(send(input)).rejects.toMatchObject({ name });
  });

  it('goes on after a dump, and is gone after a reset', async () => {
    const { send, result, sandbox, pass } = await aNode();
    const command = await send();
    sandbox.load(JSON.parse(JSON.stringify(sandbox.dump())));
    await pass(MINUTE);
    expect((await result(command?.CommandId)).Status).toBe('Success');
    sandbox.reset();
    await expect(result(command?.CommandId)).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
  });

  it('is sent and read at the rates of EC2, none being documented', async () => {
    const { sandbox } = aParameterWorld({ throttling: true });
    const passes = async (operation: string, input: object) => {
      for (let count = 0; ; count += 1) {
        const answer = sandbox.call({ service: 'ssm', operation, region: REGION, input });
        const code: unknown = await answer.catch((error: object) => Reflect.get(error, 'code'));
        if (code === 'ThrottlingException') return count;
      }
    };
    const InstanceId = 'i-00000000000000000';
    expect(await passes('SendCommand', { InstanceIds: [InstanceId], DocumentName: 'AWS-RunShellScript' })).toBe(50);
    expect(await passes('GetCommandInvocation', { CommandId: 'command', InstanceId })).toBe(100);
  });
});

describe('the commands of an instance', () => {
  it('are listed newest first, each with its document and how it stands, once they can be seen', async () => {
    const { ssm, send, pass, InstanceId } = await aNode();
    const list = async () =>
      (await ssm.send(new ListCommandInvocationsCommand({ InstanceId }))).CommandInvocations ?? [];
    await send();
    await pass(10 * MINUTE);
    await send({ DocumentName: 'AWS-RunPowerShellScript' });
    expect(await list()).toHaveLength(1);
    await pass(1_000);
    expect(await list()).toMatchObject([
      { DocumentName: 'AWS-RunPowerShellScript', Status: 'Pending' },
      { DocumentName: 'AWS-RunShellScript', Status: 'Success', StatusDetails: 'Success' },
    ]);
  });

  it('come with how each of their plugins ended where details are asked for, and without otherwise', async () => {
    const { sandbox, ssm, send, pass, InstanceId } = await aNode();
    sandbox.ec2.setBehaviour({ commandRules: [{ exitStatus: 3, output: 'no database' }] });
    await send();
    await pass(10 * MINUTE);
    const list = async (Details?: boolean) =>
      (await ssm.send(new ListCommandInvocationsCommand({ InstanceId, Details }))).CommandInvocations ?? [];
    expect((await list())[0]?.CommandPlugins ?? []).toEqual([]);
    expect((await list(true))[0]?.CommandPlugins).toMatchObject([
      { Name: 'aws:runShellScript', Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 3, Output: 'no database' },
    ]);
  });

  it('are those of that instance alone', async () => {
    const { ssm, send, launch, pass } = await aNode();
    await send();
    await pass(10 * MINUTE);
    const other = await launch('other');
    const answer = await ssm.send(new ListCommandInvocationsCommand({ InstanceId: other }));
    expect(answer.CommandInvocations).toEqual([]);
  });
});
