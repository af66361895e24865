import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY } from '../../../lib/model/time.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { aPolicy, aPolicyFile, DR } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyOfDay,
  cutShort,
  deprecated,
  disabled,
  ended,
  found,
  imageOfDay,
  imagesOfDays,
  instancesHere,
  marked,
  NOW,
  read,
  retireInventory,
  snap,
  tagged,
} from '../fleet.ts';

const ago = (days: number) => NOW - days * DAY;
const stages = { ...aPolicy().retire, deprecateDays: 7, disableDays: 7 };
const file = aPolicyFile({ policies: [aPolicy({ retire: stages })] });
const retire = (images: readonly Image[], overrides: Partial<RetireInventory> = {}, policies = file) =>
  planRetirement(policies, retireInventory(images, overrides), NOW);

const expired = marked(imageOfDay(3), ago(20));
const held = (image: Image) => tagged(image, { [HOLD]: 'audit' });
const decided = (image: Image, overrides: Partial<RetireInventory> = {}) =>
  about(retire([...imagesOfDays(3), image], overrides), image.id);

describe('what becomes wanted again on its way out is brought back by itself', () => {
  it('from its mark: the tag comes off', () => {
    expect(decided(held(expired))).toMatchObject({
      action: 'unmark',
      reason: { code: 'wanted-again', text: 'it is on hold: audit; it is brought back' },
      change: { kind: 'unmark', image: ami(4), snapshots: [snap(4)], tagKeys: ['amikeep:retire'] },
    });
  });

  it('from its deprecation: that is lifted', () => {
    expect(decided(held(deprecated(expired, ago(5))))).toMatchObject({
      action: 'bring-back',
      reason: { code: 'wanted-again', text: 'it is on hold: audit; it is brought back' },
      change: {
        kind: 'bring-back',
        region: 'eu-central-1',
        image: ami(4),
        snapshots: [snap(4)],
        enable: false,
        undeprecate: true,
        tagKeys: ['amikeep:retire'],
      },
    });
    expect(decided(held(deprecated(expired, ago(5))))).not.toHaveProperty('change.hold');
  });

  it('from being disabled: it is enabled, and its deprecation is lifted', () => {
    expect(decided(held(disabled(expired, ago(2))))).toMatchObject({
      action: 'bring-back',
      change: { enable: true, undeprecate: true, tagKeys: ['amikeep:retire'] },
    });
  });

  it('P23: it is shared with nobody, whatever tags say whom it was shared with', () => {
    const tags = {
      'amikeep:disabled': '2026-11-01T00:00:00Z shared=1',
      'amikeep:shared:1': '444455556666',
      'amikeep:deprecated': '2026-11-01T00:00:00Z before 2027-01-01T00:00:00Z',
    };
    const decision = decided(held(tagged(disabled(expired, ago(2)), tags)));
    expect(decision).toEqual(decided(held(disabled(expired, ago(2)))));
    expect(about(retire([tagged(imageOfDay(0), tags)]), ami(1)).action).toBe('keep');
  });

  const staged = disabled(expired, ago(2));
  const others = imagesOfDays(3);
  it.each<[string, () => ReturnType<typeof retire>]>([
    ['a hold', () => retire([...others, held(staged)])],
    [
      'a use',
      () =>
        retire([...others, staged], { uses: read(new Map([[ami(4), [{ kind: 'instance', id: 'i-1' } as const]]])) }),
    ],
    ['a reference', () => retire([...others, staged], found({ references: [{ kind: 'SSM parameter', id: '/ami' }] }))],
    [
      'protection against deregistration',
      () => retire([...others, { ...staged, protection: 'enabled-with-cooldown' }]),
    ],
    [
      'a changed rule',
      () =>
        retire(
          [...others, staged],
          {},
          aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 4 }, retire: stages })] }),
        ),
    ],
    ['a lost newer image', () => retire([...others.slice(1), staged])],
    [
      'a lost copy',
      () => {
        const copies = [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 9 } } as const];
        const policies = [aPolicy({ copies, retire: stages })];
        const there = new Map([[AT_DR, read([copyOfDay(0), copyOfDay(1), copyOfDay(2), copyOfDay(4)])]]);
        return retire([...others, staged], { copies: there }, aPolicyFile({ policies }));
      },
    ],
    [
      'plan mode, which keeps what is wanted all the same',
      () =>
        retire(
          [...others, held(staged)],
          {},
          aPolicyFile({ policies: [aPolicy({ retire: { ...stages, mode: 'plan' } })] }),
        ),
    ],
  ])('for %s', (_, plan) => {
    expect(about(plan(), ami(4))).toMatchObject({
      action: 'bring-back',
      reason: { code: 'wanted-again' },
      change: { enable: true, undeprecate: true },
    });
  });

  it('for its being the newest that is left, whatever stage it is in', () => {
    const alone = disabled(marked(imageOfDay(0), ago(9)), ago(2));
    expect(about(retire([alone]), ami(1))).toMatchObject({ action: 'bring-back' });
  });
});

