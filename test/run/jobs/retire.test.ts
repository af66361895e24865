import { describe, expect, it } from 'vitest';
import { region } from '../../../lib/model/ids.ts';
import { completeReading } from '../../../lib/model/reading.ts';
import type { Image, Snapshot } from '../../../lib/model/resources.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import { type ImageEvidence, NOTHING_FOUND, type SnapshotEvidence } from '../../../lib/planning/evidence.ts';
import type { PolicyFile } from '../../../lib/policy/policy.ts';
import type { TargetedEvent } from '../../../lib/run/expand.ts';
import { runJob } from '../../../lib/run/jobs/jobs.ts';
import type { Reads } from '../../../lib/run/ports.ts';
import { encodeStamp } from '../../../lib/tagging/stamp.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE } from '../../builders.ts';
import {
  about,
  ami,
  copyOfDay,
  deprecated,
  disabled,
  ending,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  leftOverSnapshot,
  marked,
  NOW,
  snap,
} from '../../planning/fleet.ts';
import { cycleSettings, FakeApplier, fakeReads } from '../fakes.ts';

interface World {
  readonly images: readonly Image[];
  readonly copies?: readonly Image[];
  readonly snapshots?: readonly Snapshot[];
  /** What is read of them from the second time on, where that is something else. */
  readonly snapshotsLater?: readonly Snapshot[];
  readonly evidence?: Partial<ImageEvidence>;
  readonly snapshotEvidence?: SnapshotEvidence;
  readonly file?: PolicyFile;
  readonly instances?: readonly ReturnType<typeof anInstance>[];
}

/** Runs the retire job on a region; what it read is kept by the name of the read, in order. */
async function retire(world: World, event: Partial<TargetedEvent> = {}) {
  const asked: Partial<Record<keyof Reads, unknown[]>> = {};
  const answer =
    <A extends unknown[], T>(name: keyof Reads, value: (...rest: A) => T) =>
    async (target: { region: string }, ...rest: A) => {
      asked[name] = [...(asked[name] ?? []), [target.region, ...rest]];
      return completeReading(name, NOW, value(...rest));
    };
  const {
    images,
    copies = [],
    snapshots = [],
    snapshotsLater = snapshots,
    evidence = {},
    snapshotEvidence = { sharedWith: [] },
    file = aPolicyFile(),
    instances = [anInstance()],
  } = world;
  const applier = new FakeApplier();
  const reads = fakeReads({
    images: async (target, scope) => {
      asked.images = [...(asked.images ?? []), [target.region, scope]];
      return completeReading('images', NOW, target.region === (event.target ?? HERE).region ? images : copies);
    },
    allInstances: answer('allInstances', () => instances),
    instancesAmong: answer('instancesAmong', () => instances),
    uses: answer('uses', () => new Map()),
    imageEvidence: answer(
      'imageEvidence',
      (asked: readonly Image[]) => new Map(asked.map(({ id }) => [id, { ...NOTHING_FOUND, ...evidence }])),
    ),
    leftovers: async (target, scope) => {
      asked.leftovers = [...(asked.leftovers ?? []), [target.region, scope]];
      return {
        images: completeReading('images', NOW, images),
        snapshots: completeReading('snapshots', NOW, snapshots),
        strays: completeReading('snapshots of others', NOW, []),
        uses: completeReading('images by snapshot', NOW, new Map()),
      };
    },
    snapshots: answer('snapshots', (_: string, ids: readonly Snapshot['id'][]) =>
      snapshotsLater.filter(({ id }) => ids.includes(id)),
    ),
    snapshotUses: answer('snapshotUses', () => new Map()),
    snapshotEvidence: answer(
      'snapshotEvidence',
      (ids: readonly Snapshot['id'][]) => new Map(ids.map((id) => [id, snapshotEvidence])),
    ),
    binnedImages: answer('binnedImages', () => new Set<never>()),
    heldSnapshots: answer('heldSnapshots', () =>
      (asked.heldSnapshots?.length === 1 ? snapshots : snapshotsLater).filter(({ tags }) => tags[HOLD] !== undefined),
    ),
    binRules: answer('binRules', () => []),
  });
  const settings = { ...cycleSettings({ reads, applier }), mode: event.mode ?? ('apply' as const) };
  const result = await runJob(
    { action: 'retire', mode: 'apply', continuation: 0, target: HERE, ...event },
    { file, settings, maxCopiesInFlight: 5 },
  );
  return { ...result, asked, applier };
}

