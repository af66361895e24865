import { Metrics } from '@aws-lambda-powertools/metrics';
import { DeleteTagsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { alarmsOf } from '../../deploy/alarms.ts';
import { NAMESPACE, serviceOf } from '../../lib/lambda/metrics.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/model/time.ts';
import { aWorldWithNetworks, type Networks, networkText } from './drill-network.ts';
import { emittedInEachTest } from './emitted.ts';
import { FRANKFURT, LOCAL, type World } from './world.ts';

const emitted = emittedInEachTest();

const DRILLED = (networks: Networks | undefined) =>
  networks === undefined
    ? LOCAL
    : `${LOCAL}    drill: { every: { days: 30 }, regions: [eu-central-1], check: status, instanceType: [c5.large], maxAgeDays: 45, network: ${networkText(networks)} }\n`;

const HERE = 'policy=nightly region=eu-central-1';

/** A world with an image of one server, an hour after its night. */
async function aDrilledWorld(change = (text: string) => text): Promise<World> {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: serviceOf('test') });
  const { world } = await aWorldWithNetworks([FRANKFURT], (networks) => change(DRILLED(networks)), { metrics });
  await world.launch(1, { Backup: 'nightly' });
  await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
  await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-01T03:00:00Z' });
  await world.deliver();
  await world.clock.advance(HOUR);
  return world;
}

async function look(world: World, event: object = { sweep: true }, after = 5 * MINUTE): Promise<Error[]> {
  await world.clock.advance(after);
  await world.invoke('drill', event);
  return world.deliver();
}

/** Somebody takes the tag of a drill off. */
async function untag(world: World): Promise<void> {
  const drill = world.sandbox.ec2.inspect
    .instances({ region: FRANKFURT })
    .find(({ instance }) => instance.ClientToken?.startsWith('amikeep-drill-'));
  const Resources = [drill?.instance.InstanceId ?? ''];
  await world.send(FRANKFURT, (client) =>
    client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'amikeep:drill' }] })),
  );
}

describe('a drill whose tag is off', () => {
  it.each([false, true])(
    'is not looked into, which IAM would refuse and the others would suffer from (%s)',
    async (isOff) => {
      const world = await aDrilledWorld((text) => text.replace('check: status', "check: console, console: 'login:'"));
      await look(world, {}, 0);
      if (isOff) await untag(world);
      await look(world);
      const asked = world.sandbox.calls.total({ operation: 'GetConsoleOutput' });
      expect(asked).toBe(isOff ? 0 : 1);
    },
  );
});

describe('drills', () => {
  it('tell how long a lineage has gone without a pass, and which have none', async () => {
    const world = await aDrilledWorld();
    await look(world, {}, 0);
    for (let minutes = 0; minutes < 15; minutes += 5) await look(world);
    expect(emitted.of('DrillsPassed')).toEqual({ '': [0, 1, 0, 0] });
    await look(world, {}, 2 * DAY);
    const [[since = 1, later = 0] = []] = Object.values(emitted.of('PassAge'));
    expect(since).toBe(0);
    expect(later).toBeGreaterThan((2 * DAY) / SECOND);
    expect(later).toBeLessThan((2 * DAY + 15 * MINUTE) / SECOND);
  });

  it('tell that none outlives its lease, and are silent where nobody could see them, so that the missing data rings', async () => {
    const world = await aDrilledWorld();
    await look(world);
    expect(emitted.of('DrillsOverdue')).toEqual({ 'region=eu-central-1': [0] });
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeInstances' });
    expect(await look(world)).toHaveLength(1);
    expect(emitted.of('DrillsOverdue')).toEqual({});
  });

  it('tell of one that lives an hour after its lease, since its tags are off', async () => {
    const world = await aDrilledWorld();
    await look(world, {}, 0);
    await untag(world);
    await look(world);
    await look(world, { sweep: true }, 2 * HOUR);
    expect(emitted.of('DrillsOverdue')).toEqual({ 'region=eu-central-1': [0, 0, 1] });
  });

  it('tell of an image that has failed twice, and not of one that has failed once', async () => {
    const world = await aDrilledWorld();
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired' }] });
    for (let drill = 0; drill < 2; drill++) {
      await look(world, {});
      for (let minutes = 0; minutes < 45; minutes += 5) await look(world);
      const failed = Object.values(emitted.of('DrillsFailed')).flat();
      expect(failed.reduce((sum, one) => sum + one, 0)).toBe(drill);
    }
  });

  it('tell each metric that an alarm of drills watches', async () => {
    const world = await aDrilledWorld();
    await look(world, {});
    const watched = alarmsOf(world.file).filter(({ heading }) => /pass|drill/i.test(heading));
    expect(watched.map(({ name }) => name)).toEqual([
      'pass-age-nightly-eu-central-1',
      'unproven-nightly-eu-central-1',
      'drills-overdue-eu-central-1',
      'drills-failed',
    ]);
    const told = (['PassAge', 'UnprovenLineages', 'DrillsOverdue', 'DrillsFailed'] as const).map((name) =>
      Object.keys(emitted.of(name)),
    );
    expect(told).toEqual([[HERE], [HERE], ['region=eu-central-1'], ['']]);
  });
});
