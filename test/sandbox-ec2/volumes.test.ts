import type { CreateVolumeCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  anImage,
  anInstance,
  aPlane,
  away,
  consumer,
  home,
  idOf,
  imageOf,
  minutes,
  type PlaneUnderTest,
  refusal,
  snapshotIdsOf,
} from './plane.ts';

const AvailabilityZone = `${home}a`;

/** The id of a volume that is available. */
async function aVolume(plane: PlaneUnderTest, input: CreateVolumeCommandInput = {}): Promise<string> {
  const { VolumeId } = plane.call('CreateVolume', { AvailabilityZone, Size: 10, ...input });
  await plane.clock.advance(minutes);
  return idOf(VolumeId);
}

function volumeOf({ call }: PlaneUnderTest, id: string) {
  return call('DescribeVolumes', { VolumeIds: [id] }).Volumes?.[0];
}

/** The id of a complete snapshot of 8 GiB. */
async function aSnapshot(plane: PlaneUnderTest): Promise<string> {
  const [id] = snapshotIdsOf(imageOf(plane, await anImage(plane)));
  return idOf(id);
}

describe('a new volume', () => {
  it('is there at once and available after a while', async () => {
    const plane = aPlane({ volumeCreateMs: 3_000 });
    const made = plane.call('CreateVolume', {
      AvailabilityZone,
      Size: 10,
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'data' }] }],
    });
    expect(made).toMatchObject({
      VolumeId: expect.stringMatching(/^vol-[0-9a-f]{17}$/),
      State: 'creating',
      Size: 10,
      VolumeType: 'gp2',
      Iops: 100,
      Encrypted: false,
      SnapshotId: '',
      AvailabilityZone,
      AvailabilityZoneId: expect.stringMatching(/^euc1-az[123]$/),
      Attachments: [],
      Tags: [{ Key: 'Name', Value: 'data' }],
    });
    const id = idOf(made.VolumeId);
    await plane.clock.advance(2_999);
    expect(volumeOf(plane, id)?.State).toBe('creating');
    await plane.clock.advance(1);
    expect(volumeOf(plane, id)?.State).toBe('available');
  });

  it('has the performance of its type, or what is asked for', () => {
    const { call } = aPlane();
    const made = (input: CreateVolumeCommandInput) => call('CreateVolume', { AvailabilityZone, Size: 100, ...input });
    expect(made({})).toMatchObject({ VolumeType: 'gp2', Iops: 300 });
    expect(made({ VolumeType: 'gp3' })).toMatchObject({ Iops: 3_000, Throughput: 125 });
    expect(made({ VolumeType: 'gp3', Iops: 4_000, Throughput: 500 })).toMatchObject({ Iops: 4_000, Throughput: 500 });
    expect(made({ VolumeType: 'io2', Iops: 200 })).toMatchObject({ Iops: 200 });
  });

  it('is in the zone that is named by its name or by its id', () => {
    const { call } = aPlane();
    for (const context of [{}, consumer, { region: 'ap-northeast-1' }]) {
      const { AvailabilityZones: zones = [] } = call('DescribeAvailabilityZones', {}, context);
      const named = zones.map(({ ZoneName }) => call('CreateVolume', { AvailabilityZone: ZoneName, Size: 1 }, context));
      const byId = zones.map(({ ZoneId }) => call('CreateVolume', { AvailabilityZoneId: ZoneId, Size: 1 }, context));
      const wanted = zones.map(({ ZoneName, ZoneId }) => ({ AvailabilityZone: ZoneName, AvailabilityZoneId: ZoneId }));
      expect(named).toMatchObject(wanted);
      expect(byId).toMatchObject(wanted);
      const Filters = [{ Name: 'availability-zone-id', Values: [idOf(zones[0]?.ZoneId)] }];
      expect(call('DescribeVolumes', { Filters }, context).Volumes).toHaveLength(2);
    }
  });

  it('has the data of its snapshot, and at least its size', async () => {
    const plane = aPlane();
    const SnapshotId = await aSnapshot(plane);
    expect(plane.call('CreateVolume', { AvailabilityZone, SnapshotId })).toMatchObject({ Size: 8, SnapshotId });
    expect(plane.call('CreateVolume', { AvailabilityZone, SnapshotId, Size: 9 }).Size).toBe(9);
    const smaller = () => plane.call('CreateVolume', { AvailabilityZone, SnapshotId, Size: 7 });
    expect(refusal(smaller).code).toBe('InvalidParameterValue');
    plane.service.setBehaviour({ volumeSizeCode: 'InvalidVolumeSize' });
    expect(refusal(smaller).code).toBe('InvalidVolumeSize');
  });

  it('is made of a complete snapshot that the account may read', async () => {
    const plane = aPlane();
    const SnapshotId = await aSnapshot(plane);
    const make = (id = SnapshotId, context = {}) =>
      plane.call('CreateVolume', { AvailabilityZone, SnapshotId: id }, context);
    expect(refusal(() => make(SnapshotId, consumer)).code).toBe('InvalidSnapshot.NotFound');
    plane.call('ModifySnapshotAttribute', {
      SnapshotId,
      Attribute: 'createVolumePermission',
      CreateVolumePermission: { Add: [{ UserId: consumer.account }] },
    });
    expect(make(SnapshotId, consumer).Size).toBe(8);
    const InstanceId = await anInstance(plane);
    const pending = idOf(plane.call('CreateImage', { InstanceId, Name: 'pending' }).ImageId);
    expect(refusal(() => make(snapshotIdsOf(imageOf(plane, pending))[0]))).toEqual({
      code: 'IncorrectState',
      message: 'Snapshot is in invalid state - pending',
    });
  });

  it('is made once for a token', () => {
    const { call } = aPlane();
    const make = (Size: number) => call('CreateVolume', { AvailabilityZone, Size, ClientToken: 'token' });
    expect(make(1).VolumeId).toBe(make(1).VolumeId);
    expect(refusal(() => make(2)).code).toBe('IdempotentParameterMismatch');
  });

  it.each<[string, CreateVolumeCommandInput, string]>([
    ['no zone', { Size: 1 }, 'MissingParameter'],
    ['a zone of another region', { AvailabilityZone: `${away}a`, Size: 1 }, 'InvalidZone.NotFound'],
    ['a zone that the region does not have', { AvailabilityZone: `${home}d`, Size: 1 }, 'InvalidZone.NotFound'],
    ['an unknown zone', { AvailabilityZoneId: 'euc1-az9', Size: 1 }, 'InvalidZone.NotFound'],
    [
      'a zone in two ways',
      { AvailabilityZone, AvailabilityZoneId: 'euc1-az1', Size: 1 },
      'InvalidParameterCombination',
    ],
    ['neither size nor snapshot', { AvailabilityZone }, 'MissingParameter'],
    [
      'a size below that of its type',
      { AvailabilityZone, Size: 3, VolumeType: 'io1', Iops: 100 },
      'InvalidParameterValue',
    ],
    ['a size above that of its type', { AvailabilityZone, Size: 16_385 }, 'InvalidParameterValue'],
    ['no IOPS where they are needed', { AvailabilityZone, Size: 10, VolumeType: 'io2' }, 'InvalidParameterCombination'],
    ['IOPS that its type has not', { AvailabilityZone, Size: 10, Iops: 300 }, 'InvalidParameterCombination'],
    [
      'a throughput that its type has not',
      { AvailabilityZone, Size: 10, Throughput: 125 },
      'InvalidParameterCombination',
    ],
    ['too few IOPS', { AvailabilityZone, Size: 10, VolumeType: 'gp3', Iops: 2_999 }, 'InvalidParameterValue'],
    [
      'too much throughput',
      { AvailabilityZone, Size: 10, VolumeType: 'gp3', Throughput: 2_001 },
      'InvalidParameterValue',
    ],
    ['a key without encryption', { AvailabilityZone, Size: 1, KmsKeyId: 'alias/data' }, 'InvalidParameterDependency'],
    ['a snapshot that is none', { AvailabilityZone, SnapshotId: 'snap-x' }, 'InvalidSnapshotID.Malformed'],
  ])('is refused with %s', (_, input, code) => {
    expect(refusal(() => aPlane().call('CreateVolume', input)).code).toBe(code);
  });

  it('that asks for what its type has not is refused with the code that the behaviour says', () => {
    const plane = aPlane({ volumePerformanceCode: 'InvalidParameterValue' });
    expect(refusal(() => plane.call('CreateVolume', { AvailabilityZone, Size: 10, Iops: 300 })).code).toBe(
      'InvalidParameterValue',
    );
  });

  it('is encrypted where it is asked for, where its snapshot is and where the account has it so', async () => {
    const plane = aPlane();
    const made = (input: CreateVolumeCommandInput = {}) =>
      plane.call('CreateVolume', { AvailabilityZone, Size: 10, ...input });
    expect(made({ Encrypted: true, KmsKeyId: 'key-1' }).KmsKeyId).toBe(`arn:aws:kms:${home}:111122223333:key/key-1`);
    expect(made()).toMatchObject({ Encrypted: false });
    plane.service.setBehaviour({ encryptionByDefault: true });
    const byDefault = made();
    expect(byDefault).toMatchObject({ Encrypted: true, KmsKeyId: expect.stringContaining(':key/') });
    plane.service.setBehaviour({ encryptionByDefault: false });
    const InstanceId = await anInstance(plane);
    const VolumeId = await aVolume(plane, { Encrypted: true, KmsKeyId: 'key-1' });
    plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId, VolumeId });
    const image = idOf(plane.call('CreateImage', { InstanceId, Name: 'encrypted' }).ImageId);
    await plane.clock.advance(10 * minutes);
    const [, SnapshotId] = snapshotIdsOf(imageOf(plane, image));
    expect(made({ SnapshotId: idOf(SnapshotId), Encrypted: false })).toMatchObject({
      Encrypted: true,
      KmsKeyId: `arn:aws:kms:${home}:111122223333:key/key-1`,
    });
  });

  it('seems to be made with a key that can’t be used, and then is not', async () => {
    const plane = aPlane({ unusableKmsKeys: ['alias/gone'] });
    const id = await aVolume(plane, { Encrypted: true, KmsKeyId: 'alias/gone' });
    expect(volumeOf(plane, id)?.State).toBe('error');
    plane.call('DeleteVolume', { VolumeId: id });
  });
});

