import { describe, expect, it } from 'vitest';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, NIGHTLY, tagOf } from './world.ts';

const versions = (images: Parameters<typeof tagOf>[0][]) => images.map((image) => tagOf(image, 'amikeep:version'));

describe('a policy over a week', () => {
  it('images every instance each night, copies it, and retires what no rule keeps 24 hours after its mark', async () => {
    const world = aWorld();
    await world.launch(2, { Backup: 'nightly', Name: 'web' });
    const errors: Error[] = [];
    for (const day of [2, 3, 4, 5, 6, 7]) errors.push(...(await world.night(`2026-11-0${day}`)));

    expect(errors).toEqual([]);
    // Three days are kept; what expired last night bears its mark, what expired the night before has gone.
    expect(new Set(versions(world.images()))).toEqual(
      new Set(['2026.11.04-0300', '2026.11.05-0300', '2026.11.06-0300', '2026.11.07-0300']),
    );
    expect(new Set(versions(world.images(IRELAND)))).toEqual(
      new Set(['2026.11.05-0300', '2026.11.06-0300', '2026.11.07-0300']),
    );
    const marked = world.images().filter((image) => tagOf(image, 'amikeep:retire') !== '');
    expect(versions(marked)).toEqual(['2026.11.04-0300', '2026.11.04-0300']);
  });

  it('leaves no snapshot behind', async () => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly' });
    for (const day of [2, 3, 4, 5, 6, 7]) await world.night(`2026-11-0${day}`);

    const orphans = world.sandbox.ec2.inspect.snapshots().filter(({ images }) => images.length === 0);
    expect(orphans).toEqual([]);
  });

  it('writes every tag with the call that creates, on images and snapshots alike', async () => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly', Name: 'web' });
    await world.night('2026-11-02');

    const [image] = world.images();
    expect(image?.Name).toBe(`test/nightly/${image?.SourceInstanceId}/2026.11.02-0300/1`);
    expect(tagOf(image, 'Name')).toBe('web 2026.11.02-0300');
    expect(world.sandbox.calls.total({ operation: 'CreateTags', outcome: 'ok' })).toBe(0);
    const [snapshot] = world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT });
    const recipe = ['amikeep:shape', 'amikeep:address'];
    const shared = image?.Tags?.filter(({ Key = '' }) => !recipe.includes(Key)) ?? [{ Key: 'none' }];
    expect(snapshot?.snapshot.Tags).toHaveLength(shared.length);
    expect(snapshot?.snapshot.Tags).toEqual(expect.arrayContaining(shared));
  });

  it("keeps people's text in tags, and describes images in ASCII, where EC2 takes nothing else", async () => {
    const lineage = '    lineage: { tag: Service }\n    retention: { keepDaily: 3 }';
    const world = aWorld({ policies: NIGHTLY.replace('    retention: { keepDaily: 3 }', lineage) });
    await world.launch(1, { Backup: 'nightly', Service: `Zahlungsüberwachung ${'😀'.repeat(100)}` });
    const errors = await world.night('2026-11-02');

    expect(errors).toEqual([]);
    const made = [...world.images(), ...world.images(IRELAND)];
    expect(made.map(({ Description }) => Description)).toEqual([
      'amikeep: deployment test, policy nightly, version 2026.11.02-0300',
      'amikeep: deployment test, policy nightly, version 2026.11.02-0300',
    ]);
    expect(tagOf(made[0], 'amikeep:lineage')).toMatch(/^Service=Zahlungsüberwachung 😀/);
  });

  it('P12: makes one image a slot, however often the slot’s event comes', async () => {
    const world = aWorld();
    await world.launch(3, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    const event = { policy: 'nightly', slot: '2026-11-02T03:00:00Z', target: { account: ACCOUNT, region: FRANKFURT } };
    const together = await world.invokeTogether('snapshot', [event, event, event]);
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(world.sandbox.calls.total({ outcome: 'InvalidAMIName.Duplicate' })).toBe(6);
    await world.invoke('snapshot', event);
    await world.invoke('snapshot', { slot: 'current' });
    await world.deliver();

    expect(world.images()).toHaveLength(3);
  });

  it('P10: plan mode makes no changing call', async () => {
    const world = aWorld();
    await world.launch(2, { Backup: 'nightly' });
    for (const day of [2, 3, 4, 5, 6]) await world.night(`2026-11-0${day}`);
    const before = JSON.stringify(world.sandbox.dump());
    const reads = world.sandbox.calls.log.length;
    await world.invoke('snapshot', { policy: 'nightly', mode: 'plan' });
    await world.invoke('copy', { mode: 'plan' });
    await world.invoke('retire', { mode: 'plan' });
    await world.deliver();

    const calls = world.sandbox.calls.log.slice(reads);
    expect(calls.filter(({ operation }) => !/^(Describe|List|PutEvents)/.test(operation))).toEqual([]);
    expect(JSON.stringify(world.sandbox.dump())).toBe(before);
    expect(calls.length).toBeGreaterThan(0);
  });

  it('starts no work that its time does not allow, and sends itself on until all is done', async () => {
    const world = aWorld({ functionTime: 40_000, rateShare: 0.1 });
    await world.launch(30, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    expect(await world.deliver()).toEqual([]);

    expect(world.images()).toHaveLength(30);
    const runs = world.finishedRuns();
    expect(runs.length).toBeGreaterThan(1);
    expect(runs[0]?.unfinished).toBeGreaterThan(0);
    // A fifth of its time is kept back for what is under way.
    for (const { startedAt, endedAt } of runs)
      expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeLessThanOrEqual(32_000);
    expect(runs.at(-1)?.unfinished).toBe(0);
  });
});
