import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anImage, anInstance, aPlane, away, home, hours, idOf, imageOf, minutes, refusal } from './plane.ts';

const there = { region: away };
const run = { ImageId: publicImageId(home, 'al2023'), MinCount: 1, MaxCount: 1 };

/** A plane with a failed image named golden. */
async function aFailure(behaviour: Parameters<typeof aPlane>[0]) {
  const plane = aPlane(behaviour);
  const InstanceId = await anInstance(plane);
  plane.service.failNextImage({ region: home, code: 'Client.InternalError', message: 'no', after: minutes });
  plane.call('CreateImage', { InstanceId, Name: 'golden' });
  await plane.clock.advance(minutes);
  return { ...plane, InstanceId };
}

/** An available image at home, and what a call to copy it needs. */
async function aSource(behaviour: Parameters<typeof aPlane>[0]) {
  const plane = aPlane(behaviour);
  const SourceImageId = await anImage(plane);
  plane.call('EnableImageDeprecation', { ImageId: SourceImageId, DeprecateAt: new Date('2027-01-01T00:00:00Z') });
  const copy = (Name: string) =>
    imageOf(plane, idOf(plane.call('CopyImage', { Name, SourceImageId, SourceRegion: home }, there).ImageId), there);
  return { plane, SourceImageId, copy };
}

describe('how long something takes is not documented:', () => {
  it('an instance, to start, to stop and to end, and to be forgotten', async () => {
    const times = { instanceStartMs: 1_000, instanceStopMs: 2_000, instanceTerminateMs: 3_000 };
    const { call, clock } = aPlane({ ...times, terminatedVisibleMs: 4_000 });
    const InstanceIds = [idOf(call('RunInstances', run).Instances?.[0]?.InstanceId)];
    const state = () => call('DescribeInstances', { InstanceIds }).Reservations?.[0]?.Instances?.[0]?.State?.Name;
    await clock.advance(999);
    expect(state()).toBe('pending');
    await clock.advance(1);
    expect(state()).toBe('running');
    call('StopInstances', { InstanceIds });
    await clock.advance(1_999);
    expect(state()).toBe('stopping');
    await clock.advance(1);
    expect(state()).toBe('stopped');
    call('TerminateInstances', { InstanceIds });
    await clock.advance(2_999);
    expect(state()).toBe('shutting-down');
    await clock.advance(1);
    expect(state()).toBe('terminated');
    await clock.advance(4_000);
    expect(refusal(state).code).toBe('InvalidInstanceID.NotFound');
  });

  it('a snapshot, for itself and for each GiB, and a copy of it', async () => {
    const times = { snapshotBaseMs: 1_000, snapshotMsPerGiB: 10, copyBaseMs: 2_000, copyMsPerGiB: 20 };
    const plane = aPlane(times);
    const InstanceId = await anInstance(plane);
    const id = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    await plane.clock.advance(1_079);
    expect(imageOf(plane, id).State).toBe('pending');
    await plane.clock.advance(1);
    expect(imageOf(plane, id).State).toBe('available');
    const request = { Name: 'golden', SourceImageId: id, SourceRegion: home };
    const copy = idOf(plane.call('CopyImage', request, there).ImageId);
    await plane.clock.advance(2_159);
    expect(imageOf(plane, copy, there).State).toBe('pending');
    await plane.clock.advance(1);
    expect(imageOf(plane, copy, there).State).toBe('available');
  });

  it('one snapshot, longer than another by as much as is allowed', async () => {
    const plane = aPlane({ snapshotBaseMs: 100_000, snapshotMsPerGiB: 0, durationSpread: 0.5 });
    const InstanceId = await anInstance(plane);
    const ids = Array.from({ length: 5 }, (_, number) =>
      idOf(plane.call('CreateImage', { InstanceId, Name: `image-${number}` }).ImageId),
    );
    const available = () => ids.filter((id) => imageOf(plane, id).State === 'available').length;
    await plane.clock.advance(99_999);
    expect(available()).toBe(0);
    await plane.clock.advance(25_000);
    expect(available()).toBeGreaterThan(0);
    expect(available()).toBeLessThan(5);
    await plane.clock.advance(25_001);
    expect(available()).toBe(5);
  });

  it('the finding that a key is of no use', async () => {
    const { plane, SourceImageId } = await aSource({ keyCheckMs: 5_000, unusableKmsKeys: ['alias/dr'] });
    const request = { Name: 'golden', SourceImageId, SourceRegion: home, Encrypted: true, KmsKeyId: 'alias/dr' };
    const id = idOf(plane.call('CopyImage', request, there).ImageId);
    await plane.clock.advance(4_999);
    expect(imageOf(plane, id, there).State).toBe('pending');
    await plane.clock.advance(1);
    expect(imageOf(plane, id, there).State).toBe('failed');
  });

  it('the memory of a deregistered image', async () => {
    const plane = aPlane({ deregisteredUnavailableMs: minutes });
    const ImageId = await anImage(plane);
    plane.call('DeregisterImage', { ImageId });
    const again = () => refusal(() => plane.call('DeregisterImage', { ImageId })).code;
    await plane.clock.advance(minutes - 1);
    expect(again()).toBe('InvalidAMIID.Unavailable');
    await plane.clock.advance(1);
    expect(again()).toBe('InvalidAMIID.NotFound');
  });

  it('the memory of a client token', async () => {
    const { call, clock } = aPlane({ clientTokenMemoryMs: minutes });
    const launch = () => call('RunInstances', { ...run, ClientToken: 'once' }).ReservationId;
    const first = launch();
    await clock.advance(minutes - 1);
    expect(launch()).toBe(first);
    await clock.advance(1);
    expect(launch()).not.toBe(first);
  });
});

