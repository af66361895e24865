import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/fault-rule.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { type CallRequest, LostAnswerError, type Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, anOperation, aSandbox, aSandboxWith, clientConfig, REGION, START } from './world.ts';

/** A sandbox in which every DescribeImages is an effect that can be counted. */
function counting(faults: readonly FaultRule[] = []) {
  let effects = 0;
  const count = anOperation(() => {
    effects += 1;
    return { Images: [] };
  });
  const sandbox = aSandboxWith({ DescribeImages: count, DescribeSnapshots: count }, { faults });
  return { sandbox, effects: () => effects };
}

async function outcome(sandbox: Sandbox, call: Partial<CallRequest> = {}): Promise<string> {
  try {
    await sandbox.call({ service: 'ec2', operation: 'DescribeImages', region: REGION, account: ACCOUNT, ...call });
    return 'ok';
  } catch (error) {
    if (error instanceof LostAnswerError) return 'no answer';
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function outcomes(sandbox: Sandbox, count: number): Promise<string> {
  const seen: string[] = [];
  for (let i = 0; i < count; i++) seen.push(await outcome(sandbox));
  return seen.join(' ');
}

describe('a fault', () => {
  it.each<[FaultRule, string, number]>([
    [{ kind: 'throttle' }, 'RequestLimitExceeded', 0],
    [{ kind: 'denied' }, 'UnauthorizedOperation', 0],
    [{ kind: 'error-before' }, 'InternalError', 0],
    [{ kind: 'error-after' }, 'InternalError', 1],
    [{ kind: 'error-after', code: 'Unavailable', status: 503 }, 'Unavailable', 1],
    [{ kind: 'lost-answer' }, 'no answer', 1],
  ])('%o answers %s and leaves %i effects', async (rule, code, effectCount) => {
    const { sandbox, effects } = counting([rule]);
    expect([await outcome(sandbox), effects()]).toEqual([code, effectCount]);
  });

  it.each<[string, FaultRule, Partial<CallRequest>]>([
    ['operation', { kind: 'throttle', operation: 'DescribeImages' }, { operation: 'DescribeSnapshots' }],
    ['region', { kind: 'throttle', region: REGION }, { region: 'eu-west-1' }],
    ['account', { kind: 'throttle', account: ACCOUNT }, { account: '999988887777' }],
    ['service', { kind: 'throttle', service: 'ec2' }, { service: 'sts', operation: 'GetCallerIdentity' }],
  ])('strikes only the %s that it names', async (_, rule, other) => {
    const { sandbox } = counting([rule]);
    expect([await outcome(sandbox), await outcome(sandbox, other)]).toEqual(['RequestLimitExceeded', 'ok']);
  });

  it.each([
    ['DescribeImageReferences', { ImageIds: ['ami-00000000000000001'], IncludeAllResourceTypes: true }],
    ['DescribeImageUsageReports', {}],
    ['DescribeImageUsageReportEntries', {}],
  ])('of %s takes away evidence of who uses an image, and no other', async (operation, input) => {
    const sandbox = aSandbox({ faults: [{ kind: 'denied', operation, times: 1 }] });
    expect([await outcome(sandbox), await outcome(sandbox, { operation, input })]).toEqual([
      'ok',
      'UnauthorizedOperation',
    ]);
    expect(await outcome(sandbox, { operation, input })).toBe('ok');
  });

  it('strikes from its first moment up to, not including, its last', async () => {
    const { sandbox } = counting([{ kind: 'throttle', from: '2026-11-23T02:00:01Z', until: '2026-11-23T02:00:02Z' }]);
    const seen: string[] = [];
    for (let second = 0; second < 3; second++) {
      seen.push(await outcome(sandbox));
      await sandbox.clock.advance(1000);
    }
    expect(seen).toEqual(['ok', 'RequestLimitExceeded', 'ok']);
  });

  it('strikes as often as it says', async () => {
    const { sandbox } = counting([{ id: 'twice', kind: 'error-before', code: 'E', times: 2 }]);
    expect(await outcomes(sandbox, 3)).toBe('E E ok');
    expect(sandbox.faults.list()).toEqual([{ id: 'twice', kind: 'error-before', code: 'E', times: 2, struck: 2 }]);
  });

  it('strikes by chance the same calls for the same seed', async () => {
    const rule: FaultRule = { kind: 'error-before', code: 'E', probability: 0.3 };
    const first = await outcomes(counting([rule]).sandbox, 40);
    expect(first.match(/E/g)?.length).toBeGreaterThan(5);
    expect(first.match(/ok/g)?.length).toBeGreaterThan(15);
    expect(await outcomes(counting([rule]).sandbox, 40)).toBe(first);
  });

  it('of latency holds the call up on the clock of the sandbox', async () => {
    const { sandbox } = counting([{ kind: 'latency', latencyMs: 1500 }]);
    const client = new EC2Client(clientConfig());
    connectInProcess(sandbox, client);
    await sandbox.clock.run(() => client.send(new DescribeImagesCommand()));
    expect(sandbox.clock.now()).toBe(START + 1500);
  });

  it('of latency adds to another one, and the first error of several counts', async () => {
    const { sandbox } = counting([
      { kind: 'latency', latencyMs: 100 },
      { kind: 'denied' },
      { kind: 'throttle' },
      { kind: 'latency', latencyMs: 200 },
    ]);
    const result = await sandbox.clock.run(() => outcome(sandbox));
    expect([result, sandbox.clock.now()]).toEqual(['UnauthorizedOperation', START + 300]);
  });

  it('is gone once it is removed', async () => {
    const { sandbox } = counting();
    const id = sandbox.faults.add({ kind: 'throttle' });
    expect([sandbox.faults.remove(id), sandbox.faults.remove(id), await outcome(sandbox)]).toEqual([true, false, 'ok']);
  });

  it('in the words of the service that it strikes', async () => {
    const { sandbox } = counting([{ kind: 'denied' }]);
    const events = { service: 'events', operation: 'PutEvents', input: { Entries: [{}] } } as const;
    expect(await outcome(sandbox, { service: 'sts', operation: 'GetCallerIdentity' })).toBe('AccessDenied');
    expect(await outcome(sandbox, events)).toBe('AccessDeniedException');
  });

  it.each<[FaultRule, string]>([
    [{ kind: 'throttle', probability: 2 }, 'probability: 2 will not do'],
    [{ kind: 'throttle', times: 0 }, 'times: 0 will not do'],
    [{ kind: 'throttle', from: 'soon' }, 'from: "soon" will not do: write an ISO 8601 time'],
    [{ kind: 'latency' }, 'latencyMs, a number of milliseconds, goes with the kind latency'],
    [{ kind: 'denied', code: 'Mine' }, 'code, status and message go with'],
    [{ kind: 'error-before', status: 200 }, 'status: 200 will not do'],
  ])('like %o makes no sense', (rule, message) => {
    expect(() => counting([rule])).toThrow(message);
  });

  it.each<[string, Partial<FaultRule>, string]>([
    [
      'a slip',
      { operation: 'CreateImagez' },
      'operation: "CreateImagez" will not do: ec2, autoscaling, ssm, sts, events, rbin, kms, servicequotas, iam have no such',
    ],
    ['a slip, with a remedy', { operation: 'createimages' }, 'did you mean CreateImage?'],
    [
      'what the sandbox does not model',
      { operation: 'CreateTransitGateway' },
      'use one of AddRoleToInstanceProfile, AllocateAddress, AssociateAddress, AssociateRouteTable, ',
    ],
    ['a prototype member', { operation: 'toString' }, 'operation: "toString" will not do'],
    [
      "another service's",
      { service: 'sts', operation: 'CreateImage' },
      'operation: "CreateImage" will not do: it is an operation of ec2, not of sts',
    ],
    ["a slip in a service's own", { service: 'events', operation: 'PutEvent' }, 'did you mean PutEvents?'],
  ])('of an operation that cannot be called is refused: %s', (_, rule, message) => {
    const { sandbox } = counting();
    const add = () => sandbox.faults.add({ kind: 'throttle', ...rule });
    expect(add).toThrow(TypeError);
    expect(add).toThrow(message);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('may be of an operation that was put beside the own ones', () => {
    const sandbox = aSandboxWith({ DescribeVpcs: anOperation(() => ({ Vpcs: [] })) });
    expect(sandbox.faults.add({ kind: 'throttle', operation: 'DescribeVpcs' })).toBe('fault-1');
  });
});
