import { describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import { SeededRandom } from '../../sandbox/seeded.ts';
import { deploy } from '../../sim/deployment.ts';
import { ACCOUNT, aWorld, FRANKFURT, LOCAL } from '../handlers/world.ts';
import { amikeepWithin } from './in-world.ts';

const POLICIES = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
const HOUR = 3_600_000;

/** An image whose last stage is due, and everything that is asked from then on answered at its own time. */
async function withDue(random: SeededRandom) {
  const world = aWorld({ policies: POLICIES });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [due = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await world.night('2026-11-03');
  await world.invoke('retire');
  await world.clock.advance(25 * HOUR);
  for (const operation of ['DescribeImages', 'DescribeInstances', 'CreateTags', 'DeleteTags', 'DeregisterImage']) {
    const latencyMs = 1 + Math.floor(random.next() * 4_000);
    world.sandbox.faults.add({ kind: 'latency', operation, latencyMs, probability: 0.5 + random.next() / 2 });
  }
  const parsed = parsePolicyFile(POLICIES, 'policies.yml');
  if (!parsed.ok) throw new Error('the policies of a test are not well-formed');
  const sweeping = deploy({ sandbox: world.sandbox, file: parsed.file, account: ACCOUNT, random: () => 0.5 });
  return { world, due, sweeping };
}

describe('an undo beside a sweep that is about to deregister the image', () => {
  it('says that it is back if and only if it is there in the end, whoever was first', {
    timeout: 120_000,
  }, async () => {
    const endings = new Map<string, number>();
    for (let seed = 1; seed <= 40; seed++) {
      const random = new SeededRandom(seed);
      const { world, due, sweeping } = await withDue(random);
      const after = Math.floor(random.next() * 15_000);

      const [, undone] = await world.clock.run(() =>
        Promise.all([
          Promise.allSettled([
            sweeping.invoke('retire', { action: 'retire', target: { account: ACCOUNT, region: FRANKFURT } }),
          ]),
          world.clock.sleep(after).then(() => amikeepWithin(world, POLICIES, 'undo', due)),
        ]),
      );
      await world.clock.advance(HOUR);
      await world.invoke('retire');

      const isThere = world.images().some(({ ImageId }) => ImageId === due);
      expect({ seed, status: undone.status }).toEqual({ seed, status: isThere ? 0 : 1 });
      const words = ['1 brought back', 'another run deregistered it while it was brought back', 'not found', 'failed'];
      const said = words.find((some) => undone.out.includes(some)) ?? undone.out;
      endings.set(said, (endings.get(said) ?? 0) + 1);
    }
    expect(endings.get('1 brought back')).toBeGreaterThan(0);
    expect(endings.get('another run deregistered it while it was brought back')).toBeGreaterThan(0);
  });
});