describe('a volume', () => {
  it('is attached to an instance over time, which images of the instance then hold', async () => {
    const plane = aPlane({ volumeAttachMs: 3_000 });
    const InstanceId = await anInstance(plane);
    const VolumeId = await aVolume(plane);
    const AttachTime = new Date(plane.clock.now());
    const attachment = { VolumeId, InstanceId, Device: '/dev/sdf', AttachTime, DeleteOnTermination: false };
    expect(plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId, VolumeId })).toEqual({
      ...attachment,
      State: 'attaching',
    });
    const mapping = () => plane.service.inspect.instance('111122223333', home, InstanceId)?.BlockDeviceMappings?.[1];
    expect(mapping()).toMatchObject({ DeviceName: '/dev/sdf', Ebs: { VolumeId, Status: 'attaching' } });
    await plane.clock.advance(3_000);
    expect(mapping()?.Ebs?.Status).toBe('attached');
    expect(volumeOf(plane, VolumeId)).toMatchObject({
      State: 'in-use',
      Attachments: [{ ...attachment, State: 'attached' }],
    });
    const found = plane.call('DescribeVolumes', {
      Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }],
    });
    expect(found.Volumes).toHaveLength(2);
    const image = idOf(plane.call('CreateImage', { InstanceId, Name: 'both' }).ImageId);
    expect(imageOf(plane, image).BlockDeviceMappings).toMatchObject([
      { DeviceName: '/dev/xvda' },
      { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 10 } },
    ]);
  });

  it('is attached where zone, states and device allow it', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const VolumeId = await aVolume(plane);
    const elsewhere = await aVolume(plane, { AvailabilityZone: `${home}b` });
    const attach =
      (id: string, Device = '/dev/sdf') =>
      () =>
        plane.call('AttachVolume', { Device, InstanceId, VolumeId: id });
    const fresh = idOf(plane.call('CreateVolume', { AvailabilityZone, Size: 1 }).VolumeId);
    expect(refusal(attach(fresh)).code).toBe('IncorrectState');
    expect(refusal(attach(elsewhere))).toEqual({
      code: 'InvalidVolume.ZoneMismatch',
      message: `The volume '${elsewhere}' is not in the same availability zone as instance '${InstanceId}'`,
    });
    expect(refusal(attach(VolumeId, '/dev/disk')).code).toBe('InvalidParameterValue');
    expect(refusal(attach(VolumeId, '/dev/xvda'))).toEqual({
      code: 'InvalidParameterValue',
      message: "Invalid value '/dev/xvda' for unixDevice. Attachment point /dev/xvda is already in use",
    });
    plane.call('StopInstances', { InstanceIds: [InstanceId] });
    expect(refusal(attach(VolumeId)).code).toBe('IncorrectState');
    await plane.clock.advance(minutes);
    attach(VolumeId)();
    expect(refusal(attach(VolumeId, '/dev/sdg')).code).toBe('VolumeInUse');
  });

  it('is detached over time, from the instance and the device that are named, if any is', async () => {
    const plane = aPlane({ volumeDetachMs: 3_000 });
    const InstanceId = await anInstance(plane);
    const VolumeId = await aVolume(plane);
    const detach = (input = {}) => plane.call('DetachVolume', { VolumeId, ...input });
    expect(refusal(detach).code).toBe('IncorrectState');
    plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId, VolumeId });
    await plane.clock.advance(minutes);
    expect(refusal(() => detach({ InstanceId: 'i-00000000000000000' })).code).toBe('InvalidAttachment.NotFound');
    expect(refusal(() => detach({ Device: '/dev/sdg' })).code).toBe('InvalidAttachment.NotFound');
    expect(detach({ InstanceId, Device: '/dev/sdf' })).toMatchObject({ State: 'detaching', InstanceId });
    expect(volumeOf(plane, VolumeId)).toMatchObject({ State: 'in-use', Attachments: [{ State: 'detaching' }] });
    await plane.clock.advance(3_000);
    expect(volumeOf(plane, VolumeId)).toMatchObject({ State: 'available', Attachments: [] });
    expect(plane.service.inspect.instance('111122223333', home, InstanceId)?.BlockDeviceMappings).toHaveLength(1);
  });

  it('that is the root of an instance is detached once that is stopped', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const VolumeId = idOf(plane.call('DescribeVolumes', {}).Volumes?.[0]?.VolumeId);
    expect(refusal(() => plane.call('DetachVolume', { VolumeId }))).toEqual({
      code: 'IncorrectState',
      message: `Unable to detach root volume '${VolumeId}' from instance '${InstanceId}'`,
    });
    plane.call('StopInstances', { InstanceIds: [InstanceId] });
    await plane.clock.advance(minutes);
    plane.call('DetachVolume', { VolumeId });
    await plane.clock.advance(minutes);
    expect(volumeOf(plane, VolumeId)?.State).toBe('available');
  });

  it('is deleted over time, unless it is in use', async () => {
    const plane = aPlane({ volumeDeleteMs: 3_000 });
    const InstanceId = await anInstance(plane);
    const VolumeId = await aVolume(plane);
    const remove = () => plane.call('DeleteVolume', { VolumeId });
    plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId, VolumeId });
    await plane.clock.advance(minutes);
    expect(refusal(remove)).toEqual({
      code: 'VolumeInUse',
      message: `Volume ${VolumeId} is currently attached to ${InstanceId}`,
    });
    plane.call('DetachVolume', { VolumeId });
    await plane.clock.advance(minutes);
    remove();
    expect(volumeOf(plane, VolumeId)?.State).toBe('deleting');
    expect(refusal(remove).code).toBe('IncorrectState');
    await plane.clock.advance(3_000);
    expect(refusal(() => volumeOf(plane, VolumeId)).code).toBe('InvalidVolume.NotFound');
  });

  it('that was attached by hand outlives its instance, and arrives nowhere else for that', async () => {
    const plane = aPlane({ instanceTerminateMs: 1_000, volumeAttachMs: 5_000 });
    const [one, other] = [await anInstance(plane), await anInstance(plane)];
    const VolumeId = await aVolume(plane);
    plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId: one, VolumeId });
    plane.call('TerminateInstances', { InstanceIds: [one] });
    await plane.clock.advance(2_000);
    plane.call('AttachVolume', { Device: '/dev/sdf', InstanceId: other, VolumeId });
    await plane.clock.advance(3_000);
    expect(volumeOf(plane, VolumeId)?.Attachments).toMatchObject([{ InstanceId: other, State: 'attaching' }]);
    await plane.clock.advance(2_000);
    expect(volumeOf(plane, VolumeId)?.Attachments).toMatchObject([{ InstanceId: other, State: 'attached' }]);
  });

  it('is found by state, snapshot, zone and tag, and goes on after a dump', async () => {
    const plane = aPlane();
    const SnapshotId = await aSnapshot(plane);
    const TagSpecifications = [{ ResourceType: 'volume' as const, Tags: [{ Key: 'Name', Value: 'data' }] }];
    const { VolumeId } = plane.call('CreateVolume', { AvailabilityZone: `${home}b`, SnapshotId, TagSpecifications });
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    await other.clock.advance(minutes);
    const found = (Name: string, value: string) =>
      other
        .call('DescribeVolumes', { Filters: [{ Name, Values: [value] }] })
        .Volumes?.map(({ VolumeId: id, State }) => [id, State]);
    const only = [[VolumeId, 'available']];
    expect(found('status', 'available')).toEqual(only);
    expect(found('snapshot-id', SnapshotId)).toEqual(only);
    expect(found('availability-zone', `${home}b`)).toEqual(only);
    expect(found('tag:Name', 'data')).toEqual(only);
    expect(found('volume-id', idOf(VolumeId))).toEqual(only);
  });
});
