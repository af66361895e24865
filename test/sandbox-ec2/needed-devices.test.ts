import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../sandbox/contract.ts';
import {
  aLaunch,
  anInstance,
  aPlane,
  away,
  consumer,
  home,
  hours,
  idOf,
  imageOf,
  minutes,
  type PlaneUnderTest,
  snapshotIdsOf,
} from './plane.ts';

const noData = { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', NoDevice: '' }] };

/** A server whose `/etc/fstab` names the second volume that it has, on /dev/sdf. */
async function aServer() {
  const plane = aPlane();
  const id = await anInstance(plane, { sizes: [5] });
  plane.service.setBehaviour({
    statusCheckRules: [{ originInstanceId: id, withoutDevice: '/dev/sdf', outcome: 'impaired' }],
  });
  return { plane, id };
}

async function imaged(plane: PlaneUnderTest, InstanceId: string, Name: string) {
  const { ImageId } = plane.call('CreateImage', { InstanceId, Name, NoReboot: true });
  await plane.clock.advance(hours);
  return idOf(ImageId);
}

async function copied(plane: PlaneUnderTest, SourceImageId: string, context: Partial<CallContext>) {
  const { ImageId } = plane.call('CopyImage', { SourceImageId, SourceRegion: home, Name: 'copy' }, context);
  await plane.clock.advance(hours);
  return idOf(ImageId);
}

async function running(
  plane: PlaneUnderTest,
  input: Partial<RunInstancesCommandInput>,
  context: Partial<CallContext> = {},
) {
  const { Instances: [instance] = [] } = plane.call('RunInstances', aLaunch(input), context);
  await plane.clock.advance(10 * minutes);
  return idOf(instance?.InstanceId);
}

function statusOf({ call }: PlaneUnderTest, id: string, context: Partial<CallContext> = {}) {
  return call('DescribeInstanceStatus', { InstanceIds: [id] }, context).InstanceStatuses?.[0]?.InstanceStatus?.Status;
}

describe('what is launched from the image of a server that needs a device', () => {
  it('is impaired for good without it, in emergency mode, and well with it', async () => {
    const { plane, id } = await aServer();
    const ImageId = await imaged(plane, id, 'web');
    const whole = await running(plane, { ImageId });
    const part = await running(plane, { ImageId, ...noData });
    expect([statusOf(plane, whole), statusOf(plane, part)]).toEqual(['ok', 'impaired']);
    const { Output = '' } = plane.call('GetConsoleOutput', { InstanceId: part });
    expect(Buffer.from(Output, 'base64').toString()).toMatch(
      /Timed out waiting for device \/dev\/sdf\.\n[\s\S]*You are in emergency mode/,
    );
    await plane.clock.advance(24 * hours);
    expect([statusOf(plane, whole), statusOf(plane, part)]).toEqual(['ok', 'impaired']);
    const machine = plane.service.machines('111122223333', home).find((one) => one.id === part);
    expect(machine?.upSince).toBeUndefined();
  });

  it('is so from a copy in another region and account, and from an image of what was launched', async () => {
    const { plane, id } = await aServer();
    const ImageId = await imaged(plane, id, 'web');
    const launchPermission = [{ UserId: consumer.account }];
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: launchPermission } });
    for (const SnapshotId of snapshotIdsOf(imageOf(plane, ImageId))) {
      const CreateVolumePermission = { Add: launchPermission };
      plane.call('ModifySnapshotAttribute', { SnapshotId, CreateVolumePermission });
    }
    const there = { ...consumer, region: away };
    const copy = await copied(plane, ImageId, there);
    for (const input of [{ ImageId: copy }, { ImageId: copy, ...noData }]) {
      const wanted = 'BlockDeviceMappings' in input ? 'impaired' : 'ok';
      expect(statusOf(plane, await running(plane, input, there), there)).toBe(wanted);
    }
    const again = await imaged(plane, await running(plane, { ImageId }), 'again');
    expect(statusOf(plane, await running(plane, { ImageId: again, ...noData }))).toBe('impaired');
    expect(statusOf(plane, await running(plane, {}))).toBe('ok');
  });

  it('is so from an image that leaves the volume out, and from one that is registered of its root', async () => {
    const { plane, id } = await aServer();
    const { ImageId: image } = plane.call('CreateImage', { InstanceId: id, Name: 'root', ...noData });
    await plane.clock.advance(hours);
    const ImageId = idOf(image);
    expect(statusOf(plane, await running(plane, { ImageId }))).toBe('impaired');
    const { RootDeviceName = '', BlockDeviceMappings = [] } = imageOf(plane, ImageId);
    const registered = plane.call('RegisterImage', {
      Name: 'registered',
      Architecture: 'x86_64',
      RootDeviceName,
      VirtualizationType: 'hvm',
      BlockDeviceMappings: BlockDeviceMappings.map(({ DeviceName, Ebs }) => ({
        DeviceName,
        Ebs: { SnapshotId: Ebs?.SnapshotId },
      })),
    });
    expect(statusOf(plane, await running(plane, { ImageId: idOf(registered.ImageId) }))).toBe('impaired');
  });

  it('is as the volumes were when it came up: what is attached later helps from the next start on', async () => {
    const { plane, id } = await aServer();
    const InstanceIds = [id];
    const cycle = async () => {
      plane.call('StopInstances', { InstanceIds });
      await plane.clock.advance(minutes);
      plane.call('StartInstances', { InstanceIds });
      await plane.clock.advance(10 * minutes);
      return statusOf(plane, id);
    };
    const Filters = [{ Name: 'attachment.device', Values: ['/dev/sdf'] }];
    const VolumeId = idOf(plane.call('DescribeVolumes', { Filters }).Volumes?.[0]?.VolumeId);
    await plane.clock.advance(10 * minutes);
    plane.call('DetachVolume', { VolumeId });
    await plane.clock.advance(minutes);
    expect(statusOf(plane, id)).toBe('ok');
    expect(await cycle()).toBe('impaired');
    plane.call('AttachVolume', { InstanceId: id, VolumeId, Device: '/dev/sdf' });
    await plane.clock.advance(minutes);
    expect(statusOf(plane, id)).toBe('impaired');
    expect(await cycle()).toBe('ok');
  });

  it('is so still once the plane was dumped and loaded', async () => {
    const { plane, id } = await aServer();
    const ImageId = await imaged(plane, id, 'web');
    const part = await running(plane, { ImageId, ...noData });
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    expect(statusOf(other, part)).toBe('impaired');
    expect(statusOf(other, await running(other, { ImageId, ...noData }))).toBe('impaired');
  });

  it('is as well as any once its root is replaced by another system', async () => {
    const { plane, id } = await aServer();
    const part = await running(plane, { ImageId: await imaged(plane, id, 'web'), ...noData });
    const other = await imaged(plane, await anInstance(plane), 'other');
    plane.call('CreateReplaceRootVolumeTask', { InstanceId: part, ImageId: other });
    await plane.clock.advance(10 * minutes);
    expect(statusOf(plane, part)).toBe('ok');
  });
});