/** The ids of the images that each read of evidence was about. */
const lookedInto = ({ imageEvidence }: Awaited<ReturnType<typeof retire>>['asked']) =>
  imageEvidence?.map((call) => Array.isArray(call) && call[1].map(({ id }: Image) => id));

const stages = { ...aPolicy().retire, deprecateDays: 7, disableDays: 7 };
const staged = aPolicyFile({ policies: [aPolicy({ retire: stages })] });
const rested = (daysAgo: number) => marked(imageOfDay(daysAgo), NOW - 20 * DAY);

describe('what the retire job looks into one by one', () => {
  const images = [
    ...imagesOfDays(3),
    imageOfDay(3),
    rested(4),
    deprecated(rested(5), NOW - 7 * DAY),
    disabled(rested(6), NOW - 7 * DAY),
    marked(imageOfDay(7), NOW - HOUR),
    disabled(rested(8), NOW - 6 * DAY),
  ];

  it('is in a plan what is due a stage, and nothing that is kept, is to be marked or waits', async () => {
    const { asked, plan } = await retire({ images, file: staged }, { mode: 'plan' });
    expect(lookedInto(asked)).toEqual([[ami(5), ami(6), ami(7)]]);
    expect(asked.snapshotEvidence).toEqual([[HERE.region, [snap(7)]]]);
    expect(inShort(plan)).toEqual({
      1: 'keep keep-rule',
      2: 'keep keep-rule',
      3: 'keep keep-rule',
      4: 'mark expired',
      5: 'deprecate expired',
      6: 'disable expired',
      7: 'deregister expired',
      8: 'wait marked',
      9: 'wait marked',
    });
  });

  it('is the same where that is carried out, each right before it goes', async () => {
    const { asked, applier } = await retire({ images, file: staged });
    expect(lookedInto(asked)).toEqual([[ami(5), ami(6), ami(7)]]);
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['mark', 'deregister', 'disable', 'deprecate']);
  });

  it('is two thousand at most of a plan, and the others say that they wait for a later run', async () => {
    const expired = Array.from({ length: 2_010 }, (_, index) => rested(index + 3));
    const { asked, plan } = await retire({ images: [...imagesOfDays(3), ...expired] }, { mode: 'plan' });
    expect(asked.imageEvidence?.map((call) => Array.isArray(call) && call[1].length)).toEqual([2_000]);
    expect(plan.decisions.filter(({ reason }) => reason.code === 'not-looked-into')).toHaveLength(10);
    expect(plan.decisions.filter(({ action }) => action === 'deregister')).toHaveLength(2_000);
  });

  it('is nothing of what is marked or proposed, however much it is', async () => {
    const marks = await retire({ images: imagesOfDays(3_003) });
    expect(marks.asked.imageEvidence).toBeUndefined();
    expect(marks.plan.decisions.filter(({ action }) => action === 'mark')).toHaveLength(3_000);
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
    const proposals = await retire({ images: imagesOfDays(110), file });
    expect(proposals.asked.imageEvidence).toBeUndefined();
    expect(proposals.plan.decisions.filter(({ action }) => action === 'propose')).toHaveLength(107);
  });

  it('is in a plan the snapshots that would be deleted as well', async () => {
    const { asked, plan } = await retire(
      { images: [], snapshots: [leftOverSnapshot(1, NOW - 2 * DAY)] },
      { mode: 'plan' },
    );
    expect(asked.snapshotEvidence).toEqual([[HERE.region, [snap(1)]]]);
    expect(plan.decisions).toMatchObject([{ action: 'delete-snapshot' }]);
  });

  it.each([{ mode: 'apply', action: 'mark-snapshot' } as const, { mode: 'plan', action: 'propose' } as const])(
    'is no snapshot that lost its image, which a person’s word only marks: $action',
    async ({ mode, action }) => {
      const orphan = { ...leftOverSnapshot(1, NOW), tags: encodeStamp(aStamp()) };
      const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode } })] });
      const { asked, plan, applier } = await retire({ images: [], snapshots: [orphan], file }, { orphans: true });
      expect(asked.snapshotEvidence).toBeUndefined();
      expect(plan.decisions).toMatchObject([{ action }]);
      expect(applier.asked).toMatchObject(mode === 'apply' ? [{ kind: 'mark-snapshot', snapshot: snap(1) }] : []);
    },
  );

  it('P23: is no snapshot that lost its image as long as no person vouches for it', async () => {
    const orphan = { ...leftOverSnapshot(1, NOW), tags: encodeStamp(aStamp()) };
    const { plan, applier } = await retire({ images: [], snapshots: [orphan] });
    expect(plan.decisions).toMatchObject([{ action: 'report', reason: { code: 'orphan' } }]);
    expect(applier.asked).toEqual([]);
  });

  it('is what is to be disabled, since it goes where it turns out to be shared, and its snapshots with it', async () => {
    const image = deprecated(rested(4), NOW - 14 * DAY);
    const sharedWith = ['111122223333'];
    const evidence = { sharedWith, report: { kind: 'ready', at: NOW, accounts: [], about: sharedWith } } as const;
    const world = { images: [...imagesOfDays(3), image], file: staged };
    const planned = await retire({ ...world, evidence }, { mode: 'plan' });
    expect(inShort(planned.plan)).toMatchObject({ 5: 'deregister expired' });
    const { asked, applier } = await retire({ ...world, evidence });
    expect(applier.asked).toMatchObject([{ kind: 'deregister', image: ami(5), snapshots: [snap(5)] }]);
    // The stage that it comes to has a look of its own.
    expect(asked.snapshotEvidence?.map((call) => Array.isArray(call) && call[1])).toEqual([[snap(5)], [snap(5)]]);
    const unshared = await retire(world);
    expect(unshared.applier.asked.map(({ kind }) => kind)).toEqual(['disable']);
    expect(unshared.asked.snapshotEvidence?.map((call) => Array.isArray(call) && call[1])).toEqual([[]]);
    const locked = await retire({ ...world, evidence, snapshotEvidence: { lock: 'governance', sharedWith: [] } });
    expect(locked.applier.asked).toEqual([]);
    expect(inShort(locked.plan)).toMatchObject({ 5: 'refuse locked' });
  });

  it('P3: tells whom EC2 has to be asked about before the first stage', async () => {
    const shared = { sharedWith: ['111122223333'] };
    const { applier } = await retire({ images: [...imagesOfDays(3), rested(3)], evidence: shared });
    expect(applier.asked).toEqual([
      { kind: 'ask-usage', region: HERE.region, image: ami(4), accounts: ['111122223333'] },
    ]);
  });
});

