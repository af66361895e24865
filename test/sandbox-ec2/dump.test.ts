import { describe, expect, it } from 'vitest';
import { anImage, anInstance, aPlane, away, home, hours, idOf, imageOf, minutes, refusal } from './plane.ts';

describe('a dumped plane', () => {
  it('is plain JSON that another plane goes on from, transitions to come included', async () => {
    const one = aPlane();
    const SourceImageId = await anImage(one);
    const copy = { Name: 'copy', SourceImageId, SourceRegion: home, ClientToken: 'token' };
    const copyId = idOf(one.call('CopyImage', copy, { region: away }).ImageId);
    const InstanceId = await anInstance(one, { sizes: [5] });
    const pendingId = idOf(one.call('CreateImage', { InstanceId, Name: 'pending' }).ImageId);

    const text = JSON.stringify(one.service.dump());
    const other = aPlane();
    other.clock.set(one.clock.now());
    other.service.load(JSON.parse(text));
    expect(JSON.stringify(other.service.dump())).toBe(text);

    expect(imageOf(other, SourceImageId)).toEqual(imageOf(one, SourceImageId));
    expect(imageOf(other, SourceImageId)).toBe(imageOf(other, SourceImageId));
    for (const plane of [one, other]) {
      plane.events.length = 0;
      await plane.clock.advance(hours);
    }
    expect(other.events).toEqual(one.events);
    expect(imageOf(other, copyId, { region: away }).State).toBe('available');
    expect(imageOf(other, pendingId).State).toBe('available');
    expect(other.call('CopyImage', copy, { region: away }).ImageId).toBe(copyId);
    const next = { InstanceId, Name: 'next' };
    expect(other.call('CreateImage', next)).toEqual(one.call('CreateImage', next));
    expect(refusal(() => other.call('CreateImage', next)).code).toBe('InvalidAMIName.Duplicate');
  });

  it('is refused where it is something else', () => {
    expect(() => aPlane().service.load({ format: 'other' })).toThrow(TypeError);
  });

  it('starts anew after a reset, with the same ids for the same calls', async () => {
    const plane = aPlane();
    const first = await anImage(plane);
    plane.call('DeregisterImage', { ImageId: first });
    plane.service.reset();
    plane.events.length = 0;
    await plane.clock.advance(hours);
    expect(plane.events).toEqual([]);
    expect(plane.service.inspect.snapshots()).toEqual([]);
    expect(await anImage(plane)).toBe(first);
  });
});

describe('a plane', () => {
  it('gives other ids and durations for another seed', async () => {
    const ids = await Promise.all([1, 1, 2].map((seed) => anImage(aPlane({}, seed))));
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps accounts and regions apart', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const elsewhere = [{ account: '444455556666' }, { region: away }];
    for (const context of elsewhere) {
      expect(refusal(() => imageOf(plane, id, context)).code).toBe('InvalidAMIID.NotFound');
      expect(plane.call('DescribeSnapshots', {}, context).Snapshots).toEqual([]);
      const InstanceId = await anInstance(plane, { context });
      expect(plane.call('CreateImage', { InstanceId, Name: 'golden' }, context).ImageId).toMatch(/^ami-/);
    }
    expect(plane.service.inspect.images({ account: '111122223333', region: home })).toHaveLength(1);
    expect(plane.service.inspect.images()).toHaveLength(3);
  });

  it('behaves differently in a region where it is told to', async () => {
    const plane = aPlane();
    plane.service.setBehaviour({ imageQuota: 0, imageQuotaCode: 'AMILimitExceeded' }, away);
    const InstanceId = await anInstance(plane, { context: { region: away } });
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'golden' }, { region: away })).code).toBe(
      'AMILimitExceeded',
    );
    await anImage(plane);
  });

  it('knows the regions that exist', () => {
    const { call } = aPlane();
    expect(call('DescribeRegions', { RegionNames: [home] }).Regions).toEqual([
      { RegionName: home, Endpoint: 'ec2.eu-central-1.amazonaws.com', OptInStatus: 'opt-in-not-required' },
    ]);
    expect(call('DescribeRegions', {}).Regions).toHaveLength(17);
    expect(refusal(() => call('DescribeRegions', { RegionNames: ['x'] })).code).toBe('InvalidParameterValue');
  });

  it('lets a snapshot be read in pages and by what it is of', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [1, 2, 3] });
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'one' }).ImageId);
    plane.call('CreateImage', { InstanceId, Name: 'two' });
    const first = plane.call('DescribeSnapshots', { OwnerIds: ['self'], MaxResults: 5 });
    expect(first.Snapshots).toHaveLength(5);
    expect(plane.call('DescribeSnapshots', { MaxResults: 5, NextToken: idOf(first.NextToken) }).Snapshots).toHaveLength(
      3,
    );
    const Filters = [{ Name: 'description', Values: [`Created by CreateImage(*) for ${ImageId}`] }];
    expect(plane.call('DescribeSnapshots', { Filters }).Snapshots).toHaveLength(4);
    await plane.clock.advance(2 * minutes + 12_000);
    const sizes = (status: string) =>
      plane
        .call('DescribeSnapshots', { Filters: [{ Name: 'status', Values: [status] }] })
        .Snapshots?.map(({ VolumeSize }) => VolumeSize);
    expect([sizes('completed'), sizes('pending')]).toEqual([
      [1, 2, 3, 1, 2, 3],
      [8, 8],
    ]);
  });
});
