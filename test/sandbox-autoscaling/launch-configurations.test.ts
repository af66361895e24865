import {
  CreateLaunchConfigurationCommand,
  DeleteLaunchConfigurationCommand,
  DescribeLaunchConfigurationsCommand,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, START } from '../sandbox-wire/world.ts';
import { aScalingWorld, IMAGE } from './world.ts';

describe('a launch configuration', () => {
  it('is described as it was created', async () => {
    const { configure, configurations } = aScalingWorld();
    await configure('web-1');
    expect(await configurations('web-1')).toMatchObject([
      {
        LaunchConfigurationName: 'web-1',
        LaunchConfigurationARN: expect.stringMatching(
          `^arn:aws:autoscaling:${REGION}:${ACCOUNT}:launchConfiguration:[0-9a-f-]{36}:launchConfigurationName/web-1$`,
        ),
        ImageId: IMAGE,
        InstanceType: 't3.micro',
        CreatedTime: new Date(START),
      },
    ]);
  });

  it('is absent from a description by name where it does not exist', async () => {
    const { configure, configurations } = aScalingWorld();
    await configure('web-1');
    expect(await configurations('web-2')).toEqual([]);
  });

  it('keeps its name to itself', async () => {
    const { configure } = aScalingWorld();
    await configure('web-1');
    await expect(configure('web-1')).rejects.toMatchObject({
      name: 'AlreadyExistsFault',
      message: expect.stringContaining('already exists with the name web-1'),
    });
  });

  it.each([
    [
      'resolve:ssm:/golden',
      'AMI resolve:ssm:/golden is invalid: Invalid id: "resolve:ssm:/golden" (expecting "ami-...")',
    ],
    [
      'ami-00000000000000000',
      "AMI ami-00000000000000000 is invalid: The image id '[ami-00000000000000000]' does not exist",
    ],
  ])('of the image %s is refused', async (image, message) => {
    const { configure } = aScalingWorld();
    await expect(configure('web-1', image)).rejects.toMatchObject({ name: 'ValidationError', message });
  });

  it('needs an image and a type', async () => {
    const { autoScaling } = aScalingWorld();
    const create = new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'web', ImageId: IMAGE });
    await expect(autoScaling.send(create)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('with what is not modelled is refused', async () => {
    const { autoScaling } = aScalingWorld();
    const create = new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'web', InstanceId: 'i-1' });
    await expect(autoScaling.send(create)).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringContaining('InstanceId of CreateLaunchConfiguration'),
    });
  });

  it('cannot go while a group is attached to it, also one without instances', async () => {
    const { autoScaling, configure, configurations, group } = aScalingWorld();
    await configure('web-1');
    await configure('web-2');
    await group('web', { LaunchConfigurationName: 'web-1' });
    const remove = (name: string) =>
      autoScaling.send(new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: name }));
    await expect(remove('web-1')).rejects.toMatchObject({
      name: 'ResourceInUseFault',
      message: 'Cannot delete launch configuration web-1 because it is attached to AutoScalingGroup web',
    });
    await remove('web-2');
    await expect(remove('web-2')).rejects.toMatchObject({ name: 'ValidationError' });
    expect((await configurations()).map(({ LaunchConfigurationName }) => LaunchConfigurationName)).toEqual(['web-1']);
  });
});

describe('the pages of launch configurations', () => {
  async function many(options: Parameters<typeof aScalingWorld>[0] = {}) {
    const world = aScalingWorld({ throttling: false, ...options });
    const names = Array.from({ length: 120 }, (_, index) => `web-${index}`);
    for (const name of names) await world.configure(name);
    const pages: string[][] = [];
    for await (const page of paginateDescribeLaunchConfigurations({ client: world.autoScaling }, {})) {
      pages.push((page.LaunchConfigurations ?? []).map(({ LaunchConfigurationName = '' }) => LaunchConfigurationName));
    }
    return { ...world, names, pages };
  }

  it('hold 50 where nothing else is said', async () => {
    const { names, pages } = await many();
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(names);
  });

  it('are short and even empty with more to come, where the behaviour says so', async () => {
    const { names, pages } = await many({ ec2: { pageFill: 'uneven' } });
    expect(pages.map(({ length }) => length)).toEqual([25, 0, 50, 25, 0, 20]);
    expect(pages.flat()).toEqual(names);
  });

  it.each([
    [{ MaxRecords: 101 }, 'ValidationError', "Value '101' at 'maxRecords'"],
    [{ MaxRecords: 0 }, 'ValidationError', "Value '0' at 'maxRecords'"],
    [{ NextToken: 'x' }, 'InvalidNextToken', 'not valid'],
    [
      { LaunchConfigurationNames: Array.from({ length: 51 }, (_, index) => `${index}`) },
      'ValidationError',
      'At most 50',
    ],
  ])('are not to be had with %o', async (input, name, message) => {
    const { autoScaling } = aScalingWorld();
    await expect(autoScaling.send(new DescribeLaunchConfigurationsCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});
