import { describe, expect, it } from 'vitest';
import { copiesOfASlot, mostVersions, needIn } from '../../lib/doctor/need.ts';
import { instanceId, region, volumeId } from '../../lib/model/ids.ts';
import type { KeepRules } from '../../lib/model/keep-rules.ts';
import { DAY } from '../../lib/model/time.ts';
import type { Policy } from '../../lib/policy/policy.ts';
import { slotScheduleOf } from '../../lib/policy/schedule.ts';
import { applyKeepRules } from '../../lib/retention/apply-keep-rules.ts';
import { anInstance, aPolicy, aPolicyFile, DR, HERE, RETIRE_RULES } from '../builders.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const OTHER = region('us-east-1');
const retire = (rules: Partial<Policy['retire']>): Policy['retire'] => ({
  ...RETIRE_RULES,
  maxPerDay: { percent: 100 },
  ...rules,
});

describe('the most versions of a lineage at a time', () => {
  it.each<[string, Partial<Policy>, number]>([
    ['what is kept, what was marked today, and what is being made', { retention: { keepLast: 3 } }, 3 + 1 + 1],
    ['every rule for itself', { retention: { keepLast: 2, keepDaily: 7, keepYearly: 1 } }, 10 + 1 + 1],
    ['a span by the slots in it', { retention: { keepWithin: { days: 10 } } }, 10 + 1 + 1],
    ['a span by its periods where these are fewer', { retention: { keepWithinWeekly: { days: 70 } } }, 10 + 2 + 1 + 1],
    ['no fewer than minKeep', { retention: { keepLast: 1 }, retire: retire({ minKeep: 6 }) }, 6 + 1 + 1],
    [
      'what is deprecated and disabled',
      { retention: { keepLast: 3 }, retire: retire({ deprecateDays: 7, disableDays: 4 }) },
      3 + 12 + 1,
    ],
    [
      'all slots of a day',
      { retention: { keepLast: 3 }, schedule: { expressions: ['rate(6 hours)'], timeZone: 'UTC' } },
      3 + 4 + 1,
    ],
  ])('are %s', (_, overrides, most) => {
    const policy = aPolicy(overrides);

    expect(mostVersions(policy, policy.retention, NOW)).toBe(most);
  });

  it.each<[string, string, KeepRules]>([
    ['cron(0 4 * * ? *)', 'Europe/Berlin', { keepLast: 3, keepDaily: 7, keepWeekly: 4, keepMonthly: 12 }],
    ['rate(6 hours)', 'UTC', { keepWithin: { months: 1, days: 2 }, keepDaily: 30 }],
    ['cron(30 5 ? * SUN *)', 'America/New_York', { keepMonthly: 6, keepYearly: 2 }],
    ['rate(1 hour)', 'Asia/Kolkata', { keepHourly: 50, keepWithin: { hours: 30 } }],
  ])('are no fewer than the keep rules keep, %s in %s', (expression, timeZone, retention) => {
    const policy = aPolicy({ schedule: { expressions: [expression], timeZone }, retention });
    const slots = slotScheduleOf(policy.schedule).between(NOW - 800 * DAY, NOW);

    const kept = applyKeepRules(slots, (slot) => slot, { rules: retention, timeZone }).filter(
      ({ reasons }) => reasons.length > 0,
    );

    expect(kept.length).toBeGreaterThan(1);
    expect(mostVersions(policy, retention, NOW)).toBeGreaterThanOrEqual(kept.length);
  });
});

describe('what policies need in a region', () => {
  const two = [
    { id: volumeId('vol-00000000000000001'), device: '/dev/xvda' },
    { id: volumeId('vol-00000000000000002'), device: '/dev/xvdb' },
  ];
  const instances = new Map([
    [HERE.region, [anInstance(), anInstance({ id: instanceId('i-00000000000000002'), volumes: two })]],
    [OTHER, [anInstance({ id: instanceId('i-00000000000000003'), region: OTHER }), anInstance({ tags: {} })]],
  ]);
  const policy = aPolicy({
    retention: { keepLast: 8 },
    copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 3 } }],
  });
  const file = aPolicyFile({ regions: [HERE.region, OTHER], policies: [policy] });

  it('is, where instances are, images of each and snapshots of each volume', () => {
    expect(needIn(HERE.region, file, instances, NOW)).toEqual({ images: 20, snapshots: 30, unending: [] });
    expect(needIn(OTHER, file, instances, NOW)).toEqual({ images: 10, snapshots: 10, unending: [] });
  });

  it("is, where copies go, what the copy's own rules keep of all regions", () => {
    expect(needIn(DR.region, file, instances, NOW)).toEqual({ images: 15, snapshots: 20, unending: [] });
    expect(copiesOfASlot(DR.region, file, instances)).toBe(3);
  });

  it('is both where two regions copy into each other', () => {
    const copies = [HERE.region, OTHER].map((into) => ({
      region: into,
      encrypt: 'as-source' as const,
      retention: { keepLast: 3 },
    }));
    const mutual = aPolicyFile({ regions: [HERE.region, OTHER], policies: [{ ...policy, copies }] });
    expect(needIn(HERE.region, mutual, instances, NOW).images).toBe(2 * 10 + 1 * 5);
    expect(needIn(OTHER, mutual, instances, NOW).images).toBe(1 * 10 + 2 * 5);
    expect(copiesOfASlot(OTHER, mutual, instances)).toBe(2);
  });

  it('is nothing of instances in regions that the policy is not for', () => {
    const narrow = aPolicyFile({ regions: [HERE.region, OTHER], policies: [{ ...policy, regions: [OTHER] }] });
    expect(needIn(HERE.region, narrow, instances, NOW).images).toBe(0);
    expect(needIn(DR.region, narrow, instances, NOW).images).toBe(5);
  });

  it('has no most where a policy only plans to retire', () => {
    const planning = aPolicyFile({ policies: [aPolicy({ retire: retire({ mode: 'plan' }) })] });

    expect(needIn(HERE.region, planning, instances, NOW).unending).toEqual(['nightly']);
  });

  it('is nothing in a region that policies have left', () => {
    expect(needIn(region('eu-north-1'), file, instances, NOW)).toEqual({ images: 0, snapshots: 0, unending: [] });
  });
});