describe('what becomes of an image is not documented:', () => {
  it('whether a failed one keeps its name', async () => {
    const held = await aFailure({});
    const create = { InstanceId: held.InstanceId, Name: 'golden' };
    expect(refusal(() => held.call('CreateImage', create)).code).toBe('InvalidAMIName.Duplicate');
    const free = await aFailure({ failedImagesHoldName: false });
    expect(free.call('CreateImage', { InstanceId: free.InstanceId, Name: 'golden' })).toHaveProperty('ImageId');
  });

  it('the end of the snapshots of a failed one', async () => {
    const { call, clock } = await aFailure({ failedImageSnapshots: 'complete' });
    await clock.advance(hours);
    expect(call('DescribeSnapshots', {}).Snapshots).toMatchObject([{ State: 'completed' }]);
  });

  it('the end of the snapshots of one that was cancelled', async () => {
    const states = async (behaviour: Parameters<typeof aPlane>[0]) => {
      const plane = aPlane(behaviour);
      const { ImageId } = plane.call('CreateImage', { InstanceId: await anInstance(plane), Name: 'golden' });
      plane.call('DeregisterImage', { ImageId });
      await plane.clock.advance(hours);
      return plane.call('DescribeSnapshots', {}).Snapshots?.map(({ State }) => State);
    };
    expect(await states({})).toEqual(['completed']);
    expect(await states({ cancelledImageSnapshots: 'error' })).toEqual(['error']);
  });

  it('how many of one instance may be made at once without reboot', async () => {
    const plane = aPlane({ concurrentImagesPerInstance: 1 });
    const InstanceId = await anInstance(plane);
    const create = (Name: string) => plane.call('CreateImage', { InstanceId, Name, NoReboot: true });
    create('one');
    expect(refusal(() => create('two')).code).toBe('ConcurrentCreateImageNoRebootLimitExceeded');
    await plane.clock.advance(hours);
    create('two');
  });

  it('the quota of snapshots', async () => {
    const plane = aPlane({ snapshotQuota: 1 });
    const InstanceId = await anInstance(plane, { sizes: [1] });
    expect(refusal(() => plane.call('CreateImage', { InstanceId, Name: 'golden' })).code).toBe('SnapshotLimitExceeded');
  });

  it('the code for one in a state that does not allow the call', async () => {
    const plane = aPlane({ imageStateCode: 'IncorrectState' });
    const ImageId = await anImage(plane);
    plane.call('DisableImage', { ImageId });
    expect(refusal(() => plane.call('RunInstances', { ...run, ImageId })).code).toBe('IncorrectState');
  });

  it('the code for a deprecation in the past', async () => {
    const plane = aPlane({ deprecationDateCode: 'InvalidRequest' });
    const ImageId = await anImage(plane);
    const DeprecateAt = new Date('2020-01-01T00:00:00Z');
    expect(refusal(() => plane.call('EnableImageDeprecation', { ImageId, DeprecateAt })).code).toBe('InvalidRequest');
  });
});

