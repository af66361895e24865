import type { Image } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { anImage, anInstance, aPlane, home, idOf, imageOf, minutes, type PlaneUnderTest, refusal } from './plane.ts';

const unknown = (digit: string) => `ami-${digit.repeat(17)}`;

/** `count` images of one instance, all in progress, tagged with their number. */
async function withImages(plane: PlaneUnderTest, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const InstanceId = await anInstance(plane);
    const { ImageId } = plane.call('CreateImage', {
      InstanceId,
      Name: `image-${index}`,
      TagSpecifications: [
        {
          ResourceType: 'image',
          Tags: [
            { Key: 'parity', Value: index % 2 ? 'odd' : 'even' },
            { Key: 'n', Value: String(index) },
          ],
        },
      ],
    });
    ids.push(idOf(ImageId));
  }
  return ids;
}

function pages(plane: PlaneUnderTest, MaxResults: number): string[][] {
  const all: string[][] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = plane.call('DescribeImages', { Owners: ['self'], MaxResults, ...(NextToken && { NextToken }) });
    all.push((page.Images ?? []).map(({ ImageId = '' }) => ImageId));
    NextToken = page.NextToken;
    if (!NextToken) return all;
  }
}

describe('DescribeImages', () => {
  it('gives the same object for an image that did not change, and another once it did', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const first = imageOf(plane, id);
    expect(imageOf(plane, id)).toBe(first);
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images?.[0]).toBe(first);
    plane.call('CreateTags', { Resources: [id], Tags: [{ Key: 'x', Value: 'y' }] });
    expect(imageOf(plane, id)).not.toBe(first);
    expect(first.Tags).toEqual([]);
    expect(Object.isFrozen(first) && Object.isFrozen(first.BlockDeviceMappings?.[0]?.Ebs)).toBe(true);
  });

  it('has no undefined member in an image, and empty lists where there is nothing', async () => {
    const plane = aPlane();
    const image = imageOf(plane, await anImage(plane));
    expect(Object.values(image)).not.toContain(undefined);
    expect(image).toMatchObject({ Tags: [], ProductCodes: [] });
  });

  it('lists own and public images without owners, own ones for self, and public ones for amazon', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const listed = (Owners: string[]) =>
      (plane.call('DescribeImages', { Owners, IncludeDeprecated: true }).Images ?? []).map(({ ImageId }) => ImageId);
    expect(listed(['self'])).toEqual([id]);
    expect(listed(['111122223333'])).toEqual([id]);
    expect(listed(['amazon'])).toContain(publicImageId(home, 'al2023'));
    expect(listed(['amazon'])).not.toContain(id);
    expect(listed([])).toEqual([...listed(['amazon']), id]);
    expect(plane.call('DescribeImages', { Owners: ['self'] }, { account: '444455556666' }).Images).toEqual([]);
  });

  it.each(['2026-11-29T00:00:00Z', '2028-02-29T23:59:59Z', '2041-01-01T00:00:00Z'])(
    'lists the public images of last month to a sandbox that begins at %s',
    async (moment) => {
      const clock = new VirtualClock(Date.parse(moment));
      const input = { Owners: ['amazon'] };
      const asked = {
        service: 'ec2',
        operation: 'DescribeImages',
        region: home,
        account: '111122223333',
        input,
      } as const;
      const { Images = [] }: { Images?: Image[] } = await createSandbox({ clock, seed: 1 }).call(asked);
      const days = Images.map(({ CreationDate = '' }) => (clock.now() - Date.parse(CreationDate)) / 86_400_000);
      expect(days.map(Math.floor)).toEqual([30, 30, 30]);
      for (const { DeprecationTime = '' } of Images) expect(Date.parse(DeprecationTime)).toBeGreaterThan(clock.now());
    },
  );

  it('fails the whole call for one unknown or malformed id', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const read = (...ImageIds: string[]) => refusal(() => plane.call('DescribeImages', { ImageIds }));
    expect(read(id, unknown('0'))).toEqual({
      code: 'InvalidAMIID.NotFound',
      message: `The image id '[${unknown('0')}]' does not exist`,
    });
    expect(read(unknown('0'), unknown('1')).message).toBe(
      `The image ids '[${unknown('0')}, ${unknown('1')}]' do not exist`,
    );
    expect(read(unknown('0'), 'ami-x', 'y')).toEqual({
      code: 'InvalidAMIID.Malformed',
      message: 'Invalid id: "ami-x" (expecting "ami-...")',
    });
    expect(refusal(() => imageOf(plane, id, { account: '444455556666' })).code).toBe('InvalidAMIID.NotFound');
  });

  it('takes an empty list of ids for all images', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    expect(plane.call('DescribeImages', { ImageIds: [], Owners: ['self'] }).Images).toMatchObject([{ ImageId: id }]);
  });

  it('refuses ids together with MaxResults, and a MaxResults out of range', () => {
    const { call } = aPlane();
    expect(refusal(() => call('DescribeImages', { ImageIds: [unknown('0')], MaxResults: 0 }))).toEqual({
      code: 'InvalidParameterCombination',
      message: 'The parameter imageIdsSet cannot be used with the parameter maxResults',
    });
    expect(refusal(() => call('DescribeImages', { MaxResults: 0 })).code).toBe('InvalidParameterValue');
    expect(refusal(() => call('DescribeImages', { MaxResults: 1_001 })).code).toBe('InvalidParameterValue');
  });

  it('pages in the order of creation, and gives no token with the last page', async () => {
    const plane = aPlane();
    const ids = await withImages(plane, 6);
    expect(pages(plane, 4)).toEqual([ids.slice(0, 4), ids.slice(4)]);
    expect(pages(plane, 3)).toEqual([ids.slice(0, 3), ids.slice(3)]);
  });

  it('loses and doubles no image where others go and come between two pages', async () => {
    const plane = aPlane();
    const ids = await withImages(plane, 6);
    const first = plane.call('DescribeImages', { Owners: ['self'], MaxResults: 3 });
    plane.call('DeregisterImage', { ImageId: ids[0] ?? '' });
    plane.call('DeregisterImage', { ImageId: ids[2] ?? '' });
    const rest = plane.call('DescribeImages', { Owners: ['self'], MaxResults: 10, NextToken: idOf(first.NextToken) });
    expect(rest.Images?.map(({ ImageId }) => ImageId)).toEqual(ids.slice(3));
  });

  it('gives short and empty pages with a token where the behaviour says so', async () => {
    const plane = aPlane({ pageFill: 'uneven' });
    const ids = await withImages(plane, 7);
    const seen = pages(plane, 4);
    expect(seen.map(({ length }) => length)).toEqual([2, 0, 4, 1]);
    expect(seen.flat()).toEqual(ids);
  });

  it.each(['nonsense', Buffer.from('DescribeSnapshots/1/1').toString('base64url')])(
    'refuses the token %s',
    (NextToken) => {
      expect(refusal(() => aPlane().call('DescribeImages', { NextToken })).code).toBe('InvalidNextToken');
    },
  );

  it('finds images by tag, also once the tags changed, and keeps their order', async () => {
    const plane = aPlane();
    const ids = await withImages(plane, 4);
    const odd = () =>
      (plane.call('DescribeImages', { Filters: [{ Name: 'tag:parity', Values: ['odd'] }] }).Images ?? []).map(
        ({ ImageId }) => ImageId,
      );
    expect(odd()).toEqual([ids[1], ids[3]]);
    plane.call('CreateTags', { Resources: [ids[2] ?? ''], Tags: [{ Key: 'parity', Value: 'odd' }] });
    plane.call('DeleteTags', { Resources: [ids[1] ?? ''], Tags: [{ Key: 'parity' }] });
    expect(odd()).toEqual([ids[2], ids[3]]);
  });

  it('takes values of a filter as alternatives and filters together', async () => {
    const plane = aPlane();
    const ids = await withImages(plane, 4);
    const { Images = [] } = plane.call('DescribeImages', {
      Filters: [
        { Name: 'tag:n', Values: ['3', '0', '1'] },
        { Name: 'tag:parity', Values: ['odd'] },
      ],
    });
    expect(Images.map(({ ImageId }) => ImageId)).toEqual([ids[1], ids[3]]);
  });

  it('finds the images that are made of a snapshot', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    const snapshotId = idOf(imageOf(plane, id).BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
    const { Images } = plane.call('DescribeImages', {
      Filters: [{ Name: 'block-device-mapping.snapshot-id', Values: [snapshotId] }],
    });
    expect(Images).toMatchObject([{ ImageId: id }]);
  });

  it('hides disabled images from lists unless they are asked for, but not from reads by id', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    plane.call('DisableImage', { ImageId: id });
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images).toEqual([]);
    expect(plane.call('DescribeImages', { Owners: ['self'], IncludeDisabled: true }).Images).toMatchObject([
      { ImageId: id, State: 'disabled' },
    ]);
    expect(imageOf(plane, id).State).toBe('disabled');
  });

  it('always shows owners their deprecated images', async () => {
    const plane = aPlane();
    const id = await anImage(plane);
    plane.call('EnableImageDeprecation', { ImageId: id, DeprecateAt: new Date(plane.clock.now()) });
    await plane.clock.advance(minutes);
    expect(plane.call('DescribeImages', { Owners: ['self'] }).Images).toMatchObject([
      { ImageId: id, State: 'available' },
    ]);
  });

  it('does not know a new image for as long as the behaviour says', async () => {
    const plane = aPlane({ createVisibilityMs: 5_000 });
    const InstanceId = await anInstance(plane);
    const id = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    const tag = () => plane.call('CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] });
    expect(refusal(() => imageOf(plane, id)).code).toBe('InvalidAMIID.NotFound');
    expect(refusal(tag).code).toBe('InvalidAMIID.NotFound');
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'golden' })).message).toContain(id);
    await plane.clock.advance(5_000);
    tag();
    expect(imageOf(plane, id).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  });

  it('shows old tags and old matches for as long as the behaviour says', async () => {
    const plane = aPlane({ changeVisibilityMs: 5_000 });
    const id = await anImage(plane, 'golden', [{ Key: 'stage', Value: 'old' }]);
    await plane.clock.advance(minutes);
    plane.call('CreateTags', { Resources: [id], Tags: [{ Key: 'stage', Value: 'new' }] });
    const found = (value: string): Image[] | undefined =>
      plane.call('DescribeImages', { Filters: [{ Name: 'tag:stage', Values: [value] }] }).Images;
    expect([found('old')?.length, found('new')?.length]).toEqual([1, 0]);
    await plane.clock.advance(5_000);
    expect([found('old')?.length, found('new')?.length]).toEqual([0, 1]);
  });

  it('names no snapshots of a pending image where the behaviour says so', async () => {
    const plane = aPlane({ pendingImageMappings: 'without-snapshots' });
    const InstanceId = await anInstance(plane);
    const id = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    expect(imageOf(plane, id).BlockDeviceMappings?.[0]?.Ebs).not.toHaveProperty('SnapshotId');
    await plane.clock.advance(10 * minutes);
    expect(imageOf(plane, id).BlockDeviceMappings?.[0]?.Ebs).toHaveProperty('SnapshotId');
  });
});
