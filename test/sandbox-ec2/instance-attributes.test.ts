import type { InstanceAttributeName, ModifyInstanceAttributeCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anInstance, aPlane, home, idOf, minutes, type PlaneUnderTest, refusal } from './plane.ts';

const run = { ImageId: publicImageId(home, 'al2023'), MinCount: 1, MaxCount: 1 };
const userData = Buffer.from('#!/bin/sh\n').toString('base64');

type Launch = Parameters<PlaneUnderTest['service']['operations']['RunInstances']['run']>[0];

/** The id of an instance that is running after such a launch. */
async function launched(plane: PlaneUnderTest, launch: Partial<Launch> = {}): Promise<string> {
  const { Instances: [instance] = [] } = plane.call('RunInstances', { ...run, ...launch });
  await plane.clock.advance(minutes);
  return idOf(instance?.InstanceId);
}

function stateOf(plane: PlaneUnderTest, id: string) {
  return plane.service.inspect.instance('111122223333', home, id)?.State?.Name;
}

describe('an attribute of an instance', () => {
  it.each<[InstanceAttributeName, object]>([
    ['instanceType', { InstanceType: { Value: 'm1.small' } }],
    ['rootDeviceName', { RootDeviceName: { Value: '/dev/xvda' } }],
    ['sourceDestCheck', { SourceDestCheck: { Value: true } }],
    ['ebsOptimized', { EbsOptimized: { Value: false } }],
    ['userData', { UserData: {} }],
    ['disableApiTermination', { DisableApiTermination: { Value: false } }],
    ['disableApiStop', { DisableApiStop: { Value: false } }],
    ['instanceInitiatedShutdownBehavior', { InstanceInitiatedShutdownBehavior: { Value: 'stop' } }],
  ])('is told by its name: %s', async (Attribute, attribute) => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    expect(plane.call('DescribeInstanceAttribute', { InstanceId, Attribute })).toEqual({ InstanceId, ...attribute });
  });

  it('is what the launch says', async () => {
    const plane = aPlane();
    const InstanceId = await launched(plane, {
      UserData: userData,
      DisableApiTermination: true,
      DisableApiStop: true,
      InstanceInitiatedShutdownBehavior: 'terminate',
    });
    const told = (Attribute: InstanceAttributeName) =>
      plane.call('DescribeInstanceAttribute', { InstanceId, Attribute });
    expect(told('userData').UserData).toEqual({ Value: userData });
    expect(told('disableApiTermination').DisableApiTermination).toEqual({ Value: true });
    expect(told('disableApiStop').DisableApiStop).toEqual({ Value: true });
    expect(told('instanceInitiatedShutdownBehavior').InstanceInitiatedShutdownBehavior).toEqual({ Value: 'terminate' });
  });

  it('is refused to a launch that EC2 would not take', () => {
    const refused = (launch: Partial<Launch>) => refusal(() => aPlane().call('RunInstances', { ...run, ...launch }));
    expect(refused({ UserData: 'no base64' })).toEqual({
      code: 'InvalidUserData.Malformed',
      message: 'Invalid BASE64 encoding of user data.',
    });
    expect(refused({ UserData: Buffer.alloc(16_385).toString('base64') })).toEqual({
      code: 'InvalidParameterValue',
      message: 'User data is limited to 16384 bytes',
    });
    // Neither an SDK nor its types would let it through, the wire does.
    const never = { InstanceInitiatedShutdownBehavior: 'never' } as unknown as Partial<Launch>;
    expect(refused(never).code).toBe('InvalidParameterValue');
  });

  it('is refused to too much user data with the code that the behaviour says', () => {
    const launch = { ...run, UserData: Buffer.alloc(16_385).toString('base64') };
    const code = (behaviour: Parameters<typeof aPlane>[0]) =>
      refusal(() => aPlane(behaviour).call('RunInstances', launch)).code;
    expect(code({})).toBe('InvalidParameterValue');
    expect(code({ userDataLimitCode: 'InvalidUserData.Malformed' })).toBe('InvalidUserData.Malformed');
  });

  it('is refused where EC2 has none of that name, or the sandbox has not', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const told = (Attribute: string) =>
      refusal(() =>
        plane.call('DescribeInstanceAttribute', { InstanceId, Attribute: Attribute as InstanceAttributeName }),
      ).code;
    expect(told('colour')).toBe('InvalidParameterValue');
    expect(told('kernel')).toBe('UnsupportedOperation');
  });

  it.each<[string, Partial<ModifyInstanceAttributeCommandInput>, InstanceAttributeName, object]>([
    ['while it runs', { DisableApiTermination: { Value: true } }, 'disableApiTermination', { Value: true }],
    ['while it runs', { DisableApiStop: { Value: true } }, 'disableApiStop', { Value: true }],
    ['while it runs', { SourceDestCheck: { Value: false } }, 'sourceDestCheck', { Value: false }],
    [
      'while it runs',
      { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } },
      'instanceInitiatedShutdownBehavior',
      { Value: 'terminate' },
    ],
    ['once it is stopped', { InstanceType: { Value: 'm7i.large' } }, 'instanceType', { Value: 'm7i.large' }],
    ['once it is stopped', { EbsOptimized: { Value: true } }, 'ebsOptimized', { Value: true }],
    ['once it is stopped', { UserData: { Value: Buffer.from('#!/bin/sh\n') } }, 'userData', { Value: userData }],
  ])('is changed %s: %j', async (when, change, Attribute, value) => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const modify = () => plane.call('ModifyInstanceAttribute', { InstanceId, ...change });
    if (when !== 'while it runs') {
      expect(refusal(modify)).toEqual({
        code: 'IncorrectInstanceState',
        message: `The instance '${InstanceId}' is not in the 'stopped' state.`,
      });
      plane.call('StopInstances', { InstanceIds: [InstanceId] });
      await plane.clock.advance(minutes);
    }
    modify();
    const told = plane.call('DescribeInstanceAttribute', { InstanceId, Attribute });
    expect(Object.values({ ...told, InstanceId: undefined })).toContainEqual(value);
  });

  it('is changed one a call, and no longer once the instance ends', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const modify = (change: Partial<ModifyInstanceAttributeCommandInput>) =>
      refusal(() => plane.call('ModifyInstanceAttribute', { InstanceId, ...change }));
    const DisableApiStop = { Value: true };
    expect(modify({})).toEqual({ code: 'InvalidParameterCombination', message: 'No attributes specified.' });
    expect(modify({ DisableApiStop, SourceDestCheck: { Value: false } })).toEqual({
      code: 'InvalidParameterCombination',
      message: 'Fields for multiple attribute types specified: disableApiStop, sourceDestCheck',
    });
    expect(modify({ DisableApiStop: {} }).code).toBe('MissingParameter');
    plane.call('TerminateInstances', { InstanceIds: [InstanceId] });
    expect(modify({ DisableApiStop }).code).toBe('IncorrectInstanceState');
  });

  it('says of each volume whether it goes with the instance', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [5] });
    const keep = (DeviceName: string) =>
      plane.call('ModifyInstanceAttribute', {
        InstanceId,
        BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination: false } }],
      });
    expect(refusal(() => keep('/dev/sdz'))).toEqual({
      code: 'InvalidInstanceAttributeValue',
      message: 'No device is currently mapped at /dev/sdz',
    });
    keep('/dev/sdf');
    expect(plane.call('DescribeVolumes', {}).Volumes).toMatchObject([
      { Attachments: [{ DeleteOnTermination: true }] },
      { Size: 5, Attachments: [{ DeleteOnTermination: false }] },
    ]);
    plane.call('TerminateInstances', { InstanceIds: [InstanceId] });
    await plane.clock.advance(minutes);
    expect(plane.call('DescribeVolumes', {}).Volumes).toMatchObject([{ Size: 5, State: 'available' }]);
  });
});

