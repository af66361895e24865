import { describe, expect, it } from 'vitest';
import { anImage, aPlane, consumer, imageOf, minutes, type PlaneUnderTest, refusal, snapshotIdsOf } from './plane.ts';

async function withSnapshots(plane: PlaneUnderTest): Promise<[string, string]> {
  const ids = [await anImage(plane, 'one'), await anImage(plane, 'other')];
  const [one = '', other = ''] = ids.flatMap((id) => snapshotIdsOf(imageOf(plane, id)));
  return [one, other];
}

function share(plane: PlaneUnderTest, SnapshotId: string, input: object = { UserIds: [consumer.account] }): void {
  const change = { SnapshotId, Attribute: 'createVolumePermission', OperationType: 'add', ...input } as const;
  plane.call('ModifySnapshotAttribute', change);
}

function listed(plane: PlaneUnderTest, input: object, context = consumer): (string | undefined)[] {
  return (plane.call('DescribeSnapshots', input, context).Snapshots ?? []).map(({ SnapshotId }) => SnapshotId);
}

describe('a snapshot', () => {
  it('that is shared with an account is seen there, without the tags of its owner', async () => {
    const plane = aPlane();
    const [one, other] = await withSnapshots(plane);
    plane.call('CreateTags', { Resources: [one], Tags: [{ Key: 'team', Value: 'shop' }] });
    expect(listed(plane, {})).toEqual([]);
    share(plane, one);
    expect(listed(plane, {})).toEqual([one]);
    expect(listed(plane, { SnapshotIds: [other, one] })).toEqual([one]);
    expect(listed(plane, { OwnerIds: ['111122223333'] })).toEqual([one]);
    expect(listed(plane, { OwnerIds: ['self'] })).toEqual([]);
    expect(listed(plane, { RestorableByUserIds: ['self'] })).toEqual([one]);
    expect(listed(plane, { Filters: [{ Name: 'tag:team', Values: ['shop'] }] })).toEqual([]);
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [one] }, consumer).Snapshots).toMatchObject([
      { State: 'completed', Progress: '100%', OwnerId: '111122223333', Tags: [] },
    ]);
    expect(refusal(() => listed(plane, { SnapshotIds: [one, 'snap-00000000000000000'] })).code).toBe(
      'InvalidSnapshot.NotFound',
    );
    plane.call('ModifySnapshotAttribute', {
      SnapshotId: one,
      CreateVolumePermission: { Remove: [{ UserId: consumer.account }] },
    });
    expect(listed(plane, {})).toEqual([]);
  });

  it('is found by its owner by whom it is shared with, and by all where it is public', async () => {
    const plane = aPlane();
    const [one, other] = await withSnapshots(plane);
    const owner = { account: '111122223333' };
    const third = { account: '777788889999' };
    share(plane, one);
    share(plane, other, { GroupNames: ['all'] });
    expect(listed(plane, { RestorableByUserIds: [consumer.account] }, owner)).toEqual([one]);
    expect(listed(plane, { RestorableByUserIds: ['self'] }, owner)).toEqual([one, other]);
    expect(listed(plane, { RestorableByUserIds: ['all'] }, third)).toEqual([other]);
    expect(listed(plane, { RestorableByUserIds: [consumer.account] }, third)).toEqual([]);
    expect(plane.service.inspect.snapshots()).toMatchObject([
      { permissions: [{ UserId: consumer.account }] },
      { permissions: [{ Group: 'all' }] },
    ]);
  });

  it('says whom it is shared with, as late as every change', async () => {
    const plane = aPlane({ changeVisibilityMs: minutes });
    const [SnapshotId] = await withSnapshots(plane);
    const read = () =>
      plane.call('DescribeSnapshotAttribute', { SnapshotId, Attribute: 'createVolumePermission' })
        .CreateVolumePermissions;
    share(plane, SnapshotId);
    share(plane, SnapshotId);
    expect([read(), listed(plane, {})]).toEqual([[], []]);
    await plane.clock.advance(minutes);
    expect([read(), listed(plane, {})]).toEqual([[{ UserId: consumer.account }], [SnapshotId]]);
  });

  it('is shared no more once it is deleted', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    share(plane, SnapshotId);
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    expect(listed(other, {})).toEqual([SnapshotId]);
    other.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    expect(listed(other, {})).toEqual([]);
  });

  it.each([
    [{ UserIds: ['x'] }, 'InvalidParameterValue'],
    [{ GroupNames: ['some'] }, 'InvalidParameterValue'],
    [{ Attribute: 'productCodes' }, 'UnsupportedOperation'],
    [{ Attribute: undefined }, 'MissingParameter'],
    [{ UserIds: [consumer.account], OperationType: undefined }, 'MissingParameter'],
  ])('is not shared by %o: %s', async (input, code) => {
    const plane = aPlane();
    const [one] = await withSnapshots(plane);
    expect(refusal(() => share(plane, one, input)).code).toBe(code);
    expect(plane.service.inspect.snapshots()).toMatchObject([{ permissions: [] }, { permissions: [] }]);
  });

  it("is its owner's to share", async () => {
    const plane = aPlane();
    const [SnapshotId] = await withSnapshots(plane);
    const read = { SnapshotId, Attribute: 'createVolumePermission' } as const;
    expect(refusal(() => plane.call('DescribeSnapshotAttribute', read, consumer)).code).toBe(
      'InvalidSnapshot.NotFound',
    );
  });
});
