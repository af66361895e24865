import { describe, expect, it } from 'vitest';
import {
  anImage,
  anInstance,
  aPlane,
  away,
  consumer,
  home,
  hours,
  idOf,
  imageOf,
  minutes,
  refusal,
  snapshotIdsOf,
} from './plane.ts';
import { listed, permissionsOf, share, third } from './sharing.ts';

describe('an image that is shared with an account', () => {
  it('is read there by id, in lists without an owner, and by who may execute it', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane, 'golden', [
      { Key: 'team', Value: 'shop' },
      { Key: 'ec2:SharedTag/stage', Value: 'gold' },
    ]);
    expect(refusal(() => imageOf(plane, ImageId, consumer)).code).toBe('InvalidAMIID.NotFound');
    share(plane, ImageId, consumer.account);
    expect(imageOf(plane, ImageId, consumer)).toMatchObject({
      OwnerId: '111122223333',
      Public: false,
      Tags: [{ Key: 'ec2:SharedTag/stage', Value: 'gold' }],
    });
    expect(imageOf(plane, ImageId, consumer)).toBe(imageOf(plane, ImageId, consumer));
    expect(listed(plane, {})).toContain(ImageId);
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    expect(listed(plane, { Owners: ['111122223333'] })).toEqual([ImageId]);
    expect(listed(plane, { Owners: ['self'] })).toEqual([]);
    expect(listed(plane, { Filters: [{ Name: 'tag:team', Values: ['shop'] }] })).toEqual([]);
    expect(listed(plane, { Filters: [{ Name: 'name', Values: ['golden'] }] })).toEqual([ImageId]);
    expect(listed(plane, { ExecutableUsers: ['self'] }, third)).toEqual([]);
    expect(refusal(() => imageOf(plane, ImageId, third)).code).toBe('InvalidAMIID.NotFound');
    expect(refusal(() => imageOf(plane, ImageId, { ...consumer, region: away })).code).toBe('InvalidAMIID.NotFound');
  });

  it('is found by its owner by whom it is shared with', async () => {
    const plane = aPlane();
    const [one, other] = [await anImage(plane, 'one'), await anImage(plane, 'other')];
    share(plane, one, consumer.account);
    const owner = { account: '111122223333' };
    expect(listed(plane, { ExecutableUsers: [consumer.account] }, owner)).toEqual([one]);
    expect(listed(plane, { ExecutableUsers: ['self'] }, owner)).toEqual([]);
    expect(listed(plane, { Owners: ['self'] }, owner)).toEqual([one, other]);
  });

  it('stands in lists in the order of creation, page by page', async () => {
    const plane = aPlane();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const shared = await anImage(plane, `golden-${name}`);
      share(plane, shared, consumer.account);
      const InstanceId = await anInstance(plane, { context: consumer });
      const own = idOf(plane.call('CreateImage', { InstanceId, Name: `own-${name}` }, consumer).ImageId);
      ids.push(shared, own);
    }
    const Owners = ['self', '111122223333'];
    const seen: (string | undefined)[] = [];
    for (let NextToken: string | undefined, more = true; more; ) {
      const page = plane.call('DescribeImages', { Owners, MaxResults: 2, ...(NextToken && { NextToken }) }, consumer);
      seen.push(...(page.Images ?? []).map(({ ImageId }) => ImageId));
      NextToken = page.NextToken;
      more = NextToken !== undefined;
    }
    expect(seen).toEqual(ids);
  });

  it("is launched there, which its owner's reads by id know of once it is deregistered", async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const run = () => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    expect(refusal(run).code).toBe('InvalidAMIID.NotFound');
    share(plane, ImageId, consumer.account);
    const { OwnerId, Instances: [instance] = [] } = run();
    expect(OwnerId).toBe(consumer.account);
    expect(instance).toMatchObject({ ImageId });
    plane.call('DeregisterImage', { ImageId });
    expect(refusal(run).code).toBe('InvalidAMIID.NotFound');
    const read = () => plane.call('DescribeImages', { ImageIds: [ImageId] }).Images;
    expect(read()).toEqual([]);
    plane.call('TerminateInstances', { InstanceIds: [idOf(instance?.InstanceId)] }, consumer);
    await plane.clock.advance(minutes);
    expect(refusal(read).code).toBe('InvalidAMIID.NotFound');
  });

  it('can still be seen for a while after it is deregistered, and not be launched', async () => {
    const plane = aPlane({ deregisteredListedMs: minutes });
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    plane.call('DeregisterImage', { ImageId });
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    const run = () => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    expect(refusal(run).code).toBe('InvalidAMIID.Unavailable');
    await plane.clock.advance(minutes);
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([]);
  });

  it('gives volumes under the key of who launches it', async () => {
    const plane = aPlane();
    const copy = { Name: 'encrypted', SourceImageId: await anImage(plane), SourceRegion: home };
    const ImageId = idOf(plane.call('CopyImage', { ...copy, Encrypted: true, KmsKeyId: 'alias/shop' }).ImageId);
    await plane.clock.advance(hours);
    share(plane, ImageId, consumer.account);
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    expect(plane.service.inspect.volumes(consumer)).toMatchObject([
      { volume: { Encrypted: true, KmsKeyId: expect.stringContaining(`:${consumer.account}:`) } },
    ]);
  });

  it('is copied there only if its snapshots are shared, too', async () => {
    const plane = aPlane();
    const SourceImageId = await anImage(plane, 'golden', [{ Key: 'team', Value: 'shop' }]);
    share(plane, SourceImageId, consumer.account);
    const copy = () =>
      plane.call('CopyImage', { Name: 'copy', SourceImageId, SourceRegion: home, CopyImageTags: true }, consumer);
    expect(refusal(copy)).toEqual({
      code: 'InvalidRequest',
      message: 'You do not have permission to access the storage of this ami',
    });
    for (const SnapshotId of snapshotIdsOf(imageOf(plane, SourceImageId))) {
      plane.call('ModifySnapshotAttribute', {
        SnapshotId,
        CreateVolumePermission: { Add: [{ UserId: consumer.account }] },
      });
    }
    const copied = idOf(copy().ImageId);
    await plane.clock.advance(hours);
    expect(imageOf(plane, copied, consumer)).toMatchObject({ State: 'available', OwnerId: consumer.account, Tags: [] });
  });

  it('can not be changed there', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    const changes = [
      () => plane.call('DisableImage', { ImageId }, consumer),
      () => plane.call('DeregisterImage', { ImageId }, consumer),
      () => plane.call('DescribeImageAttribute', { ImageId, Attribute: 'launchPermission' }, consumer),
      () => plane.call('CreateTags', { Resources: [ImageId], Tags: [{ Key: 'a', Value: 'b' }] }, consumer),
    ];
    for (const change of changes) expect(refusal(change).code).toBe('AuthFailure');
  });

  it('is hidden there once it is deprecated, but for reads that ask for it', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    plane.call('EnableImageDeprecation', { ImageId, DeprecateAt: new Date(plane.clock.now() + hours) });
    await plane.clock.advance(2 * hours);
    const Owners = ['111122223333'];
    expect(listed(plane, { Owners })).toEqual([]);
    expect(listed(plane, { Owners, IncludeDeprecated: true })).toEqual([ImageId]);
    expect(listed(plane, { ImageIds: [ImageId] })).toEqual([ImageId]);
  });

  it('is private again once it is disabled, and stays so when it is enabled', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } });
    plane.call('DisableImage', { ImageId });
    expect([permissionsOf(plane, ImageId), imageOf(plane, ImageId).Public]).toEqual([[], false]);
    expect(refusal(() => imageOf(plane, ImageId, consumer)).code).toBe('InvalidAMIID.NotFound');
    expect(refusal(() => share(plane, ImageId, consumer.account))).toEqual({
      code: 'InvalidAMIID.Unavailable',
      message: `The image ID '${ImageId}' is not available: it is in state 'disabled'`,
    });
    plane.call('EnableImage', { ImageId });
    expect([permissionsOf(plane, ImageId), imageOf(plane, ImageId).Public]).toEqual([[], false]);
    expect(plane.service.inspect.images()).toMatchObject([{ permissions: [] }]);
  });

  it('is seen there as late as every change', async () => {
    const plane = aPlane({ changeVisibilityMs: minutes });
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    expect([permissionsOf(plane, ImageId), listed(plane, { ExecutableUsers: ['self'] })]).toEqual([[], []]);
    await plane.clock.advance(minutes);
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    plane.call('ResetImageAttribute', { ImageId, Attribute: 'launchPermission' });
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    await plane.clock.advance(minutes);
    expect([permissionsOf(plane, ImageId), listed(plane, { ExecutableUsers: ['self'] })]).toEqual([[], []]);
  });

  it('stays shared in a state that is loaded, and is not after a reset', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    const other = aPlane();
    other.clock.set(plane.clock.now());
    const text = JSON.stringify(plane.service.dump());
    other.service.load(JSON.parse(text));
    expect(JSON.stringify(other.service.dump())).toBe(text);
    expect(imageOf(other, ImageId, consumer).ImageId).toBe(ImageId);
    other.service.reset();
    expect(listed(other, { ExecutableUsers: ['self'] })).toEqual([]);
  });
});
