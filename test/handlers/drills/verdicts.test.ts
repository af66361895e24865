import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { SandboxEvent } from '../../../sandbox/contract.ts';
import type { Ec2Behaviour } from '../../../sandbox/ec2/behaviour/behaviour.ts';
import { FRANKFURT, tagOf } from '../world.ts';
import { aDrillWorld, type DrillWorld, type DrillWorldOptions, startDrills } from './world.ts';

/** What stands on the image once a drill's lease is over. */
async function verdictUnder(behaviour: Partial<Ec2Behaviour>, options: DrillWorldOptions = {}): Promise<string> {
  const drilled = await aDrillWorld(options);
  drilled.world.sandbox.ec2.setBehaviour(behaviour);
  await startDrills(drilled);
  await drilled.sweepFor(50);
  expect(await drilled.drills()).toEqual([]);
  return drilled.verdict();
}

/** Sweeps until a drill is to be judged as failed, and gives the consoles that are told then. */
async function failedConsoles({ world }: DrillWorld): Promise<string[]> {
  for (let passed = 0; passed < 40; passed += 5) {
    await world.clock.advance(5 * 60_000);
    const [outcome] = await world.clock.run(() => world.plan({ action: 'drill', sweep: true }));
    const { consoles = [] } = outcome?.plan ?? {};
    if (consoles.length > 0) return consoles.map(({ text }) => text);
    await world.invoke('drill', { sweep: true });
    await world.deliver();
  }
  return [];
}

