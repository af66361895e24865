import { describe, expect, it } from 'vitest';
import { completeReading, partialReading, type Reading } from '../../../lib/model/reading.ts';
import type { Image, Instance } from '../../../lib/model/resources.ts';
import { DAY } from '../../../lib/model/time.ts';
import type { BinnedImage } from '../../../lib/planning/retire/undo.ts';
import type { TargetedEvent } from '../../../lib/run/expand.ts';
import { runJob } from '../../../lib/run/jobs/jobs.ts';
import type { Applied, ImageScope, Reads } from '../../../lib/run/ports.ts';
import { AN_INSTANCE_ID, anImage, anInstance, aPolicy, aPolicyFile, HERE } from '../../builders.ts';
import { ami, disabled, imageOfDay, inShort, instanceNumber, marked, NOW, snap } from '../../planning/fleet.ts';
import { cycleSettings, FakeApplier, fakeReads } from '../fakes.ts';

const whole = <T>(value: T) => completeReading('test', NOW, value);

function aRun(reads: Partial<Reads>, answer?: () => Applied) {
  const applier = new FakeApplier(answer);
  const settings = cycleSettings({ reads: fakeReads(reads), applier });
  const file = aPolicyFile({ policies: [aPolicy(), aPolicy({ name: 'weekly' })] });
  const start = (event: Partial<TargetedEvent>) =>
    runJob(
      { action: 'undo', mode: 'apply', continuation: 0, target: HERE, ...event },
      { file, settings: { ...settings, mode: event.mode ?? 'apply' }, maxCopiesInFlight: 5 },
    );
  return { applier, start };
}

describe('to undo', () => {
  const staged = disabled(marked(imageOfDay(0), NOW - 9 * DAY), NOW - DAY);
  const binned: BinnedImage = {
    id: ami(2),
    name: imageOfDay(1).name,
    snapshots: [snap(2)],
    present: [],
    until: NOW + DAY,
  };
  const there: Record<string, Image> = { [ami(1)]: staged, [ami(4)]: imageOfDay(3) };
  const reads = (trouble?: string): Partial<Reads> => ({
    image: async (_, id): Promise<Reading<Image | undefined>> =>
      trouble === undefined ? whole(there[id]) : partialReading('image', NOW, undefined, trouble),
    binnedImage: async (_, id) => whole(id === binned.id ? binned : undefined),
  });
  const images = [ami(1), ami(2), ami(3), ami(4)];

  describe('an image is read again once no other run can take it away any more', () => {
    const readings = (last: Reading<Image | undefined>) => {
      const all = [whole(staged), last];
      return { image: async () => all.shift() ?? last, binnedImage: async () => whole(undefined) };
    };
    const held = { ...imageOfDay(0), tags: { ...imageOfDay(0).tags, 'amikeep:hold': 'undone by hand' } };

    it.each<[string, Reading<Image | undefined>, object]>([
      ['is back', whole(held), { kind: 'done' }],
      [
        'is gone',
        whole(undefined),
        { kind: 'refused', problem: expect.stringContaining('another run deregistered it') },
      ],
      [
        'could not be read',
        partialReading('image', NOW, undefined, 'AuthFailure'),
        {
          kind: 'unknown',
          problem: expect.stringContaining('it could not be read again (AuthFailure); run amikeep undo'),
        },
      ],
      [
        'was taken a stage further',
        whole(staged),
        { kind: 'done', note: expect.stringContaining('as it is held, the next sweep takes that back') },
      ],
    ])('and it %s', async (_, last, applied) => {
      const { start } = aRun(readings(last));
      const { carried } = await start({ images: [ami(1)] });
      expect(carried).toEqual([expect.objectContaining({ applied })]);
    });
  });

  it('takes back each image that was named, and tells of all of them as of one run', async () => {
    const { applier, start } = aRun(reads());
    const { plan, carried } = await start({ images });
    expect(inShort(plan)).toEqual({
      1: 'bring-back undone',
      2: 'restore undone',
      3: 'skip no-such-image',
      4: 'skip nothing-to-undo',
    });
    expect(applier.asked).toMatchObject([
      { kind: 'bring-back', image: ami(1), enable: true, undeprecate: true },
      { kind: 'restore', image: ami(2), snapshots: [snap(2)] },
    ]);
    expect(carried.map(({ decision }) => decision.subject.id)).toEqual([ami(1), ami(2)]);
    expect(plan).toMatchObject({ warnings: [], problems: [] });
  });

  it('P10: says in plan mode what it would do', async () => {
    const { applier, start } = aRun(reads());
    const { plan, carried } = await start({ images, mode: 'plan' });
    expect(plan.decisions).toHaveLength(4);
    expect([applier.asked, carried]).toEqual([[], []]);
  });

  it('P15: goes on with the others where one is refused', async () => {
    const { applier, start } = aRun(reads(), () => ({ kind: 'refused', problem: 'UnauthorizedOperation' }));
    const { carried } = await start({ images: [ami(1), ami(2)] });
    expect(applier.asked).toHaveLength(2);
    expect(carried).toHaveLength(2);
  });

  it('tells a problem once, however many images it kept from being read', async () => {
    const { plan } = await aRun(reads('denied')).start({ images });
    expect(plan.problems).toEqual(['image in eu-central-1: denied']);
    expect(plan.decisions.map(({ reason }) => reason.code)).toEqual(Array(4).fill('evidence-incomplete'));
  });
});

