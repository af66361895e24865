import { CreateLaunchConfigurationCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type ParameterType, PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { group } from './auto-scaling.ts';
import { ACCOUNT, aWorld, FRANKFURT, LOCAL, type World } from './world.ts';

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

const configure = (world: World, name: string, ImageId: string) =>
  world.clock.run(async () => {
    const input = { LaunchConfigurationName: name, ImageId, InstanceType: 't3.micro' };
    await world.clients.autoScaling(FRANKFURT).send(new CreateLaunchConfigurationCommand(input));
    await world.clock.sleep(200);
  });

const parameter = (world: World, Value: string, DataType: string, Type: ParameterType = 'String') =>
  world.clock.run(() =>
    world.clients.ssm(FRANKFURT).send(new PutParameterCommand({ Name: '/golden', Value, DataType, Type })),
  );

const share = (world: World, image: string) =>
  world.send(FRANKFURT, (client) =>
    client.send(
      new ModifyImageAttributeCommand({ ImageId: image, LaunchPermission: { Add: [{ UserId: OTHER_ACCOUNT }] } }),
    ),
  );

/** Lets another account launch from an image, and does something there. */
async function elsewhere(world: World, image: string, use: (client: EC2Client) => Promise<unknown>): Promise<void> {
  await share(world, image);
  const credentials = { accessKeyId: OTHER_ACCOUNT, secretAccessKey: 'any' };
  const client = new EC2Client({ region: FRANKFURT, credentials, maxAttempts: 1 });
  connectInProcess(world.sandbox, client, { account: OTHER_ACCOUNT });
  await world.clock.run(() => use(client));
}

const launchElsewhere = (world: World, image: string) =>
  elsewhere(world, image, (client) =>
    client.send(new RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1 })),
  );

/** A launch template of another account that names an image in its first version only, of more than a report looks at. */
function templateElsewhere(world: World, image: string) {
  // A report knows of a template after days only; by then the rules would have let the image go.
  world.sandbox.ec2.setBehaviour({ usageReportTemplateLagMs: 0 });
  return elsewhere(world, image, async (client) => {
    const LaunchTemplateName = 'web';
    await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { ImageId: image } }));
    const later = { LaunchTemplateName, LaunchTemplateData: { ImageId: OTHER_IMAGE } };
    for (let version = 2; version <= 21; version++) await client.send(new CreateLaunchTemplateVersionCommand(later));
  });
}

/** A recipe of Image Builder that starts from an image. */
function recipe(world: World, image: string, kind: 'image' | 'container', account: string = ACCOUNT): void {
  const arn = `arn:aws:imagebuilder:${FRANKFURT}:${account}:${kind}-recipe/web/1.0.0`;
  world.sandbox.ec2.setBehaviour({ imageRecipes: { [arn]: [image] } });
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
    'a parameter of text, as tools write it',
    (world, image) => parameter(world, image, 'text'),
    'SSM parameter /golden',
  ],
  [
    'a list of several images in a parameter',
    (world, image) => parameter(world, `${OTHER_IMAGE},${image}`, 'text', 'StringList'),
    'SSM parameter /golden',
  ],
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
  [
    'an image recipe, of which only EC2’s own search tells',
    async (world, image) => recipe(world, image, 'image'),
    'image recipe web/1.0.0',
  ],
  [
    'a container recipe, of which only EC2’s own search tells',
    async (world, image) => recipe(world, image, 'container'),
    'container recipe web/1.0.0',
  ],
  ['an instance of another account that it is shared with', launchElsewhere, `account ${OTHER_ACCOUNT}`],
  [
    'an old version of a launch template of another account that it is shared with',
    templateElsewhere,
    `account ${OTHER_ACCOUNT}`,
  ],
  [
    'an image recipe of another account that it is shared with',
    async (world, image) => {
      await share(world, image);
      recipe(world, image, 'image', OTHER_ACCOUNT);
    },
    `account ${OTHER_ACCOUNT}`,
  ],
  [
    'a container recipe of another account that it is shared with',
    async (world, image) => {
      await share(world, image);
      recipe(world, image, 'container', OTHER_ACCOUNT);
    },
    `account ${OTHER_ACCOUNT}`,
  ],
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

it('P4: an image that is shared stays while EC2’s reports on its use come to nothing, and is asked about again', async () => {
  const world = aWorld({ policies: KEEP_ONE, behaviour: { usageReportOutcome: 'error' } });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [shared = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await share(world, shared);
  for (const day of ['03', '04', '05', '06']) await world.night(`2026-11-${day}`);
  await world.clock.advance(600_000);
  expect(world.images().map(({ ImageId, State }) => [ImageId, State])).toContainEqual([shared, 'available']);
  const [plan] = await world.clock.run(() => world.plan({ action: 'retire' }));
  const decision = plan?.plan.decisions.find(({ subject }) => subject.id === shared);
  expect(decision?.reason.code).toBe('usage-unasked');
  world.sandbox.ec2.setBehaviour({ usageReportOutcome: 'available' });
  for (const day of ['07', '08', '09', '10']) await world.night(`2026-11-${day}`);
  expect(world.images().map(({ ImageId }) => ImageId)).not.toContain(shared);
});

it('P3: eleven images that are due at once are searched for in two calls, since EC2 takes ten', async () => {
  const world = aWorld({ policies: KEEP_ONE });
  await world.launch(11, { Backup: 'nightly' });
  for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
  await world.clock.advance(25 * 3_600_000);
  const searches = (outcome: string) => world.sandbox.calls.total({ operation: 'DescribeImageReferences', outcome });
  const before = searches('ok');
  await world.clock.run(() => world.plan({ action: 'retire' }));
  expect(searches('ok') - before).toBe(2);
  await world.invoke('retire');
  expect(await world.deliver()).toEqual([]);
  expect(searches('InvalidParameterValue')).toBe(0);
  expect(world.images()).toHaveLength(11);
});

it('a place is asked who uses its images from when it has any of ours', async () => {
  const world = aWorld({ policies: KEEP_ONE });
  const guards = ['DescribeLaunchTemplates', 'DescribeAutoScalingGroups', 'DescribeParameters', 'ListRules'];
  const asked = () => guards.filter((operation) => world.sandbox.calls.total({ operation }) > 0);
  await world.launch(1, { Backup: 'nightly' });
  await world.invoke('retire');
  expect(await world.deliver()).toEqual([]);
  expect(world.sandbox.calls.total({ operation: 'DescribeImages' })).toBeGreaterThan(0);
  expect(asked()).toEqual([]);
  await world.night('2026-11-02');
  expect(asked()).toEqual(guards);
});
