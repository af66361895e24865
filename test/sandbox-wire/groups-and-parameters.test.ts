import {
  AlreadyExistsFault,
  AutoScalingServiceException,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { ACCOUNT, aSandbox, type Clients, inProcess, overHttp, REGION, sendRaw, served } from './world.ts';

const IMAGE = publicImageId(REGION, 'al2023');
const CONFIGURATION = {
  LaunchConfigurationName: 'web <1> & "2"',
  ImageId: IMAGE,
  InstanceType: 't3.micro',
  SecurityGroups: [],
};

/** What clients of both services are told on a way through most of their operations. */
async function told({ autoScaling, ssm }: Clients): Promise<unknown[]> {
  const answers: unknown[] = [];
  const note = async (answer: Promise<object>) => {
    answers.push(
      await answer.catch((error: unknown) => [Object(error).constructor.name, ...Object.entries(Object(error))]),
    );
  };
  const create = new CreateLaunchConfigurationCommand(CONFIGURATION);
  await note(autoScaling.send(create));
  await note(autoScaling.send(create));
  const group = {
    AutoScalingGroupName: 'web',
    LaunchConfigurationName: CONFIGURATION.LaunchConfigurationName,
    MinSize: 0,
    MaxSize: 0,
    VPCZoneIdentifier: 'subnet-1,subnet-2',
    Tags: [{ Key: 'team', Value: '', PropagateAtLaunch: false }],
  };
  await note(autoScaling.send(new CreateAutoScalingGroupCommand(group)));
  await note(autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [], MaxRecords: 1 })));
  await note(autoScaling.send(new DescribeLaunchConfigurationsCommand({})));
  await note(autoScaling.send(new DescribeLaunchConfigurationsCommand({ NextToken: 'x' })));
  const parameter = { Name: '/golden', Value: IMAGE, Type: 'String', DataType: 'aws:ec2:image' } as const;
  await note(ssm.send(new PutParameterCommand(parameter)));
  await note(ssm.send(new PutParameterCommand(parameter)));
  await note(ssm.send(new GetParameterCommand({ Name: '/golden:1' })));
  await note(ssm.send(new GetParameterCommand({ Name: '/gone' })));
  await note(ssm.send(new GetParametersCommand({ Names: ['/golden', '/gone'] })));
  await note(ssm.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: ['/golden'] }] })));
  return answers;
}

