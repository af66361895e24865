import { CreateImageCommand, DeregisterImageCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PersonsRole } from '../../lib/run/event.ts';
import { DEPLOYMENT } from '../../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { amikeep } from '../cli/in-world.ts';
import { ACCOUNT, aWorld, FRANKFURT, NIGHTLY } from '../handlers/world.ts';
import { asksOf } from './asks.ts';
import { factsOf } from './facts.ts';
import { permits, refusedBy } from './hub.ts';
import type { Ask } from './iam.ts';
import { inMember, memberRole } from './member.ts';

interface Call {
  readonly by: PersonsRole;
  readonly command: string;
  readonly operation: string;
  readonly asks: readonly Ask[];
}

const POLICIES = NIGHTLY.replace('keepDaily: 3', 'keepLast: 1')
  .replace('eu-west-1, retention', 'eu-west-1, kmsKey: alias/dr, retention')
  .replace('endAfterSourceGoneDays: never', 'deprecateDays: 2, disableDays: 3, endAfterSourceGoneDays: never');

/** The calls of every command that the README shows, as if its target were another account. */
let calls: readonly Call[] = [];

beforeAll(async () => {
  const all: Call[] = [];
  let noting: Pick<Call, 'by' | 'command'> | undefined;
  let sandbox: Sandbox | undefined;
  const world = aWorld({
    policies: POLICIES,
    watcher: {
      effect: (effect) => {
        // The key that seals is the hub's, and is used by a person's own rights there.
        if (!noting || !sandbox || effect.service === 'kms') return;
        all.push({ ...noting, operation: effect.operation, asks: asksOf(effect, sandbox).map(inMember) });
      },
    },
  });
  sandbox = world.sandbox;
  const run = async (by: PersonsRole, ...args: readonly string[]) => {
    noting = { by, command: args.join(' ') };
    const { status, out, err } = await amikeep(world, POLICIES, ...args);
    noting = undefined;
    expect({ status, command: args.join(' '), told: status === 0 ? '' : out + err }).toEqual({
      status: 0,
      command: args.join(' '),
      told: '',
    });
  };
  const days = async (count: number) => {
    for (let day = 0; day < count; day++) {
      await world.clock.advance(24 * 3_600_000 + 120_000);
      await run('operate', 'run', 'retire');
    }
  };

  const volumes = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, Encrypted: true, KmsKeyId: 'alias/shop' } }];
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' }, { volumes });
  for (const night of ['2026-11-02T03:00:00Z', '2026-11-03T03:00:00Z']) {
    await world.clock.advanceTo(Date.parse(night));
    await run('plan', 'plan', 'snapshot', '--policy', 'nightly', '--slot', night);
    await run('operate', 'run', 'snapshot', '--policy', 'nightly', '--slot', night);
    await world.clock.advance(3_600_000);
    await run('plan', 'plan', 'copy');
    await run('operate', 'run', 'copy');
    await world.clock.advance(3_600_000);
  }
  await run('plan', 'plan', 'retire', '--verbose');
  await days(5);
  const [oldest = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await run('plan', 'undo', oldest, '--mode', 'plan');
  await run('operate', 'undo', oldest);

  for (const ResourceType of ['EC2_IMAGE', 'EBS_SNAPSHOT']) {
    const RetentionPeriod = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };
    const input = { ResourceType, RetentionPeriod };
    await world.sandbox.call({ service: 'rbin', operation: 'CreateRule', region: FRANKFURT, account: ACCOUNT, input });
  }
  await world.send(FRANKFURT, (client) =>
    client.send(new DeregisterImageCommand({ ImageId: oldest, DeleteAssociatedSnapshots: true })),
  );
  await run('operate', 'undo', oldest, '--region', FRANKFURT);

  const made = await world.send(FRANKFURT, (client) =>
    client.send(new CreateImageCommand({ InstanceId: instance, Name: 'by-hand', NoReboot: true })),
  );
  await world.clock.advance(3_600_000);
  await world.tag(made.ImageId ?? '', { Made: 'by-hand' });
  const adopt = ['adopt', '--filter', 'tag:Made=by-hand', '--policy', 'nightly', '--region', FRANKFURT];
  await run('plan', ...adopt);
  await run('operate', ...adopt, '--mode', 'apply');

  await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [instance] })));
  await world.clock.advance(2 * 3_600_000);
  await run('operate', 'retire', '--abandoned', instance, '--confirm-no-instances', '--mode', 'apply');
  calls = all;
}, 120_000);

describe('what people do in another account', () => {
  test.each(['plan', 'operate'] as const)('is allowed to their role %s', (by) => {
    const role = memberRole(by === 'plan' ? 'SourcePlanRole' : 'SourceOperateRole');
    const own = calls.filter((call) => call.by === by);
    expect(own).not.toEqual([]);
    const refused = own.flatMap(({ command, asks }) => refusedBy(role, asks).map((what) => `${command}: ${what}`));
    expect([...new Set(refused)]).toEqual([]);
  });

  test('takes things out of the Recycle Bin, and adopts', () => {
    const operations = new Set(calls.map(({ operation }) => operation));
    for (const operation of ['RestoreImageFromRecycleBin', 'RestoreSnapshotFromRecycleBin', 'CopyImage', 'EnableImage'])
      expect(operations).toContain(operation);
  });

  test('to plan changes nothing, and its role could not', () => {
    const { statements } = memberRole('SourcePlanRole');
    expect(statements.flatMap(({ Action }) => Action).filter((action) => factsOf(action).write)).toEqual([]);
  });

  test('is denied on what is of another deployment', () => {
    const role = memberRole('SourceOperateRole');
    const key = `aws:ResourceTag/${DEPLOYMENT}`;
    const changes = calls.filter(({ asks }) =>
      asks.some(({ action, context }) => factsOf(action).write && key in context),
    );
    const allowed = changes.filter(({ asks }) =>
      permits(
        role,
        asks.map((ask) => (key in ask.context ? { ...ask, context: { ...ask.context, [key]: 'other' } } : ask)),
      ),
    );
    expect(changes).not.toEqual([]);
    expect(allowed.map(({ command, operation }) => `${operation} for ${command}`)).toEqual([]);
  });
});
