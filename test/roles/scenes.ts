import { CreateLaunchTemplateCommand, DeregisterImageCommand, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { DAY, MINUTE } from '../../lib/model/time.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { ACCOUNT, aWorld, FRANKFURT, NIGHTLY, type World } from '../handlers/world.ts';
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