describe('what a copy is like is not documented:', () => {
  it('the code for a source in the wrong state', async () => {
    const plane = aPlane({ copySourceStateCode: 'IncorrectState' });
    const { ImageId } = plane.call('CreateImage', { InstanceId: await anInstance(plane), Name: 'golden' });
    const copy = { Name: 'golden', SourceImageId: ImageId, SourceRegion: home };
    expect(refusal(() => plane.call('CopyImage', copy, there)).code).toBe('IncorrectState');
  });

  it('whether a disabled image has one', async () => {
    const { plane, SourceImageId, copy } = await aSource({});
    plane.call('DisableImage', { ImageId: SourceImageId });
    expect(refusal(() => copy('refused')).code).toBe('InvalidRequest');
    plane.service.setBehaviour({ copyOfDisabledImage: 'allowed' });
    expect(copy('allowed').State).toBe('pending');
  });

  it('its description where none is given', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const source = plane.call('CreateImage', { InstanceId, Name: 'golden', Description: 'of web' });
    const SourceImageId = idOf(source.ImageId);
    await plane.clock.advance(hours);
    const description = (copyDescription: 'none' | 'source' | 'copied-from') => {
      plane.service.setBehaviour({ copyDescription });
      const request = { Name: `golden ${copyDescription}`, SourceImageId, SourceRegion: home };
      return imageOf(plane, idOf(plane.call('CopyImage', request, there).ImageId), there).Description;
    };
    expect(description('none')).toBeUndefined();
    expect(description('source')).toBe('of web');
    expect(description('copied-from')).toBe(`[Copied ${SourceImageId} from ${home}] of web`);
  });

  it('whether it is deprecated when its source is', async () => {
    const { plane, copy } = await aSource({});
    expect(copy('one')).not.toHaveProperty('DeprecationTime');
    plane.service.setBehaviour({ copyKeepsDeprecation: true });
    expect(copy('two').DeprecationTime).toBe('2027-01-01T00:00:00.000Z');
  });

  it('that it is encrypted, which an account may have as its rule', async () => {
    const { plane, copy } = await aSource({});
    const encrypted = (name: string) => copy(name).BlockDeviceMappings?.map(({ Ebs }) => Ebs?.Encrypted);
    expect(encrypted('one')).toEqual([false]);
    plane.service.setBehaviour({ encryptionByDefault: true });
    expect(encrypted('two')).toEqual([true]);
  });
});

describe('how a call is taken is not documented:', () => {
  it('the length of a client token', () => {
    const { call, service } = aPlane();
    const launch = (length: number) => call('RunInstances', { ...run, ClientToken: 'x'.repeat(length) });
    launch(64);
    expect(refusal(() => launch(65)).code).toBe('InvalidClientToken');
    service.setBehaviour({ clientTokenLength: 128 });
    launch(128);
    expect(refusal(() => launch(129)).code).toBe('InvalidClientToken');
  });

  it('the code for a token that was never given out', () => {
    const { call, service } = aPlane();
    const code = () => refusal(() => call('DescribeImages', { NextToken: 'nonsense' })).code;
    expect(code()).toBe('InvalidNextToken');
    service.setBehaviour({ badTokenCode: 'InvalidPaginationToken' });
    expect(code()).toBe('InvalidPaginationToken');
  });

  it('the greatest page of images', () => {
    const { call } = aPlane({ imagesPageMaximum: 10 });
    call('DescribeImages', { MaxResults: 10 });
    expect(refusal(() => call('DescribeImages', { MaxResults: 11 })).code).toBe('InvalidParameterValue');
  });

  it('what an id that was never given out is called', () => {
    const { call } = aPlane({ unknownImageId: 'malformed' });
    const ImageIds = ['ami-0123456789abcdef0'];
    expect(refusal(() => call('DescribeImages', { ImageIds })).code).toBe('InvalidAMIID.Malformed');
  });
});
