import { describe, expect, it } from 'vitest';
import { anImage, anInstance, aPlane, idOf, imageOf, minutes, refusal } from './plane.ts';

describe('an image', () => {
  it('is disabled and enabled again, and both are told', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    plane.call('DisableImage', { ImageId });
    expect(refusal(() => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 })).code).toBe(
      'InvalidAMIID.Unavailable',
    );
    plane.call('EnableImage', { ImageId });
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 });
    expect(plane.events.map(({ detail }) => detail)).toMatchObject([
      { State: 'available' },
      { State: 'disabled' },
      { State: 'available' },
    ]);
  });

  it('that is disabled already stays so in silence, unless the behaviour refuses', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    plane.call('DisableImage', { ImageId });
    const told = plane.events.length;
    expect(plane.call('DisableImage', { ImageId })).toEqual({ Return: true });
    expect(plane.events).toHaveLength(told);
    plane.service.setBehaviour({ repeatedStage: 'refused' });
    expect(refusal(() => plane.call('DisableImage', { ImageId })).code).toBe('InvalidAMIID.Unavailable');
  });

  it('can not be disabled while it is pending', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    expect(refusal(() => plane.call('DisableImage', { ImageId })).code).toBe('InvalidAMIID.Unavailable');
  });

  it('is deprecated to the minute, again and again, and no longer', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const deprecate = (text: string) => plane.call('EnableImageDeprecation', { ImageId, DeprecateAt: new Date(text) });
    deprecate('2026-05-01T00:00:29Z');
    expect(imageOf(plane, ImageId).DeprecationTime).toBe('2026-05-01T00:00:00.000Z');
    deprecate('2026-04-01T00:00:30Z');
    expect(imageOf(plane, ImageId)).toMatchObject({ DeprecationTime: '2026-04-01T00:01:00.000Z', State: 'available' });
    plane.call('DisableImageDeprecation', { ImageId });
    expect(imageOf(plane, ImageId)).not.toHaveProperty('DeprecationTime');
    expect(plane.events).toHaveLength(1);
  });

  it.each(['2026-01-02T03:00:00Z', '2036-02-01T00:00:00Z'])('is not deprecated at %s', async (text) => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    await plane.clock.advance(minutes);
    const DeprecateAt = new Date(text);
    expect(refusal(() => plane.call('EnableImageDeprecation', { ImageId, DeprecateAt })).code).toBe(
      'InvalidParameterValue',
    );
  });

  it('is registered from a snapshot, and available at once', async () => {
    const plane = aPlane();
    const source = imageOf(plane, await anImage(plane));
    const SnapshotId = idOf(source.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
    const ImageId = idOf(
      plane.call('RegisterImage', {
        Name: 'registered',
        Architecture: 'x86_64',
        VirtualizationType: 'hvm',
        RootDeviceName: '/dev/xvda',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
      }).ImageId,
    );
    expect(imageOf(plane, ImageId)).toMatchObject({
      State: 'available',
      BlockDeviceMappings: [{ Ebs: { SnapshotId, VolumeSize: 8, Encrypted: false } }],
    });
    expect(plane.events.at(-1)).toMatchObject({ detail: { ImageId, State: 'available' } });
  });
});
