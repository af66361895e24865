import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../../lib/model/ids.ts';
import { completeReading } from '../../../lib/model/reading.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { HOUR, type Instant, MINUTE } from '../../../lib/model/time.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { vouchedTag } from '../../../lib/tagging/vouched.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, DR, HERE } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyOfDay,
  cutShort,
  imageOfDay,
  imagesOfDays,
  instancesHere,
  marked,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  snap,
  tagged,
} from '../fleet.ts';

/** Kept are the newest three; the fourth is expired, and has been marked for long enough to go. */
const going = marked(imageOfDay(3), NOW - 30 * HOUR);
const expired = imageOfDay(3);
const retire = (image: Image, overrides: Partial<RetireInventory> = {}) =>
  planRetirement(aPolicyFile(), retireInventory([...imagesOfDays(3), image], overrides), NOW);
const decided = (overrides: Partial<RetireInventory>, image = going) => about(retire(image, overrides), ami(4));
const short = ({ action, reason }: ReturnType<typeof decided>) => `${action} ${reason.code}`;

describe('P4: evidence', () => {
  const at = NOW - 15 * MINUTE;
  const old = <T>(value: T, source: string) => completeReading(source, at - 1, value);
  const here = (reading: ReturnType<typeof read<ReturnType<typeof anInstance>[]>>) => ({
    instances: new Map([[HERE.region, reading]]),
  });
  const images = [...imagesOfDays(3), going];
  const nothing = { get: () => ({ references: [], sharedWith: [], report: { kind: 'none' } as const }) };

  it.each<[string, Partial<RetireInventory>, string]>([
    ['images', { images: old(images, 'images') }, 'images was read at 2026-11-23T04:44:59Z, too long ago'],
    ['uses', { uses: old(new Map(), 'uses') }, 'uses was read at 2026-11-23T04:44:59Z, too long ago'],
    [
      'instances',
      here(old([anInstance()], 'instances')),
      'instances in eu-central-1 was read at 2026-11-23T04:44:59Z, too long ago, so nothing that depends on them',
    ],
    ['images that were cut short', { images: cutShort(images, 'images') }, 'images could not be read whole (Unauth'],
    ['uses that were cut short', { uses: cutShort(new Map(), 'uses') }, 'uses could not be read whole (Unauth'],
    [
      'instances that were cut short',
      here(cutShort([anInstance()], 'instances')),
      'instances in eu-central-1 could not be read whole (UnauthorizedOperation), so nothing that depends on them is retired now',
    ],
    ['instances that were not read', { instances: new Map() }, 'instances in eu-central-1 could not be read, so'],
  ])('that is missing, partial or stale retires nothing: %s', (_, overrides, text) => {
    for (const image of [going, expired]) {
      const fresh = 'images' in overrides ? {} : { images: read([...imagesOfDays(3), image]) };
      const decision = decided({ ...fresh, ...overrides }, image);
      expect(short(decision)).toBe('refuse evidence-incomplete');
      expect(decision.reason.text).toContain(text);
    }
  });

  it.each<[string, RetireInventory['evidence'], string]>([
    ['stale', old(nothing, 'evidence'), 'evidence was read at 2026-11-23T04:44:59Z'],
    [
      'cut short',
      cutShort(nothing, 'evidence'),
      'evidence could not be read whole (UnauthorizedOperation), so it is not retired now',
    ],
  ])('of single images that is %s lets none go a stage further, and is not asked for a mark', (_, evidence, text) => {
    expect(short(decided({ evidence }))).toBe('refuse evidence-incomplete');
    expect(decided({ evidence }).reason.text).toContain(text);
    expect(short(decided({ evidence }, expired))).toBe('mark expired');
  });

  it('of one image holds that image and no other', () => {
    const unreadOf = (number: number) => ({
      evidence: cutShort(
        { ...nothing, unread: (id: string) => (id === ami(number) ? 'no answer' : undefined) },
        'what',
      ),
    });
    expect(short(decided(unreadOf(4)))).toBe('refuse evidence-incomplete');
    expect(decided(unreadOf(4)).reason.text).toBe(
      `what could not be read whole of ${ami(4)} (no answer), so it is not retired now`,
    );
    expect(short(decided(unreadOf(5)))).toBe('deregister expired');
    expect(short(decided(unreadOf(5), expired))).toBe('mark expired');
  });

  it('of one snapshot holds the image that it is of and no other', () => {
    const unreadOf = (number: number) => ({
      snapshotEvidence: cutShort(
        { get: () => ({ sharedWith: [] }), unread: (id: string) => (id === snap(number) ? 'no answer' : undefined) },
        'what',
      ),
    });
    expect(short(decided(unreadOf(4)))).toBe('refuse evidence-incomplete');
    expect(short(decided(unreadOf(5)))).toBe('deregister expired');
  });

  it('of a quarter of an hour ago is fresh enough', () => {
    const plan = retire(going, {
      images: completeReading('images', at, images),
      uses: completeReading('uses', at, new Map()),
      evidence: completeReading('evidence', at, nothing),
      ...here(completeReading('instances', at, [anInstance()])),
    });
    expect(short(about(plan, ami(4)))).toBe('deregister expired');
  });

  it.each<[string, RetireInventory['instances']]>([
    [
      'cut short',
      new Map([
        [DR.region, read([])],
        [HERE.region, cutShort([anInstance()], 'instances')],
      ]),
    ],
    ['not read', new Map([[DR.region, read([])]])],
  ])('P6: of the source’s instances retires no copy while it is %s: its instance may be on hold', (_, instances) => {
    const copies = [copyOfDay(0), copyOfDay(1), copyOfDay(2), marked(copyOfDay(3), NOW - 30 * HOUR)];
    const plan = planRetirement(
      aPolicyFile({
        policies: [aPolicy({ copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }] })],
      }),
      retireInventory(copies, { target: DR, instances }),
      NOW,
    );
    expect(plan.decisions.slice(1).map(short)).toEqual(Array(3).fill('refuse evidence-incomplete'));
    expect(about(plan, copyOfDay(3).id).reason.text).toContain('instances in eu-central-1 could not be read');
  });

  it('of instances in another account is nothing that this one has to tell', () => {
    const source = { account: accountId('999999999999'), region: region('us-east-1'), instance: AN_INSTANCE_ID };
    const keep = { rules: { keepLast: 3 }, timeZone: 'UTC' };
    const images = imagesOfDays(4, { source, keep });
    const plan = planRetirement(aPolicyFile(), retireInventory(images, instancesHere(anInstance())), NOW);
    expect(short(about(plan, ami(4)))).toBe('mark expired');
    const unread = { instances: new Map([[HERE.region, cutShort([anInstance()], 'instances')]]) };
    const blind = planRetirement(aPolicyFile(), retireInventory(images, unread), NOW);
    expect(short(about(blind, ami(4)))).toBe('refuse evidence-incomplete');
    // Nor is it suspicious that there is none here of what another account has made images of.
    const here = { ...HERE, account: source.account, instance: AN_INSTANCE_ID };
    const theirs = imagesOfDays(4, { source: here, keep });
    const empty = planRetirement(aPolicyFile(), retireInventory(theirs, instancesHere()), NOW);
    expect(short(about(empty, ami(4)))).toBe('mark expired');
  });

  it('of another region’s instances is not needed for images of this one', () => {
    const instances = new Map([
      [HERE.region, read([anInstance()])],
      [region('us-east-1'), cutShort([], 'instances')],
    ]);
    const plan = retire(going, { instances });
    expect(short(about(plan, ami(4)))).toBe('deregister expired');
    expect(plan.problems).toEqual(['instances in us-east-1: UnauthorizedOperation']);
  });

  it('is told of by the problems of every reading that was cut short', () => {
    const plan = retire(going, {
      images: cutShort([], 'a'),
      uses: cutShort(new Map(), 'b'),
      evidence: cutShort(nothing, 'c'),
      snapshots: cutShort([], 'd'),
      snapshotUses: cutShort(new Map(), 'e'),
      snapshotEvidence: cutShort({ get: () => undefined }, 'f'),
      binned: cutShort(new Set<never>(), 'g'),
      strays: cutShort([], 'h'),
      instances: new Map([[HERE.region, cutShort([], 'i')]]),
      copies: new Map([[AT_DR, cutShort([], 'k')]]),
    });
    expect(plan.problems).toEqual([
      ...[...'abcdefgh'].map((source) => `${source} in eu-central-1: UnauthorizedOperation`),
      'i in eu-central-1: UnauthorizedOperation',
      'k in eu-west-1: UnauthorizedOperation',
    ]);
  });
});

