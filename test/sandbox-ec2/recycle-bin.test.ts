import { describe, expect, it } from 'vitest';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import type { BinRules } from '../../sandbox/ec2/plane/state.ts';
import { anImage, anInstance, aPlane, hours, idOf, imageOf, minutes, refusal, snapshotIdsOf } from './plane.ts';

const days = 24 * hours;

/** Images stay for seven days, snapshots for three. */
const everything: BinRules = ({ resource }) => (resource === 'image' ? 7 : 3);
const imagesOnly: BinRules = ({ resource }) => (resource === 'image' ? 7 : undefined);

/** A plane with an image that was deregistered with its snapshot, and their ids. */
async function aBinnedImage(behaviour: Partial<Ec2Behaviour> = {}) {
  const plane = aPlane(behaviour, 1, everything);
  const ImageId = await anImage(plane, 'golden', [{ Key: 'Stage', Value: 'live' }]);
  const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
  plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
  return { plane, ImageId, SnapshotId };
}

describe('a deregistered image that a rule catches', () => {
  it('goes into the bin for its days, and out of every other list', async () => {
    const { plane, ImageId } = await aBinnedImage();
    const now = plane.clock.now();
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toEqual([
      {
        ImageId,
        Name: 'golden',
        RecycleBinEnterTime: new Date(now),
        RecycleBinExitTime: new Date(now + 7 * days),
      },
    ]);
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images).toEqual([]);
    expect(refusal(() => plane.call('DisableImage', { ImageId })).code).toBe('InvalidAMIID.Unavailable');
    expect(plane.events.at(-1)?.detail).toMatchObject({ State: 'deregistered' });
    expect(plane.service.inspect.recycleBin()[0]).toMatchObject({
      id: ImageId,
      tags: [
        { Key: 'Stage', Value: 'live' },
        { Key: 'aws:recycle-bin:resource-in-bin', Value: 'true' },
      ],
    });
  });

  it('is gone for good when its time is over', async () => {
    const { plane, ImageId } = await aBinnedImage();
    await plane.clock.advance(7 * days - 1);
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toHaveLength(1);
    await plane.clock.advance(1);
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toEqual([]);
    expect(refusal(() => plane.call('RestoreImageFromRecycleBin', { ImageId })).code).toBe('InvalidAMIID.NotFound');
  });

  it('does so if a rule catches the tags that it has then', async () => {
    const rules: BinRules = ({ tags }) => (tags.some(({ Key }) => Key === 'Keep') ? 1 : undefined);
    const plane = aPlane({}, 1, rules);
    const [kept, lost] = [await anImage(plane, 'kept'), await anImage(plane, 'lost')];
    plane.call('CreateTags', { Resources: [kept], Tags: [{ Key: 'Keep', Value: '' }] });
    for (const ImageId of [kept, lost]) plane.call('DeregisterImage', { ImageId });
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toMatchObject([{ ImageId: kept }]);
  });

  it('does not if it was still in the making, which leaves nothing to keep', async () => {
    const plane = aPlane({}, 1, everything);
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    plane.call('DeregisterImage', { ImageId });
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toEqual([]);
  });

  it('can still be tagged', async () => {
    const { plane, ImageId, SnapshotId } = await aBinnedImage();
    plane.call('DeleteTags', { Resources: [ImageId], Tags: [{ Key: 'Stage' }] });
    plane.call('CreateTags', { Resources: [ImageId, SnapshotId], Tags: [{ Key: 'Why', Value: 'oops' }] });
    plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId });
    plane.call('RestoreImageFromRecycleBin', { ImageId });
    expect(imageOf(plane, ImageId).Tags).toEqual([{ Key: 'Why', Value: 'oops' }]);
  });

  it('counts to the quota of images', async () => {
    const { plane } = await aBinnedImage({ imageQuota: 1 });
    const [inspected] = plane.service.inspect.instances();
    const InstanceId = idOf(inspected?.instance.InstanceId);
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'next' })).code).toBe('ResourceLimitExceeded');
  });

  it.each([
    [true, 'InvalidAMIName.Duplicate'],
    [false, undefined],
  ])('holds its name: %s, as is set', async (binImagesHoldName, code) => {
    const { plane } = await aBinnedImage({ binImagesHoldName });
    const [inspected] = plane.service.inspect.instances();
    const create = () => plane.call('CreateImage', { InstanceId: inspected?.instance.InstanceId, Name: 'golden' });
    if (code !== undefined) expect(refusal(create).code).toBe(code);
    await plane.clock.advance(code === undefined ? 0 : 7 * days);
    expect(create().ImageId).toMatch(/^ami-/);
  });

  it.each([
    [true, 'InvalidSnapshot.InUse'],
    [false, undefined],
  ])('protects its snapshots: %s, as is set', async (binImagesProtectSnapshots, code) => {
    const plane = aPlane({ binImagesProtectSnapshots }, 1, imagesOnly);
    const ImageId = await anImage(plane);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    plane.call('DeregisterImage', { ImageId });
    const remove = () => plane.call('DeleteSnapshot', { SnapshotId });
    if (code !== undefined) expect(refusal(remove).code).toBe(code);
    await plane.clock.advance(code === undefined ? 0 : 7 * days);
    remove();
  });
});