describe('a protected instance', () => {
  const shield = (id: string, wanted: string, attribute: string) => ({
    code: 'OperationNotPermitted',
    message: `The instance '${id}' may not be ${wanted}. Modify its '${attribute}' instance attribute and try again.`,
  });

  it('holds back those of its zone from being terminated, and no others, though the call fails', async () => {
    const plane = aPlane();
    const guarded = await launched(plane, { DisableApiTermination: true });
    const beside = await launched(plane);
    const elsewhere = await launched(plane, { Placement: { AvailabilityZone: `${home}b` } });
    const terminate = (...InstanceIds: string[]) => plane.call('TerminateInstances', { InstanceIds });
    expect(refusal(() => terminate(elsewhere, 'i-00000000000000000')).code).toBe('InvalidInstanceID.NotFound');
    expect(stateOf(plane, elsewhere)).toBe('running');
    expect(refusal(() => terminate(guarded, beside, elsewhere))).toEqual(
      shield(guarded, 'terminated', 'disableApiTermination'),
    );
    expect([guarded, beside, elsewhere].map((id) => stateOf(plane, id))).toEqual([
      'running',
      'running',
      'shutting-down',
    ]);
    plane.call('ModifyInstanceAttribute', { InstanceId: guarded, DisableApiTermination: { Value: false } });
    terminate(guarded, beside, elsewhere);
    expect(stateOf(plane, guarded)).toBe('shutting-down');
  });

  it('is not stopped, nor terminated, where it is protected from being stopped', async () => {
    const plane = aPlane();
    const guarded = await launched(plane, { DisableApiStop: true });
    const beside = await launched(plane);
    const InstanceIds = [beside, guarded];
    expect(refusal(() => plane.call('StopInstances', { InstanceIds }))).toEqual(
      shield(guarded, 'stopped', 'disableApiStop'),
    );
    expect(stateOf(plane, beside)).toBe('running');
    expect(refusal(() => plane.call('TerminateInstances', { InstanceIds }))).toEqual(
      shield(guarded, 'terminated', 'disableApiStop'),
    );
  });
});
