import { CreateTagsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, aWorld, FRANKFURT, LOCAL, NIGHTLY, type World } from './world.ts';

const SCRATCH = LOCAL.replace('reboot: never', 'reboot: never, excludeVolumes: { Purpose: scratch }');
const STRANGERS_KEY = `arn:aws:kms:${FRANKFURT}:333333333333:key/0d1e2f30-0000-4000-8000-000000000001`;

const warnings = (world: World) => world.finishedRuns().flatMap((run) => run.warnings);

describe('a volume that is left out', () => {
  async function withData(policies: string): Promise<World> {
    const world = aWorld({ policies });
    await world.launch(
      1,
      { Backup: 'nightly' },
      {
        volumes: [
          { DeviceName: '/dev/xvda', Ebs: {} },
          { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 500 } },
        ],
      },
    );
    return world;
  }

  it('is told with its size, in a plan and in a run', async () => {
    const world = await withData(LOCAL.replace('reboot: never', 'reboot: never, excludeDevices: [/dev/sdf]'));
    await world.night('2026-11-02');
    const reasons = world.finishedRuns().flatMap(({ changes }) => changes.map(({ reason }) => reason));
    expect(reasons).toEqual(['slot 2026.11.02-0300 is due and has no image yet; without /dev/sdf (500 GiB)']);
    expect(world.images()[0]?.BlockDeviceMappings).toHaveLength(1);
  });

  it('by a tag that came since the newest image is warned of, once', async () => {
    const world = await withData(SCRATCH);
    await world.night('2026-11-02');
    world.finishedRuns();
    const { Reservations = [] } = await world.send(FRANKFURT, (client) =>
      client.send(new DescribeInstancesCommand({})),
    );
    const [data = ''] = Reservations.flatMap(({ Instances = [] }) => Instances)
      .flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings)
      .flatMap(({ DeviceName, Ebs }) => (DeviceName === '/dev/sdf' && Ebs?.VolumeId ? [Ebs.VolumeId] : []));
    const Tags = [{ Key: 'Purpose', Value: 'scratch' }];
    await world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand({ Resources: [data], Tags })));
    expect(await world.night('2026-11-03')).toEqual([]);
    expect(warnings(world)).toEqual([
      expect.stringMatching(/leaves out \/dev\/sdf, which ami-\w+ \(2026.11.02-0300\)/),
    ]);
    await world.night('2026-11-04');
    expect(warnings(world)).toEqual([]);
  });
});

describe('a volume under a key of an account that the policy file does not name', () => {
  async function planned(policies: string, action: 'snapshot' | 'copy'): Promise<readonly string[]> {
    const world = aWorld({ policies, behaviour: { kmsKeyUsers: { [STRANGERS_KEY]: [ACCOUNT] } } });
    const Ebs = { Encrypted: true, KmsKeyId: STRANGERS_KEY };
    await world.launch(1, { Backup: 'nightly' }, { volumes: [{ DeviceName: '/dev/xvda', Ebs }] });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    if (action === 'copy') await world.invoke('snapshot', { slot: 'current' });
    await world.deliver();
    await world.clock.advance(3_600_000);
    world.finishedRuns();
    const target = { account: ACCOUNT, region: FRANKFURT };
    const what = action === 'snapshot' ? { policy: 'nightly', slot: '2026-11-02T03:00:00Z' } : {};
    await world.invoke(action, { mode: 'plan', target, ...what });
    return warnings(world);
  }

  it.each(['snapshot', 'copy'] as const)('is told by a plan to %s, before a night fails', async (action) => {
    expect(await planned(NIGHTLY, action)).toEqual([
      expect.stringContaining(
        `encrypted with ${STRANGERS_KEY} of account 333333333333, which keyAccounts does not name`,
      ),
    ]);
  });

  it.each(['snapshot', 'copy'] as const)(
    'is nothing to tell in a plan to %s once the file names it',
    async (action) => {
      const named = NIGHTLY.replace('policies:', "keyAccounts: ['333333333333']\npolicies:");
      expect(await planned(named, action)).toEqual([]);
    },
  );

  it('P15: is a failure of a plan to copy where the snapshots could not be read', async () => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { slot: 'current' });
    await world.deliver();
    await world.clock.advance(3_600_000);
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeSnapshots' });
    const target = { account: ACCOUNT, region: FRANKFURT };
    await expect(world.invoke('copy', { mode: 'plan', target })).rejects.toThrow(
      /snapshots in eu-central-1: UnauthorizedOperation/,
    );
  });
});
