import {
  DescribeReplaceRootVolumeTasksCommand,
  DescribeVolumesCommand,
  StopInstancesCommand,
  type Volume,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { FRANKFURT, IRELAND, type World } from '../handlers/world.ts';
import { aLostServer, aServer, checksOf, instancesIn, restore, stateOf } from './lost-server.ts';

const MINUTE = 60_000;

async function volumesIn(world: World): Promise<Volume[]> {
  return (await world.send(FRANKFURT, (client) => client.send(new DescribeVolumesCommand({})))).Volumes ?? [];
}

async function taskStatesIn(world: World): Promise<(string | undefined)[]> {
  const command = new DescribeReplaceRootVolumeTasksCommand({});
  const { ReplaceRootVolumeTasks = [] } = await world.send(FRANKFURT, (client) => client.send(command));
  return ReplaceRootVolumeTasks.map(({ TaskState }) => TaskState);
}

const rootsOf = (volumes: readonly Volume[]) =>
  volumes.map(({ VolumeId, State, SnapshotId }) => ({ id: VolumeId, state: State, snapshot: SnapshotId }));

describe('amikeep restore --in-place root', () => {
  it('puts the root of the image in the place of the server’s own, which stays as a volume', async () => {
    const { world, id, before } = await aServer();
    const [old] = rootsOf(await volumesIn(world));
    const { status, out } = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`replacevol-\\w+ replaces the root of ${id}, which reboots`));
    expect(out).toContain('the old root stays as a volume: it is the way back');
    await world.clock.advance(10 * MINUTE);
    const snapshot = world.images().at(-1)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    const volumes = rootsOf(await volumesIn(world));
    expect(volumes).toHaveLength(2);
    expect(volumes).toContainEqual({ ...old, state: 'available' });
    expect(volumes).toContainEqual(expect.objectContaining({ state: 'in-use', snapshot }));
    const [after] = await instancesIn(world);
    const { InstanceId, PrivateIpAddress, SubnetId, SecurityGroups, Tags } = before;
    expect(after).toMatchObject({ InstanceId, PrivateIpAddress, SubnetId, SecurityGroups, Tags });
  });

  it('finds the task of a try whose answer was lost, and begins no second one', async () => {
    const { world } = await aServer();
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CreateReplaceRootVolumeTask', times: 4 });
    const lost = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect([lost.status, lost.out]).toEqual([1, expect.stringContaining('whether it was made is not known')]);
    world.sandbox.faults.clear();
    const again = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect(again.out).toMatch(/an earlier restore has made replacevol-\w+ already, so nothing was made/);
    expect(await volumesIn(world)).toHaveLength(2);
  });

  it('is tried again after a task that has failed, by a task of its own', async () => {
    const { world } = await aServer();
    world.sandbox.ec2.setBehaviour({ rootReplacementOutcome: 'failed' }, FRANKFURT);
    expect((await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply')).status).toBe(0);
    await world.clock.advance(10 * MINUTE);
    world.sandbox.ec2.setBehaviour({ rootReplacementOutcome: 'succeeded' }, FRANKFURT);
    const again = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect([again.status, checksOf(again, 'earlier tries')]).toEqual([0, [expect.stringContaining('it is failed')]]);
    await world.clock.advance(10 * MINUTE);
    expect(await taskStatesIn(world)).toEqual(['failed', 'succeeded']);
  });

  it('is not said to be done where its task has failed', async () => {
    const { world } = await aServer();
    const behaviour = {
      rootReplacementOutcome: 'failed',
      rootReplacementCreateMs: 0,
      rootReplacementSwapMs: 0,
    } as const;
    world.sandbox.ec2.setBehaviour(behaviour, FRANKFURT);
    const ended = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect([ended.status, ended.out]).toEqual([
      1,
      expect.stringMatching(/EC2 made nothing: its task replacevol-\w+ is failed\n/),
    ]);
  });

  it('changes nothing as a plan, and says what is lost', async () => {
    const { world } = await aServer();
    const before = stateOf(world);
    const { status, out } = await restore(world, 'web-1', '--in-place', 'root');
    expect([status, out]).toEqual([
      0,
      expect.stringContaining('what was written on the root since; the old one has it'),
    ]);
    expect(stateOf(world)).toEqual(before);
  });

  it('is blocked for a server that does not run, with what to do', async () => {
    const { world, id } = await aServer();
    await world.send(FRANKFURT, (client) => client.send(new StopInstancesCommand({ InstanceIds: [id] })));
    await world.clock.advance(10 * MINUTE);
    const ended = await restore(world, 'web-1', '--in-place', 'root', '--mode', 'apply');
    expect(ended.status).toBe(1);
    expect(checksOf(ended, 'instance')).toEqual([expect.stringMatching(/blocked .* is stopped, .*: start it first/)]);
    expect(await volumesIn(world)).toHaveLength(1);
  });

  it('is blocked for a server that is gone, which a new machine takes the place of', async () => {
    const { world } = await aLostServer();
    const ended = await restore(world, 'web-1', '--in-place', 'root');
    expect(checksOf(ended, 'instance')).toEqual([expect.stringContaining('without --in-place a new machine is made')]);
  });

  it('is blocked for an image of another region, which heals no instance', async () => {
    const { world } = await aServer();
    const ended = await restore(world, 'web-1', '--in-place', 'root', '--region', IRELAND);
    expect(checksOf(ended, 'instance')).toEqual([expect.stringContaining('take one of eu-central-1 (--region)')]);
  });
});
