import { DescribeVolumesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { FRANKFURT } from '../world.ts';
import { aDrillWorld, startDrills } from './world.ts';

describe('a drill', () => {
  it('starts the newest image in the sealed network, sees it come up, writes that on the image and ends', async () => {
    const drilled = await aDrillWorld();
    const { world, network } = drilled;
    expect(await startDrills(drilled)).toEqual([]);
    const [instance] = await drilled.drills();
    expect(instance).toMatchObject({
      ImageId: world.images()[0]?.ImageId,
      SubnetId: network.subnets[0],
      SecurityGroups: [{ GroupId: network.securityGroup }],
    });
    expect(instance?.PublicIpAddress).toBeUndefined();
    expect(await drilled.sweepFor(10)).toEqual([]);
    expect(drilled.verdict()).toMatch(/^passed 2026-11-02T\S+ status \d+s m1.small i-[0-9a-f]+ ~/);
    expect(await drilled.drills()).toEqual([]);
    await world.clock.advance(3_600_000);
    const { Volumes = [] } = await world.send(FRANKFURT, (client) =>
      client.send(new DescribeVolumesCommand({ Filters: [{ Name: 'tag-key', Values: ['amikeep:drill'] }] })),
    );
    expect(Volumes).toEqual([]);
  });

  it('that somebody ended unseen does not keep its image from being started again', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    expect(await startDrills(drilled)).toEqual([]);
    const [first] = await drilled.drills();
    await world.send(FRANKFURT, (client) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [first?.InstanceId ?? ''] })),
    );
    // EC2 shows it for an hour more, and knows its token for good.
    await world.clock.advance(2 * 3_600_000);
    expect(await startDrills(drilled)).toEqual([]);
    const [second] = await drilled.drills();
    expect(second?.ImageId).toBe(first?.ImageId);
  });
});
