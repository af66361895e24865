import {
  CreateLaunchTemplateCommand,
  DeregisterImageCommand,
  DescribeInstancesCommand,
  type EC2Client,
  ModifyImageAttributeCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DAY, HOUR, MINUTE } from '../../lib/model/time.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { aWorldWithNetworks, type Networks, networkText } from '../handlers/drill-network.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, NIGHTLY, type World } from '../handlers/world.ts';
import { aRehearsal, demoPolicies } from '../sim/rehearsal.ts';
import { CallBook, type RecordedCall } from './record.ts';

/** What a deployment did, by the calls of its functions. */
export interface Scene {
  readonly file: PolicyFile;
  readonly calls: readonly RecordedCall[];
}

/** The demo, as it is. */
export async function theDemo(): Promise<Scene> {
  const book = new CallBook();
  const file = demoPolicies();
  await aRehearsal({ file, days: 90, onEffect: (effect, sandbox) => book.note(effect, effect.caller, sandbox) });
  return { file, calls: book.calls };
}

const ON_ITS_WAY_OUT = NIGHTLY.replace('keepDaily: 3', 'keepLast: 1')
  .replace('eu-west-1, retention', 'eu-west-1, kmsKey: alias/dr, retention')
  .replace('endAfterSourceGoneDays: never', 'deprecateDays: 2, disableDays: 3, endAfterSourceGoneDays: never');

/**
 * What the demo has no occasion for: encrypted volumes, shared images, rules of the Recycle Bin, templates that name
 * parameters, and snapshots that an image left behind.
 */
export async function rareDays(): Promise<Scene> {
  const parsed = parsePolicyFile(ON_ITS_WAY_OUT, 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  const book = new CallBook();
  let caller: string | undefined;
  let sandbox: Sandbox | undefined;
  const world = aWorld({
    policies: ON_ITS_WAY_OUT,
    onInvocation: (action) => {
      caller = action;
    },
    watcher: { effect: (effect: Effect) => void (sandbox && book.note(effect, caller, sandbox)) },
  });
  sandbox = world.sandbox;
  const byPeople = async <T>(work: () => Promise<T>): Promise<T> => {
    caller = 'people';
    return await work();
  };

  const volumes = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, Encrypted: true, KmsKeyId: 'alias/shop' } }];
  const [instance = ''] = await byPeople(() => world.launch(1, { Backup: 'nightly' }, { volumes }));
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  const [shared = '', expired = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await world.night('2026-11-04');
  const LaunchPermission = { Add: [{ UserId: '444455556666' }] };
  await byPeople(() =>
    world.send(FRANKFURT, (client) =>
      client.send(new ModifyImageAttributeCommand({ ImageId: shared, LaunchPermission })),
    ),
  );
  await sweep(world, 5);
  await byPeople(() => world.tag(expired, { 'amikeep:hold': 'audit' }));
  await sweep(world, 1);
  await byPeople(() => world.tag(instance, { 'amikeep:hold': 'court order' }));
  await world.night('2026-11-12');
  await sweep(world, 1);
  await byPeople(() => leaveBehind(world, expired));
  await sweep(world, 4, { orphans: true });
  return { file: parsed.file, calls: book.calls };
}

/** People deregister an image by hand, which leaves its snapshots, and set up what a run has to ask about. */
async function leaveBehind(world: World, image: string): Promise<void> {
  await world.send(FRANKFURT, async (client) => {
    await client.send(new DeregisterImageCommand({ ImageId: image }));
    const LaunchTemplateData = { ImageId: 'resolve:ssm:/golden' };
    await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData }));
  });
  const RetentionPeriod = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };
  const input = { ResourceType: 'EC2_IMAGE', RetentionPeriod };
  await world.sandbox.call({ service: 'rbin', operation: 'CreateRule', region: FRANKFURT, account: ACCOUNT, input });
}

async function sweep(world: World, days: number, event: object = {}): Promise<void> {
  for (let day = 0; day < days; day++) {
    await world.clock.advance(DAY + 2 * MINUTE);
    await world.invoke('retire', event).catch(() => {});
    await world.deliver();
  }
}