describe('a date of deprecation that is not ours stays as it is', () => {
  const undeprecates = (image: Image) => {
    const decision = decided(held(image));
    return decision.action === 'bring-back' && decision.change.undeprecate;
  };

  it.each([
    ['of the moment of its mark or later, up to now, is ours', ago(20), ago(5), true],
    ['of that very moment is', ago(20), ago(20), true],
    ['of before is a person’s', ago(20), ago(20) - 1, false],
    ['that is still to come is a person’s', ago(20), NOW + DAY, false],
    ['of the next minutes is ours, as EC2 takes none that is past', ago(20), NOW + 2 * 60_000, true],
  ])('one %s', (_, mark, date, expected) => {
    expect(undeprecates(deprecated(marked(imageOfDay(3), mark), date))).toBe(expected);
  });
});

describe('a person’s own doing is not taken back', () => {
  it('an image that they have disabled, and that we never brought to a stage, stays disabled', () => {
    expect(decided(held({ ...expired, state: 'disabled' }))).toMatchObject({ action: 'unmark' });
    expect(decided(held({ ...expired, state: 'disabled', deprecatedAt: ago(100) }))).toMatchObject({
      action: 'unmark',
    });
  });

  it('an image of ours that they have enabled is enabled no more, and its deprecation is lifted', () => {
    expect(decided(held({ ...disabled(expired, ago(2)), state: 'available' }))).toMatchObject({
      action: 'bring-back',
      change: { enable: false, undeprecate: true },
    });
  });
});

describe('P4: a read that failed does not bring back', () => {
  const staged = disabled(expired, ago(2));

  it.each<[string, Partial<RetireInventory>, string]>([
    ['images', { images: cutShort([imageOfDay(0), staged]) }, 'keep keep-rule'],
    ['uses', { uses: cutShort(new Map(), 'uses') }, 'refuse evidence-incomplete'],
    ['evidence', { evidence: cutShort({ get: () => undefined }, 'evidence') }, 'refuse evidence-incomplete'],
    ['instances', { instances: new Map() }, 'refuse evidence-incomplete'],
    ['instances that are suspiciously none', instancesHere(), 'refuse evidence-suspect'],
    [
      'who uses it elsewhere',
      found({
        sharedWith: ['111122223333', '444455556666'],
        report: { kind: 'pending', about: ['111122223333', '444455556666'] },
      }),
      'wait usage-unknown',
    ],
  ])('%s', (_, overrides, short) => {
    const { action, reason } = decided(staged, overrides);
    expect(`${action} ${reason.code}`).toBe(short);
  });

  it('a hold is not waited for where the instances are not known: it is there to be seen', () => {
    expect(decided(held(staged), { instances: new Map() }).action).toBe('bring-back');
    expect(decided(held(staged), instancesHere()).action).toBe('bring-back');
  });

  it('a changed rule neither, where the lineage had not ended', () => {
    const four = aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 4 }, retire: stages })] });
    const images = [...imagesOfDays(3), staged];
    expect(about(retire(images, { instances: new Map() }, four), ami(4)).action).toBe('bring-back');
  });

  describe('where the lineage had ended, and nobody knows whether its source lives again', () => {
    const images = [ended(marked(imageOfDay(40), ago(2)), 'policy'), marked(imageOfDay(41), ago(2))];
    const endAfter = (endAfterSourceGoneDays: number | 'never') =>
      retire(
        images,
        { instances: new Map() },
        aPolicyFile({ policies: [aPolicy({ retire: { ...stages, endAfterSourceGoneDays } })] }),
      ).decisions.map(({ action, reason }) => `${action} ${reason.code}`);

    it('its marks stay if it would end without one', () => {
      expect(endAfter(30)).toEqual(['keep keep-rule', 'keep keep-rule']);
    });

    it.each([41, 'never'] as const)('they come off if it would go on without one (end after %s)', (days) => {
      expect(endAfter(days)).toEqual(['unmark wanted-again', 'unmark wanted-again']);
    });
  });
});