describe('to adopt', () => {
  it('asks EC2 for the images that match, and puts them under the policy', async () => {
    const asked: unknown[] = [];
    const theirs = anImage({ id: ami(1), name: 'web-1', tags: { Name: 'web-1' } });
    const { applier, start } = aRun({
      imagesWith: async (target, tags) => {
        asked.push([target, tags]);
        return whole([theirs]);
      },
      images: async (target, scope) => {
        asked.push([target, scope]);
        return whole([]);
      },
      allInstances: async (target, ids) => {
        asked.push([target, ids]);
        return whole([anInstance()]);
      },
    });
    const { plan } = await start({ action: 'adopt', policy: 'weekly', filter: { Name: 'web-*', Owner: 'shop' } });
    expect(asked).toEqual([
      [HERE, { Name: ['web-*'], Owner: ['shop'] }],
      [HERE, { deployment: 'prod', policy: 'weekly' }],
      [HERE, undefined],
      // What the instances that they are of are now.
      [HERE, [AN_INSTANCE_ID]],
    ]);
    expect(inShort(plan)).toEqual({ 1: 'adopt adopted' });
    expect(applier.asked).toMatchObject([{ kind: 'adopt', image: ami(1), tags: { 'amikeep:policy': 'weekly' } }]);
  });

  it('under a policy that the file does not have is a mistake of who expanded the event', () => {
    expect(() => aRun({}).start({ action: 'adopt', policy: 'hourly', filter: { Name: '*' } })).toThrow(
      "an expanded event names the policy 'hourly', which the file does not have",
    );
  });
});

describe('to end lineages', () => {
  const other = anInstance({ id: instanceNumber(9), tags: {} });
  function endings(instances: readonly Instance[] = [other]) {
    const scopes: ImageScope[] = [];
    const run = aRun({
      images: async (_, scope) => {
        scopes.push(scope);
        return whole([imageOfDay(0), imageOfDay(1)]);
      },
      allInstances: async () => whole(instances),
    });
    return { ...run, scopes };
  }
  const abandoned = [AN_INSTANCE_ID];

  it('reads all lineages, so as to know which there are, and writes on their images that they have ended', async () => {
    const { applier, start, scopes } = endings();
    const { plan } = await start({ action: 'retire', abandoned });
    expect(scopes).toEqual([{ deployment: 'prod' }]);
    expect(plan.nameable).toEqual(abandoned);
    expect(inShort(plan)).toEqual({ 1: 'end ended-by-hand', 2: 'end ended-by-hand' });
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['end', 'end']);
  });

  it('of one policy reads no others', async () => {
    const { start, scopes } = endings();
    await start({ action: 'retire', abandoned, policy: 'nightly' });
    expect(scopes).toEqual([{ deployment: 'prod', policy: 'nightly' }]);
  });

  it('P4: takes a person to vouch for a region that shows no instance', async () => {
    const { start } = endings([]);
    expect(inShort((await start({ action: 'retire', abandoned })).plan)).toMatchObject({
      1: 'refuse evidence-incomplete',
    });
    const vouched = await start({ action: 'retire', abandoned, confirmNoInstances: true });
    expect(inShort(vouched.plan)).toMatchObject({ 1: 'end ended-by-hand' });
  });
});

it('a snapshot event that was not expanded is a mistake of who sent it on', () => {
  expect(() => aRun({}).start({ action: 'snapshot' })).toThrow(
    'a snapshot event without its policy and slot was not expanded',
  );
});
