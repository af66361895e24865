import { DescribeInstancesCommand, type Instance, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aWorld, FRANKFURT, IRELAND, NIGHTLY, type World } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';

const instancesIn = async (world: World, region = FRANKFURT): Promise<Instance[]> => {
  const { Reservations = [] } = await world.send(region, (client) => client.send(new DescribeInstancesCommand({})));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};

/** A server with two nights of images, which somebody has terminated two hours ago. */
async function aLostServer(): Promise<{ world: World; id: string; before: Instance }> {
  const world = aWorld();
  const [id = ''] = await world.launch(1, { Backup: 'nightly', Name: 'web-1', Team: 'shop' });
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  const [before = {}] = await instancesIn(world);
  await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [id] })));
  await world.clock.advance(2 * 3_600_000);
  return { world, id, before };
}

const restore = (world: World, ...args: readonly string[]) => amikeep(world, NIGHTLY, 'restore', ...args);

describe('amikeep restore of a server that is gone', () => {
  it('P20: plans by calls that change nothing, each setting with its source', async () => {
    const { world } = await aLostServer();
    world.sandbox.calls.reset();
    const { status, out } = await restore(world, 'web-1');
    expect(out).toMatch(/subnet +subnet-\w+ +recipe/);
    expect(out).toContain('admissible: ');
    const changing = world.sandbox.calls.log.filter(({ operation }) => !/^(?:Describe|Get|List)/.test(operation));
    expect(changing.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'RunInstances DryRunOperation',
    ]);
    expect(status).toBe(0);
  });

  it('launches it where it was, with what it had, and a second time finds what is there', async () => {
    const { world, before } = await aLostServer();
    const applied = await restore(world, 'web-1', '--mode', 'apply');
    expect(applied.out).toContain('--tags Key=amikeep:hold');
    expect(applied.status).toBe(0);
    const [machine = {}] = (await instancesIn(world)).filter(({ State }) => State?.Name !== 'terminated');
    expect(machine.SubnetId).toBe(before.SubnetId);
    expect(machine.SecurityGroups).toEqual(before.SecurityGroups);
    const again = await restore(world, 'web-1', '--mode', 'apply');
    expect(again.status).toBe(1);
    expect(again.out).toContain(machine.InstanceId);
    expect((await instancesIn(world)).filter(({ State }) => State?.Name !== 'terminated')).toHaveLength(1);
  });

  it('in the DR region is blocked by what the policy file does not map, by name', async () => {
    const { world } = await aLostServer();
    const { status, out } = await restore(world, 'web-1', '--region', IRELAND);
    expect(status).toBe(1);
    expect(out).toContain('restore.eu-west-1');
  });
});
