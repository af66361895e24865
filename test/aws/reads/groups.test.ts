import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { readScalingGroups } from '../../../lib/aws/reads/groups.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { ACCOUNT, aWorld, FRANKFURT, type WorldOptions } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const AL2023 = publicImageId(FRANKFURT, 'al2023');
const UBUNTU = publicImageId(FRANKFURT, 'ubuntu-24.04');

function aScalingWorld(options: WorldOptions = {}) {
  const world = aWorld(options);
  const { clients, clock, sandbox } = world;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
  const read = (stopAt = Number.POSITIVE_INFINITY) =>
    clock.run(() => readScalingGroups(new Caller(ports, stopAt, 'ec2'), HERE));
  return {
    world,
    read,
    /** One launch configuration for each name, at the pace that Auto Scaling allows. */
    configure: (names: readonly string[], image = AL2023) =>
      clock.run(async () => {
        for (const LaunchConfigurationName of names) {
          const input = { LaunchConfigurationName, ImageId: image, InstanceType: 't3.micro' };
          await clients.autoScaling(FRANKFURT).send(new CreateLaunchConfigurationCommand(input));
          await clock.sleep(200);
        }
      }),
    group: (name: string, input: Partial<CreateAutoScalingGroupCommandInput>) =>
      clock.run(() =>
        clients.autoScaling(FRANKFURT).send(
          new CreateAutoScalingGroupCommand({
            AutoScalingGroupName: name,
            MinSize: 0,
            MaxSize: 0,
            VPCZoneIdentifier: 'subnet-1',
            ...input,
          }),
        ),
      ),
    template: async (name: string) => {
      const input = { LaunchTemplateName: name, LaunchTemplateData: { ImageId: AL2023 } };
      const { LaunchTemplate } = await world.send(FRANKFURT, (client) =>
        client.send(new CreateLaunchTemplateCommand(input)),
      );
      return LaunchTemplate?.LaunchTemplateId ?? '';
    },
    fault: (operation: string, times?: number) =>
      sandbox.faults.add({ kind: 'denied', service: 'autoscaling', operation, ...(times && { times }) }),
  };
}

const configuration = (id: string) => ({ kind: 'launch configuration', id });
const groupCalled = (id: string) => ({ kind: 'auto scaling group', id });

