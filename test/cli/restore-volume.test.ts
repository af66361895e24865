import {
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  type RunInstancesCommandInput,
  type Volume,
} from '@aws-sdk/client-ec2';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { FRANKFURT, IRELAND, LOCAL, type World } from '../handlers/world.ts';
import { aLostServer, aServer, checksOf, instancesIn, launchIn, restore, restoreBy, subnetsIn } from './lost-server.ts';

/** Those that a restore has made. */
async function restoredVolumes(world: World, region = FRANKFURT): Promise<Volume[]> {
  const Filters = [{ Name: 'tag-key', Values: ['amikeep:restored-from'] }];
  return (await world.send(region, (client) => client.send(new DescribeVolumesCommand({ Filters })))).Volumes ?? [];
}

const DATA = {
  launch: async () => ({
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, VolumeType: 'io2' as const, Iops: 400 } }],
  }),
};

describe('amikeep restore --volume', () => {
  it('makes a volume of one device, of its kind, in the zone that the server was in', async () => {
    const { world, before } = await aLostServer(DATA);
    const { status, out } = await restore(world, 'web-1', '--volume', '/dev/sdf', '--mode', 'apply');
    const volumes = await restoredVolumes(world);
    expect(volumes).toEqual([
      expect.objectContaining({
        AvailabilityZone: before.Placement?.AvailabilityZone,
        Size: 20,
        VolumeType: 'io2',
        Iops: 400,
      }),
    ]);
    expect([status, out]).toEqual([0, expect.stringContaining(`made ${volumes[0]?.VolumeId}`)]);
    expect(out).toContain('all other volumes of the image');
  });

  it('makes it in the zone of the instance that it is attached to, and attaches it there', async () => {
    const { world } = await aLostServer(DATA);
    const helperIn = (await subnetsIn(world))[1];
    const helper = await launchIn(world, helperIn?.SubnetId);
    const args = ['web-1', '--volume', '/dev/sdf', '--attach', helper, '--mode', 'apply'];
    const { status, out } = await restore(world, ...args);
    expect([status, out]).toEqual([0, expect.stringContaining(`as /dev/sdf of ${helper}`)]);
    expect(out).toContain('mount XFS with nouuid');
    expect(await restoredVolumes(world)).toEqual([
      expect.objectContaining({
        AvailabilityZone: helperIn?.AvailabilityZone,
        Attachments: [expect.objectContaining({ InstanceId: helper, Device: '/dev/sdf' })],
      }),
    ]);
  });

  it('that could not be attached is told with how to do it, and the next try says it again', async () => {
    const { world, id } = await aServer(DATA);
    world.sandbox.faults.add({ kind: 'denied', operation: 'AttachVolume' });
    const args = ['web-1', '--volume', '/dev/sdf', '--attach', id, '--mode', 'apply'];
    const { status, out } = await restore(world, ...args);
    const [volume] = await restoredVolumes(world);
    const command = `aws ec2 attach-volume --region eu-central-1 --volume-id ${volume?.VolumeId} --instance-id ${id} --device /dev/sdg`;
    expect([status, out]).toEqual([1, expect.stringContaining(`it could not be attached (UnauthorizedOperation`)]);
    expect(out).toContain(command);
    expect(checksOf(await restore(world, ...args), 'earlier tries')).toEqual([expect.stringContaining(command)]);
    expect(await restoredVolumes(world)).toHaveLength(1);
  });

  it('and the root in place look at no key but that of the disk which they need', async () => {
    let key = '';
    const launch = async (world: World): Promise<Partial<RunInstancesCommandInput>> => {
      const { KeyMetadata } = await world.clock.run(() => world.clients.kms(FRANKFURT).send(new CreateKeyCommand({})));
      key = KeyMetadata?.Arn ?? '';
      return {
        BlockDeviceMappings: [
          { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, Encrypted: true, KmsKeyId: key } },
          { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 5 } },
        ],
      };
    };
    const { world } = await aServer({ policies: LOCAL, launch });
    await world.clock.run(() => world.clients.kms(FRANKFURT).send(new DisableKeyCommand({ KeyId: key })));
    const restored = (...args: readonly string[]) => restoreBy(LOCAL, world, 'web-1', ...args);
    expect((await restored('--volume', '/dev/sdg')).status).toBe(0);
    expect((await restored('--in-place', 'root')).status).toBe(0);
    expect(checksOf(await restored('--volume', '/dev/sdf'), 'encryption')).toEqual([
      expect.stringContaining('aws kms enable-key'),
    ]);
  });

  it('is blocked where there is no such instance to attach it to, and makes nothing', async () => {
    const { world, id } = await aLostServer(DATA);
    for (const [instance, said] of [
      ['i-00000000000000000', 'there is no instance i-00000000000000000 in eu-central-1'],
      [id, `there is no instance ${id} in eu-central-1`],
    ] as const) {
      const ended = await restore(world, 'web-1', '--volume', '/dev/sdf', '--attach', instance, '--mode', 'apply');
      expect([ended.status, checksOf(ended, 'attachment')[0]]).toEqual([1, expect.stringContaining(said)]);
    }
    expect(await restoredVolumes(world)).toEqual([]);
  });

  it('is blocked by a device that the image does not have, and names those that it has', async () => {
    const { world } = await aLostServer(DATA);
    const ended = await restore(world, 'web-1', '--volume', '/dev/sdz');
    expect(checksOf(ended, 'device')).toEqual([
      expect.stringContaining('the image has no /dev/sdz: it has /dev/xvda (8 GiB), /dev/sdf (20 GiB)'),
    ]);
  });

  it('is blocked in another region without an instance in whose zone it is made', async () => {
    const { world } = await aLostServer(DATA);
    const ended = await restore(world, 'web-1', '--volume', '/dev/sdf', '--region', IRELAND);
    expect(checksOf(ended, 'zone')).toEqual([expect.stringContaining('name an instance with --attach')]);
  });

  it('is found by the next try where its answer was lost', async () => {
    const { world } = await aServer(DATA);
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CreateVolume', times: 4 });
    const args = ['web-1', '--volume', '/dev/sdf', '--mode', 'apply'];
    expect((await restore(world, ...args)).out).toContain('whether it was made is not known');
    world.sandbox.faults.clear();
    const [volume] = await restoredVolumes(world);
    const again = await restore(world, ...args);
    expect([again.status, checksOf(again, 'earlier tries')]).toEqual([
      1,
      [expect.stringMatching(new RegExp(`blocked .* ${volume?.VolumeId} was made of it before .* --another`))],
    ]);
    expect(await restoredVolumes(world)).toHaveLength(1);
    expect((await restore(world, ...args, '--another')).status).toBe(0);
    expect(await restoredVolumes(world)).toHaveLength(2);
    expect(await instancesIn(world)).toHaveLength(1);
  });

  it('is made anew once the first one was deleted', async () => {
    const { world } = await aLostServer(DATA);
    const args = ['web-1', '--volume', '/dev/sdf', '--mode', 'apply'];
    expect((await restore(world, ...args)).status).toBe(0);
    await world.clock.advance(60_000);
    const [first] = await restoredVolumes(world);
    await world.send(FRANKFURT, (client) => client.send(new DeleteVolumeCommand({ VolumeId: first?.VolumeId })));
    await world.clock.advance(10 * 60_000);
    expect((await restore(world, ...args)).status).toBe(0);
    expect(await restoredVolumes(world)).toEqual([expect.not.objectContaining({ VolumeId: first?.VolumeId })]);
  });

  it('is made although a machine was restored of the same image, whose volumes are its own', async () => {
    const { world } = await aLostServer(DATA);
    expect((await restore(world, 'web-1', '--mode', 'apply')).status).toBe(0);
    await world.clock.advance(60_000);
    const made = await restore(world, 'web-1', '--volume', '/dev/xvda', '--mode', 'apply');
    expect([made.status, checksOf(made, 'earlier tries')]).toEqual([0, []]);
    expect(await restoredVolumes(world)).toHaveLength(1);
  });
});