describe('a deleted snapshot that a rule catches', () => {
  it('goes into the bin by a rule of its own', async () => {
    const { plane, SnapshotId } = await aBinnedImage();
    const now = plane.clock.now();
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toMatchObject([
      { SnapshotId, RecycleBinEnterTime: new Date(now), RecycleBinExitTime: new Date(now + 3 * days) },
    ]);
    expect(plane.call('DescribeSnapshots', {}).Snapshots).toEqual([]);
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId })).code).toBe('InvalidSnapshot.NotFound');
    await plane.clock.advance(3 * days);
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toEqual([]);
  });

  it('does so once it is complete if it was in progress', async () => {
    const plane = aPlane({}, 1, everything);
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toEqual([]);
    await plane.clock.advance(hours);
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toHaveLength(1);
  });

  it('comes back as it was', async () => {
    const { plane, SnapshotId } = await aBinnedImage();
    expect(plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId })).toMatchObject({
      SnapshotId,
      State: 'completed',
      VolumeSize: 8,
    });
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [SnapshotId] }).Snapshots).toMatchObject([
      { State: 'completed', Progress: '100%' },
    ]);
    await plane.clock.advance(3 * days);
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [SnapshotId] }).Snapshots).toHaveLength(1);
  });

  it('is not purged at its first time where it was restored and deleted again', async () => {
    const { plane, SnapshotId } = await aBinnedImage();
    await plane.clock.advance(2 * days);
    plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId });
    plane.call('DeleteSnapshot', { SnapshotId });
    await plane.clock.advance(2 * days);
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toHaveLength(1);
    await plane.clock.advance(1 * days);
    expect(plane.call('ListSnapshotsInRecycleBin', {}).Snapshots).toEqual([]);
  });
});

describe('RestoreImageFromRecycleBin', () => {
  it('brings back all that the image was', async () => {
    const plane = aPlane({}, 1, imagesOnly);
    const ImageId = await anImage(plane, 'golden', [{ Key: 'Stage', Value: 'live' }]);
    const image = imageOf(plane, ImageId);
    const [SnapshotId = ''] = snapshotIdsOf(image);
    plane.call('DeregisterImage', { ImageId });
    const told = plane.events.length;
    await plane.clock.advance(2 * days);
    expect(plane.call('RestoreImageFromRecycleBin', { ImageId })).toEqual({ Return: true });
    expect(imageOf(plane, ImageId)).toEqual(image);
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images).toEqual([image]);
    expect(plane.call('ListImagesInRecycleBin', {}).Images).toEqual([]);
    expect(plane.events).toHaveLength(told);
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId })).code).toBe('InvalidSnapshot.InUse');
    await plane.clock.advance(30 * days);
    expect(imageOf(plane, ImageId)).toEqual(image);
  });

  it('waits for its snapshots to be restored and usable', async () => {
    const { plane, ImageId, SnapshotId } = await aBinnedImage({ snapshotRecoveryMs: 10 * minutes });
    const restore = () => plane.call('RestoreImageFromRecycleBin', { ImageId });
    expect(refusal(restore)).toEqual({
      code: 'InvalidSnapshot.NotFound',
      message: `The image '${ImageId}' can't be restored before its snapshot '${SnapshotId}' is.`,
    });
    expect(plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId }).State).toBe('recovering');
    expect(refusal(restore).code).toBe('InvalidSnapshot.NotFound');
    await plane.clock.advance(10 * minutes);
    expect(restore()).toEqual({ Return: true });
  });

  it('is refused where the name was taken meanwhile', async () => {
    const { plane, ImageId, SnapshotId } = await aBinnedImage();
    const [inspected] = plane.service.inspect.instances();
    const holder = plane.call('CreateImage', { InstanceId: inspected?.instance.InstanceId, Name: 'golden' }).ImageId;
    plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId });
    expect(refusal(() => plane.call('RestoreImageFromRecycleBin', { ImageId })).message).toBe(
      `AMI name golden is already in use by AMI ${holder}`,
    );
  });

  it.each(['available', 'disabled'] as const)(
    'makes an image that was disabled %s, as is set',
    async (restoredDisabledImage) => {
      const plane = aPlane({ restoredDisabledImage }, 1, imagesOnly);
      const ImageId = await anImage(plane);
      plane.call('DisableImage', { ImageId });
      plane.call('DeregisterImage', { ImageId });
      plane.call('RestoreImageFromRecycleBin', { ImageId });
      expect(imageOf(plane, ImageId).State).toBe(restoredDisabledImage);
    },
  );

  it('stays undone by no late end of the reads of what was deregistered', async () => {
    const plane = aPlane({ deregisteredListedMs: 10 * minutes }, 1, imagesOnly);
    const ImageId = await anImage(plane);
    plane.call('DeregisterImage', { ImageId });
    plane.call('RestoreImageFromRecycleBin', { ImageId });
    await plane.clock.advance(hours);
    expect(imageOf(plane, ImageId).State).toBe('available');
  });

  it('is refused for what is not in the bin, as is set', async () => {
    const plane = aPlane({ imageNotInBinCode: 'NoImage', snapshotNotInBinCode: 'NoSnapshot' });
    const ImageId = await anImage(plane);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    expect(refusal(() => plane.call('RestoreImageFromRecycleBin', { ImageId })).code).toBe('NoImage');
    expect(refusal(() => plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId })).code).toBe('NoSnapshot');
    expect(refusal(() => plane.call('RestoreImageFromRecycleBin', { ImageId: 'ami-1' })).code).toBe(
      'InvalidAMIID.Malformed',
    );
  });
});

