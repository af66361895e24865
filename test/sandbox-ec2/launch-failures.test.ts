import { describe, expect, it } from 'vitest';
import {
  aLaunch,
  anImage,
  anInstance,
  aPlane,
  home,
  idOf,
  imageOf,
  instanceOf,
  launched,
  minutes,
  refusal,
} from './plane.ts';

const micro = { zone: 'eu-central-1a', type: 't3.micro' };
const inA = { Placement: { AvailabilityZone: 'eu-central-1a' } };

/** How the only instance of a launch is, once it had time to die. */
async function ended(plane: ReturnType<typeof aPlane>, input: Parameters<typeof launched>[1] = {}) {
  const { InstanceId, State } = launched(plane, input);
  expect(State?.Name).toBe('pending');
  await plane.clock.advance(5_000);
  return instanceOf(plane, InstanceId);
}

describe('a launch without room for it', () => {
  it('is refused in a zone, and launches nothing', () => {
    const { call } = aPlane({ capacityShortages: [micro] });
    expect(refusal(() => call('RunInstances', aLaunch(inA))).code).toBe('InsufficientInstanceCapacity');
    expect(call('DescribeInstances', {}).Reservations).toEqual([]);
    expect(call('DescribeVolumes', {}).Volumes).toEqual([]);
    expect(call('RunInstances', aLaunch({ ...inA, InstanceType: 't3.nano' })).Instances).toHaveLength(1);
    expect(call('RunInstances', aLaunch({ Placement: { AvailabilityZone: 'eu-central-1b' } })).Instances).toHaveLength(
      1,
    );
  });

  it('is refused everywhere, and lets the token be used again', () => {
    const plane = aPlane({ capacityShortages: [{}] });
    const run = () => launched(plane, { ClientToken: 'once' });
    expect(refusal(run).code).toBe('InsufficientInstanceCapacity');
    plane.service.setBehaviour({ capacityShortages: [] }, home);
    expect(run().State?.Name).toBe('pending');
  });

  it('is accepted and ends at once where EC2 finds out late', async () => {
    const plane = aPlane({ capacityShortages: [{ ...micro, strikes: 'pending' }] });
    expect(await ended(plane)).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: {
        Code: 'Server.InsufficientInstanceCapacity',
        Message:
          'Server.InsufficientInstanceCapacity: There was insufficient capacity available to satisfy the launch request',
      },
      StateTransitionReason: 'Server.InsufficientInstanceCapacity',
    });
  });

  it('is refused beyond the quota of vCPUs, which stopped instances do not count to', async () => {
    const plane = aPlane({ vcpuQuota: 4 });
    const { Instances = [] } = plane.call('RunInstances', aLaunch({ MaxCount: 5 }));
    expect(Instances).toHaveLength(2);
    expect(refusal(() => launched(plane)).code).toBe('VcpuLimitExceeded');
    plane.call('StopInstances', { InstanceIds: [idOf(Instances[0]?.InstanceId)] });
    expect(launched(plane).State?.Name).toBe('pending');
  });
});

describe('a type that a zone does not offer', () => {
  it('is refused with those zones that do', () => {
    const { call } = aPlane({ typesNotOffered: { 'eu-central-1a': ['t3.micro'] } });
    expect(refusal(() => call('RunInstances', aLaunch(inA)))).toEqual({
      code: 'Unsupported',
      message:
        'Your requested instance type (t3.micro) is not supported in your requested Availability Zone (eu-central-1a). Please retry your request by not specifying an Availability Zone or choosing eu-central-1b, eu-central-1c.',
    });
  });
});

describe('a launch that dies', () => {
  it.each([
    ['the key that is named', {}, ['alias/dr'], true],
    ['the key that is named, as it does not exist', { kmsKeys: { [home]: ['alias/other'] } }, [], true],
    ['no key, as all is well', {}, [], false],
  ])('of %s says so', async (_, behaviour, unusableKmsKeys, dies) => {
    const plane = aPlane({ ...behaviour, unusableKmsKeys });
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: 'alias/dr' } }];
    const instance = await ended(plane, { BlockDeviceMappings });
    expect(instance?.State?.Name).toBe(dies ? 'terminated' : 'pending');
    expect(instance?.StateReason?.Code).toBe(dies ? 'Client.InternalError' : 'pending');
  });

  it('of the key of its image says so', async () => {
    const plane = aPlane();
    const InstanceId = idOf(
      launched(plane, {
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: 'alias/app' } }],
      }).InstanceId,
    );
    await plane.clock.advance(minutes);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    await plane.clock.advance(10 * minutes);
    const [{ KmsKeyId = '' } = {}] = plane.call('DescribeSnapshots', { OwnerIds: ['self'] }).Snapshots ?? [];
    expect((await ended(plane, { ImageId }))?.State?.Name).toBe('pending');
    plane.service.setBehaviour({ unusableKmsKeys: [KmsKeyId] });
    expect((await ended(plane, { ImageId }))?.StateReason?.Code).toBe('Client.InternalError');
  });

  it('of a snapshot that is gone says so', async () => {
    const one = aPlane();
    const ImageId = await anImage(one);
    const snapshotId = imageOf(one, ImageId).BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    const plane = aPlane();
    plane.clock.set(one.clock.now());
    plane.service.load(
      JSON.parse(JSON.stringify(one.service.dump()), (key, value) =>
        key === 'snapshots' && Array.isArray(value) ? value.filter(({ id }) => id !== snapshotId) : value,
      ),
    );
    expect(await ended(plane, { ImageId })).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Client.InvalidSnapshot.NotFound' },
    });
  });

  it('leaves neither volume nor interface, whatever was to outlive it', async () => {
    const plane = aPlane({ capacityShortages: [{ strikes: 'pending' }] });
    const instance = await ended(plane, {
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5, DeleteOnTermination: false } }],
      NetworkInterfaces: [{ DeviceIndex: 0, DeleteOnTermination: false }],
    });
    expect(instance).toMatchObject({ BlockDeviceMappings: [], NetworkInterfaces: [] });
    expect(plane.call('DescribeVolumes', {}).Volumes).toEqual([]);
    expect(plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces).toEqual([]);
  });

  it('does so after a time that is not documented', async () => {
    const plane = aPlane({ capacityShortages: [{ strikes: 'pending' }], instanceFailMs: 50_000 });
    const { InstanceId } = launched(plane);
    await plane.clock.advance(49_999);
    expect(instanceOf(plane, InstanceId)?.State?.Name).toBe('pending');
    await plane.clock.advance(1);
    expect(instanceOf(plane, InstanceId)?.State?.Name).toBe('terminated');
  });

  it('is no matter of instances that have been launched before', async () => {
    const plane = aPlane();
    const id = await anInstance(plane);
    plane.service.setBehaviour({ capacityShortages: [{}, { strikes: 'pending' }] });
    plane.call('StopInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    plane.call('StartInstances', { InstanceIds: [id] });
    await plane.clock.advance(minutes);
    expect(instanceOf(plane, id)?.State?.Name).toBe('running');
  });
});
