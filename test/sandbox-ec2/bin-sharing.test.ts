import { describe, expect, it } from 'vitest';
import { anImage, aPlane, consumer, imageOf, minutes, type PlaneUnderTest, refusal, snapshotIdsOf } from './plane.ts';
import { listed, permissionsOf, share, third } from './sharing.ts';

/** What a plane shares of an image and its snapshot, as owner and users see it. */
function shared(plane: PlaneUnderTest, ImageId: string, SnapshotId: string) {
  const snapshots = (context: object) =>
    plane.call('DescribeSnapshots', { RestorableByUserIds: ['self'] }, context).Snapshots?.map((one) => one.SnapshotId);
  const volumes = plane.call('DescribeSnapshotAttribute', { SnapshotId, Attribute: 'createVolumePermission' });
  return {
    launch: permissionsOf(plane, ImageId),
    volumes: volumes.CreateVolumePermissions,
    seen: [listed(plane, { ExecutableUsers: ['self'] }), snapshots(consumer)],
    hidden: [listed(plane, { ExecutableUsers: ['self'] }, third), snapshots(third)],
  };
}

/** An image that is shared with its snapshot, and what deletes and restores both. */
async function aSharedPair(behaviour: Parameters<typeof aPlane>[0] = {}) {
  const plane = aPlane(behaviour, 1, () => 7);
  const ImageId = await anImage(plane);
  const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
  share(plane, ImageId, consumer.account);
  const CreateVolumePermission = { Add: [{ UserId: consumer.account }] };
  plane.call('ModifySnapshotAttribute', { SnapshotId, CreateVolumePermission });
  await plane.clock.advance(10 * minutes);
  const restore = (on: PlaneUnderTest) => {
    on.call('RestoreSnapshotFromRecycleBin', { SnapshotId });
    on.call('RestoreImageFromRecycleBin', { ImageId });
  };
  return { plane, ImageId, SnapshotId, restore };
}

describe('what is shared and goes into the bin', () => {
  it('is seen by nobody while it is there, and comes back with all its permissions', async () => {
    const { plane, ImageId, SnapshotId, restore } = await aSharedPair();
    const before = shared(plane, ImageId, SnapshotId);
    expect(before).toEqual({
      launch: [{ UserId: consumer.account }],
      volumes: [{ UserId: consumer.account }],
      seen: [[ImageId], [SnapshotId]],
      hidden: [[], []],
    });
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    const run = () => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    const read = () => plane.call('DescribeSnapshots', { SnapshotIds: [SnapshotId] }, consumer);
    expect([refusal(run).code, refusal(read).code]).toEqual(['InvalidAMIID.NotFound', 'InvalidSnapshot.NotFound']);
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([]);
    restore(plane);
    expect(shared(plane, ImageId, SnapshotId)).toEqual(before);
    expect(run().Instances).toHaveLength(1);
  });

  it('does so where reads are late and the bin was loaded from a dump', async () => {
    const behaviour = { changeVisibilityMs: minutes, deregisteredListedMs: minutes };
    const { plane, ImageId, SnapshotId, restore } = await aSharedPair(behaviour);
    const before = shared(plane, ImageId, SnapshotId);
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    await plane.clock.advance(10 * minutes);
    const other = aPlane({}, 1, () => 7);
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    for (const each of [plane, other]) {
      restore(each);
      await each.clock.advance(10 * minutes);
      expect(shared(each, ImageId, SnapshotId)).toEqual(before);
    }
  });

  it('comes back private where it was taken back before', async () => {
    const { plane, ImageId, SnapshotId, restore } = await aSharedPair();
    plane.call('ResetImageAttribute', { ImageId, Attribute: 'launchPermission' });
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    restore(plane);
    expect(shared(plane, ImageId, SnapshotId)).toMatchObject({ launch: [], seen: [[], [SnapshotId]] });
  });
});