describe('P7: right before the calls the retire job reads again', () => {
  const images = [...imagesOfDays(3), rested(3), imageOfDay(4)];

  it('only what bears on the images that are to go', async () => {
    const { asked, applier } = await retire({ images });
    expect(asked.leftovers).toEqual([[HERE.region, { deployment: 'prod' }]]);
    expect(asked.images).toEqual([[HERE.region, { deployment: 'prod', lineages: [AN_INSTANCE_ID] }]]);
    expect(asked.allInstances).toEqual([[HERE.region]]);
    expect(asked.instancesAmong).toEqual([[HERE.region, { ids: [AN_INSTANCE_ID], tags: new Map() }]]);
    // The first of the two by the instances that were read once.
    expect(asked.uses).toEqual([
      [HERE.region, { instances: expect.any(Promise) }],
      [HERE.region, { images: [ami(4)] }],
    ]);
    expect(lookedInto(asked)).toEqual([[ami(4)]]);
    expect(asked.snapshots).toEqual([
      // How many tags those have that are to be marked.
      [HERE.region, 'prod', [snap(5)]],
      [HERE.region, 'prod', []],
    ]);
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['mark', 'deregister']);
  });

  it('and leaves what turns out to be in use where it is, which the plan then says', async () => {
    const references = [{ kind: 'SSM parameter', id: '/golden' }] as const;
    const { plan, carried, applier } = await retire({
      images: [...imagesOfDays(3), rested(3)],
      evidence: { references },
    });
    expect(applier.asked).toEqual([]);
    expect(inShort(plan)).toMatchObject({ 4: 'refuse in-use' });
    expect(carried).toMatchObject([
      { decision: { action: 'deregister' }, withdrawn: expect.stringContaining('/golden') },
    ]);
  });

  it('and brings it back from a stage', async () => {
    const references = [{ kind: 'image recipe', id: 'golden' }] as const;
    const { plan, applier } = await retire({
      images: [...imagesOfDays(3), deprecated(rested(4), NOW - 7 * DAY)],
      evidence: { references },
      file: staged,
    });
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['bring-back']);
    expect(inShort(plan)).toMatchObject({ 5: 'bring-back wanted-again' });
  });

  it('and says why what is locked stays', async () => {
    const { plan, applier } = await retire({
      images: [...imagesOfDays(3), rested(3)],
      snapshotEvidence: { lock: 'governance', sharedWith: [] },
    });
    expect(applier.asked).toEqual([]);
    expect(inShort(plan)).toMatchObject({ 4: 'refuse locked' });
  });

  it.each([
    ['deprecated', rested(4), 'unmark'],
    ['disabled', deprecated(rested(4), NOW - 7 * DAY), 'bring-back'],
    ['deregistered', disabled(rested(4), NOW - 7 * DAY), 'bring-back'],
  ])('P6: whether a snapshot of what is to be %s is on hold by now', async (_, image, instead) => {
    const { applier, plan } = await retire({
      images: [...imagesOfDays(3), image],
      snapshots: [leftOverSnapshot(5, NOW)],
      snapshotsLater: [leftOverSnapshot(5, NOW, { [HOLD]: 'audit' })],
      file: staged,
    });
    expect(applier.asked.map(({ kind }) => kind)).toEqual([instead]);
    expect(about(plan, ami(5)).reason.text).toContain(`its snapshot ${snap(5)} is on hold: audit`);
  });

  it('and the snapshots that are', async () => {
    const { asked } = await retire({ images: imagesOfDays(1), snapshots: [leftOverSnapshot(9, NOW - 2 * DAY)] });
    expect(asked.snapshots?.[1]).toEqual([HERE.region, 'prod', [snap(9)]]);
    expect(asked.snapshotUses).toEqual([[HERE.region, [snap(9)]]]);
    // Their lineage tells by which rules they go where their policy is gone, and whether their image is there after all.
    expect(asked.images).toEqual([[HERE.region, { deployment: 'prod', lineages: [AN_INSTANCE_ID] }]]);
  });

  it('and unmarks a snapshot that is on hold by now', async () => {
    const { applier, plan } = await retire({
      images: imagesOfDays(1),
      snapshots: [leftOverSnapshot(9, NOW - 2 * DAY)],
      snapshotsLater: [leftOverSnapshot(9, NOW - 2 * DAY, { [HOLD]: 'audit' })],
    });
    expect(applier.asked).toMatchObject([{ kind: 'unmark-snapshot', snapshot: snap(9) }]);
    expect(plan.decisions.at(-1)).toMatchObject({
      action: 'unmark-snapshot',
      reason: { text: 'it is on hold: audit' },
    });
  });

  it.each([
    ['what one policy left behind where it looks at that one only', { policy: 'nightly' }, 'leftovers'],
    ['nothing of what is left over where the event says so', { policy: 'nightly', leftovers: false }, 'images'],
  ] as const)('and %s', async (_, event, read) => {
    const { asked } = await retire({ images }, event);
    expect(asked[read]?.[0]).toEqual([HERE.region, { deployment: 'prod', policy: 'nightly' }]);
    expect(asked.leftovers ?? []).toHaveLength(read === 'leftovers' ? 1 : 0);
  });
});

