import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { HOUR } from '../../../lib/model/time.ts';
import { planEndings } from '../../../lib/planning/retire/end-lineages.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import type { PolicyFile } from '../../../lib/policy/policy.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, HERE } from '../../builders.ts';
import {
  about,
  ami,
  cutShort,
  disabled,
  ended,
  ending,
  found,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  instancesHere,
  marked,
  NOW,
  read,
  retireEnding as retire,
  snap,
  sourceGone,
  tagged,
} from '../fleet.ts';

describe('P5: a lineage that a person has ended', () => {
  const byHand = (image: Image) => ended(image, 'hand');

  it('goes whatever the rules and the policy’s days are, those images included that bear no tag of it', () => {
    const plan = retire([imageOfDay(0), byHand(imageOfDay(1))], ending('never'));
    expect(inShort(plan)).toEqual({ 1: 'mark ended-by-hand', 2: 'mark ended-by-hand' });
    expect(about(plan, ami(1))).toMatchObject({
      reason: { text: 'its source is gone, and its lineage was ended 2026-11-23T03:00:00Z' },
    });
    expect(about(plan, ami(1))).not.toHaveProperty('change.ends');
    expect(plan.abandoned).toEqual([]);
  });

  it('waits for what is still being made, which to deregister would cancel', () => {
    const images = [
      imageOfDay(0, {}, { state: 'pending' }),
      byHand(imageOfDay(1)),
      imageOfDay(2, {}, { state: 'failed' }),
    ];
    expect(inShort(retire(images, ending('never')))).toEqual({
      1: 'keep pending',
      2: 'mark ended-by-hand',
      3: 'mark ended-by-hand',
    });
  });

  it('is kept, and no longer ended, once its source lives again', () => {
    const images = [byHand(marked(imageOfDay(0), NOW - 30 * HOUR)), byHand(imageOfDay(1))];
    const plan = retire(images, ending('never'), instancesHere(anInstance()));
    expect(inShort(plan)).toEqual({ 1: 'unmark wanted-again', 2: 'unmark wanted-again' });
    expect(about(plan, ami(1))).toMatchObject({
      change: { snapshots: [snap(1)], tagKeys: ['amikeep:retire', 'amikeep:ended'] },
    });
    expect(about(plan, ami(2))).toMatchObject({ change: { tagKeys: ['amikeep:ended'] } });
  });

  it('bears that although it is held, as long as it is ended', () => {
    const held = tagged(byHand(marked(imageOfDay(0), NOW - 30 * HOUR)), { 'amikeep:hold': 'audit' });
    expect(about(retire([held], ending('never')), ami(1))).toMatchObject({
      action: 'unmark',
      change: { tagKeys: ['amikeep:retire'] },
    });
    const { 'amikeep:retire': _, ...tags } = held.tags;
    expect(inShort(retire([{ ...held, tags }], ending('never')))).toEqual({ 1: 'refuse hold' });
  });
});

describe('P5: a lineage that its policy has ended', () => {
  const byPolicy = (image: Image) => ended(marked(image, NOW - 30 * HOUR), 'policy');

  it('comes back, from whatever stage, once the policy says otherwise', () => {
    const images = [
      disabled(byPolicy(imageOfDay(30, {}, { id: ami(1) })), NOW - HOUR),
      byPolicy(imageOfDay(31, {}, { id: ami(2) })),
    ];
    const plan = retire(images, ending('never'));
    expect(inShort(plan)).toEqual({ 1: 'bring-back wanted-again', 2: 'unmark wanted-again' });
    expect(about(plan, ami(1))).toMatchObject({
      change: { enable: true, undeprecate: true, tagKeys: ['amikeep:retire', 'amikeep:ended'] },
    });
    expect(plan.abandoned).toHaveLength(1);
  });

  it('bears that no more although an image of it is expired and goes on, and so is copied again', () => {
    const images = [imageOfDay(0), ...imagesOfDays(4).slice(1, 3), byPolicy(imageOfDay(3))];
    for (const [file, instances] of [
      [ending('never'), sourceGone],
      [ending(0), instancesHere(anInstance())],
    ] as const) {
      const plan = retire(images, file, instances);
      expect(about(plan, ami(4))).toMatchObject({
        action: 'unmark',
        reason: { code: 'wanted-again', text: 'its lineage, which had ended, goes on' },
        change: {
          kind: 'unmark',
          region: HERE.region,
          image: ami(4),
          snapshots: [snap(4)],
          tagKeys: ['amikeep:ended'],
        },
      });
    }
  });

  const fourth = [...imagesOfDays(3), ended(imageOfDay(3), 'policy')];

  it('bears it no more although something stands in the way of its going', () => {
    const pending = found({ sharedWith: ['111122223333'], report: { kind: 'pending' } });
    expect(inShort(retire(fourth, ending('never'), { ...sourceGone, ...pending }))).toMatchObject({
      4: 'unmark wanted-again',
    });
  });

  it.each<[string, PolicyFile, Partial<RetireInventory>]>([
    ['its images', ending('never'), { ...sourceGone, images: cutShort(fourth) }],
    ['the instances that tell whether it ends', ending(0), { instances: new Map() }],
  ])('P4: bears it as long as %s could not be read whole', (_, file, overrides) => {
    expect(inShort(retire(fourth, file, overrides))).toMatchObject({ 4: 'refuse evidence-incomplete' });
  });
});