describe("groups and parameters, as the SDK's clients see them", () => {
  it('are the same to the last member in process and over HTTP', async () => {
    const here = await told(inProcess(aSandbox()));
    expect(here).toStrictEqual(await told(await overHttp(aSandbox())));
    expect(here).toStrictEqual(await told(inProcess(aSandbox(), 1)));
  });

  it("are refused by the exceptions of the services' own", async () => {
    const { autoScaling, ssm } = await overHttp(aSandbox());
    const create = () => autoScaling.send(new CreateLaunchConfigurationCommand(CONFIGURATION));
    await create();
    await expect(create()).rejects.toBeInstanceOf(AlreadyExistsFault);
    await expect(ssm.send(new GetParameterCommand({ Name: 'gone' }))).rejects.toBeInstanceOf(ParameterNotFound);
  });

  it.each([
    ['throttle', 'Throttling', 400, 'ThrottlingException', 400],
    ['denied', 'AccessDenied', 403, 'AccessDeniedException', 400],
    ['error-before', 'InternalError', 500, 'InternalError', 500],
  ] as const)('are struck by the fault %s as %s (%i) and %s (%i)', async (kind, code, status, ssmCode, ssmStatus) => {
    const { autoScaling, ssm } = await overHttp(
      aSandbox({
        faults: [
          { kind, service: 'autoscaling', operation: 'DescribeAutoScalingGroups' },
          { kind, service: 'ssm', operation: 'DescribeParameters' },
        ],
      }),
    );
    const failures = await Promise.all([
      autoScaling.send(new DescribeAutoScalingGroupsCommand({})).catch((error: unknown) => error),
      ssm.send(new DescribeParametersCommand({})).catch((error: unknown) => error),
    ]);
    expect(failures[0]).toBeInstanceOf(AutoScalingServiceException);
    expect(failures[1]).toBeInstanceOf(SSMServiceException);
    expect(failures).toMatchObject([
      { name: code, $metadata: { httpStatusCode: status } },
      { name: ssmCode, $metadata: { httpStatusCode: ssmStatus } },
    ]);
  });

  it('are counted by service, account and region', async () => {
    const sandbox = aSandbox();
    await told(await overHttp(sandbox));
    const here = { account: ACCOUNT, region: REGION };
    expect(sandbox.calls.total({ ...here, service: 'autoscaling', operation: 'CreateLaunchConfiguration' })).toBe(2);
    expect(sandbox.calls.total({ ...here, service: 'ssm', outcome: 'ok' })).toBe(4);
  });

  it('answer what is not signed, or not known, in the form of their own', async () => {
    const server = await served(aSandbox());
    const unsigned = await fetch(server.url, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'DescribeAutoScalingGroups', Version: '2011-01-01' }),
    });
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><Error>'),
    ]);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' };
    const json = await fetch(server.url, { method: 'POST', headers, body: '{}' });
    expect([json.status, await json.json()]).toEqual([
      400,
      { __type: 'MissingAuthenticationTokenException', message: expect.any(String) },
    ]);
    const unknown = await sendRaw(server, {
      parameters: '{}',
      service: 'ssm',
      headers: { ...headers, 'x-amz-target': 'AmazonSSM.ListCommands' },
    });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { __type: 'UnknownOperationException' }]);
    const parameters = { Action: 'StartInstanceRefresh', Version: '2011-01-01' };
    const refresh = await sendRaw(server, { parameters, service: 'autoscaling' });
    expect(await refresh.text()).toContain('<Code>InvalidAction</Code>');
  });

  it('have an answer without a result where there is none', async () => {
    const parameters = {
      Action: 'CreateLaunchConfiguration',
      Version: '2011-01-01',
      LaunchConfigurationName: 'web',
      ImageId: IMAGE,
      InstanceType: 't3.micro',
      'SecurityGroups.member.1': 'sg-1',
    };
    const response = await sendRaw(await served(aSandbox()), { parameters, service: 'autoscaling' });
    expect(await response.text()).toMatch(
      /^<CreateLaunchConfigurationResponse xmlns="[^"]+"><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/CreateLaunchConfigurationResponse>$/,
    );
  });
});

describe('throttling', () => {
  it.each([
    ['autoscaling', 'DescribeAutoScalingGroups', {}, 'Throttling', 100, 20],
    ['autoscaling', 'DeleteLaunchConfiguration', { LaunchConfigurationName: 'x' }, 'Throttling', 50, 5],
    ['ssm', 'GetParameters', { Names: ['x'] }, 'ThrottlingException', 40, 40],
    ['ssm', 'DescribeParameters', {}, 'ThrottlingException', 3, 3],
  ] as const)('of %s lets %s with %o pass until %s: %i times, and %i for each second after', async (...row) => {
    const [service, operation, input, code, burst, refill] = row;
    const sandbox = aSandbox();
    const passes = async () => {
      for (let passed = 0; ; passed++) {
        const answer = await sandbox
          .call({ service, operation, input, region: REGION, account: ACCOUNT })
          .catch((error: unknown) => Object(error));
        if ('code' in answer && answer.code === code) return passed;
      }
    };
    expect(await passes()).toBe(burst);
    await sandbox.clock.advance(1000);
    expect(await passes()).toBe(refill);
  });

  it('of reads of parameters is for all of them together', async () => {
    const sandbox = aSandbox();
    const call = { service: 'ssm', region: REGION, account: ACCOUNT } as const;
    for (let i = 0; i < 40; i++) await sandbox.call({ ...call, operation: 'GetParameters', input: { Names: ['x'] } });
    const one = sandbox.call({ ...call, operation: 'GetParameter', input: { Name: 'x' } });
    await expect(one).rejects.toMatchObject({ code: 'ThrottlingException' });
  });
});
