import type { CreateReplaceRootVolumeTaskCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import {
  anInstance,
  aPlane,
  home,
  idOf,
  imageOf,
  minutes,
  type PlaneUnderTest,
  refusal,
  snapshotIdsOf,
} from './plane.ts';

type Request = Omit<CreateReplaceRootVolumeTaskCommandInput, 'InstanceId'>;

const AvailabilityZone = `${home}a`;

function instanceOf(plane: PlaneUnderTest, id: string) {
  return plane.service.inspect.instance('111122223333', home, id);
}

function rootOf(plane: PlaneUnderTest, id: string): string {
  const instance = instanceOf(plane, id);
  const root = instance?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === instance.RootDeviceName);
  return idOf(root?.Ebs?.VolumeId);
}

function volumeOf({ call }: PlaneUnderTest, id: string) {
  return call('DescribeVolumes', { VolumeIds: [id] }).Volumes?.[0];
}

/** The id of an image of the instance that is available. */
async function imageOfInstance(plane: PlaneUnderTest, InstanceId: string, Name = 'golden'): Promise<string> {
  const { ImageId } = plane.call('CreateImage', { InstanceId, Name, NoReboot: true });
  await plane.clock.advance(10 * minutes);
  return idOf(ImageId);
}

/** The task of a call, as it is once it is over. */
async function replaced(plane: PlaneUnderTest, InstanceId: string, request: Request = {}) {
  const { ReplaceRootVolumeTask: task } = plane.call('CreateReplaceRootVolumeTask', { InstanceId, ...request });
  await plane.clock.advance(10 * minutes);
  const id = idOf(task?.ReplaceRootVolumeTaskId);
  const { ReplaceRootVolumeTasks: tasks } = plane.call('DescribeReplaceRootVolumeTasks', {
    ReplaceRootVolumeTaskIds: [id],
  });
  return tasks?.[0];
}

