import { DescribeInstanceAttributeCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { FRANKFURT, tagOf } from '../world.ts';
import { aDrillWorld, startDrills } from './world.ts';

describe('the launch of a drill', () => {
  it('takes no IMDSv1, so that servers pass that were launched before their account forbade it', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await world.send(FRANKFURT, (client) =>
      client.send(
        new RunInstancesCommand({
          ImageId: publicImageId(FRANKFURT, 'al2023'),
          MinCount: 1,
          MaxCount: 1,
          MetadataOptions: { HttpTokens: 'optional' },
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
        }),
      ),
    );
    await world.clock.advance(60_000);
    await world.night('2026-11-03');
    world.sandbox.ec2.setBehaviour({ httpTokensEnforced: true });
    expect(await startDrills(drilled)).toEqual([]);
    await drilled.sweepFor(10);
    const old = world.images().filter((image) => tagOf(image, 'amikeep:shape').includes('imds=optional'));
    expect(old.map((image) => tagOf(image, 'amikeep:passed'))).toEqual([expect.stringContaining(' status ')]);
  });

  it('P16: lets nothing start it anew or keep it from being ended, and its machine ends as it shuts down', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    expect(drill?.MaintenanceOptions).toMatchObject({ AutoRecovery: 'disabled' });
    const attribute = (Attribute: 'instanceInitiatedShutdownBehavior' | 'disableApiTermination') =>
      world.send(FRANKFURT, (client) =>
        client.send(new DescribeInstanceAttributeCommand({ InstanceId: drill?.InstanceId, Attribute })),
      );
    expect(await attribute('instanceInitiatedShutdownBehavior')).toMatchObject({
      InstanceInitiatedShutdownBehavior: { Value: 'terminate' },
    });
    expect(await attribute('disableApiTermination')).toMatchObject({ DisableApiTermination: { Value: false } });
  });

  it('P16: whose answer was lost is found before another zone is tried, and one machine comes of it', async () => {
    const drilled = await aDrillWorld();
    const { faults } = drilled.world.sandbox;
    faults.add({ kind: 'lost-answer', operation: 'RunInstances', times: 1 });
    const code = 'InsufficientInstanceCapacity';
    faults.add({ kind: 'error-before', operation: 'RunInstances', code, status: 400, times: 1 });
    expect(await startDrills(drilled)).toEqual([]);
    expect(await drilled.all()).toHaveLength(1);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
    expect(await drilled.all()).toHaveLength(1);
  });
});
