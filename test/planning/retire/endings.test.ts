import { describe, expect, it } from 'vitest';
import { accountId } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import { planCopies } from '../../../lib/planning/copy/copy.ts';
import type { Plan } from '../../../lib/planning/decision.ts';
import { sortByLineage } from '../../../lib/planning/lineages.ts';
import { policiesToAsk } from '../../../lib/planning/retire/endings.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, DR, HERE, RETIRE_RULES } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyInventory,
  copyOfDay,
  cutShort,
  ended,
  ending,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  instancesHere,
  marked,
  NOW,
  read,
  retireEnding as retire,
  retireInventory,
  snap,
  sourceGone,
  tagged,
} from '../fleet.ts';

const old = (count: number) =>
  Array.from({ length: count }, (_, day) => imageOfDay(30 + day, {}, { id: ami(1 + day) }));

describe('P5: where the source of a lineage is gone', () => {
  it('it ends with its newest images once it had no new version for as long as the policy says', () => {
    const plan = retire(old(2));
    expect(inShort(plan)).toEqual({ 1: 'mark source-gone', 2: 'mark source-gone' });
    expect(about(plan, ami(1))).toMatchObject({
      reason: { text: 'its source is gone, and its lineage had no new version for 30 days' },
      change: {
        text: 'its source is gone, and its lineage had no new version for 30 days',
        ends: {
          deployment: 'prod',
          policy: 'nightly',
          lineage: AN_INSTANCE_ID,
          source: { ...HERE, instance: AN_INSTANCE_ID },
        },
      },
    });
    expect(plan.abandoned).toEqual([]);
  });

  it.each([
    ['not a moment before', ending(30), NOW - 3 * HOUR - 1],
    ['never where the policy says never', ending('never'), NOW + 4_000 * DAY],
  ])('%s', (_, file, now) => {
    expect(inShort(retire(old(2), file, sourceGone, now))).toEqual({ 1: 'keep keep-rule', 2: 'keep keep-rule' });
  });

  it('it ends to the moment: days count from the newest slot', () => {
    expect(inShort(retire(old(1), ending(30), sourceGone, NOW - 3 * HOUR))).toEqual({ 1: 'mark source-gone' });
    expect(inShort(retire([imageOfDay(0), ...old(2).slice(1)]))).toEqual({ 1: 'keep keep-rule', 2: 'keep keep-rule' });
  });

  it('it ends at once where the policy says 0', () => {
    expect(inShort(retire([imageOfDay(0)], ending(0)))).toEqual({ 1: 'mark source-gone' });
  });

  it('it goes on its way like all else: through the stages, kept by a hold, proposed in plan mode', () => {
    const image = marked(imageOfDay(30, {}, { id: ami(1) }), NOW - 30 * HOUR);
    expect(inShort(retire([image]))).toEqual({ 1: 'deregister source-gone' });
    expect(inShort(retire([tagged(image, { 'amikeep:hold': '' })]))).toEqual({ 1: 'unmark wanted-again' });
    const stages = { ...aPolicy().retire, endAfterSourceGoneDays: 30, deprecateDays: 1, mode: 'apply' } as const;
    expect(inShort(retire([image], aPolicyFile({ policies: [aPolicy({ retire: stages })] })))).toEqual({
      1: 'deprecate source-gone',
    });
    const planned = aPolicyFile({ policies: [aPolicy({ retire: { ...stages, mode: 'plan' } })] });
    expect(inShort(retire([image], planned))).toEqual({ 1: 'propose policy-in-plan-mode' });
  });

  it('P14: it ends as was stamped on its newest image where the policy is gone', () => {
    const stamped = (endAfterSourceGoneDays: number | 'never') => [
      imageOfDay(30, { retire: { ...aPolicy().retire, endAfterSourceGoneDays } }, { id: ami(1) }),
      imageOfDay(31, {}, { id: ami(2) }),
    ];
    const noPolicy = aPolicyFile({ policies: [] });
    // The older one goes first, and the default cap lets one go.
    expect(inShort(retire(stamped(30), noPolicy))).toEqual({ 1: 'refuse cap-reached', 2: 'mark source-gone' });
    expect(inShort(retire(stamped(31), noPolicy))).toMatchObject({ 1: 'keep keep-rule' });
    expect(inShort(retire(stamped('never'), noPolicy))).toMatchObject({ 1: 'keep keep-rule' });
  });

  it('its failed attempts end with it', () => {
    const images = [imageOfDay(30, {}, { id: ami(1), state: 'failed' }), imageOfDay(31, {}, { id: ami(2) })];
    expect(inShort(retire(images))).toEqual({ 1: 'mark source-gone', 2: 'mark source-gone' });
  });
});

