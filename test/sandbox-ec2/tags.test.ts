import { describe, expect, it } from 'vitest';
import { anImage, anInstance, aPlane, imageOf, refusal, snapshotIdsOf } from './plane.ts';

describe('CreateTags', () => {
  it('writes on images, snapshots, instances and volumes together, overwrites and keeps the rest', async () => {
    const plane = aPlane();
    const imageId = await anImage(plane, 'golden', [
      { Key: 'kept', Value: '' },
      { Key: 'a', Value: 'old' },
    ]);
    const [snapshotId = ''] = snapshotIdsOf(imageOf(plane, imageId));
    const [inspected] = plane.service.inspect.instances();
    const instanceId = inspected?.instance.InstanceId ?? '';
    const volumeId = inspected?.instance.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? '';
    plane.call('CreateTags', {
      Resources: [imageId, snapshotId, instanceId, volumeId],
      Tags: [{ Key: 'a', Value: 'new' }],
    });
    const a = [{ Key: 'a', Value: 'new' }];
    expect(imageOf(plane, imageId).Tags).toEqual([{ Key: 'kept', Value: '' }, ...a]);
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [snapshotId] }).Snapshots).toMatchObject([{ Tags: a }]);
    expect(plane.call('DescribeVolumes', { VolumeIds: [volumeId] }).Volumes).toMatchObject([{ Tags: a }]);
    expect(plane.call('DescribeInstances', { InstanceIds: [instanceId] }).Reservations).toMatchObject([
      { Instances: [{ Tags: a }] },
    ]);
  });

  it('changes no resource where one does not exist, or each before that one if the behaviour says so', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const write = () =>
      refusal(() =>
        plane.call('CreateTags', { Resources: [id, 'ami-00000000000000000'], Tags: [{ Key: 'a', Value: '' }] }),
      );
    expect(write().code).toBe('InvalidAMIID.NotFound');
    expect(imageOf(plane, id).Tags).toEqual([]);
    plane.service.setBehaviour({ tagsAllOrNothing: false });
    write();
    expect(imageOf(plane, id).Tags).toEqual([{ Key: 'a', Value: '' }]);
  });

  it('holds a resource to fifty tags of its user', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const write = (from: number, count: number) =>
      plane.call('CreateTags', {
        Resources: [id],
        Tags: Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: '' })),
      });
    write(0, 50);
    write(0, 50);
    expect(refusal(() => write(50, 1)).code).toBe('TagLimitExceeded');
    expect(imageOf(plane, id).Tags).toHaveLength(50);
  });

  it.each([
    ['i-x', 'InvalidID'],
    ['ami-xyz', 'InvalidID'],
    ['i-00000000000000000', 'InvalidInstanceID.NotFound'],
    ['snap-00000000000000000', 'InvalidSnapshot.NotFound'],
    ['vol-00000000000000000', 'InvalidVolume.NotFound'],
    ['lt-00000000000000000', 'InvalidLaunchTemplateId.NotFound'],
    ['nonsense', 'InvalidID'],
  ])('answers for the resource %s with %s', (id, code) => {
    expect(refusal(() => aPlane().call('CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: '' }] })).code).toBe(
      code,
    );
  });

  it('takes a thousand resources and no more', () => {
    const Resources = Array.from({ length: 1_001 }, () => 'ami-00000000000000000');
    expect(refusal(() => aPlane().call('CreateTags', { Resources, Tags: [{ Key: 'a', Value: '' }] })).code).toBe(
      'InvalidParameterValue',
    );
  });

  it.each([
    ['letters of any language', 'Größe', '大'],
    ['128 and 256 characters beyond the first plane', '😀'.repeat(128), '😀'.repeat(256)],
    ['line breaks', 'a', 'one\ntwo'],
  ])('takes %s', async (_, Key, Value) => {
    const plane = aPlane();
    const id = await anImage(plane);
    plane.call('CreateTags', { Resources: [id], Tags: [{ Key, Value }] });
    expect(imageOf(plane, id).Tags).toEqual([{ Key, Value }]);
  });

  it.each([
    ['a key of 129 characters', '😀'.repeat(129), ''],
    ['a value of 257 characters', 'a', '😀'.repeat(257)],
    ['a key that XML has no form for', 'a\u0001', ''],
    ['a value that XML has no form for', 'a', '\u0000'],
    ['half a character', 'a', '\ud83d'],
  ])('refuses %s', async (_, Key, Value) => {
    const plane = aPlane();
    const Resources = [await anImage(plane)];
    const refused = refusal(() => plane.call('CreateTags', { Resources, Tags: [{ Key, Value }] }));
    expect(refused.code).toBe('InvalidParameterValue');
  });

  it.each(['aws:x', 'AWS:x', ''])('refuses the key "%s"', async (Key) => {
    const plane = aPlane();
    const Resources = [await anInstance(plane)];
    expect(refusal(() => plane.call('CreateTags', { Resources, Tags: [{ Key, Value: '' }] })).code).toBe(
      'InvalidParameterValue',
    );
  });
});

describe('DeleteTags', () => {
  async function tagged() {
    const plane = aPlane();
    const id = await anImage(plane, 'golden', [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ]);
    const remove = (Tags?: { Key: string; Value?: string }[]) => {
      plane.call('DeleteTags', { Resources: [id], ...(Tags && { Tags }) });
      return imageOf(plane, id).Tags?.map(({ Key }) => Key);
    };
    return remove;
  }

  it('removes a key whatever its value', async () => {
    const remove = await tagged();
    expect(remove([{ Key: 'a' }])).toEqual(['b']);
  });

  it('removes a key with a value only where it has that value, be it empty', async () => {
    const remove = await tagged();
    expect(remove([{ Key: 'a', Value: '' }])).toEqual(['a', 'b']);
    expect(remove([{ Key: 'b', Value: '' }])).toEqual(['a']);
  });

  it('removes all tags where it names none, and takes absent ones for removed', async () => {
    const remove = await tagged();
    expect(remove([{ Key: 'absent' }])).toEqual(['a', 'b']);
    expect(remove()).toEqual([]);
  });
});