describe('P3: what Auto Scaling would launch from', () => {
  it('is nothing where there is neither group nor launch configuration', async () => {
    expect(await aScalingWorld().read()).toMatchObject({ complete: true, value: [] });
  });

  it('holds launch configurations that no group is attached to, and groups that are scaled to zero', async () => {
    const { configure, group, read, template } = aScalingWorld();
    await configure(['attached'], UBUNTU);
    await configure(['left']);
    await group('old', { LaunchConfigurationName: 'attached' });
    const id = await template('web');
    await group('latest', { LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' } });
    await group('plain', { LaunchTemplate: { LaunchTemplateId: id } });
    const { complete, value } = await read();
    expect(complete).toBe(true);
    expect(value).toEqual([
      { by: groupCalled('latest'), template: { id, version: '$Latest' } },
      { by: groupCalled('plain'), template: { id, version: '$Default' } },
      { by: configuration('attached'), image: UBUNTU },
      { by: configuration('left'), image: AL2023 },
    ]);
  });

  it('holds the templates and images of overrides', async () => {
    const { group, read, template } = aScalingWorld();
    const [x86, arm] = [await template('x86'), await template('arm')];
    await group('mixed', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: x86, Version: '1' },
          Overrides: [
            { InstanceType: 'm7g.large', LaunchTemplateSpecification: { LaunchTemplateId: arm } },
            { InstanceType: 'm7i.large', ImageId: UBUNTU },
            { InstanceType: 'm7i.xlarge' },
          ],
        },
      },
    });
    expect((await read()).value).toEqual([
      { by: groupCalled('mixed'), template: { id: x86, version: '1' } },
      { by: groupCalled('mixed'), template: { id: arm, version: '$Default' } },
      { by: groupCalled('mixed'), image: UBUNTU },
    ]);
  });

  it.each(['full', 'uneven'] as const)('goes beyond the first page, where pages are %s', async (pageFill) => {
    const { configure, group, read, template, world } = aScalingWorld({ behaviour: { pageFill } });
    const names = Array.from({ length: 230 }, (_, index) => `configuration-${index}`);
    await configure(names);
    const LaunchTemplate = { LaunchTemplateId: await template('web') };
    for (let index = 0; index < 120; index++) {
      await world.clock.advance(200);
      await group(`group-${index}`, { LaunchTemplate });
    }
    const { complete, value } = await read();
    expect(complete).toBe(true);
    expect(value.map(({ by }) => by.id)).toEqual([
      ...Array.from({ length: 120 }, (_, index) => `group-${index}`),
      ...names,
    ]);
  });

  it.each(['DescribeAutoScalingGroups', 'DescribeLaunchConfigurations'])(
    'is partial where %s is denied, with what the other one brought',
    async (operation) => {
      const { configure, fault, group, read } = aScalingWorld();
      await configure(['web']);
      await group('web', { LaunchConfigurationName: 'web' });
      fault(operation);
      const reading = await read();
      expect(reading).toMatchObject({
        complete: false,
        source: 'Auto Scaling',
        problem: expect.stringContaining(`AccessDenied: User: `),
      });
      expect(reading.value).toHaveLength(operation === 'DescribeAutoScalingGroups' ? 1 : 0);
    },
  );

  it('is partial where time ran out', async () => {
    const { read, world } = aScalingWorld();
    expect(await read(world.clock.now())).toMatchObject({
      complete: false,
      problem: expect.stringContaining('no time was left for DescribeAutoScalingGroups'),
    });
  });

  it.each([
    ['was too busy', { kind: 'throttle', times: 12 }],
    ['was unwell', { kind: 'error-before', code: 'ResourceContention', status: 500, times: 4 }],
    ['did not answer', { kind: 'lost-answer', times: 3 }],
  ] as const)('is read again where Auto Scaling %s', async (_, fault) => {
    const { configure, read, world } = aScalingWorld();
    await configure(['web']);
    world.sandbox.faults.add({ ...fault, service: 'autoscaling' });
    expect(await read()).toMatchObject({ complete: true, value: [{ image: AL2023 }] });
  });

  it('is partial where a group is attached to what was not read', async () => {
    const { configure, group, read, world } = aScalingWorld();
    // The launch configurations are read at once, the groups a second later: in between both of these come to be.
    const operation = 'DescribeAutoScalingGroups';
    world.sandbox.faults.add({ kind: 'latency', operation, latencyMs: 1_000, times: 1 });
    world.clock.at(world.clock.now() + 500, () => {
      const call = { service: 'autoscaling', region: FRANKFURT, account: ACCOUNT } as const;
      const LaunchConfigurationName = 'new';
      const input = { LaunchConfigurationName, ImageId: AL2023, InstanceType: 't3.micro' };
      const sizes = { MinSize: 0, MaxSize: 0, AvailabilityZones: ['eu-central-1a'] };
      void world.sandbox.call({ ...call, operation: 'CreateLaunchConfiguration', input });
      void world.sandbox.call({
        ...call,
        operation: 'CreateAutoScalingGroup',
        input: { AutoScalingGroupName: 'web', LaunchConfigurationName, ...sizes },
      });
    });
    expect(await read()).toMatchObject({
      complete: false,
      problem: 'launch configuration new of group web was not among those read',
    });
    expect(await read()).toMatchObject({ complete: true, value: [{ by: configuration('new') }] });
    await configure(['other']);
    await group('other', { LaunchConfigurationName: 'other' });
    expect((await read()).value).toHaveLength(2);
  });
});