describe('the root volume of an instance', () => {
  it('is replaced in steps, and stays as a volume of its own', async () => {
    const plane = aPlane({ rootReplacementCreateMs: 1_000, rootReplacementSwapMs: 2_000 });
    const InstanceId = await anInstance(plane);
    const before = rootOf(plane, InstanceId);
    const { ReplaceRootVolumeTask: task } = plane.call('CreateReplaceRootVolumeTask', {
      InstanceId,
      TagSpecifications: [{ ResourceType: 'replace-root-volume-task', Tags: [{ Key: 'Name', Value: 'again' }] }],
    });
    expect(task).toEqual({
      ReplaceRootVolumeTaskId: expect.stringMatching(/^replacevol-[0-9a-f]{17}$/),
      InstanceId,
      TaskState: 'pending',
      StartTime: '2026-01-02T03:04:25.000Z',
      DeleteReplacedRootVolume: false,
      Tags: [{ Key: 'Name', Value: 'again' }],
    });
    const now = () => plane.call('DescribeReplaceRootVolumeTasks', {}).ReplaceRootVolumeTasks?.[0];
    await plane.clock.advance(1_000);
    expect(now()?.TaskState).toBe('in-progress');
    expect(rootOf(plane, InstanceId)).toBe(before);
    expect(volumeOf(plane, before)?.Attachments).toMatchObject([{ State: 'detaching' }]);
    await plane.clock.advance(2_000);
    expect(now()).toMatchObject({ TaskState: 'succeeded', CompleteTime: '2026-01-02T03:04:28.000Z' });
    const after = rootOf(plane, InstanceId);
    expect(after).not.toBe(before);
    expect(volumeOf(plane, before)).toMatchObject({ State: 'available', Attachments: [] });
    expect(volumeOf(plane, after)).toMatchObject({
      State: 'in-use',
      Size: 8,
      SnapshotId: volumeOf(plane, before)?.SnapshotId,
      Attachments: [{ InstanceId, Device: '/dev/xvda', State: 'attached', DeleteOnTermination: true }],
    });
  });

  it('goes where the call says so', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const before = rootOf(plane, InstanceId);
    expect(await replaced(plane, InstanceId, { DeleteReplacedRootVolume: true })).toMatchObject({
      TaskState: 'succeeded',
      DeleteReplacedRootVolume: true,
    });
    expect(refusal(() => volumeOf(plane, before)).code).toBe('InvalidVolume.NotFound');
  });

  it('is replaced by a rebooted system, whose checks begin anew', async () => {
    const plane = aPlane({ statusCheckMs: 20 * minutes });
    const InstanceId = await anInstance(plane);
    await plane.clock.advance(20 * minutes);
    const status = () =>
      plane.call('DescribeInstanceStatus', {}).InstanceStatuses?.map(({ InstanceStatus }) => InstanceStatus?.Status);
    expect(status()).toEqual(['ok']);
    await replaced(plane, InstanceId);
    expect(status()).toEqual(['initializing']);
  });

  it('is made of a snapshot of itself or of one before it, and of no copy', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [5] });
    const image = await imageOfInstance(plane, InstanceId);
    const [SnapshotId, ofData] = snapshotIdsOf(imageOf(plane, image));
    const copy = { Name: 'copy', SourceImageId: image, SourceRegion: home };
    const copied = idOf(plane.call('CopyImage', copy).ImageId);
    await plane.clock.advance(30 * minutes);
    const [ofCopy] = snapshotIdsOf(imageOf(plane, copied));
    const replace = (id: string | undefined) => () =>
      plane.call('CreateReplaceRootVolumeTask', { InstanceId, SnapshotId: idOf(id) });
    expect(refusal(replace(ofData)).code).toBe('InvalidParameterValue');
    expect(refusal(replace(ofCopy)).code).toBe('InvalidParameterValue');
    for (const _ of ['itself', 'one before it']) {
      expect(await replaced(plane, InstanceId, { SnapshotId: idOf(SnapshotId) })).toMatchObject({
        TaskState: 'succeeded',
        SnapshotId,
      });
    }
    const elsewhere = await anInstance(plane);
    expect(
      refusal(() => plane.call('CreateReplaceRootVolumeTask', { InstanceId: elsewhere, SnapshotId: idOf(SnapshotId) }))
        .code,
    ).toBe('InvalidParameterValue');
  });

  it('returns to its state at launch, whatever it was replaced by in between', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const first = volumeOf(plane, rootOf(plane, InstanceId))?.SnapshotId;
    const [SnapshotId] = snapshotIdsOf(imageOf(plane, await imageOfInstance(plane, InstanceId)));
    await replaced(plane, InstanceId, { SnapshotId: idOf(SnapshotId) });
    expect(volumeOf(plane, rootOf(plane, InstanceId))?.SnapshotId).toBe(SnapshotId);
    await replaced(plane, InstanceId);
    expect(volumeOf(plane, rootOf(plane, InstanceId))?.SnapshotId).toBe(first);
  });

  it('can’t return to a state at launch that is deleted', async () => {
    const plane = aPlane();
    const image = await imageOfInstance(plane, await anInstance(plane));
    const { Instances: [instance] = [] } = plane.call('RunInstances', { ImageId: image, MinCount: 1, MaxCount: 1 });
    await plane.clock.advance(minutes);
    const InstanceId = idOf(instance?.InstanceId);
    expect((await replaced(plane, InstanceId))?.TaskState).toBe('succeeded');
    plane.call('DeregisterImage', { ImageId: image, DeleteAssociatedSnapshots: true });
    expect(refusal(() => plane.call('CreateReplaceRootVolumeTask', { InstanceId })).code).toBe(
      'InvalidSnapshot.NotFound',
    );
  });

  it('is made of an image of the same kind of machine, of whose volumes the root alone counts', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const larger = plane.call('RunInstances', {
      ImageId: publicImageId(home, 'ubuntu-24.04'),
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 20 } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5 } },
      ],
    });
    await plane.clock.advance(minutes);
    const ImageId = await imageOfInstance(plane, idOf(larger.Instances?.[0]?.InstanceId));
    expect(await replaced(plane, InstanceId, { ImageId })).toMatchObject({ TaskState: 'succeeded', ImageId });
    expect(instanceOf(plane, InstanceId)?.BlockDeviceMappings).toHaveLength(1);
    expect(volumeOf(plane, rootOf(plane, InstanceId))).toMatchObject({ Size: 20, VolumeType: 'gp3' });
    await replaced(plane, InstanceId, { ImageId: publicImageId(home, 'al2023') });
    expect(volumeOf(plane, rootOf(plane, InstanceId))?.Size).toBe(20);
    const arm = publicImageId(home, 'al2023-arm64');
    expect(refusal(() => plane.call('CreateReplaceRootVolumeTask', { InstanceId, ImageId: arm }))).toEqual({
      code: 'InvalidParameterValue',
      message: `'${arm}' can't take the place of the root volume: it differs from the instance in architecture.`,
    });
  });

  it('leaves the instance under its image or, as the behaviour says, under the new one', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const before = instanceOf(plane, InstanceId)?.ImageId;
    const ImageId = await imageOfInstance(plane, InstanceId);
    await replaced(plane, InstanceId, { ImageId });
    expect(instanceOf(plane, InstanceId)?.ImageId).toBe(before);
    plane.service.setBehaviour({ imageIdOfReplacedRoot: 'changed' });
    await replaced(plane, InstanceId, { ImageId });
    expect(instanceOf(plane, InstanceId)?.ImageId).toBe(ImageId);
  });

  it('is replaced by a volume that is free, in its zone, and encrypted where it is', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const volume = async (input: { AvailabilityZone: string; Encrypted?: boolean }) => {
      const { VolumeId } = plane.call('CreateVolume', { Size: 30, ...input });
      await plane.clock.advance(minutes);
      return idOf(VolumeId);
    };
    const elsewhere = await volume({ AvailabilityZone: `${home}b` });
    const plain = await volume({ AvailabilityZone });
    const encrypted = await volume({ AvailabilityZone, Encrypted: true });
    const replace = (VolumeId: string) => () => plane.call('CreateReplaceRootVolumeTask', { InstanceId, VolumeId });
    expect(refusal(replace(elsewhere)).message).toContain('another Availability Zone');
    expect(refusal(replace(rootOf(plane, InstanceId))).message).toContain("in the state 'in-use'");
    expect((await replaced(plane, InstanceId, { VolumeId: encrypted }))?.TaskState).toBe('succeeded');
    expect(rootOf(plane, InstanceId)).toBe(encrypted);
    expect(refusal(replace(plain)).message).toContain('it is not encrypted');
  });

  it('is encrypted under its own key or, where it is not, under that of the image or by default', async () => {
    const plane = aPlane();
    const ImageId = publicImageId(home, 'al2023');
    const launch = async (Ebs: { Encrypted?: boolean; KmsKeyId?: string }) => {
      const { Instances: [instance] = [] } = plane.call('RunInstances', {
        ...{ ImageId, MinCount: 1, MaxCount: 1 },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }],
      });
      await plane.clock.advance(minutes);
      return idOf(instance?.InstanceId);
    };
    const [plain, under1, under2] = [
      await launch({}),
      await launch({ Encrypted: true, KmsKeyId: 'key-1' }),
      await launch({ Encrypted: true, KmsKeyId: 'key-2' }),
    ];
    const of1 = await imageOfInstance(plane, under1);
    const keyAfter = async (InstanceId: string, request: Request) => {
      await replaced(plane, InstanceId, request);
      return volumeOf(plane, rootOf(plane, InstanceId))?.KmsKeyId?.split('/')[1];
    };
    expect(await keyAfter(plain, {})).toBeUndefined();
    expect(await keyAfter(under2, { ImageId: of1 })).toBe('key-2');
    expect(await keyAfter(under2, { ImageId })).toBe('key-2');
    expect(await keyAfter(plain, { ImageId: of1 })).toBe('key-1');
    const other = await launch({});
    plane.service.setBehaviour({ encryptionByDefault: true });
    expect(await keyAfter(other, {})).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['failed', 'failed-detached'] as const)('is not replaced by a task that is %s', async (outcome) => {
    const plane = aPlane({ rootReplacementOutcome: outcome, rootReplacementSwapMs: minutes, statusCheckMs: 0 });
    const InstanceId = await anInstance(plane);
    const before = rootOf(plane, InstanceId);
    plane.call('CreateReplaceRootVolumeTask', { InstanceId });
    const now = () => plane.call('DescribeReplaceRootVolumeTasks', {}).ReplaceRootVolumeTasks?.[0];
    await plane.clock.advance(100_000);
    expect(now()?.TaskState).toBe('failing');
    await plane.clock.advance(minutes);
    expect(now()).toMatchObject({ TaskState: outcome, CompleteTime: expect.any(String) });
    const isAttached = outcome === 'failed';
    expect(volumeOf(plane, before)).toMatchObject(
      isAttached ? { State: 'in-use', Attachments: [{ State: 'attached' }] } : { State: 'available' },
    );
    expect(plane.service.inspect.volumes()).toHaveLength(1);
    const [status] = plane.call('DescribeInstanceStatus', {}).InstanceStatuses ?? [];
    expect(status?.InstanceStatus?.Status).toBe(isAttached ? 'ok' : 'impaired');
  });

  it('is not replaced where the instance ends meanwhile', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    plane.call('CreateReplaceRootVolumeTask', { InstanceId });
    plane.call('TerminateInstances', { InstanceIds: [InstanceId] });
    await plane.clock.advance(10 * minutes);
    expect(plane.call('DescribeReplaceRootVolumeTasks', {}).ReplaceRootVolumeTasks).toMatchObject([
      { TaskState: 'failed' },
    ]);
    expect(plane.service.inspect.volumes()).toEqual([]);
  });

  it('is replaced while the instance runs, once at a time, from one source', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const replace = (request: Request = {}) => plane.call('CreateReplaceRootVolumeTask', { InstanceId, ...request });
    const several = { SnapshotId: 'snap-00000000000000000', ImageId: 'ami-00000000000000000' };
    expect(refusal(() => replace(several)).code).toBe('InvalidParameterCombination');
    replace();
    expect(refusal(replace).code).toBe('IncorrectInstanceState');
    await plane.clock.advance(10 * minutes);
    plane.call('StopInstances', { InstanceIds: [InstanceId] });
    await plane.clock.advance(minutes);
    expect(refusal(replace).code).toBe('IncorrectInstanceState');
    expect(instanceOf(plane, InstanceId)?.State?.Name).toBe('stopped');
  });

  it('is refused with the codes that the behaviour says', async () => {
    const plane = aPlane({
      rootReplacementStateCode: 'IncorrectState',
      rootReplacementSourceCode: 'InvalidRequest',
      unknownRootReplacementCode: 'InvalidTask.NotFound',
    });
    const InstanceId = await anInstance(plane);
    const ImageId = publicImageId(home, 'al2023-arm64');
    const code = (act: () => unknown) => refusal(act).code;
    expect(code(() => plane.call('CreateReplaceRootVolumeTask', { InstanceId, ImageId }))).toBe('InvalidRequest');
    plane.call('StopInstances', { InstanceIds: [InstanceId] });
    expect(code(() => plane.call('CreateReplaceRootVolumeTask', { InstanceId }))).toBe('IncorrectState');
    const unknown = { ReplaceRootVolumeTaskIds: ['replacevol-00000000000000000'] };
    expect(code(() => plane.call('DescribeReplaceRootVolumeTasks', unknown))).toBe('InvalidTask.NotFound');
    expect(code(() => aPlane().call('DescribeReplaceRootVolumeTasks', unknown))).toBe(
      'InvalidReplaceRootVolumeTaskId.NotFound',
    );
  });
});

