import { describe, expect, it } from 'vitest';
import { region } from '../../../lib/model/ids.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { aPolicy, aPolicyFile, RETIRE_RULES } from '../../builders.ts';
import { about, ami, imageOfDay, imagesOfDays, inShort, marked, NOW, retireInventory } from '../fleet.ts';

const utc = (keepLast: number) => ({ rules: { keepLast }, timeZone: 'UTC' });

describe('P14: the rules and the mode that were stamped on an image go on holding', () => {
  it.each([
    ['gone', aPolicyFile({ policies: [] })],
    ['renamed', aPolicyFile({ policies: [aPolicy({ name: 'every-night', retention: { keepLast: 1 } })] })],
    ['no longer for this place', aPolicyFile({ policies: [aPolicy({ accounts: [], retention: { keepLast: 1 } })] })],
    [
      'no longer for this region',
      aPolicyFile({ regions: [region('us-east-1')], policies: [aPolicy({ retention: { keepLast: 1 } })] }),
    ],
  ])('where the policy is %s', (_, file) => {
    const plan = planRetirement(file, retireInventory(imagesOfDays(3, { keep: utc(2) })), NOW);
    expect(inShort(plan)).toEqual({ 1: 'keep keep-rule', 2: 'keep keep-rule', 3: 'mark expired' });
  });

  it('each image under its own, so that those of different rules do not push each other out', () => {
    const images = [imageOfDay(0, { keep: utc(1) }), imageOfDay(1, { keep: utc(1) }), imageOfDay(2, { keep: utc(3) })];
    const plan = planRetirement(aPolicyFile({ policies: [] }), retireInventory(images), NOW);
    expect(inShort(plan)).toEqual({ 1: 'keep keep-rule', 2: 'mark expired', 3: 'keep keep-rule' });
  });

  it('the mode as the newest image has it', () => {
    const images = [
      imageOfDay(0, { keep: utc(1), retire: { ...RETIRE_RULES, mode: 'plan' } }),
      imageOfDay(1, { keep: utc(1) }),
    ];
    const plan = planRetirement(aPolicyFile({ policies: [] }), retireInventory(images), NOW);
    expect(about(plan, ami(2))).toMatchObject({ action: 'propose', reason: { code: 'policy-in-plan-mode' } });
    expect(about(plan, ami(2)).reason.text).toContain('what was stamped on its images while policy nightly covered');
  });

  it('and nothing expires by rules of a later version that this one cannot read', () => {
    const keep = { ...utc(1), unknown: ['minutely=90'] };
    const images = [imageOfDay(0, { keep }), imageOfDay(1, { keep }), imageOfDay(2, { keep: utc(1) })];
    const plan = planRetirement(aPolicyFile({ policies: [] }), retireInventory(images), NOW);
    expect(inShort(plan)).toEqual({ 1: 'keep keep-rule', 2: 'keep keep-rule', 3: 'mark expired' });
    expect(about(plan, ami(2)).reason.text).toBe('kept as what a later version of amikeep wrote (minutely=90)');
  });

  it('nor by rules of retirement that are, and no lineage ends by them', () => {
    const retire = { ...RETIRE_RULES, endAfterSourceGoneDays: 1, unknown: ['archive=30d'] };
    const images = [imageOfDay(40, { keep: utc(1), retire }), imageOfDay(41, { keep: utc(1), retire })];
    const plan = planRetirement(aPolicyFile({ policies: [] }), retireInventory(images), NOW);
    expect(inShort(plan)).toEqual({ 41: 'keep keep-rule', 42: 'keep keep-rule' });
    expect(about(plan, ami(42)).reason.text).toBe('kept as what a later version of amikeep wrote (archive=30d)');
  });

  it('but for the mode where the policy is there to say', () => {
    const retire = { ...aPolicy().retire, mode: 'plan' } as const;
    const file = aPolicyFile({ regions: [region('us-east-1')], policies: [aPolicy({ retire })] });
    const plan = planRetirement(file, retireInventory(imagesOfDays(2, { keep: utc(1), retire: RETIRE_RULES })), NOW);
    expect(inShort(plan)).toMatchObject({ 2: 'propose policy-in-plan-mode' });
  });
});

describe('P10: a policy in plan mode', () => {
  const planned = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });

  it('says what would be retired and why, and changes nothing', () => {
    const plan = planRetirement(
      planned,
      retireInventory([...imagesOfDays(4), marked(imageOfDay(4), NOW - 30 * HOUR)]),
      NOW,
    );
    expect(inShort(plan)).toMatchObject({ 4: 'propose policy-in-plan-mode', 5: 'propose policy-in-plan-mode' });
    expect(about(plan, ami(4)).reason.text).toBe(
      'no keep rule wants it (last=3 zone=UTC); it would be retired, but policy nightly says retire.mode: plan',
    );
  });
});

describe('P11: a backup that stopped', () => {
  const retention = { keepDaily: 3, keepWithin: { days: 10 }, keepMonthly: 2 };
  const file = aPolicyFile({ policies: [aPolicy({ retention })] });

  it.each([1, 30, 400, 4_000])('never drains: %d days later the same images are kept', (days) => {
    const inventory = retireInventory(imagesOfDays(60));
    const kept = (now: number) =>
      planRetirement(file, inventory, now)
        .decisions.filter(({ action }) => action === 'keep')
        .map(({ subject }) => subject.id);
    expect(kept(NOW + days * DAY)).toEqual(kept(NOW));
    expect(kept(NOW)).toHaveLength(11);
  });
});
