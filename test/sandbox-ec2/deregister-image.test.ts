import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anImage, anInstance, aPlane, home, hours, idOf, imageOf, minutes, refusal, snapshotIdsOf } from './plane.ts';

describe('DeregisterImage', () => {
  it('forgets the image at once, tells so, and leaves its snapshots', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId }))).toEqual({
      code: 'InvalidSnapshot.InUse',
      message: `The snapshot ${SnapshotId} is currently in use by ${ImageId}`,
    });
    expect(plane.call('DeregisterImage', { ImageId })).toEqual({ Return: true, DeleteSnapshotResults: [] });
    expect(refusal(() => imageOf(plane, ImageId)).code).toBe('InvalidAMIID.NotFound');
    expect(plane.events.at(-1)).toMatchObject({ detail: { ImageId, State: 'deregistered' } });
    plane.call('DeleteSnapshot', { SnapshotId });
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId }))).toEqual({
      code: 'InvalidSnapshot.NotFound',
      message: `The snapshot '${SnapshotId}' does not exist.`,
    });
  });

  it('says of an image that it is no longer available, and much later that it does not exist', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    plane.call('DeregisterImage', { ImageId });
    expect(refusal(() => plane.call('DeregisterImage', { ImageId }))).toEqual({
      code: 'InvalidAMIID.Unavailable',
      message: `The image ID '${ImageId}' is no longer available`,
    });
    await plane.clock.advance(hours);
    expect(refusal(() => plane.call('DeregisterImage', { ImageId })).code).toBe('InvalidAMIID.NotFound');
  });

  it('refuses the image of another', async () => {
    const plane = aPlane();
    const ImageId = publicImageId(home, 'al2023');
    expect(refusal(() => plane.call('DeregisterImage', { ImageId }))).toEqual({
      code: 'AuthFailure',
      message: `Not authorized for image:${ImageId}`,
    });
  });

  it('refuses the private image of another, which reads do not show', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const stranger = { account: '444455556666' };
    expect(refusal(() => plane.call('DeregisterImage', { ImageId }, stranger))).toEqual({
      code: 'AuthFailure',
      message: `Not authorized for image:${ImageId}`,
    });
    expect(refusal(() => imageOf(plane, ImageId, stranger)).code).toBe('InvalidAMIID.NotFound');
    const unknown = { ImageId: 'ami-00000000000000000' };
    expect(refusal(() => plane.call('DeregisterImage', unknown, stranger)).code).toBe('InvalidAMIID.NotFound');
  });

  it('deletes the snapshots on demand, and says of each what became of it', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [1, 1, 1] });
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    await plane.clock.advance(hours);
    const [root = '', shared = '', locked = '', denied = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    plane.call('RegisterImage', {
      Name: 'shares',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: shared } }],
    });
    plane.service.failSnapshotDeletion(locked, 'client-error');
    plane.service.failSnapshotDeletion(denied, 'missing-permissions');
    expect(plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true })).toEqual({
      Return: true,
      DeleteSnapshotResults: [
        { SnapshotId: root, ReturnCode: 'success' },
        { SnapshotId: shared, ReturnCode: 'skipped' },
        { SnapshotId: locked, ReturnCode: 'client-error' },
        { SnapshotId: denied, ReturnCode: 'missing-permissions' },
      ],
    });
    expect(plane.service.inspect.snapshots().map(({ snapshot }) => snapshot.SnapshotId)).toEqual([
      shared,
      locked,
      denied,
    ]);
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId: denied })).code).toBe('UnauthorizedOperation');
    plane.service.failSnapshotDeletion(denied, undefined);
    plane.call('DeleteSnapshot', { SnapshotId: denied });
  });

  it('cancels an image in the making, which never becomes available then', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    const [snapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    plane.call('DeregisterImage', { ImageId });
    await plane.clock.advance(hours);
    expect(plane.events.map(({ detail }) => detail)).toMatchObject([{ State: 'deregistered' }]);
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [snapshotId] }).Snapshots).toMatchObject([
      { State: 'completed' },
    ]);
  });

  it('lets a deleted snapshot in progress go when it is complete', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    expect(plane.service.inspect.snapshots()).toHaveLength(1);
    await plane.clock.advance(hours);
    expect(plane.service.inspect.snapshots()).toEqual([]);
  });

  it('lets reads by id show the image, then nothing, then an error', async () => {
    const plane = aPlane({ deregisteredListedMs: minutes, deregisteredEmptyMs: minutes });
    const ImageId = await anImage(plane);
    plane.call('DeregisterImage', { ImageId });
    const read = () => plane.call('DescribeImages', { ImageIds: [ImageId] }).Images ?? [];
    expect(read()).toMatchObject([{ State: 'available' }]);
    await plane.clock.advance(minutes);
    expect(read()).toEqual([]);
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images).toEqual([]);
    await plane.clock.advance(minutes);
    expect(refusal(read).code).toBe('InvalidAMIID.NotFound');
  });

  it('answers reads by id with nothing while an instance that was launched from it lives', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const { Instances: [instance] = [] } = plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 });
    plane.call('DeregisterImage', { ImageId });
    await plane.clock.advance(30 * 24 * hours);
    const read = () => plane.call('DescribeImages', { ImageIds: [ImageId] }).Images;
    expect(read()).toEqual([]);
    plane.call('TerminateInstances', { InstanceIds: [idOf(instance?.InstanceId)] });
    await plane.clock.advance(minutes);
    expect(refusal(read).code).toBe('InvalidAMIID.NotFound');
  });

  it('frees the name late where the behaviour says so', async () => {
    const plane = aPlane({ nameReleaseMs: minutes });
    const ImageId = await anImage(plane, 'golden');
    const [inspected] = plane.service.inspect.instances();
    const InstanceId = idOf(inspected?.instance.InstanceId);
    plane.call('DeregisterImage', { ImageId });
    const create = () => plane.call('CreateImage', { InstanceId, Name: 'golden' });
    expect(refusal(create).message).toBe(`AMI name golden is already in use by AMI ${ImageId}`);
    await plane.clock.advance(minutes);
    expect(create().ImageId).toMatch(/^ami-/);
  });
});
