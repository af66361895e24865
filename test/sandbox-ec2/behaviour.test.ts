import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anImage, anInstance, aPlane, away, home, hours, idOf, imageOf, minutes, refusal } from './plane.ts';

const there = { region: away };
const stranger = { account: '444455556666' };

describe('what EC2 does not document', () => {
  it('is which tag wins where a copied one and one of the call have the same key', async () => {
    const plane = aPlane({ copyTagPrecedence: 'source' });
    const SourceImageId = await anImage(plane, 'golden', [{ Key: 'a', Value: 'source' }]);
    const TagSpecifications = [{ ResourceType: 'image' as const, Tags: [{ Key: 'a', Value: 'call' }] }];
    const copy = { SourceImageId, SourceRegion: home, CopyImageTags: true, TagSpecifications };
    const tags = (Name: string) =>
      imageOf(plane, idOf(plane.call('CopyImage', { ...copy, Name }, there).ImageId), there).Tags;
    expect(tags('one')).toEqual([{ Key: 'a', Value: 'source' }]);
    plane.service.setBehaviour({ copyTagPrecedence: 'call' });
    expect(tags('two')).toEqual([{ Key: 'a', Value: 'call' }]);
  });

  it('is the code of one copy too many', async () => {
    const plane = aPlane({ concurrentCopies: 0, concurrentCopiesCode: 'RequestLimitExceeded' });
    const SourceImageId = await anImage(plane);
    const copy = () => plane.call('CopyImage', { Name: 'copy', SourceImageId, SourceRegion: home }, there);
    expect(refusal(copy).code).toBe('RequestLimitExceeded');
  });

  it('is whether a page of instances counts reservations', () => {
    const plane = aPlane({ instancePageUnit: 'reservations' });
    for (let launch = 0; launch < 6; launch += 1) {
      plane.call('RunInstances', { ImageId: publicImageId(home, 'al2023'), MinCount: 2, MaxCount: 2 });
    }
    const first = plane.call('DescribeInstances', { MaxResults: 5 });
    const second = plane.call('DescribeInstances', { MaxResults: 5, NextToken: idOf(first.NextToken) });
    const sizes = ({ Reservations = [] }: typeof first) => Reservations.map(({ Instances = [] }) => Instances.length);
    expect([sizes(first), sizes(second), second.NextToken]).toEqual([[2, 2, 2, 2, 2], [2], undefined]);
  });

  it('is whether an image waits for the last of its snapshots', async () => {
    const plane = aPlane({ imageAvailableOnce: 'first-snapshot' });
    const InstanceId = await anInstance(plane, { sizes: [1_000] });
    const id = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    await plane.clock.advance(5 * minutes);
    const states = () => plane.call('DescribeSnapshots', {}).Snapshots?.map(({ State }) => State);
    expect([imageOf(plane, id).State, states()]).toEqual(['available', ['completed', 'pending']]);
    await plane.clock.advance(2 * hours);
    expect(states()).toEqual(['completed', 'completed']);
  });

  it('is whether the private image of another account reads as if it did not exist', async () => {
    const plane = aPlane();
    const SourceImageId = await anImage(plane);
    const read = () => plane.call('DescribeImages', { ImageIds: [SourceImageId] }, stranger);
    const copy = () => plane.call('CopyImage', { Name: 'copy', SourceImageId, SourceRegion: home }, stranger);
    const change = () => plane.call('DisableImage', { ImageId: SourceImageId }, stranger);
    const codes = () => [read, copy, change].map((act) => refusal(act).code);
    expect(codes()).toEqual(['InvalidAMIID.NotFound', 'InvalidAMIID.NotFound', 'InvalidAMIID.NotFound']);
    plane.service.setBehaviour({ foreignPrivateImage: 'denied' });
    expect(codes()).toEqual(['AuthFailure', 'AuthFailure', 'AuthFailure']);
  });

  it('is what one tag too many is told', async () => {
    const plane = aPlane({ tagLimitMessage: 'no more' });
    const Resources = [await anImage(plane)];
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(refusal(() => plane.call('CreateTags', { Resources, Tags }))).toEqual({
      code: 'TagLimitExceeded',
      message: 'no more',
    });
  });

  it('is how long a failed image stays listed', async () => {
    const plane = aPlane({ failedImagesListedMs: hours });
    const InstanceId = await anInstance(plane);
    plane.service.failNextImage({ region: home, code: 'Client.InternalError', message: 'no', after: minutes });
    const create = () => idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    const id = create();
    await plane.clock.advance(minutes + hours - 1);
    expect(imageOf(plane, id).State).toBe('failed');
    await plane.clock.advance(1);
    expect(refusal(() => imageOf(plane, id)).code).toBe('InvalidAMIID.NotFound');
    expect(plane.events.map(({ detail }) => detail)).toMatchObject([{ State: 'failed' }]);
    expect(create()).not.toBe(id);
  });
});
