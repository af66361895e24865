import { DeleteTagsCommand, type Image } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { parsePolicyFile } from '../../../lib/policy/parse.ts';
import { type Deployment, deploy } from '../../../sim/deployment.ts';
import { amikeep } from '../../cli/in-world.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, LOCAL, sealKeyOf, tagOf, type World } from '../world.ts';
import { sweepDays, wholeOf } from './person.ts';

/** P23 where the key that seals is not there, is another one, or was not there when images were made. */

const BRIEF = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
const DISABLED = { code: 'DisabledException', message: 'the key is disabled', status: 400 };

const versions = (images: readonly Image[]) => images.map((image) => tagOf(image, 'Version').slice(0, 10));
const reasons = (world: World) => world.finishedRuns().flatMap(({ counts }) => Object.keys(counts));

/** Takes the seals off, as if the images had been made by a version that knew none. */
async function unseal(world: World): Promise<void> {
  const Resources = world.images().flatMap(wholeOf);
  const Tags = [{ Key: 'amikeep:seal' }, { Key: 'amikeep:retire' }];
  await world.send(FRANKFURT, (client) => client.send(new DeleteTagsCommand({ Resources, Tags })));
}

describe('P23: while the key that seals cannot be used', () => {
  it.each(['disabled', 'denied'] as const)(
    '(%s) images are made and nothing goes; a person has them sealed later',
    async (how) => {
      const world = aWorld({ policies: BRIEF });
      const faults = (['GetPublicKey', 'Sign'] as const).map((operation) =>
        world.sandbox.faults.add(
          how === 'denied' ? { kind: 'denied', operation } : { kind: 'error-before', operation, ...DISABLED },
        ),
      );
      await world.launch(1, { Backup: 'nightly' });
      const told: string[] = [];
      for (const day of ['02', '03', '04', '05']) {
        told.push(...(await world.night(`2026-11-${day}`)).map(({ message }) => message));
      }
      expect(versions(world.images())).toEqual(['2026.11.02', '2026.11.03', '2026.11.04', '2026.11.05']);
      expect(told.join('\n')).toMatch(/create i-\w+ in eu-central-1: it has no seal, since the key could not be used/);
      expect(told.join('\n')).toContain('seals in eu-central-1: the key by which they are checked could not be read');
      expect(reasons(world)).toContain('report unsealed');

      for (const fault of faults) world.sandbox.faults.remove(fault);
      expect(await sweepDays(world, 3)).toEqual([]);
      expect(world.images()).toHaveLength(4);
      const adopted = await amikeep(world, BRIEF, 'adopt', '--unsealed', '--mode', 'apply');
      expect(adopted).toMatchObject({ status: 0, out: expect.stringContaining('4 adopted') });
      expect(await sweepDays(world, 2)).toEqual([]);
      expect(versions(world.images())).toEqual(['2026.11.05']);
    },
  );

  it.each([
    ['undo', (image: string) => ['undo', image]],
    ['retire --abandoned', (_image: string, instance: string) => ['retire', '--abandoned', instance]],
    ['adopt', () => ['adopt', '--filter', 'tag:amikeep:policy=nightly', '--policy', 'nightly']],
  ])('who calls for %s by the command is told that nothing could be judged', async (_name, argsFor) => {
    const world = aWorld({ policies: BRIEF });
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03', '04']) await world.night(`2026-11-${day}`);
    const marked = world.images().find((image) => image.Tags?.some(({ Key }) => Key === 'amikeep:retire'));
    const args = argsFor(marked?.ImageId ?? '', instance);
    const fault = world.sandbox.faults.add({ kind: 'error-before', operation: 'GetPublicKey', ...DISABLED });
    const unread = expect.stringContaining(
      'seals in eu-central-1: the key by which they are checked could not be read',
    );
    expect(await amikeep(world, BRIEF, ...args, '--mode', 'apply')).toMatchObject({ status: 1, out: unread });
    world.sandbox.faults.remove(fault);
    expect(await amikeep(world, BRIEF, ...args, '--mode', 'apply')).not.toMatchObject({ out: unread });
  });

  it('no copy is made, which is told, and one is made once it can be', async () => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    expect(await world.deliver()).toEqual([]);
    const fault = world.sandbox.faults.add({ kind: 'denied', operation: 'Sign' });
    const [error] = await sweepDays(world, 1);
    expect(error?.message).toMatch(/1 failed, the rest is done: copy ami-\w+ .*Sign/);
    expect(world.images(IRELAND)).toEqual([]);
    world.sandbox.faults.remove(fault);
    await sweepDays(world, 2);
    expect(world.images(IRELAND)).toMatchObject([{ State: 'available' }]);
  });
});

