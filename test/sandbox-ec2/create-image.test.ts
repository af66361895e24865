import { describe, expect, it } from 'vitest';
import { anInstance, aPlane, hours, idOf, imageOf, minutes, refusal, snapshotIdsOf } from './plane.ts';

describe('CreateImage', () => {
  it('answers at once with a pending image that becomes available when its snapshots are complete', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [100] });
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'golden', NoReboot: true });
    const pending = imageOf(plane, idOf(ImageId));
    expect(pending).toMatchObject({
      State: 'pending',
      CreationDate: '2026-01-02T03:04:25.000Z',
      SourceInstanceId: InstanceId,
    });

    const snapshots = plane.call('DescribeSnapshots', { SnapshotIds: snapshotIdsOf(pending) }).Snapshots ?? [];
    expect(snapshots.map(({ State, Progress, Description }) => ({ State, Progress, Description }))).toEqual(
      Array(2).fill({
        State: 'pending',
        Progress: '0%',
        Description: `Created by CreateImage(${InstanceId}) for ${ImageId}`,
      }),
    );

    // The root volume of 8 GiB takes 144 s, the other one of 100 GiB takes 420 s.
    await plane.clock.advance(147_000);
    const [root, data] = plane.call('DescribeSnapshots', { SnapshotIds: snapshotIdsOf(pending) }).Snapshots ?? [];
    expect([root?.State, root?.Progress, data?.State, data?.Progress]).toEqual(['completed', '100%', 'pending', '35%']);
    expect(imageOf(plane, idOf(ImageId)).State).toBe('pending');

    await plane.clock.advance(273_000);
    expect(imageOf(plane, idOf(ImageId)).State).toBe('available');
  });

  it('tells once that the image is available, when it is', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'golden' }, { requestId: 'the-call' });
    await plane.clock.advance(3 * 24 * hours);
    expect(plane.events).toEqual([
      {
        'detail-type': 'EC2 AMI State Change',
        source: 'aws.ec2',
        account: '111122223333',
        region: 'eu-central-1',
        time: '2026-01-02T03:06:49Z',
        resources: [`arn:aws:ec2:eu-central-1::image/${ImageId}`],
        detail: { RequestId: 'the-call', ImageId, State: 'available', ErrorMessage: '' },
        bus: 'default',
      },
    ]);
  });

  it('puts the tags on the image and on every snapshot, and none of the instance', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [1], tags: [{ Key: 'Name', Value: 'web' }] });
    const { ImageId } = plane.call('CreateImage', {
      InstanceId,
      Name: 'golden',
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'a', Value: '1' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'b', Value: '2' }] },
      ],
    });
    const image = imageOf(plane, idOf(ImageId));
    expect(image.Tags).toEqual([{ Key: 'a', Value: '1' }]);
    const { Snapshots = [] } = plane.call('DescribeSnapshots', { SnapshotIds: snapshotIdsOf(image) });
    expect(Snapshots.map(({ Tags }) => Tags)).toEqual([[{ Key: 'b', Value: '2' }], [{ Key: 'b', Value: '2' }]]);
  });

  it('reboots a running instance unless it is told not to', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'one' });
    plane.call('CreateImage', { InstanceId, Name: 'two', NoReboot: true });
    const [inspected] = plane.service.inspect.instances();
    expect(inspected?.reboots.map(({ imageId }) => imageId)).toEqual([ImageId]);
  });

  it('names the image that holds a name, be it pending, available or failed', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'golden' });
    const again = () => refusal(() => plane.call('CreateImage', { InstanceId, Name: 'golden' }));
    const taken = { code: 'InvalidAMIName.Duplicate', message: `AMI name golden is already in use by AMI ${ImageId}` };
    expect(again()).toEqual(taken);
    await plane.clock.advance(10 * minutes);
    expect(again()).toEqual(taken);
    plane.call('DeregisterImage', { ImageId: idOf(ImageId) });
    expect(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId).not.toBe(ImageId);
  });

  it.each(['ab', 'x'.repeat(129), 'semi;colon', 'plus+', ''])('refuses the name "%s"', async (Name) => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name })).code).toBe('InvalidAMIName.Malformed');
  });

  it('takes every character that EC2 documents for names', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: "aZ0()[] ./-'@_" });
    expect(imageOf(plane, idOf(ImageId)).ImageLocation).toBe("111122223333/aZ0()[] ./-'@_");
  });

  it('makes nothing where a tag is reserved, wrong or on a resource that it does not make', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const withTag = (ResourceType: 'image' | 'volume', Key: string, Value = '') =>
      refusal(() =>
        plane.call('CreateImage', {
          InstanceId,
          Name: 'golden',
          TagSpecifications: [{ ResourceType, Tags: [{ Key, Value }] }],
        }),
      );
    expect(withTag('image', 'aws:x')).toEqual({
      code: 'InvalidParameterValue',
      message: "Tag keys starting with 'aws:' are reserved for internal use",
    });
    expect(withTag('volume', 'x').message).toBe("'volume' is not a valid taggable resource type for this operation.");
    expect(withTag('image', 'x'.repeat(129)).code).toBe('InvalidParameterValue');
    expect(withTag('image', 'x', 'y'.repeat(257)).code).toBe('InvalidParameterValue');
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(
      refusal(() =>
        plane.call('CreateImage', { InstanceId, Name: 'golden', TagSpecifications: [{ ResourceType: 'image', Tags }] }),
      ).code,
    ).toBe('TagLimitExceeded');
    expect(plane.service.inspect.images()).toEqual([]);
    expect(plane.service.inspect.snapshots()).toEqual([]);
  });

  it('takes instances that are running, stopping or stopped only', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    plane.call('StopInstances', { InstanceIds: [InstanceId] });
    plane.call('CreateImage', { InstanceId, Name: 'stopping' });
    await plane.clock.advance(minutes);
    plane.call('CreateImage', { InstanceId, Name: 'stopped' });
    plane.call('StartInstances', { InstanceIds: [InstanceId] });
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'pending' }))).toEqual({
      code: 'InvalidParameterValue',
      message: `Invalid value '${InstanceId}' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'`,
    });
    expect(plane.service.inspect.instances()[0]?.reboots).toEqual([]);
  });

  it('leaves out the devices that are to be left out', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [10, 20] });
    const { ImageId } = plane.call('CreateImage', {
      InstanceId,
      Name: 'golden',
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdf', NoDevice: '' },
        { DeviceName: '/dev/sdg', Ebs: { DeleteOnTermination: false } },
      ],
    });
    const { BlockDeviceMappings = [] } = imageOf(plane, idOf(ImageId));
    expect(BlockDeviceMappings.map(({ DeviceName, Ebs }) => [DeviceName, Ebs?.DeleteOnTermination])).toEqual([
      ['/dev/xvda', true],
      ['/dev/sdg', false],
    ]);
    expect(plane.service.inspect.snapshots()).toHaveLength(2);
  });

  it.each([{ VolumeSize: 11 }, { Encrypted: true }, { VolumeType: 'io2' as const }])(
    'refuses to change %o of a volume that is there',
    async (Ebs) => {
      const plane = aPlane();
      const InstanceId = await anInstance(plane, { sizes: [10] });
      const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs }];
      expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'golden', BlockDeviceMappings })).code).toBe(
        'InvalidBlockDeviceMapping',
      );
    },
  );

  it('lets five snapshots of a volume be in progress and no more', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    for (let index = 0; index < 5; index += 1) plane.call('CreateImage', { InstanceId, Name: `image ${index}` });
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'one more' }))).toEqual({
      code: 'ConcurrentSnapshotLimitExceeded',
      message: 'Maximum allowed in-progress snapshots for a single volume exceeded.',
    });
    await plane.clock.advance(10 * minutes);
    expect(plane.call('CreateImage', { InstanceId, Name: 'one more' }).ImageId).toMatch(/^ami-[0-9a-f]{17}$/);
  });

  it('wants fifteen seconds between two snapshots of a volume', async () => {
    const plane = aPlane({ snapshotIntervalPerVolumeMs: 15_000 });
    const InstanceId = await anInstance(plane);
    plane.call('CreateImage', { InstanceId, Name: 'one' });
    await plane.clock.advance(14_999);
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'two' })).code).toBe(
      'SnapshotCreationPerVolumeRateExceeded',
    );
    await plane.clock.advance(1);
    plane.call('CreateImage', { InstanceId, Name: 'two' });
  });

  it('fails, and says why, when its instance is terminated before it is complete', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'golden' });
    plane.call('TerminateInstances', { InstanceIds: [InstanceId] });
    await plane.clock.advance(10 * minutes);
    expect(imageOf(plane, idOf(ImageId))).toMatchObject({
      State: 'failed',
      StateReason: { Code: 'Client.InstanceTerminated' },
    });
    expect(plane.events.map(({ detail }) => detail)).toMatchObject([{ State: 'failed' }]);
  });

  it('does not fail where the failure was taken away again before it was made', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    plane.service.failNextImage({ region: 'eu-central-1', code: 'Server.InternalError', message: 'sorry' })();
    const id = idOf(plane.call('CreateImage', { InstanceId, Name: 'one' }).ImageId);
    await plane.clock.advance(60 * minutes);
    expect(imageOf(plane, id).State).toBe('available');
  });

  it('fails where a failure was laid on the next image, at its time, and once', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    plane.service.failNextImage({
      region: 'eu-central-1',
      after: minutes,
      code: 'Server.InternalError',
      message: 'sorry',
    });
    const first = idOf(plane.call('CreateImage', { InstanceId, Name: 'one' }).ImageId);
    const second = idOf(plane.call('CreateImage', { InstanceId, Name: 'two' }).ImageId);
    await plane.clock.advance(minutes - 1);
    expect(imageOf(plane, first).State).toBe('pending');
    await plane.clock.advance(1);
    expect(imageOf(plane, first).StateReason).toEqual({ Code: 'Server.InternalError', Message: 'sorry' });
    const [snapshotId = ''] = snapshotIdsOf(imageOf(plane, first));
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [snapshotId] }).Snapshots).toMatchObject([
      { State: 'error', StateMessage: 'sorry' },
    ]);
    await plane.clock.advance(hours);
    expect(imageOf(plane, second).State).toBe('available');
  });
});
