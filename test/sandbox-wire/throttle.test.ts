import { describe, expect, it } from 'vitest';
import type { ServiceOperations } from '../../sandbox/contract.ts';
import type { CallRequest } from '../../sandbox/sandbox.ts';
import { ACCOUNT, anOperation, aSandboxWith, REGION } from './world.ts';

const HEEDS = [
  'Filters',
  'MaxResults',
  'InstanceIds',
  'MinCount',
  'MaxCount',
  'Name',
  'SourceImageId',
  'SourceRegion',
  'ClientToken',
  'Resources',
  'Tags',
  'InstanceId',
  'ImageId',
  'ImageIds',
  'SnapshotId',
  'ResourceTypes',
];
const NAMES = [
  'DescribeImages',
  'DescribeInstances',
  'CopyImage',
  'CreateImage',
  'CreateTags',
  'DeregisterImage',
  'RunInstances',
  'StartInstances',
  'TerminateInstances',
  'DescribeInstanceStatus',
  'GetConsoleOutput',
  'CreateVolume',
  'CreateImageUsageReport',
  'DescribeImageReferences',
  'DescribeImageUsageReports',
  'EnableImageDeregistrationProtection',
  'ModifyImageAttribute',
  'ModifySnapshotAttribute',
];
const OPERATIONS: ServiceOperations = Object.fromEntries(NAMES.map((name) => [name, anOperation(() => ({}), HEEDS)]));

const INPUTS: Readonly<Record<string, object>> = {
  CopyImage: { Name: 'n', SourceImageId: 'ami-1', SourceRegion: REGION },
  CreateImage: { InstanceId: 'i-1', Name: 'n' },
  CreateImageUsageReport: { ImageId: 'ami-1', ResourceTypes: [{ ResourceType: 'ec2:Instance' }] },
  CreateTags: { Resources: ['ami-1'], Tags: [{ Key: 'a' }] },
  DeregisterImage: { ImageId: 'ami-1' },
  DescribeImageReferences: { ImageIds: ['ami-1'] },
  EnableImageDeregistrationProtection: { ImageId: 'ami-1' },
  GetConsoleOutput: { InstanceId: 'i-1' },
  ModifyImageAttribute: { ImageId: 'ami-1' },
  ModifySnapshotAttribute: { SnapshotId: 'snap-1' },
  RunInstances: { MinCount: 1, MaxCount: 1 },
  StartInstances: { InstanceIds: ['i-1'] },
  TerminateInstances: { InstanceIds: ['i-1'] },
};

function aThrottledSandbox() {
  const sandbox = aSandboxWith(OPERATIONS);
  const passes = async (operation: string, input = INPUTS[operation], where: Partial<CallRequest> = {}) => {
    const call = { service: 'ec2', region: REGION, account: ACCOUNT, operation, ...where } as const;
    try {
      await sandbox.call({ ...call, ...(input === undefined ? {} : { input }) });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'RequestLimitExceeded', httpStatus: 503 });
      return false;
    }
  };
  /** How many calls pass, one after the other without a pause, before one is refused. */
  const burst = async (operation: string, input?: object) => {
    let passed = 0;
    while (await passes(operation, input)) passed += 1;
    return passed;
  };
  return { sandbox, passes, burst };
}

describe('throttling', () => {
  it.each([
    ['DescribeImages', undefined, 100, 20],
    ['DescribeInstances', undefined, 50, 10],
    ['DescribeInstances', { MaxResults: 5 }, 100, 20],
    ['DescribeInstances', { Filters: [{ Name: 'a', Values: ['b'] }] }, 100, 20],
    ['DescribeInstances', { InstanceIds: ['i-1'] }, 50, 10],
    ['DescribeInstanceStatus', undefined, 50, 10],
    ['DescribeInstanceStatus', { MaxResults: 5 }, 100, 20],
    ['GetConsoleOutput', undefined, 100, 10],
    ['CreateVolume', undefined, 100, 5],
    ['CreateImage', undefined, 50, 5],
    ['CopyImage', undefined, 100, 1],
    ['CreateTags', undefined, 100, 10],
    ['DeregisterImage', undefined, 100, 5],
    ['RunInstances', undefined, 5, 2],
    ['StartInstances', undefined, 5, 2],
    ['TerminateInstances', undefined, 100, 5],
    ['ModifyImageAttribute', undefined, 100, 5],
    ['ModifySnapshotAttribute', undefined, 100, 5],
    ['EnableImageDeregistrationProtection', undefined, 50, 5],
    ['CreateImageUsageReport', undefined, 50, 5],
    ['DescribeImageReferences', undefined, 100, 20],
    ['DescribeImageUsageReports', undefined, 100, 20],
  ])(
    'lets %s with %o pass %i times at once, and %i times for each second after',
    async (operation, input, burst, refill) => {
      const world = aThrottledSandbox();
      expect(await world.burst(operation, input)).toBe(burst);
      await world.sandbox.clock.advance(1000);
      expect(await world.burst(operation, input)).toBe(refill);
    },
  );

  it('refills without steps', async () => {
    const { sandbox, passes, burst } = aThrottledSandbox();
    await burst('CopyImage');
    await sandbox.clock.advance(999);
    expect(await passes('CopyImage')).toBe(false);
    await sandbox.clock.advance(1);
    expect(await passes('CopyImage')).toBe(true);
  });

  it('counts each account, region and action for itself', async () => {
    const { passes, burst } = aThrottledSandbox();
    await burst('CopyImage');
    expect(await passes('CreateImage')).toBe(true);
    expect(await passes('CopyImage', INPUTS.CopyImage, { region: 'eu-west-1' })).toBe(true);
    expect(await passes('CopyImage', INPUTS.CopyImage, { account: '999988887777' })).toBe(true);
    expect(await passes('CopyImage')).toBe(false);
  });

  it('counts instances on top of requests where instances start and end', async () => {
    const { sandbox, passes } = aThrottledSandbox();
    const ids = (count: number) => ({ InstanceIds: Array.from({ length: count }, (_, index) => `i-${index}`) });
    expect(await passes('TerminateInstances', ids(900))).toBe(true);
    expect(await passes('TerminateInstances', ids(101))).toBe(false);
    expect(await passes('TerminateInstances', ids(100))).toBe(true);
    await sandbox.clock.advance(1000);
    expect(await passes('TerminateInstances', ids(21))).toBe(false);
    expect(await passes('TerminateInstances', ids(20))).toBe(true);
    const launch = (MaxCount: number) => passes('RunInstances', { MinCount: 1, MaxCount });
    expect(await launch(1_001)).toBe(false);
    expect(await launch(1_000)).toBe(true);
    expect(await launch(1)).toBe(false);
    await sandbox.clock.advance(1000);
    expect(await launch(3)).toBe(false);
    expect(await launch(2)).toBe(true);
  });

  it('can be switched off', async () => {
    const sandbox = aSandboxWith(OPERATIONS, { throttling: false });
    const call = {
      service: 'ec2',
      operation: 'RunInstances',
      region: REGION,
      input: INPUTS.RunInstances ?? {},
    } as const;
    for (let i = 0; i < 200; i++) await sandbox.call(call);
    expect(sandbox.calls.total({ outcome: 'ok' })).toBe(200);
  });
});
