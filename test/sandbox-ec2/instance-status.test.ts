import { describe, expect, it } from 'vitest';
import type { StatusCheckRule } from '../../sandbox/ec2/behaviour/checks.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anImage, anInstance, aPlane, away, home, idOf, minutes, type PlaneUnderTest, refusal } from './plane.ts';

const ImageId = publicImageId(home, 'al2023');
const nitro = { ImageId, InstanceType: 'm7i.large', MinCount: 1, MaxCount: 1 } as const;

/** The id of an instance of Nitro that has just begun to run. */
async function running(plane: PlaneUnderTest, launch: { ImageId?: string; context?: { region: string } } = {}) {
  const { context = {}, ...rest } = launch;
  const { Instances: [instance] = [] } = plane.call('RunInstances', { ...nitro, ...rest }, context);
  await plane.clock.advance(20_000);
  return idOf(instance?.InstanceId);
}

function statusOf(plane: PlaneUnderTest, id: string, context = {}) {
  return plane.call('DescribeInstanceStatus', { InstanceIds: [id] }, context).InstanceStatuses?.[0];
}

const passed = { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] };
const begun = { Status: 'initializing', Details: [{ Name: 'reachability', Status: 'initializing' }] };

describe('the status of an instance', () => {
  it('has three checks, which are made for some minutes and then pass', async () => {
    const plane = aPlane({ statusCheckMs: 2 * minutes });
    const id = await running(plane);
    const common = {
      InstanceId: id,
      AvailabilityZone: `${home}a`,
      InstanceState: { Code: 16, Name: 'running' },
      Events: [],
    };
    const all = (check: object) => ({ InstanceStatus: check, SystemStatus: check, AttachedEbsStatus: check });
    await plane.clock.advance(2 * minutes - 1);
    expect(statusOf(plane, id)).toEqual({ ...common, ...all(begun) });
    await plane.clock.advance(1);
    expect(statusOf(plane, id)).toEqual({ ...common, ...all(passed) });
  });

  it('begins anew with each start', async () => {
    const plane = aPlane();
    const id = await running(plane);
    await plane.clock.advance(10 * minutes);
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(statusOf(plane, id)?.InstanceStatus).toEqual(begun);
    await plane.clock.advance(10 * minutes);
    expect(statusOf(plane, id)?.InstanceStatus).toEqual(passed);
  });

  it('is told of running instances only, unless all are asked for', async () => {
    const plane = aPlane();
    const id = await running(plane);
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(statusOf(plane, id)).toBeUndefined();
    expect(plane.call('DescribeInstanceStatus', { IncludeAllInstances: true }).InstanceStatuses).toMatchObject([
      {
        InstanceState: { Name: 'stopped' },
        InstanceStatus: { Status: 'not-applicable' },
        SystemStatus: { Status: 'not-applicable' },
      },
    ]);
  });

  it('goes by the first rule that fits: it never has a verdict, is impaired, or changes by turns', async () => {
    const plane = aPlane({ statusCheckMs: minutes, statusFlapMs: minutes });
    const id = await running(plane);
    const launched = new Date(plane.clock.now() - 20_000);
    const under = (...statusCheckRules: StatusCheckRule[]) => {
      plane.service.setBehaviour({ statusCheckRules });
      return statusOf(plane, id);
    };
    const failed = (ImpairedSince: Date) => ({
      Status: 'impaired',
      Details: [{ Name: 'reachability', Status: 'failed', ImpairedSince }],
    });
    expect(under({ outcome: 'impaired' })?.InstanceStatus).toEqual(begun);
    await plane.clock.advance(minutes);
    const dueAt = plane.clock.now();
    expect(under({ outcome: 'never' }, { outcome: 'impaired' })?.InstanceStatus).toEqual(begun);
    expect(under({ outcome: 'impaired' })).toMatchObject({
      InstanceStatus: failed(launched),
      SystemStatus: passed,
      AttachedEbsStatus: passed,
    });
    expect(under({ outcome: 'flapping' })?.InstanceStatus).toEqual(passed);
    await plane.clock.advance(minutes + 5_000);
    expect(under({ outcome: 'flapping' })?.InstanceStatus).toEqual(failed(new Date(dueAt + minutes)));
    await plane.clock.advance(minutes);
    expect(under({ outcome: 'flapping' })?.InstanceStatus).toEqual(passed);
  });

  it('has none where the system shuts its machine down, which stops or ends as it was launched', async () => {
    const plane = aPlane({ statusCheckMs: minutes, statusCheckRules: [{ outcome: 'shuts-down' }] });
    const launched = (InstanceInitiatedShutdownBehavior: 'stop' | 'terminate') =>
      idOf(plane.call('RunInstances', { ...nitro, InstanceInitiatedShutdownBehavior }).Instances?.[0]?.InstanceId);
    const [stays, ends] = [launched('stop'), launched('terminate')];
    await plane.clock.advance(2 * minutes);
    expect(statusOf(plane, ends)).toBeUndefined();
    const { Reservations = [] } = plane.call('DescribeInstances', { InstanceIds: [stays, ends] });
    const found = Reservations.flatMap(({ Instances = [] }) => Instances);
    const of = (id: string) => found.find(({ InstanceId }) => InstanceId === id);
    const StateReason = { Code: 'Client.InstanceInitiatedShutdown' };
    expect(of(stays)).toMatchObject({ State: { Name: expect.stringMatching(/^stop/) }, StateReason });
    expect(of(ends)).toMatchObject({
      State: { Name: expect.stringMatching(/^(shutting-down|terminated)$/) },
      StateReason,
    });
  });

  it('is under the rules of its region, its id, its type, its image and the source of that', async () => {
    const plane = aPlane({ statusCheckMs: 0 });
    const source = await anImage(plane);
    const copy = { Name: 'copy', SourceImageId: source, SourceRegion: home };
    const copied = idOf(plane.call('CopyImage', copy, { region: away }).ImageId);
    await plane.clock.advance(60 * minutes);
    const here = await running(plane, { ImageId: source });
    const there = await running(plane, { ImageId: copied, context: { region: away } });
    const impaired = (rule: Omit<StatusCheckRule, 'outcome'>) => {
      plane.service.setBehaviour({ statusCheckRules: [{ ...rule, outcome: 'impaired' }] });
      const hit = [statusOf(plane, here), statusOf(plane, there, { region: away })];
      return hit.map((status) => status?.InstanceStatus?.Status === 'impaired');
    };
    expect(impaired({})).toEqual([true, true]);
    expect(impaired({ region: away })).toEqual([false, true]);
    expect(impaired({ instanceId: here })).toEqual([true, false]);
    expect(impaired({ instanceType: 'm7i.large' })).toEqual([true, true]);
    expect(impaired({ instanceType: 'm7i.xlarge' })).toEqual([false, false]);
    expect(impaired({ imageId: source })).toEqual([true, false]);
    expect(impaired({ sourceImageId: source })).toEqual([false, true]);
    expect(impaired({ sourceImageId: ImageId })).toEqual([true, false]);
  });

  it('is found by filters and comes in pages', async () => {
    const plane = aPlane({ statusCheckMs: minutes });
    plane.call('RunInstances', { ...nitro, MinCount: 6, MaxCount: 6 });
    await plane.clock.advance(10 * minutes);
    await running(plane);
    const found = (Name: string, ...Values: string[]) =>
      plane.call('DescribeInstanceStatus', { Filters: [{ Name, Values }] }).InstanceStatuses?.length;
    expect(found('instance-status.status', 'ok')).toBe(6);
    expect(found('instance-status.reachability', 'initializing')).toBe(1);
    expect(found('system-status.status', 'ok', 'initializing')).toBe(7);
    expect(found('instance-state-name', 'running')).toBe(7);
    expect(refusal(() => found('event.code', 'instance-stop')).code).toBe('UnsupportedOperation');
    expect(refusal(() => found('tag:Name', 'web')).code).toBe('InvalidParameterValue');
    const first = plane.call('DescribeInstanceStatus', { MaxResults: 5 });
    expect(first.InstanceStatuses).toHaveLength(5);
    const second = plane.call('DescribeInstanceStatus', { MaxResults: 5, NextToken: idOf(first.NextToken) });
    expect(second.InstanceStatuses).toHaveLength(2);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('is not told for ids that are unknown, malformed, too many or asked for in pages', async () => {
    const plane = aPlane();
    const ids = Array.from({ length: 101 }, (_, index) => `i-${String(index).padStart(17, '0')}`);
    const refused = (input: Parameters<typeof plane.call<'DescribeInstanceStatus'>>[1]) =>
      refusal(() => plane.call('DescribeInstanceStatus', input));
    expect(refused({ InstanceIds: ids.slice(0, 2) })).toEqual({
      code: 'InvalidInstanceID.NotFound',
      message: `The instance IDs '${ids[0]}, ${ids[1]}' do not exist`,
    });
    expect(refused({ InstanceIds: ['i-x'] }).code).toBe('InvalidInstanceID.Malformed');
    expect(refused({ InstanceIds: ids.slice(0, 1), MaxResults: 5 }).code).toBe('InvalidParameterCombination');
    expect(refused({ MaxResults: 4 }).code).toBe('InvalidParameterValue');
  });

  it('has another code for too many ids where the behaviour says so', () => {
    const InstanceIds = Array.from({ length: 101 }, (_, index) => `i-${String(index).padStart(17, '0')}`);
    const code = (behaviour: Parameters<typeof aPlane>[0]) =>
      refusal(() => aPlane(behaviour).call('DescribeInstanceStatus', { InstanceIds })).code;
    expect(code({})).toBe('InvalidParameterValue');
    expect(code({ tooManyInstanceIdsCode: 'InvalidInstanceID.LimitExceeded' })).toBe('InvalidInstanceID.LimitExceeded');
  });

  it('has a check of volumes for types of Nitro; of others it says so, or nothing', async () => {
    const plane = aPlane();
    const id = await anInstance(plane);
    expect(statusOf(plane, id)?.AttachedEbsStatus).toEqual({ Status: 'not-applicable' });
    plane.service.setBehaviour({ attachedEbsCheckOfXen: 'absent' });
    expect(statusOf(plane, id)).not.toHaveProperty('AttachedEbsStatus');
  });
});

describe('the console of an instance', () => {
  function consoleOf(plane: PlaneUnderTest, InstanceId: string, Latest = false) {
    const { Output, ...rest } = plane.call('GetConsoleOutput', { InstanceId, Latest });
    return { ...rest, text: Output === undefined ? undefined : Buffer.from(Output, 'base64').toString() };
  }

  it('shows nothing before the instance runs, then the kernel, then a prompt once its checks pass', async () => {
    const plane = aPlane({ statusCheckMs: minutes });
    const { Instances: [instance] = [] } = plane.call('RunInstances', nitro);
    const id = idOf(instance?.InstanceId);
    const launched = plane.clock.now();
    expect(consoleOf(plane, id)).toEqual({ InstanceId: id, Timestamp: new Date(launched), text: undefined });
    await plane.clock.advance(20_000);
    expect(consoleOf(plane, id).text).toMatch(/^\[ {4}0.000000\] Linux version [\s\S]+amazon\.\n$/);
    await plane.clock.advance(minutes);
    expect(consoleOf(plane, id)).toMatchObject({
      Timestamp: new Date(launched + 80_000),
      text: expect.stringMatching(/\nip-[0-9a-f]{8} login: $/),
    });
    plane.call('TerminateInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(consoleOf(plane, id).text).toMatch(/login: $/);
  });

  it('ends in a kernel panic or in emergency mode where the checks are impaired', async () => {
    const plane = aPlane({ statusCheckMs: 0 });
    const id = await running(plane);
    const under = (...statusCheckRules: StatusCheckRule[]) => {
      plane.service.setBehaviour({ statusCheckRules });
      return consoleOf(plane, id).text;
    };
    expect(under({ outcome: 'impaired' })).toContain('Kernel panic - not syncing');
    expect(under({ outcome: 'impaired', console: 'emergency' })).toContain('You are in emergency mode.');
    expect(under({ outcome: 'never' })).not.toContain('login:');
    expect(under({ outcome: 'flapping' })).toMatch(/login: $/);
  });

  it('is late by as much as the behaviour says, unless the latest is asked for', async () => {
    const plane = aPlane({ statusCheckMs: minutes, consoleLagMs: 5 * minutes });
    const id = await running(plane);
    await plane.clock.advance(minutes);
    expect(consoleOf(plane, id).text).toBeUndefined();
    expect(consoleOf(plane, id, true).text).toMatch(/login: $/);
    await plane.clock.advance(5 * minutes);
    expect(consoleOf(plane, id).text).toMatch(/login: $/);
  });

  it('keeps as many bytes as the behaviour says, the newest', async () => {
    const plane = aPlane({ statusCheckMs: 0, consoleLimitBytes: 7 });
    expect(consoleOf(plane, await running(plane)).text).toBe('login: ');
  });

  it('has its latest for types of Nitro; of others that is refused, or what was kept', async () => {
    const plane = aPlane({ statusCheckMs: 0 });
    const id = await anInstance(plane);
    expect(refusal(() => consoleOf(plane, id, true)).code).toBe('UnsupportedOperation');
    plane.service.setBehaviour({ latestConsoleOfXen: 'as-kept' });
    expect(consoleOf(plane, id, true).text).toMatch(/login: $/);
  });
});
