import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../../sim/deployment.ts';
import { ACCOUNT, FRANKFURT } from '../world.ts';
import { aDrillWorld, launchLike, startDrills } from './world.ts';

const HOUR = 3_600_000;

describe('P16: a drill', () => {
  it('ends at its lease though the last drill section was taken out of the file', async () => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 24 * HOUR } });
    const { world } = drilled;
    await startDrills(drilled);
    const policies = world.file.policies.map(({ drill: _, ...policy }) => policy);
    const { clock, sandbox } = world;
    const later = deploy({ sandbox, file: { ...world.file, policies }, account: ACCOUNT, random: () => 0.5 });
    for (let passed = 0; passed < 180; passed += 5) {
      await clock.advance(5 * 60_000);
      await clock.run(() => later.invoke('drill', { action: 'drill', sweep: true }));
      await clock.run(() => later.deliver());
    }
    expect(await drilled.drills()).toEqual([]);
    later.close();
  });
});

describe('P16: the token of a drill', () => {
  it('does not stand in the way of the next one where somebody ended the first, and EC2 shows it no more', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    await world.send(FRANKFURT, (client) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [drill?.InstanceId ?? ''] })),
    );
    // Five-minute sweeps see it and leave it to the hourly run, which comes when EC2 has forgotten it.
    await drilled.sweepFor(120);
    const told: string[] = [];
    for (let day = 0; day < 10; day++) {
      told.push(...(await startDrills(drilled)).map(String));
      await drilled.sweepFor(10);
      await world.clock.advance(24 * HOUR);
    }
    expect(told).toEqual([]);
    expect(drilled.verdict()).toMatch(/^passed /);
  });

  it('does not stand in the way of the next one where the verdict on the first could not be written', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    world.sandbox.faults.add({ kind: 'denied', operation: 'CreateTags' });
    await drilled.sweepFor(60);
    expect(await drilled.drills()).toEqual([]);
    world.sandbox.faults.clear();
    await drilled.sweepFor(120);
    for (let day = 0; day < 10; day++) {
      await startDrills(drilled);
      await drilled.sweepFor(10);
      await world.clock.advance(24 * HOUR);
    }
    expect(drilled.verdict()).toMatch(/^passed /);
  });

  it('does not stand in the way of the next one where somebody has taken the verdict off the image', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired' }] });
    await startDrills(drilled);
    await drilled.sweepFor(50);
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [] });
    const id = world.images()[0]?.ImageId ?? '';
    await world.send(FRANKFURT, (client) =>
      client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'amikeep:drilled' }] })),
    );
    await world.clock.advance(2 * HOUR);
    const told = await startDrills(drilled);
    expect(told.map(String)).toEqual([]);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
  });
});

describe('P17: a drill', () => {
  it('with a second interface in another network is ended', async () => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 20 * 60_000 } });
    const { world, network } = drilled;
    const other = await world.send(FRANKFURT, async (client) => {
      const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
      const { Subnet } = await client.send(
        new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.1.0.0/24', AvailabilityZone: 'eu-central-1a' }),
      );
      const { GroupId } = await client.send(
        new CreateSecurityGroupCommand({ VpcId: Vpc?.VpcId, GroupName: 'production', Description: 'p' }),
      );
      return { subnet: Subnet?.SubnetId, group: GroupId };
    });
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    await world.send(FRANKFURT, (client) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [drill?.InstanceId ?? ''] })),
    );
    await launchLike(drilled, drill, {
      SubnetId: undefined,
      SecurityGroupIds: undefined,
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: network.subnets[0], Groups: [network.securityGroup] },
        { DeviceIndex: 1, SubnetId: other.subnet, Groups: other.group ? [other.group] : [] },
      ],
    });
    expect(await drilled.drills()).toHaveLength(1);
    await drilled.sweepFor(5);
    expect(await drilled.drills()).toEqual([]);
  });

  it('is imaged by no policy, whatever tags somebody has put on it', async () => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 24 * HOUR } });
    const { world } = drilled;
    await startDrills(drilled, {});
    const [drill] = await drilled.drills();
    await world.tag(drill?.InstanceId ?? '', { Backup: 'nightly' });
    await world.clock.advance(300_000);
    const before = world.images().length;
    await world.invoke('snapshot', { policy: 'nightly' });
    await world.deliver();
    const made = world.images().slice(before);
    expect(made.map(({ SourceInstanceId }) => SourceInstanceId)).not.toContain(drill?.InstanceId);
  });
});