describe('who ends a lineage by hand', () => {
  const other = instanceNumber(2);
  const images = [
    ...imagesOfDays(2),
    imageOfDay(0, { lineage: other, source: { ...HERE, instance: other } }, { id: ami(7), sourceInstance: other }),
    imageOfDay(0, { policy: 'weekly' }, { id: ami(8) }),
  ];
  const inventory = (instances: RetireInventory['instances'], reading = read<Image[]>(images)) => ({
    target: HERE,
    images: reading,
    instances,
    sources: new Map(),
  });
  const end = (
    instances = sourceGone.instances,
    named: string[] = [AN_INSTANCE_ID],
    confirm = false,
    reading = read(images),
  ) => planEndings(aPolicyFile(), inventory(instances, reading), { lineages: named }, confirm);

  it('has that written on all of its images, under whatever policy', () => {
    const plan = end();
    expect(inShort(plan)).toEqual({ 1: 'end ended-by-hand', 2: 'end ended-by-hand', 8: 'end ended-by-hand' });
    expect(about(plan, ami(1))).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      policy: 'nightly',
      lineage: AN_INSTANCE_ID,
      version: '2026.11.23-0200',
      action: 'end',
      reason: { code: 'ended-by-hand', text: 'its lineage is ended by hand' },
      change: {
        kind: 'end',
        lineage: {
          deployment: 'prod',
          policy: 'nightly',
          lineage: AN_INSTANCE_ID,
          source: { ...HERE, instance: AN_INSTANCE_ID },
        },
        region: HERE.region,
        image: ami(1),
        snapshots: [],
      },
    });
    expect(plan).toMatchObject({ warnings: [], problems: [] });
  });

  it('has it written over what the policy said, and not once more where it stands', () => {
    const some = [ended(imageOfDay(0), 'policy'), ended(imageOfDay(1), 'hand')];
    expect(inShort(end(sourceGone.instances, [AN_INSTANCE_ID], false, read(some)))).toEqual({
      1: 'end ended-by-hand',
      2: 'skip ended-by-hand',
    });
  });

  it('is refused while its source lives', () => {
    const plan = end(instancesHere(anInstance()).instances);
    expect(about(plan, ami(2))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'source-alive',
        text: `its source lives: ${AN_INSTANCE_ID} in eu-central-1, or what took its place; terminate that or take its tags away first`,
      },
    });
  });

  it.each<[string, RetireInventory['instances'], boolean]>([
    ['the instances could not be read', new Map([[HERE.region, cutShort([])]]), true],
    ['there is none at all', instancesHere().instances, true],
    ['the images could not be read whole', sourceGone.instances, false],
  ])('P4: is refused where %s', (_, instances, whole) => {
    const plan = end(instances, [AN_INSTANCE_ID], false, whole ? read(images) : cutShort(images));
    expect(about(plan, ami(2))).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: 'whether its source in eu-central-1 lives could not be read' },
    });
    expect(plan.problems).toHaveLength(instances.get(HERE.region)?.complete && whole ? 0 : 1);
  });

  it('is refused while another instance carries the tag value that continues it', () => {
    const heir = instancesHere(anInstance({ id: instanceNumber(9), tags: { Role: 'web' } })).instances;
    const images = read([imageOfDay(0, { lineage: 'Role=web' })]);
    const ofRole = { target: HERE, images, instances: heir, sources: new Map() };
    const byRole = aPolicyFile({ policies: [aPolicy({ lineageTag: 'Role' })] });
    expect(inShort(planEndings(byRole, ofRole, { lineages: ['Role=web'] }, false))).toEqual({
      1: 'refuse source-alive',
    });
    expect(inShort(planEndings(aPolicyFile(), ofRole, { lineages: ['Role=web'] }, false))).toEqual({
      1: 'end ended-by-hand',
    });
  });

  it('may vouch for there being none at all', () => {
    const { decisions } = end(instancesHere().instances, [other], true);
    const ofOther = decisions.filter(({ subject }) => subject.id === ami(7));
    // The word counts in the sweeps that carry the end out as well.
    expect(ofOther.map(({ action }) => action)).toEqual(['vouch', 'end']);
  });

  it('may end what is in another account, of which only a person knows', () => {
    const source = { account: accountId('999999999999'), region: region('us-east-1'), instance: AN_INSTANCE_ID };
    const foreign = [imageOfDay(0, { source, home: HERE })];
    expect(inShort(end(sourceGone.instances, [AN_INSTANCE_ID], false, read(foreign)))).toEqual({
      1: 'end ended-by-hand',
    });
  });

  it('changes nothing of a lineage that is not named, or not here', () => {
    expect(end(sourceGone.instances, ['Role=web']).decisions).toEqual([]);
  });
});
