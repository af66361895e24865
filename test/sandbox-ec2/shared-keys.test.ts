import { describe, expect, it } from 'vitest';
import { type Ec2Behaviour, publicImageId } from '../../sandbox/ec2/index.ts';
import { aPlane, away, consumer, home, hours, idOf, imageOf, minutes, refusal, snapshotIdsOf } from './plane.ts';
import { share } from './sharing.ts';

const OWNERS_KEY = `arn:aws:kms:${home}:111122223333:key/0d1e2f30-0000-4000-8000-000000000001`;

/** A plane with an available image whose root volume is encrypted under a key. */
async function encryptedUnder(KmsKeyId: string | undefined, behaviour: Partial<Ec2Behaviour> = {}) {
  const plane = aPlane(behaviour);
  const Ebs = { Encrypted: true, ...(KmsKeyId && { KmsKeyId }) };
  const { Instances: [instance] = [] } = plane.call('RunInstances', {
    ImageId: publicImageId(home, 'al2023'),
    MinCount: 1,
    MaxCount: 1,
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }],
  });
  await plane.clock.advance(minutes);
  const made = plane.call('CreateImage', { InstanceId: idOf(instance?.InstanceId), Name: 'golden', NoReboot: true });
  await plane.clock.advance(hours);
  const ImageId = idOf(made.ImageId);
  const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
  const shareSnapshot = () =>
    plane.call('ModifySnapshotAttribute', {
      SnapshotId,
      CreateVolumePermission: { Add: [{ UserId: consumer.account }] },
    });
  return { plane, ImageId, SnapshotId, shareSnapshot };
}

/** The copy that the other account makes once image and snapshot are shared with it, an hour later. */
async function copied(behaviour: Partial<Ec2Behaviour>, key: object = { Encrypted: true, KmsKeyId: 'alias/vault' }) {
  const { plane, ImageId, shareSnapshot } = await encryptedUnder(OWNERS_KEY, behaviour);
  share(plane, ImageId, consumer.account);
  shareSnapshot();
  const there = { ...consumer, region: away };
  const input = { Name: 'copy', SourceImageId: ImageId, SourceRegion: home, ...key };
  const id = idOf(plane.call('CopyImage', input, there).ImageId);
  const first = imageOf(plane, id, there).State;
  await plane.clock.advance(hours);
  const [snapshot] = plane.call('DescribeSnapshots', { OwnerIds: ['self'] }, there).Snapshots ?? [];
  return { first, image: imageOf(plane, id, there), snapshot };
}

describe('an encrypted image that is shared', () => {
  it('under the key that AWS keeps for EBS is refused at once', async () => {
    const { plane, ImageId, SnapshotId, shareSnapshot } = await encryptedUnder(undefined);
    expect(refusal(shareSnapshot)).toEqual({
      code: 'OperationNotPermitted',
      message: 'Encrypted snapshots with EBS default key cannot be shared',
    });
    expect(refusal(() => share(plane, ImageId, consumer.account))).toEqual({
      code: 'InvalidParameter',
      message: "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    });
    const Remove = [{ UserId: consumer.account }];
    plane.call('ModifySnapshotAttribute', { SnapshotId, CreateVolumePermission: { Remove } });
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Remove } });
  });

  it('is copied under the key of the account that copies it', async () => {
    const { image, snapshot } = await copied({ kmsKeyUsers: { [OWNERS_KEY]: [consumer.account] } });
    expect(image).toMatchObject({ State: 'available', OwnerId: consumer.account });
    expect(snapshot?.KmsKeyId).toMatch(`arn:aws:kms:${away}:${consumer.account}:key/`);
    const unnamed = await copied({ kmsKeyUsers: { [OWNERS_KEY]: [consumer.account] } }, {});
    expect(unnamed.snapshot).toMatchObject({ Encrypted: true });
    expect(unnamed.snapshot?.KmsKeyId).toMatch(`arn:aws:kms:${away}:${consumer.account}:key/`);
  });

  it('fails late where its key lets nobody else use it', async () => {
    const { first, image, snapshot } = await copied({ kmsKeyUsers: { [OWNERS_KEY]: ['777788889999'] } });
    expect([first, image.State]).toEqual(['pending', 'failed']);
    expect(snapshot).toMatchObject({
      State: 'error',
      StateMessage: 'Given key ID is not accessible. You must have DescribeKey permissions on the default CMK',
    });
  });

  it('needs a key that the account that copies it has', async () => {
    const kmsKeyUsers = { [OWNERS_KEY]: [consumer.account] };
    const keysOf = (account: string) => ({ [`${account}/${away}`]: ['alias/vault'], [away]: [], [home]: [OWNERS_KEY] });
    expect((await copied({ kmsKeyUsers, kmsKeys: keysOf('111122223333') })).image.State).toBe('failed');
    expect((await copied({ kmsKeyUsers, kmsKeys: keysOf(consumer.account) })).image.State).toBe('available');
  });
});