describe('beyond its own region the retire job reads', () => {
  const elsewhere = region('us-east-1');
  const to = (...regions: (typeof elsewhere)[]) =>
    regions.map((one) => ({ region: one, encrypt: 'as-source', retention: { keepLast: 1 } }) as const);
  const file = aPolicyFile({
    formerRegions: [],
    policies: [aPolicy({ copies: to(DR.region) }), aPolicy({ name: 'weekly', copies: to(elsewhere, HERE.region) })],
  });
  const placesOf = (calls: unknown[] | undefined) => calls?.map((call) => (Array.isArray(call) ? call[0] : call));

  it('the copies that any policy wants of its images', async () => {
    const { asked } = await retire({ images: imagesOfDays(1), file });
    expect(placesOf(asked.images)).toEqual([DR.region, elsewhere]);
    expect(asked.images?.[0]).toEqual([DR.region, { deployment: 'prod', sourceRegion: HERE.region }]);
  });

  it('the copies of one policy where it looks at that one only', async () => {
    const { asked } = await retire({ images: imagesOfDays(1), file }, { policy: 'nightly' });
    expect(placesOf(asked.images)).toEqual([DR.region]);
  });

  it('no copies where its own region is no source region of the file', async () => {
    const { asked } = await retire({ images: [copyOfDay(0)], file }, { target: DR });
    expect(asked.images).toBeUndefined();
  });

  it('the instances of the regions from which it holds copies', async () => {
    const { asked } = await retire({ images: [copyOfDay(0)], file }, { target: DR });
    expect(placesOf(asked.allInstances)).toEqual([DR.region, HERE.region]);
    const { asked: atHome } = await retire({ images: imagesOfDays(2), file });
    expect(placesOf(atHome.allInstances)).toEqual([HERE.region]);
  });

  it('once a run what their policy has in the source region of copies that go by a tag, if what they are of is gone', async () => {
    const byRole = ending(0, { lineageTag: 'Role' });
    const copy = (day: number, lineage: string) => marked(copyOfDay(day, { lineage }), NOW - 2 * DAY);
    const world = { images: [copy(1, 'Role=web'), copy(2, 'Role=db')], file: byRole };
    const heirs = [anInstance({ id: instanceNumber(2), tags: { Role: 'other' } })];
    const { asked, plan } = await retire({ ...world, instances: heirs }, { target: DR });
    expect(plan.decisions.map(({ action }) => action)).toEqual(['deregister', 'deregister']);
    const atSource = asked.images?.filter((one) => placesOf([one])?.includes(HERE.region));
    expect(atSource).toEqual([[HERE.region, { deployment: 'prod', policy: 'nightly' }]]);

    const { asked: ofTheLiving } = await retire(world, { target: DR });
    expect(ofTheLiving.images).toBeUndefined();
  });

  it('all that is in that region where the copies are of several policies', async () => {
    const copies = ['nightly', 'weekly'].map((policy) => copyOfDay(1, { lineage: 'Role=web', policy }));
    const instances = [anInstance({ id: instanceNumber(2) })];
    const { asked } = await retire({ images: copies, file, instances }, { target: DR });
    expect(asked.images?.at(-1)).toEqual([HERE.region, { deployment: 'prod' }]);
  });
});

it('P4: a region that shows no instance needs a person to vouch for it', async () => {
  const world = { images: imagesOfDays(4), instances: [] };
  expect(inShort((await retire(world)).plan)).toMatchObject({ 4: 'refuse evidence-suspect' });
  expect(inShort((await retire(world, { confirmNoInstances: true })).plan)).toMatchObject({ 4: 'mark expired' });
});
