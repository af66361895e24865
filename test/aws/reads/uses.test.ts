import { CreateLaunchConfigurationCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { type ImageId, imageId } from '../../../lib/model/ids.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { anImage } from '../../builders.ts';
import { group } from '../../handlers/auto-scaling.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, type World } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const OLD = imageId(publicImageId(FRANKFURT, 'ubuntu-24.04'));
const NEW = imageId(publicImageId(FRANKFURT, 'al2023'));

const readsOf = (world: World) => awsOf(world).reads;
const usesIn = (world: World) =>
  world.clock.run(() => {
    const reads = readsOf(world);
    return reads.uses(HERE, { instances: reads.allInstances(HERE) });
  });

/** What EC2's own search finds of an image. */
async function referencesTo(world: World, image: ImageId) {
  const { value } = await world.clock.run(() => readsOf(world).imageEvidence(HERE, [anImage({ id: image })]));
  return value.get(image)?.references;
}

/** A template whose first version names one image and whose second, the latest, another; the first is its default. */
async function template(world: World, first: string, second: string): Promise<string> {
  const { LaunchTemplate } = await world.send(FRANKFURT, (client) =>
    client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: first } })),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? '';
  await world.send(FRANKFURT, (client) =>
    client.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: { ImageId: second } })),
  );
  return LaunchTemplateId;
}

const parameter = (world: World, Name: string, Value: string, DataType = 'aws:ec2:image') =>
  world.clock.run(() =>
    world.clients.ssm(FRANKFURT).send(new PutParameterCommand({ Name, Value, DataType, Type: 'String' })),
  );

describe('P3: an instance uses its image', () => {
  const stop = (world: World, id: string) =>
    world.send(FRANKFURT, (client) => client.send(new StopInstancesCommand({ InstanceIds: [id] })));
  const terminate = (world: World, id: string) =>
    world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [id] })));
  const nothing = async () => {};

  it.each([
    { state: 'pending', behaviour: { instanceStartMs: 3_600_000 }, change: nothing },
    { state: 'running', behaviour: {}, change: nothing },
    { state: 'stopping', behaviour: { instanceStopMs: 3_600_000 }, change: stop },
    { state: 'stopped', behaviour: {}, change: stop },
    { state: 'shutting-down', behaviour: { instanceTerminateMs: 3_600_000 }, change: terminate },
  ])('while it is $state, by our own reads and by EC2’s search', async ({ state, behaviour, change }) => {
    const world = aWorld({ behaviour });
    const [id = ''] = await world.launch(1, {}, { imageId: OLD });
    await change(world, id);
    await world.clock.advance(60_000);
    expect(world.sandbox.ec2.inspect.instances().map(({ instance }) => instance.State?.Name)).toEqual([state]);
    const used = [{ kind: 'instance', id }];
    expect((await usesIn(world)).value.get(OLD)).toEqual(used);
    expect(await referencesTo(world, OLD)).toEqual(used);
  });

  it('no longer when it is terminated, though EC2 still lists it', async () => {
    const world = aWorld();
    const [id = ''] = await world.launch(1, {}, { imageId: OLD });
    await terminate(world, id);
    await world.clock.advance(60_000);
    expect((await usesIn(world)).value.get(OLD)).toBeUndefined();
    expect(await referencesTo(world, OLD)).toEqual([]);
  });
});

it('P3: a launch template uses the image of a version with more than ten newer ones, by EC2’s search as well', async () => {
  const world = aWorld();
  const id = await template(world, OLD, NEW);
  for (let version = 3; version <= 12; version++) {
    await world.send(FRANKFURT, (client) =>
      client.send(
        new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, LaunchTemplateData: { ImageId: NEW } }),
      ),
    );
  }
  const used = [{ kind: 'launch template', id }];
  expect((await usesIn(world)).value.get(OLD)).toEqual(used);
  expect(await referencesTo(world, OLD)).toEqual(used);
});

describe('P3: a group uses the image of its launch template', () => {
  it.each([
    { Version: '$Default', image: OLD },
    { Version: '$Latest', image: NEW },
    { Version: '1', image: OLD },
    { Version: '2', image: NEW },
  ])('in its version $Version', async ({ Version, image }) => {
    const world = aWorld();
    const LaunchTemplateId = await template(world, OLD, NEW);
    await group(world, { LaunchTemplate: { LaunchTemplateId, Version } });
    const { complete, value } = await usesIn(world);
    expect(complete).toBe(true);
    expect(value.get(image)).toEqual([
      { kind: 'launch template', id: LaunchTemplateId },
      { kind: 'auto scaling group', id: 'web' },
    ]);
    expect(value.get(image === OLD ? NEW : OLD)).toEqual([{ kind: 'launch template', id: LaunchTemplateId }]);
  });

  it('by the name of the template, and by its overrides, at a capacity of zero', async () => {
    const world = aWorld();
    const LaunchTemplateId = await template(world, OLD, NEW);
    await group(world, {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '2' },
          Overrides: [{ InstanceType: 'm7g.large', LaunchTemplateSpecification: { LaunchTemplateId, Version: '1' } }],
        },
      },
    });
    const { value } = await usesIn(world);
    for (const image of [OLD, NEW]) expect(value.get(image)).toContainEqual({ kind: 'auto scaling group', id: 'web' });
  });
});

it('P3: a launch configuration uses its image whether a group has it or not', async () => {
  const world = aWorld();
  const input = { LaunchConfigurationName: 'idle', ImageId: OLD, InstanceType: 't3.micro' };
  await world.clock.run(() => world.clients.autoScaling(FRANKFURT).send(new CreateLaunchConfigurationCommand(input)));
  expect((await usesIn(world)).value).toEqual(new Map([[OLD, [{ kind: 'launch configuration', id: 'idle' }]]]));
});

describe('P3: a parameter', () => {
  it('uses the image that it stands for, by its data type alone', async () => {
    const world = aWorld();
    await parameter(world, '/golden', OLD);
    expect((await usesIn(world)).value).toEqual(new Map([[OLD, [{ kind: 'SSM parameter', id: '/golden' }]]]));
  });

  it.each(['text', 'aws:ec2:image'])('of type %s makes the template that names it a use', async (dataType) => {
    const world = aWorld();
    await parameter(world, '/golden', OLD, dataType);
    const id = await template(world, 'resolve:ssm:/golden', NEW);
    const { complete, value } = await usesIn(world);
    expect(complete).toBe(true);
    expect(value.get(OLD)).toContainEqual({ kind: 'launch template', id });
  });

  it('that is not there names no image, and hides none', async () => {
    const world = aWorld();
    const id = await template(world, 'resolve:ssm:/nowhere', NEW);
    expect(await usesIn(world)).toMatchObject({
      complete: true,
      value: new Map([[NEW, [{ kind: 'launch template', id }]]]),
    });
  });
});

describe('P4: the uses are known in part where what tells of them is denied', () => {
  it.each([
    'DescribeInstances',
    'DescribeLaunchTemplates',
    'DescribeLaunchTemplateVersions',
    'DescribeAutoScalingGroups',
    'DescribeLaunchConfigurations',
    'DescribeParameters',
    'GetParameters',
  ])('%s', async (operation) => {
    const world = aWorld();
    await parameter(world, '/golden', OLD);
    await template(world, 'resolve:ssm:/golden', NEW);
    world.sandbox.faults.add({ kind: 'denied', operation });
    expect(await usesIn(world)).toMatchObject({ complete: false, problem: expect.stringMatching(/not authorized/) });
  });
});