describe('P23: images of before there were seals', () => {
  it('are kept and reported, and go in time once a person has adopted them', async () => {
    const world = aWorld({ policies: BRIEF });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    await unseal(world);
    await world.night('2026-11-04');
    world.finishedRuns();
    await sweepDays(world, 4);
    expect(versions(world.images())).toEqual(['2026.11.02', '2026.11.03', '2026.11.04']);
    expect(reasons(world)).toContain('report unsealed');
    expect((await amikeep(world, BRIEF, 'adopt', '--unsealed', '--mode', 'apply')).out).toContain('2 adopted');
    await sweepDays(world, 2);
    expect(versions(world.images())).toEqual(['2026.11.04']);
  });

  it('are not made twice for their slot', async () => {
    const world = aWorld({ policies: BRIEF });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await unseal(world);
    await world.invoke('snapshot', { policy: 'nightly', slot: 'current' });
    expect(await world.deliver()).toEqual([]);
    expect(world.images()).toHaveLength(1);
  });
});

describe('P23: another key in the place of the one before', () => {
  /** The same policies deployed anew with another key, beside which the file may trust others. */
  async function withNewKey(trusted: (publicHalf: string) => string) {
    const signingKeys = { [FRANKFURT]: ['alias/amikeep-test'], [IRELAND]: ['alias/amikeep-test'] };
    const world = aWorld({ policies: BRIEF, behaviour: { signingKeys } });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    // The stack moves, and the key that it makes in the other region is another one.
    const moved = BRIEF.replace('regions: [eu-central-1]', 'regions: [eu-west-1, eu-central-1]');
    const parsed = parsePolicyFile(
      moved.replace('policies:', `${trusted(await publicHalfOf(world))}policies:`),
      'x.yml',
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { sandbox, clock } = world;
    const later = deploy({ sandbox, file: parsed.file, account: ACCOUNT, random: () => 0.5 });
    for (const day of ['04', '05']) {
      await clock.advanceTo(Date.parse(`2026-11-${day}T03:00:00Z`));
      await run(world, later, 'snapshot', { policy: 'nightly', slot: `2026-11-${day}T03:00:00Z` });
      await clock.advance(3_600_000);
      await run(world, later, 'retire');
    }
    for (let day = 0; day < 2; day++) {
      await clock.advance(25 * 3_600_000);
      await run(world, later, 'retire');
    }
    return world;
  }

  it('retires the images of both where the policy file trusts the one before', async () => {
    const world = await withNewKey((publicHalf) => `trustedKeys: [${publicHalf}]\n`);
    expect(versions(world.images())).toEqual(['2026.11.05']);
  });

  it('keeps those of the one before where it does not', async () => {
    const world = await withNewKey(() => '');
    expect(versions(world.images())).toEqual(['2026.11.02', '2026.11.03', '2026.11.05']);
  });
});

async function run(world: World, deployment: Deployment, action: 'snapshot' | 'retire', payload: object = {}) {
  await world.clock.run(async () => {
    await deployment.invoke(action, { action, ...payload });
    expect(await deployment.deliver()).toEqual([]);
  });
}

/** The public half of the key that a world's deployment seals with. */
async function publicHalfOf(world: World): Promise<string> {
  const { clients, clock } = world;
  const ports = { clients, clock, pace: new Pace(clock, 1), random: () => 0.5 };
  const half = await clock.run(() => sealKeyOf(world).publicHalf(new Caller(ports, Number.POSITIVE_INFINITY, 'ec2')));
  if (!half.ok) throw new Error(half.failure.message);
  return half.value;
}