const DRILLED = (networks: Networks | undefined) => {
  const drill = (check: string) =>
    networks === undefined
      ? ''
      : `    drill: { every: { days: 30 }, regions: [eu-central-1, eu-west-1], ${check}, instanceType: [c5.large, m5.large], maxAgeDays: 45, network: ${networkText(networks)} }\n`;
  const policy = (name: string, check: string) => `  ${name}:
    select: { tags: { Backup: ${name} } }
    schedule: { expression: cron(0 3 * * ? *), timeZone: UTC }
    image: { reboot: never }
    copies: [{ region: eu-west-1, kmsKey: alias/dr, retention: { keepDaily: 2 } }]
    retention: { keepLast: 1 }
    retire: { mode: apply, maxPerDay: 100%, endAfterSourceGoneDays: never }
${drill(check)}`;
  const policies = [
    policy('nightly', 'check: status'),
    policy('seen', "check: console, console: 'login:'"),
    policy('asked', 'check: command, document: shop-health'),
  ];
  return `deployment: test\nregions: [eu-central-1]\npolicies:\n${policies.join('')}`;
};

/** Drills of every kind, in two regions: one has no room for the first type, and people keep what another was to take along. */
export async function drills(): Promise<Scene> {
  const book = new CallBook();
  let caller: string | undefined = 'people';
  let sandbox: Sandbox | undefined;
  const { world } = await aWorldWithNetworks([FRANKFURT, IRELAND], DRILLED, {
    onInvocation: (action) => {
      caller = action;
    },
    watcher: { effect: (effect: Effect) => void (sandbox && book.note(effect, caller, sandbox)) },
  });
  sandbox = world.sandbox;
  const volumes = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, Encrypted: true, KmsKeyId: 'alias/shop' } }];
  for (const name of ['nightly', 'seen', 'asked']) await world.launch(1, { Backup: name }, { volumes });
  await world.night('2026-11-02');
  const slot = '2026-11-02T03:00:00Z';
  for (const policy of ['seen', 'asked']) await world.invoke('snapshot', { policy, slot }).catch(() => {});
  for (const action of ['copy', 'retire'] as const) {
    await world.deliver();
    await world.clock.advance(HOUR);
    await world.invoke(action);
  }
  await world.deliver();
  await world.clock.advance(HOUR);

  sandbox.ec2.setBehaviour({ capacityShortages: [{ type: 'c5.large' }] });
  await look(world, {});
  caller = 'people';
  await world.send(FRANKFURT, (client) => leaveBehindDrills(client));
  for (let minutes = 0; minutes < 60; minutes += 5) await look(world, { sweep: true });
  await look(world, {});
  return { file: world.file, calls: book.calls };
}

/** The hour's run, or a sweep, five minutes after what was before. */
async function look(world: World, event: object): Promise<void> {
  await world.clock.advance(5 * MINUTE);
  await world.invoke('drill', event);
  await world.deliver();
}

/** A volume that is not to go with its drill, and an interface of a machine that somebody launched with a drill's tags. */
async function leaveBehindDrills(client: EC2Client): Promise<void> {
  const Filters = [{ Name: 'tag-key', Values: ['amikeep:drill'] }];
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }));
  const [drill] = Reservations.flatMap(({ Instances = [] }) => Instances);
  const DeviceName = drill?.BlockDeviceMappings?.[0]?.DeviceName;
  await client.send(
    new ModifyInstanceAttributeCommand({
      InstanceId: drill?.InstanceId,
      BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination: false } }],
    }),
  );
  const network = { SubnetId: drill?.SubnetId, Groups: drill?.SecurityGroups?.flatMap(({ GroupId }) => GroupId ?? []) };
  const { Instances = [] } = await client.send(
    new RunInstancesCommand({
      ImageId: publicImageId(FRANKFURT, 'al2023'),
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, DeleteOnTermination: false, ...network }],
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: drill?.Tags }],
    }),
  );
  const InstanceIds = Instances.flatMap(({ InstanceId }) => InstanceId ?? []);
  await client.send(new TerminateInstancesCommand({ InstanceIds }));
}
