import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { aWorld, FRANKFURT, LOCAL, type World } from './world.ts';

/** Only the newest image is kept, and nothing but what is in use keeps the others. */
const KEEP_ONE = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
const OTHER_IMAGE = publicImageId(FRANKFURT, 'al2023');
const OTHER_ACCOUNT = '444455556666';

const template = async (world: World, images: readonly string[]): Promise<string> => {
  const [first, ...later] = images;
  const { LaunchTemplate } = await world.send(FRANKFURT, (client) =>
    client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: first } })),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? '';
  for (const ImageId of later) {
    await world.send(FRANKFURT, (client) =>
      client.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: { ImageId } })),
    );
  }
  return LaunchTemplateId;
};

const group = (world: World, input: Partial<CreateAutoScalingGroupCommandInput>) =>
  world.clock.run(() =>
    world.clients.autoScaling(FRANKFURT).send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MinSize: 0,
        MaxSize: 0,
        VPCZoneIdentifier: 'subnet-1',
        ...input,
      }),
    ),
  );

const configure = (world: World, name: string, ImageId: string) =>
  world.clock.run(async () => {
    const input = { LaunchConfigurationName: name, ImageId, InstanceType: 't3.micro' };
    await world.clients.autoScaling(FRANKFURT).send(new CreateLaunchConfigurationCommand(input));
    await world.clock.sleep(200);
  });

const parameter = (world: World, Value: string, DataType: string) =>
  world.clock.run(() =>
    world.clients.ssm(FRANKFURT).send(new PutParameterCommand({ Name: '/golden', Value, DataType, Type: 'String' })),
  );

/** Lets another account launch from an image, and launches from it there. */
async function launchElsewhere(world: World, image: string): Promise<void> {
  await world.send(FRANKFURT, (client) =>
    client.send(
      new ModifyImageAttributeCommand({ ImageId: image, LaunchPermission: { Add: [{ UserId: OTHER_ACCOUNT }] } }),
    ),
  );
  const credentials = { accessKeyId: OTHER_ACCOUNT, secretAccessKey: 'any' };
  const elsewhere = new EC2Client({ region: FRANKFURT, credentials, maxAttempts: 1 });
  connectInProcess(world.sandbox, elsewhere, { account: OTHER_ACCOUNT });
  await world.clock.run(() => elsewhere.send(new RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1 })));
}

const USERS: readonly [string, (world: World, image: string) => Promise<unknown>, string][] = [
  [
    'a stopped instance',
    async (world, imageId) => {
      const [id = ''] = await world.launch(1, {}, { imageId });
      await world.send(FRANKFURT, (client) => client.send(new StopInstancesCommand({ InstanceIds: [id] })));
    },
    'instance i-',
  ],
  [
    'the default version of a launch template',
    (world, image) => template(world, [image, OTHER_IMAGE]),
    'launch template lt-',
  ],
  [
    'the latest version of a launch template',
    (world, image) => template(world, [OTHER_IMAGE, image]),
    'launch template lt-',
  ],
  [
    'a version of a launch template with twenty newer ones',
    (world, image) => template(world, [OTHER_IMAGE, image, ...Array.from({ length: 20 }, () => OTHER_IMAGE)]),
    'launch template lt-',
  ],
  [
    'a launch template that takes its image from a parameter',
    async (world, image) => {
      await parameter(world, image, 'text');
      await template(world, ['resolve:ssm:/golden']);
    },
    'launch template lt-',
  ],
  ['a parameter of its own', (world, image) => parameter(world, image, 'aws:ec2:image'), 'SSM parameter /golden'],
  [
    'a group of no capacity by its own template',
    async (world, image) => {
      const LaunchTemplateId = await template(world, [image]);
      await group(world, { LaunchTemplate: { LaunchTemplateId, Version: '1' } });
    },
    'auto scaling group web',
  ],
  [
    'an override of a group of no capacity',
    async (world, image) => {
      const LaunchTemplateId = await template(world, [OTHER_IMAGE, image]);
      const LaunchTemplateSpecification = { LaunchTemplateId, Version: '1' };
      const Overrides = [{ LaunchTemplateSpecification: { LaunchTemplateId, Version: '2' } }];
      await group(world, { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification, Overrides } } });
    },
    'auto scaling group web',
  ],
  [
    'a launch configuration of a group',
    async (world, image) => {
      await configure(world, 'web', image);
      await group(world, { LaunchConfigurationName: 'web' });
    },
    'launch configuration web',
  ],
  [
    'a launch configuration of no group',
    (world, image) => configure(world, 'idle', image),
    'launch configuration idle',
  ],
  [
    'a launch configuration beyond the first page',
    async (world, image) => {
      for (let number = 0; number < 101; number++) await configure(world, `a-${number}`, OTHER_IMAGE);
      await configure(world, 'z', image);
    },
    'launch configuration z',
  ],
  ['an instance of another account that it is shared with', launchElsewhere, `account ${OTHER_ACCOUNT}`],
];

it.each(USERS)('P3: an image that is used by %s is never retired', async (_, use, told) => {
  const world = aWorld({ policies: KEEP_ONE });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [used = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await use(world, used);
  for (const day of ['03', '04', '05', '06', '07', '08', '09', '10']) {
    await world.night(`2026-11-${day}`);
  }
  const left = world.images().map(({ ImageId }) => ImageId);
  expect(left).toContain(used);
  // The other nights' images went their way meanwhile: at most two are left that wait for theirs.
  expect(left.length).toBeLessThanOrEqual(4);
  const [plan] = await world.clock.run(() => world.plan({ action: 'retire' }));
  const decision = plan?.plan.decisions.find(({ subject }) => subject.id === used);
  expect(decision?.reason).toMatchObject({ code: 'in-use', text: expect.stringContaining(told) });
});