describe('P4: a region that shows no instance at all', () => {
  const suspicion =
    'EC2 shows no instance at all in eu-central-1, and yet ami-00000000000000001 was made of one; if they are really all ' +
    'gone, send the event again with confirmNoInstances: true';
  const stamped = { keep: { rules: { keepLast: 3 }, timeZone: 'UTC' } };
  const newestOf = (daysAgo: number, file = aPolicyFile(), instances = instancesHere()) =>
    about(
      planRetirement(
        file,
        retireInventory(
          [0, 1, 2, 3].map((day) => imageOfDay(daysAgo + day, stamped, { id: ami(1 + day) })),
          instances,
        ),
        NOW,
      ),
      ami(4),
    );

  it.each([0, 3, 400])('is not believed where images tell of some, be the newest %i days old', (daysAgo) => {
    const decision = newestOf(daysAgo);
    expect(decision).toMatchObject({ action: 'refuse', reason: { code: 'evidence-suspect', text: suspicion } });
    expect(short(newestOf(daysAgo, aPolicyFile({ policies: [] })))).toBe('refuse evidence-suspect');
    expect(short(newestOf(daysAgo, aPolicyFile(), instancesHere(anInstance({ state: 'terminated' }))))).toBe(
      'refuse evidence-suspect',
    );
  });

  it('is believed where it shows one', () => {
    expect(short(newestOf(0, aPolicyFile(), instancesHere(anInstance({ state: 'stopped' }))))).toBe('mark expired');
  });

  it('is believed where people have taken it out of the regions where instances are', () => {
    const file = aPolicyFile({ regions: [DR.region], formerRegions: [HERE.region] });
    expect(short(newestOf(0, file))).toBe('mark expired');
  });

  describe('is believed where a person vouches for it', () => {
    const images = [...imagesOfDays(3), expired];
    const planOf = (of: readonly Image[], confirmNoInstances: boolean) =>
      planRetirement(aPolicyFile(), retireInventory(of, instancesHere()), NOW, { confirmNoInstances });
    const vouched = (at: Instant) => images.map((one, index) => (index === 0 ? tagged(one, vouchedTag(at)) : one));

    it('in that run, which writes it down on the newest image of the lineage', () => {
      const plan = planOf(images, true);
      expect(short(about(plan, ami(4)))).toBe('mark expired');
      const [first] = plan.decisions;
      expect(first).toMatchObject({
        action: 'vouch',
        subject: { id: ami(1) },
        reason: { code: 'vouched', text: "by a person's word there are no instances any more in eu-central-1" },
        change: { kind: 'vouch', region: HERE.region, image: ami(1), snapshots: [snap(1)] },
      });
      expect(plan.decisions.filter(({ action }) => action === 'vouch')).toHaveLength(1);
    });

    it('on no failed attempt, which goes before its lineage does', () => {
      const failed = imageOfDay(-1, {}, { id: ami(9), state: 'failed' });
      const [first] = planOf([failed, ...images], true).decisions;
      expect(first).toMatchObject({ action: 'vouch', subject: { id: ami(1) } });
    });

    it('from then on, until the lineage has a newer image', () => {
      const plan = planOf(vouched(slotOfDay(0)), false);
      expect(short(about(plan, ami(4)))).toBe('mark expired');
      expect(short(about(planOf(vouched(slotOfDay(0) - 1), false), ami(4)))).toBe('refuse evidence-suspect');
      expect(planOf(vouched(slotOfDay(0)), true).decisions.filter(({ action }) => action === 'vouch')).toEqual([]);
    });

    it('for its lineage alone', () => {
      const other = imageOfDay(0, { lineage: 'Role=other' }, { id: ami(8) });
      expect(short(about(planOf([...vouched(NOW), other], false), ami(4)))).toBe('refuse evidence-suspect');
    });

    it('and nothing is vouched for where an instance shows, or could not be read', () => {
      for (const instances of [instancesHere(anInstance()), { instances: new Map([[HERE.region, cutShort([])]]) }]) {
        const plan = planRetirement(aPolicyFile(), retireInventory(images, instances), NOW, {
          confirmNoInstances: true,
        });
        expect(plan.decisions.filter(({ action }) => action === 'vouch')).toEqual([]);
      }
    });
  });

  it('is nothing to suspect in a region that holds copies only', () => {
    const copies = [copyOfDay(0), copyOfDay(1)];
    const instances = new Map([
      [DR.region, read([])],
      [HERE.region, read([anInstance()])],
    ]);
    const file = aPolicyFile({
      policies: [aPolicy({ copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }] })],
    });
    const plan = planRetirement(file, retireInventory(copies, { target: DR, instances }), NOW);
    expect(short(about(plan, copyOfDay(1).id))).toBe('mark expired');
  });
});
