import { describe, expect, test } from 'vitest';
import { scheduleResources, schedulesOf } from '../../deploy/schedules.ts';
import { HOUR, parseInstant } from '../../lib/model/time.ts';
import { SWEPT_EVERY } from '../../lib/planning/drill/lease.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { parseSchedule } from '../../lib/policy/schedule.ts';
import { aDrill } from '../builders.ts';

interface Given {
  readonly expression?: string;
  readonly timeZone?: string;
  readonly names?: readonly string[];
}

function aFile({ expression = 'cron(0 4 * * ? *)', timeZone = 'UTC', names = ['nightly'] }: Given) {
  const policies = names.map(
    (name) => `
  ${name}:
    select: { tags: { Backup: nightly } }
    schedule: { expression: ${expression}, timeZone: ${timeZone} }
    image: { reboot: never }
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }`,
  );
  const text = `deployment: prod\nregions: [eu-central-1]\npolicies:${policies.join('')}\n`;
  const parsed = parsePolicyFile(text, 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.file;
}

const ofPolicies = (file: PolicyFile) => schedulesOf(file).filter(({ payload }) => payload.policy);

describe('the schedule of a policy', () => {
  test('is its cron expression in its time zone, with the scheduled time as the slot', () => {
    const file = aFile({ expression: 'cron(30 5 ? * SUN *)', timeZone: 'Europe/Berlin' });
    expect(ofPolicies(file)).toMatchObject([
      {
        action: 'snapshot',
        expression: 'cron(30 5 ? * SUN *)',
        timeZone: 'Europe/Berlin',
        payload: { action: 'snapshot', policy: 'nightly', slot: '<aws.scheduler.scheduled-time>' },
      },
    ]);
  });

  test.each([
    ['rate(15 minutes)', 'cron(0/15 * * * ? *)', true],
    ['rate(1 minute)', 'cron(* * * * ? *)', true],
    ['rate(1 hour)', 'cron(0 * * * ? *)', true],
    ['rate(6 hours)', 'cron(0 0/6 * * ? *)', true],
    ['rate(1 day)', 'cron(0 0 * * ? *)', true],
    ['rate(2 days)', 'cron(0 0 * * ? *)', false],
    ['rate(5 hours)', 'cron(0 * * * ? *)', false],
    ['rate(36 hours)', 'cron(0 0/12 * * ? *)', false],
    ['rate(90 minutes)', 'cron(0/30 * * * ? *)', false],
    ['rate(7 minutes)', 'cron(* * * * ? *)', false],
  ])('of %s fires as %s in UTC, whatever the zone', (rate, expression, exact) => {
    const [schedule] = ofPolicies(aFile({ expression: rate, timeZone: 'Asia/Kolkata' }));
    expect(schedule).toMatchObject({
      expression,
      timeZone: 'UTC',
      payload: { slot: exact ? '<aws.scheduler.scheduled-time>' : 'current' },
    });
    const from = parseInstant('2026-11-23T02:00:00Z') ?? 0;
    const slots = slotsOf(rate).between(from, from + 96 * HOUR);
    const fired = slotsOf(expression).between(from, from + 96 * HOUR);
    expect(slots.length).toBeGreaterThan(0);
    expect(slots.filter((slot) => !fired.includes(slot))).toEqual([]);
    expect(fired.length === slots.length).toBe(exact);
  });

  test('is one for each of its expressions, each with a resource of its own', () => {
    const [policy] = aFile({}).policies;
    if (!policy) throw new TypeError('the file has a policy');
    const schedule = { expressions: ['cron(0 4 * * ? *)', 'rate(5 hours)'], timeZone: 'Asia/Kolkata' };
    const file = { ...aFile({}), policies: [{ ...policy, schedule }] };
    expect(ofPolicies(file)).toMatchObject([
      {
        expression: 'cron(0 4 * * ? *)',
        timeZone: 'Asia/Kolkata',
        payload: { slot: '<aws.scheduler.scheduled-time>' },
      },
      { expression: 'cron(0 * * * ? *)', timeZone: 'UTC', payload: { policy: 'nightly', slot: 'current' } },
    ]);
    const ids = (some: PolicyFile) =>
      Object.keys(scheduleResources(some)).filter((id) => id.startsWith('Schedulenightly'));
    expect(new Set(ids(file)).size).toBe(2);
    expect(ids(file)).toEqual(expect.arrayContaining(ids(aFile({}))));
  });

  test('is not there where the policy is disabled', () => {
    const [policy] = aFile({}).policies;
    if (!policy) throw new TypeError('the file has a policy');
    expect(ofPolicies({ ...aFile({}), policies: [{ ...policy, enabled: false }] })).toEqual([]);
  });

  test('has a resource of its own where names differ only in what a logical id cannot hold', () => {
    const resources = scheduleResources(aFile({ names: ['db-a', 'db.a', 'dba', 'copy-sweep'] }));
    const schedules = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Scheduler::Schedule');
    expect(schedules).toHaveLength(4 + 4);
    for (const [id] of schedules) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('the schedules of drills', () => {
  const drilling = () => {
    const file = aFile({});
    return { ...file, policies: file.policies.map((policy) => ({ ...policy, drill: aDrill() })) };
  };
  const ofDrills = (file: PolicyFile) => schedulesOf(file).filter(({ action }) => action === 'drill');

  test('begin what is due each hour, and look after what is there every five minutes', () => {
    expect(ofDrills(drilling()).map(({ expression, payload }) => [expression, payload])).toEqual([
      ['cron(20 * * * ? *)', { action: 'drill' }],
      ['cron(2/5 * * * ? *)', { action: 'drill', sweep: true }],
    ]);
    // So long a drill may outlive its lease.
    expect(slotsOf('cron(2/5 * * * ? *)').between(0, HOUR)).toHaveLength(HOUR / SWEPT_EVERY);
  });

  test('are not there where no policy drills', () => {
    expect(ofDrills(aFile({}))).toEqual([]);
  });
});

function slotsOf(expression: string) {
  const parsed = parseSchedule(expression, 'UTC');
  if (!parsed.ok) throw new TypeError(parsed.problem);
  return parsed.schedule;
}