describe('P5: the source of a lineage is not gone', () => {
  const kept = { 1: 'keep keep-rule' };

  it.each(['pending', 'running', 'shutting-down', 'stopping', 'stopped'] as const)(
    'while its instance is %s',
    (state) => {
      expect(inShort(retire(old(1), ending(0), instancesHere(anInstance({ state }))))).toEqual(kept);
    },
  );

  it('but once that is terminated', () => {
    const instances = instancesHere(
      anInstance({ state: 'terminated' }),
      anInstance({ id: instanceNumber(9), tags: {} }),
    );
    expect(inShort(retire(old(1), ending(0), instances))).toEqual({ 1: 'mark source-gone' });
  });

  it('P14: while an instance carries the tag value that its text tells of, and its policy is gone', () => {
    const noPolicy = aPolicyFile({ policies: [] });
    const image = (lineage: string) => [
      imageOfDay(30, { lineage, retire: { ...aPolicy().retire, endAfterSourceGoneDays: 0 } }, { id: ami(1) }),
    ];
    const heir = instancesHere(anInstance({ id: instanceNumber(9), tags: { 'Role=a': 'web' } }));
    expect(inShort(retire(image('Role=a=web'), noPolicy, heir))).toEqual(kept);
    expect(inShort(retire(image('Role=a=db'), noPolicy, heir))).toEqual({ 1: 'mark source-gone' });
  });

  it('while any instance that was ever its source lives', () => {
    const source = { ...HERE, instance: instanceNumber(2) };
    const images = [
      imageOfDay(30, { lineage: 'Role=web' }, { id: ami(1) }),
      imageOfDay(31, { lineage: 'Role=web', source }, { id: ami(2), sourceInstance: source.instance }),
    ];
    expect(inShort(retire(images, ending(0), instancesHere(anInstance({ id: instanceNumber(2) }))))).toEqual({
      1: 'keep keep-rule',
      2: 'keep keep-rule',
    });
  });

  const byRole = ending(0, { lineageTag: 'Role' });
  const ofRole = (lineage: string) => [imageOfDay(30, { lineage }, { id: ami(1) })];

  it('while its instance lives, which has lost the tag that it went by', () => {
    expect(inShort(retire(ofRole('Role=web'), byRole, instancesHere(anInstance({ tags: {} }))))).toEqual(kept);
  });

  it.each([
    ['the tag value that continues it', 'Role=web', { Role: 'web' }],
    ['a lineage of its own among those that share the value', `Role=web#${instanceNumber(9)}`, { Role: 'web' }],
  ])('while another instance carries %s', (_, lineage, tags) => {
    const heir = instancesHere(anInstance({ id: instanceNumber(9), tags }));
    expect(inShort(retire(ofRole(lineage), byRole, heir))).toEqual(kept);
    expect(inShort(retire(ofRole(lineage), ending(0), heir))).toEqual({ 1: 'mark source-gone' });
  });

  it.each<[string, Record<string, string>, 'running' | 'terminated']>([
    ['another value', { Role: 'db' }, 'running'],
    ['an empty value', { Role: '' }, 'running'],
    ['no such tag', {}, 'running'],
    ['the value, and is terminated', { Role: 'web' }, 'terminated'],
  ])('but where the others carry %s it is', (_, tags, state) => {
    const others = instancesHere(
      anInstance({ id: instanceNumber(8), tags, state }),
      anInstance({ id: instanceNumber(9), tags: {} }),
    );
    expect(inShort(retire(ofRole('Role=web'), byRole, others))).toEqual({ 1: 'mark source-gone' });
    expect(inShort(retire(ofRole('Role='), byRole, others))).toEqual({ 1: 'mark source-gone' });
  });

  it('for all that is known where a tag of every object’s is the lineage’s', () => {
    const images = [imageOfDay(30, { lineage: 'constructor=web' }, { id: ami(1) })];
    expect(inShort(retire(images, ending(0, { lineageTag: 'constructor' })))).toEqual({ 1: 'mark source-gone' });
  });

  it.each<[string, RetireInventory['instances']]>([
    ['could not be read whole', new Map([[HERE.region, cutShort([anInstance({ id: instanceNumber(9) })])]])],
    ['were not read', new Map()],
    ['are none at all, which is more likely to be a mistake', instancesHere().instances],
    ['are all terminated', instancesHere(anInstance({ state: 'terminated' })).instances],
  ])('P4: for all that is known where the instances %s', (_, instances) => {
    const plan = retire(old(1), ending(0), { instances });
    expect(inShort(plan)).toEqual(kept);
    expect(plan.abandoned).toEqual([]);
  });

  it('unless a person vouches for there being none at all', () => {
    const inventory = retireInventory(old(1), instancesHere());
    expect(inShort(planRetirement(ending(0), inventory, NOW, { confirmNoInstances: true }))).toEqual({
      1: 'mark source-gone',
    });
  });

  it('as far as anybody here knows where it is in another account', () => {
    const source = { account: accountId('999999999999'), region: HERE.region, instance: AN_INSTANCE_ID };
    const images = [imageOfDay(30, { source }, { id: ami(1) })];
    const plan = retire(images, ending(0), {
      instances: new Map([[HERE.region, read([anInstance({ id: instanceNumber(9) })])]]),
    });
    expect(inShort(plan)).toEqual(kept);
    expect(plan.abandoned).toEqual([]);
    expect(
      inShort(
        retire(
          images.map((image) => ended(image, 'hand')),
          ending('never'),
        ),
      ),
    ).toEqual({
      1: 'mark ended-by-hand',
    });
  });

  it('of copies is looked for among the instances of their source region', () => {
    const copies = [copyOfDay(30, { retire: { ...aPolicy().retire, endAfterSourceGoneDays: 0 } })];
    const plan = (here: RetireInventory['instances']) =>
      planRetirement(
        aPolicyFile({ policies: [] }),
        retireInventory(copies, { target: DR, instances: new Map([[DR.region, read([])], ...here]) }),
        NOW,
      ).decisions.map(({ action, reason }) => `${action} ${reason.code}`);
    expect(plan(instancesHere(anInstance()).instances)).toEqual(['keep keep-rule']);
    expect(plan(sourceGone.instances)).toEqual(['mark source-gone']);
    expect(plan(new Map())).toEqual(['keep keep-rule']);
  });

  describe('of copies that go by a tag', () => {
    const heir = instanceNumber(2);
    const ofHeir = { lineage: 'Role=web', source: { ...HERE, instance: heir } };
    const atHome = imageOfDay(1, ofHeir, { sourceInstance: heir });
    // The heir has lost the tag, and no copy is of it.
    const instances = new Map([
      [DR.region, read([])],
      [HERE.region, read([anInstance({ id: heir, tags: {} })])],
    ]);
    const plan = (sources: RetireInventory['sources']) =>
      planRetirement(
        ending(0, { lineageTag: 'Role' }),
        retireInventory([copyOfDay(30, { lineage: 'Role=web' })], { target: DR, instances, sources }),
        NOW,
      );
    const inFew = ({ decisions }: Plan) => decisions.map(({ action, reason }) => `${action} ${reason.code}`);

    it.each<[string, Image[], string]>([
      ['while an image in their source region is of one that lives', [atHome], 'keep keep-rule'],
      ['while one there that is hidden may be of one that lives', [{ ...atHome, tags: {} }], 'keep keep-rule'],
      ['but where none there is of the lineage it is', [], 'mark source-gone'],
      [
        'but where those there are of another lineage it is',
        [imageOfDay(1, { ...ofHeir, lineage: heir })],
        'mark source-gone',
      ],
    ])('%s', (_, images, decision) => {
      const planned = plan(new Map([[HERE.region, read(images)]]));
      expect(inFew(planned)).toEqual([decision]);
      expect(planned.problems).toEqual([]);
    });

    it('P4: for all that is known where those images were not read, or not whole', () => {
      expect(inFew(plan(new Map()))).toEqual(['keep keep-rule']);
      const cut = plan(new Map([[HERE.region, cutShort([])]]));
      expect(inFew(cut)).toEqual(['keep keep-rule']);
      expect(cut.problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
    });
  });
});

describe('which images in other regions tell whether a source lives', () => {
  const { instances } = sourceGone;
  const copy = (lineage: string, policy = 'nightly') => copyOfDay(30, { lineage, policy });
  const asked = (images: readonly Image[], target = DR) => {
    const { lineages } = sortByLineage(images, 'prod');
    const policies = policiesToAsk(lineages.values(), ending(0), { target, instances }, false);
    return [...policies].map(([region, names]) => `${region}: ${[...names].join(', ')}`);
  };

  it('those under the policies of lineages by a tag whose copies here are of instances that are gone', () => {
    expect(asked([copy('Role=web'), copy('Role=db'), copy('Role=web', 'weekly')])).toEqual([
      'eu-central-1: nightly, weekly',
    ]);
  });

  it('none where all images of a lineage are of one instance, as its name is that of the instance', () => {
    expect(asked([copy(AN_INSTANCE_ID)])).toEqual([]);
  });

  it('none where the images are those of the source region itself', () => {
    expect(asked([imageOfDay(30, { lineage: 'Role=web' })], HERE)).toEqual([]);
  });
});

describe('an abandoned lineage', () => {
  it('is told of with what it costs, until something ends it', () => {
    const devices = [8, 100].map((size) => ({ device: '/dev/sdf', snapshot: snap(size), size, encrypted: true }));
    const images = [imageOfDay(30, {}, { id: ami(1), devices }), imageOfDay(31, {}, { id: ami(2) })];
    expect(retire(images, ending('never')).abandoned).toEqual([
      {
        why: 'source-gone',
        policy: 'nightly',
        lineage: AN_INSTANCE_ID,
        region: HERE.region,
        images: 2,
        gib: 116,
        newest: images[0] && Date.parse(images[0].tags['amikeep:slot'] ?? ''),
      },
    ]);
    expect(retire(images, ending('never'), instancesHere(anInstance())).abandoned).toEqual([]);
  });

  it('is one whose policy is gone as well, though its source lives; but nothing ends it by itself', () => {
    const images = [imageOfDay(3_000, { policy: 'gone' }, { id: ami(1) })];
    const plan = retire(images, ending(1), instancesHere(anInstance()));
    expect(plan.abandoned).toMatchObject([{ why: 'policy-gone', policy: 'gone', images: 1 }]);
    expect(inShort(plan)).toEqual({ 1: 'keep keep-rule' });
  });

  it('of a policy that is gone is retired by the word that ended it, be it stamped with plan mode', () => {
    const stamped = { policy: 'gone', retire: { ...RETIRE_RULES, mode: 'plan' } } as const;
    const images = [0, 1].map((day) => ended(imageOfDay(day, stamped, { id: ami(day + 1) }), 'hand'));
    expect(inShort(retire(images, ending('never'), instancesHere(anInstance())))).toEqual({
      // The cap of a policy that is gone is a fifth, and one at least.
      1: 'refuse cap-reached',
      2: 'mark ended-by-hand',
    });
  });
});

describe('P5: of a lineage that has ended', () => {
  const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 9 } };
  const policies = [aPolicy({ copies: [toDr], retire: { ...aPolicy().retire, endAfterSourceGoneDays: 30 } })];

  it('nothing is copied any more', () => {
    const images = [imageOfDay(0), ended(imageOfDay(1), 'policy')];
    const plan = planCopies(
      { deployment: 'prod', policies, maxInFlight: 9, maxStarted: 9 },
      copyInventory(images),
      NOW,
    );
    expect(inShort(plan)).toEqual({ 1: 'skip copy-not-wanted', 2: 'skip copy-not-wanted' });
    expect(about(plan, ami(1))).toMatchObject({
      copyRegion: DR.region,
      reason: { text: 'its source is gone and its lineage has ended' },
    });
  });

  it('no image waits for its copy', () => {
    const copies = new Map([[AT_DR, read([copyOfDay(40)])]]);
    const file = aPolicyFile({ policies });
    expect(inShort(retire(old(2), file, { ...sourceGone, copies }))).toEqual({
      1: 'mark source-gone',
      2: 'mark source-gone',
    });
    expect(inShort(retire([...imagesOfDays(4)], file, { ...sourceGone, copies }))).toMatchObject({
      4: 'refuse copy-missing',
    });
  });
});
