import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import {
  anImage,
  anInstance,
  aPlane,
  away,
  home,
  hours,
  idOf,
  imageOf,
  minutes,
  refusal,
  snapshotIdsOf,
} from './plane.ts';

const there = { region: away };

async function aSource(behaviour: Parameters<typeof aPlane>[0] = {}) {
  const plane = aPlane(behaviour);
  const SourceImageId = await anImage(plane, 'golden', [{ Key: 'a', Value: 'source' }]);
  return { plane, copy: { Name: 'golden', SourceImageId, SourceRegion: home } };
}

describe('CopyImage', () => {
  it('makes a pending image in the region it is called in, which becomes available there', async () => {
    const { plane, copy } = await aSource();
    const id = idOf(plane.call('CopyImage', copy, there).ImageId);
    const image = imageOf(plane, id, there);
    expect(image).toMatchObject({
      State: 'pending',
      SourceImageId: copy.SourceImageId,
      SourceImageRegion: home,
      Tags: [],
    });
    expect(image).not.toHaveProperty('SourceInstanceId');
    await plane.clock.advance(hours);
    expect(imageOf(plane, id, there).State).toBe('available');
    expect(plane.events.at(-1)).toMatchObject({ region: away, detail: { ImageId: id, State: 'available' } });
  });

  it('describes its snapshots as copies, with the time of the task', async () => {
    const { plane, copy } = await aSource();
    const [source = ''] = snapshotIdsOf(imageOf(plane, copy.SourceImageId));
    const now = plane.clock.now().toLocaleString('en-US');
    const id = idOf(plane.call('CopyImage', copy, there).ImageId);
    expect(plane.call('DescribeSnapshots', {}, there).Snapshots).toMatchObject([
      {
        Description: `Copied for DestinationAmi ${id} from SourceAmi ${copy.SourceImageId} for SourceSnapshot ${source}. Task created on ${now}.`,
        VolumeId: 'vol-ffffffff',
        TransferType: 'standard',
      },
    ]);
  });

  it('answers a repeated token with the same id, even once that image is dead', async () => {
    const { plane, copy } = await aSource();
    const input = { ...copy, ClientToken: 'token' };
    const first = plane.call('CopyImage', input, there).ImageId;
    expect(plane.call('CopyImage', input, there).ImageId).toBe(first);
    plane.call('DeregisterImage', { ImageId: idOf(first) }, there);
    expect(plane.call('CopyImage', input, there).ImageId).toBe(first);
    expect(plane.call('CopyImage', { ...input, ClientToken: 'other' }, there).ImageId).not.toBe(first);
  });

  it('refuses a token that came with other parameters', async () => {
    const { plane, copy } = await aSource();
    plane.call('CopyImage', { ...copy, ClientToken: 'token' }, there);
    const other = { ...copy, Name: 'other', ClientToken: 'token' };
    expect(refusal(() => plane.call('CopyImage', other, there)).code).toBe('IdempotentParameterMismatch');
  });

  it('leaves a token unused where the call is refused', async () => {
    const { plane, copy } = await aSource({ concurrentCopies: 0 });
    const input = { ...copy, ClientToken: 'token' };
    expect(refusal(() => plane.call('CopyImage', input, there)).code).toBe('ResourceLimitExceeded');
    plane.service.setBehaviour({ concurrentCopies: 1 }, away);
    expect(plane.call('CopyImage', input, there).ImageId).toMatch(/^ami-/);
  });

  it('copies the tags of the image on demand, to the image only, and lets tags of the call win', async () => {
    const { plane, copy } = await aSource();
    plane.call('CreateTags', { Resources: [copy.SourceImageId], Tags: [{ Key: 'b', Value: 'source' }] });
    const { ImageId } = plane.call(
      'CopyImage',
      {
        ...copy,
        CopyImageTags: true,
        TagSpecifications: [
          { ResourceType: 'image', Tags: [{ Key: 'b', Value: 'call' }] },
          { ResourceType: 'snapshot', Tags: [{ Key: 'c', Value: 'call' }] },
        ],
      },
      there,
    );
    expect(imageOf(plane, idOf(ImageId), there).Tags).toEqual([
      { Key: 'a', Value: 'source' },
      { Key: 'b', Value: 'call' },
    ]);
    expect(plane.call('DescribeSnapshots', {}, there).Snapshots?.[0]?.Tags).toEqual([{ Key: 'c', Value: 'call' }]);
  });

  it('encrypts on demand, and never takes encryption away', async () => {
    const { plane, copy } = await aSource();
    const plain = plane.call('CopyImage', copy, there).ImageId;
    const encrypted = plane.call('CopyImage', { ...copy, Name: 'encrypted', Encrypted: true }, there).ImageId;
    await plane.clock.advance(hours);
    const again = plane.call('CopyImage', {
      Name: 'again',
      SourceImageId: idOf(encrypted),
      SourceRegion: away,
      Encrypted: false,
    }).ImageId;
    const isEncrypted = (id: string | undefined, context = there) =>
      imageOf(plane, idOf(id), context).BlockDeviceMappings?.map(({ Ebs }) => Ebs?.Encrypted);
    expect([isEncrypted(plain), isEncrypted(encrypted), isEncrypted(again, { region: home })]).toEqual([
      [false],
      [true],
      [true],
    ]);
  });

  it('refuses a key without encryption', async () => {
    const { plane, copy } = await aSource();
    expect(refusal(() => plane.call('CopyImage', { ...copy, KmsKeyId: 'alias/dr' }, there)).code).toBe(
      'InvalidParameterDependency',
    );
  });

  it.each([
    ['does not exist', { kmsKeys: { [away]: ['alias/other'] } }],
    ["can't be used", { unusableKmsKeys: ['alias/dr'] }],
  ])('finds out later, and fails then, that the key %s', async (_, behaviour) => {
    const { plane, copy } = await aSource();
    plane.service.setBehaviour(behaviour, away);
    const id = idOf(plane.call('CopyImage', { ...copy, Encrypted: true, KmsKeyId: 'alias/dr' }, there).ImageId);
    expect(imageOf(plane, id, there).State).toBe('pending');
    await plane.clock.advance(minutes);
    expect(imageOf(plane, id, there)).toMatchObject({
      State: 'failed',
      StateReason: { Message: 'Copy image failed with an internal error' },
    });
    expect(plane.call('DescribeSnapshots', {}, there).Snapshots).toMatchObject([
      {
        State: 'error',
        StateMessage: 'Given key ID is not accessible. You must have DescribeKey permissions on the default CMK',
      },
    ]);
    expect(plane.events.at(-1)).toMatchObject({
      detail: { State: 'failed', ErrorMessage: 'Copy image failed with an internal error' },
    });
  });

  it('finds out about its key in any case, also where it would take no time', async () => {
    const { plane, copy } = await aSource({ copyBaseMs: 1, copyMsPerGiB: 0 });
    plane.service.setBehaviour({ unusableKmsKeys: ['alias/dr'] });
    const id = idOf(plane.call('CopyImage', { ...copy, Encrypted: true, KmsKeyId: 'alias/dr' }, there).ImageId);
    await plane.clock.advance(1);
    expect(imageOf(plane, id, there).State).toBe('failed');
  });

  it('wants a source that is available', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const SourceImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    const copy = () => plane.call('CopyImage', { Name: 'copy', SourceImageId, SourceRegion: home }, there);
    expect(refusal(copy).code).toBe('InvalidRequest');
    await plane.clock.advance(hours);
    plane.call('DisableImage', { ImageId: SourceImageId });
    expect(refusal(copy).code).toBe('InvalidRequest');
    plane.call('EnableImage', { ImageId: SourceImageId });
    expect(copy().ImageId).toMatch(/^ami-/);
  });

  it('knows no private image of another account, but every public one', async () => {
    const { plane, copy } = await aSource();
    const stranger = { account: '444455556666', region: away };
    expect(refusal(() => plane.call('CopyImage', copy, stranger))).toEqual({
      code: 'InvalidAMIID.NotFound',
      message: `The image id '[${copy.SourceImageId}]' does not exist`,
    });
    const SourceImageId = publicImageId(home, 'ubuntu-24.04');
    expect(plane.call('CopyImage', { ...copy, SourceImageId }, stranger).ImageId).toMatch(/^ami-/);
  });

  it('refuses a source region that does not exist', async () => {
    const { plane, copy } = await aSource();
    expect(refusal(() => plane.call('CopyImage', { ...copy, SourceRegion: 'eu-moon-1' }, there)).code).toBe(
      'InvalidRegion',
    );
  });

  it('holds the number of copies, and on demand of snapshots, in progress into a region', async () => {
    const { plane, copy } = await aSource({ concurrentCopies: 2 });
    plane.call('CopyImage', { ...copy, Name: 'one' }, there);
    plane.call('CopyImage', { ...copy, Name: 'two' }, there);
    const third = () => plane.call('CopyImage', { ...copy, Name: 'three' }, there);
    expect(refusal(third).code).toBe('ResourceLimitExceeded');
    plane.service.setBehaviour({ concurrentCopies: 300, concurrentSnapshotCopies: 2 }, away);
    expect(refusal(third).message).toBe(
      'Too many snapshot copies in progress. The limit is 2 for this destination region.',
    );
    await plane.clock.advance(hours);
    expect(third().ImageId).toMatch(/^ami-/);
  });

  it.each([14, 20, 2_895])(
    'refuses a completion target of %d minutes',
    async (SnapshotCopyCompletionDurationMinutes) => {
      const { plane, copy } = await aSource();
      expect(
        refusal(() => plane.call('CopyImage', { ...copy, SnapshotCopyCompletionDurationMinutes }, there)).code,
      ).toBe('InvalidParameterValue');
    },
  );
});