describe('tasks', () => {
  it('are made once for a token, found by instance, tagged, and told in pages of fifty at most', async () => {
    const plane = aPlane();
    const ids = [await anInstance(plane), await anInstance(plane), await anInstance(plane)];
    const replace = (InstanceId: string) =>
      plane.call('CreateReplaceRootVolumeTask', { InstanceId, ClientToken: InstanceId }).ReplaceRootVolumeTask;
    const tasks = ids.map((id) => idOf(replace(id)?.ReplaceRootVolumeTaskId));
    expect(ids.map((id) => replace(id)?.ReplaceRootVolumeTaskId)).toEqual(tasks);
    plane.call('CreateTags', { Resources: [idOf(tasks[1])], Tags: [{ Key: 'Name', Value: 'again' }] });
    const told = (input: Parameters<typeof plane.call<'DescribeReplaceRootVolumeTasks'>>[1]) =>
      plane.call('DescribeReplaceRootVolumeTasks', input);
    const found = told({ Filters: [{ Name: 'instance-id', Values: [idOf(ids[1])] }] }).ReplaceRootVolumeTasks;
    expect(found).toMatchObject([{ ReplaceRootVolumeTaskId: tasks[1], Tags: [{ Key: 'Name', Value: 'again' }] }]);
    const first = told({ MaxResults: 2 });
    expect(first.ReplaceRootVolumeTasks).toHaveLength(2);
    expect(told({ MaxResults: 2, NextToken: idOf(first.NextToken) }).ReplaceRootVolumeTasks).toHaveLength(1);
    expect(refusal(() => told({ MaxResults: 51 })).code).toBe('InvalidParameterValue');
    expect(refusal(() => told({ ReplaceRootVolumeTaskIds: ['task'] })).code).toBe(
      'InvalidReplaceRootVolumeTaskId.Malformed',
    );
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    await other.clock.advance(10 * minutes);
    expect(other.call('DescribeReplaceRootVolumeTasks', {}).ReplaceRootVolumeTasks).toMatchObject(
      tasks.map((id) => ({ ReplaceRootVolumeTaskId: id, TaskState: 'succeeded' })),
    );
  });
});