describe('the verdict of a drill', () => {
  it('P19: is that it failed where the instance never came up, with what its status was', async () => {
    const verdict = await verdictUnder({ statusCheckRules: [{ outcome: 'impaired' }] });
    expect(verdict).toMatch(/^drilled \S+ failed 1 i-\w+ the status of the instance is impaired/);
  });

  it('P19: is inconclusive where EC2 never says how the machine is that it runs on', async () => {
    const verdict = await verdictUnder({ statusCheckRules: [{ outcome: 'never' }] });
    expect(verdict).toMatch(/ inconclusive 0 i-\w+ the status of the machine that EC2 runs it on is initializing/);
  });

  it('that it failed comes with the end of its console', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired', console: 'emergency' }] });
    await startDrills(drilled);
    await world.clock.advance(41 * 60_000);
    const [outcome] = await world.clock.run(() => world.plan({ action: 'drill', sweep: true }));
    const [end] = outcome?.plan.consoles ?? [];
    expect(end).toMatchObject({ image: world.images()[0]?.ImageId, text: expect.stringMatching(/emergency/i) });
  });

  it('that its command failed comes with the end of its console', async () => {
    const drilled = await aDrillWorld({ drill: 'check: command\ndocument: shop-health\nleaseMinutes: 40' });
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ managedNodes: 'all', commandRules: [{ exitStatus: 3 }] });
    await startDrills(drilled);
    expect(await failedConsoles(drilled)).toEqual([expect.stringMatching(/login:/)]);
  });

  it('is that it failed where the machine shuts itself down, with the end of its console, though it has ended', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'shuts-down' }] });
    await startDrills(drilled);
    expect(await failedConsoles(drilled)).toEqual([expect.stringMatching(/Linux version/)]);
    await drilled.sweepFor(5);
    expect(drilled.verdict()).toMatch(/ failed 1 i-\w+ it ended before its verdict: Client.InstanceInitiatedShutdown/);
  });

  it('is a pass where it came up late but within its time', async () => {
    expect(await verdictUnder({ statusCheckMs: 30 * 60_000 })).toMatch(/^passed \S+ status 2100s /);
  });

  it('P19: by the console is a pass once a line matches, and never before', async () => {
    const console = { drill: "check: console\nconsole: 'login:'" };
    expect(await verdictUnder({}, console)).toMatch(/^passed \S+ console /);
    const other = { drill: "check: console\nconsole: 'shop is open'" };
    expect(await verdictUnder({}, other)).toMatch(/^drilled \S+ failed 1 i-\w+ no line of its console matches/);
  });

  it.each<[string, Partial<Ec2Behaviour>, RegExp]>([
    ['a pass where the command succeeds', {}, /^passed \S+ command /],
    [
      'a failure where it fails',
      { commandRules: [{ exitStatus: 3 }] },
      / failed 1 i-\w+ the command shop-health ended Failed, with exit status 3 ~/,
    ],
    [
      'inconclusive where it never reaches the instance',
      { commandRules: [{ isLost: true }] },
      / inconclusive 0 i-\w+ the command shop-health has not begun/,
    ],
    [
      'inconclusive where SSM knows no such node',
      { nodeRules: [{ outcome: 'never' }] },
      / inconclusive 0 i-\w+ SSM's agent/,
    ],
  ])('P19: by a command is %s', async (_, behaviour, wanted) => {
    const command = { drill: 'check: command\ndocument: shop-health\nleaseMinutes: 40' };
    expect(await verdictUnder({ managedNodes: 'all', ...behaviour }, command)).toMatch(wanted);
  });

  it('P19: is inconclusive where there is no room, and the image is started hours later', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ capacityShortages: [{}] });
    expect(await startDrills(drilled)).toEqual([]);
    expect(drilled.verdict()).toMatch(/^drilled \S+ inconclusive 0 - InsufficientInstanceCapacity/);
    world.sandbox.ec2.setBehaviour({ capacityShortages: [] });
    await world.clock.advance(3_600_000);
    await startDrills(drilled);
    expect(await drilled.drills()).toEqual([]);
    await world.clock.advance(5 * 3_600_000);
    await startDrills(drilled);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed \S+ status /);
  });

  it('is told on the bus too where nothing could be launched', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ capacityShortages: [{}] });
    const told: SandboxEvent[] = [];
    world.sandbox.onEvent((event) => told.push(event));
    await startDrills(drilled);
    const verdicts = told.filter((event) => event['detail-type'] === 'Image Drilled');
    expect(verdicts.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        imageId: world.images()[0]?.ImageId,
        verdict: 'inconclusive',
        failures: 0,
        reason: expect.stringMatching(/^nothing was launched: InsufficientInstanceCapacity/),
      }),
    ]);
    expect(
      world
        .finishedRuns()
        .at(-1)
        ?.changes.map(({ action }) => action),
    ).toEqual(['drill', 'judge']);
  });

  it('is of another zone or type where the first has no room', async () => {
    const drilled = await aDrillWorld({ drill: 'instanceType: [m7g.large, m1.small]' });
    const { world, network } = drilled;
    world.sandbox.ec2.setBehaviour({
      capacityShortages: [{ type: 'm7g.large' }, { type: 'm1.small', zone: 'eu-central-1a' }],
    });
    await startDrills(drilled);
    expect(await drilled.drills()).toMatchObject([{ InstanceType: 'm1.small', SubnetId: network.subnets[1] }]);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed \S+ status \d+s m1.small /);
  });

  it('is inconclusive where EC2 ends the launch for want of room, and another zone comes first the next time', async () => {
    const drilled = await aDrillWorld();
    const { world, network } = drilled;
    world.sandbox.ec2.setBehaviour({ capacityShortages: [{ zone: 'eu-central-1a', strikes: 'pending' }] });
    await startDrills(drilled);
    expect(await drilled.sweepFor(5)).toEqual([]);
    expect(drilled.verdict()).toMatch(/inconclusive 0 i-\w+ it ended before its verdict: Server.InsufficientInstance/);
    await world.clock.advance(7 * 3_600_000);
    await startDrills(drilled);
    expect(await drilled.drills()).toMatchObject([{ SubnetId: network.subnets[1] }]);
  });

  it('of an image that failed is given a second time though there is a newer one by then', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired' }] });
    await startDrills(drilled);
    await drilled.sweepFor(50);
    await world.night('2026-11-03');
    await startDrills(drilled);
    await drilled.sweepFor(50);
    const [older, newer] = world.images();
    expect(tagOf(older, 'amikeep:drilled')).toContain(' failed 2 i-');
    expect(tagOf(newer, 'amikeep:drilled')).toBe('');
  });

  it('fails an image for good once it has failed twice, which rings, and starts the next version', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [{ outcome: 'impaired' }] });
    for (const failures of [1, 2]) {
      await startDrills(drilled);
      await drilled.sweepFor(50);
      expect(drilled.verdict()).toContain(` failed ${failures} i-`);
    }
    await startDrills(drilled);
    expect(await drilled.drills()).toEqual([]);
    world.sandbox.ec2.setBehaviour({ statusCheckRules: [] });
    await world.night('2026-11-03');
    await startDrills(drilled);
    await drilled.sweepFor(10);
    const [older, newer] = world.images();
    expect(tagOf(newer, 'amikeep:passed')).toContain(' status ');
    expect(tagOf(older, 'amikeep:passed')).toBe('');
  });

  it('P19: that somebody has forged or copied from another image counts for nothing', async () => {
    const drilled = await aDrillWorld({ servers: 2 });
    const { world } = drilled;
    await startDrills(drilled);
    await drilled.sweepFor(10);
    const [one, other] = world.images();
    const pass = tagOf(one, 'amikeep:passed');
    await world.night('2026-11-03');
    const forged = world.images().slice(2);
    expect(forged).toHaveLength(2);
    for (const { ImageId = '' } of forged) {
      const Tags = [{ Key: 'amikeep:passed', Value: pass }];
      await world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand({ Resources: [ImageId], Tags })));
    }
    expect(tagOf(other, 'amikeep:passed')).not.toBe(pass);
    // Were the copied pass believed, nothing would be due for another thirty days from it on.
    await world.clock.advance(30 * 86_400_000);
    await startDrills(drilled);
    expect(await drilled.drills()).not.toEqual([]);
  });
});