describe('the lists of the bin', () => {
  it('come in pages, in the order of entering', async () => {
    const plane = aPlane({}, 1, everything);
    const ids = [await anImage(plane, 'one'), await anImage(plane, 'two'), await anImage(plane, 'three')].reverse();
    for (const ImageId of ids) plane.call('DeregisterImage', { ImageId });
    const first = plane.call('ListImagesInRecycleBin', { MaxResults: 2 });
    const { NextToken } = first;
    const second = plane.call('ListImagesInRecycleBin', { MaxResults: 2, NextToken });
    expect([...(first.Images ?? []), ...(second.Images ?? [])].map(({ ImageId }) => ImageId)).toEqual(ids);
    const named = plane.call('ListImagesInRecycleBin', { ImageIds: ids.slice(1) });
    expect(named.Images?.map(({ ImageId }) => ImageId)).toEqual(ids.slice(1));
    const MaxResults = 5;
    expect(refusal(() => plane.call('ListImagesInRecycleBin', { ImageIds: ids, MaxResults })).code).toBe(
      'InvalidParameterCombination',
    );
    const tooMany = Array.from({ length: 21 }, (_, index) => `ami-${String(index).padStart(17, '0')}`);
    expect(refusal(() => plane.call('ListImagesInRecycleBin', { ImageIds: tooMany })).code).toBe(
      'InvalidParameterValue',
    );
  });

  it('refuse an id that is not in the bin, or leave it out, as is set', async () => {
    const unknown = { ImageIds: ['ami-00000000000000000'] };
    expect(refusal(() => aPlane().call('ListImagesInRecycleBin', unknown)).code).toBe('InvalidAMIID.NotFound');
    expect(aPlane({ idNotInBin: 'left-out' }).call('ListImagesInRecycleBin', unknown).Images).toEqual([]);
  });
});

describe('a dumped plane', () => {
  it('has its bin and its locks, and goes on with both', async () => {
    const behaviour = { binImagesProtectSnapshots: true, deregisteredListedMs: hours };
    const one = aPlane(behaviour, 1, everything);
    const [kept, binned] = [await anImage(one, 'kept'), await anImage(one, 'binned')];
    const [locked = ''] = snapshotIdsOf(imageOf(one, kept));
    const [used = ''] = snapshotIdsOf(imageOf(one, binned));
    one.call('LockSnapshot', { SnapshotId: locked, LockMode: 'governance', LockDuration: 1 });
    one.call('DeregisterImage', { ImageId: binned });
    const text = JSON.stringify(one.service.dump());
    const other = aPlane(behaviour, 1, everything);
    other.clock.set(one.clock.now());
    other.service.load(JSON.parse(text));
    expect(JSON.stringify(other.service.dump())).toBe(text);
    expect(refusal(() => other.call('DeleteSnapshot', { SnapshotId: used })).message).toContain(binned);
    expect(other.call('DescribeLockedSnapshots', {})).toEqual(one.call('DescribeLockedSnapshots', {}));
    for (const plane of [one, other]) {
      plane.call('RestoreImageFromRecycleBin', { ImageId: binned });
      await plane.clock.advance(8 * days);
      expect(imageOf(plane, binned)).toMatchObject({ State: 'available', Tags: [] });
    }
    other.call('DeregisterImage', { ImageId: binned, DeleteAssociatedSnapshots: true });
    const again = aPlane(behaviour, 1, everything);
    again.clock.set(other.clock.now());
    again.service.load(JSON.parse(JSON.stringify(other.service.dump())));
    await again.clock.advance(7 * days);
    expect(again.service.inspect.recycleBin()).toEqual([]);
  });
});
