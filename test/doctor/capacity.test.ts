import { describe, expect, it } from 'vitest';
import { schedulesOf } from '../../deploy/schedules.ts';
import { COPY_SWEEPS_A_DAY, capacityLines, RETIRE_SWEEPS_A_DAY } from '../../lib/doctor/capacity.ts';
import type { Capacity } from '../../lib/doctor/facts.ts';
import { instanceId, region } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/resources.ts';
import type { Policy } from '../../lib/policy/policy.ts';
import { anInstance, aPolicy, aPolicyFile, DR, HERE, RETIRE_RULES } from '../builders.ts';
import { facts } from './facts.ts';

const PRESET: Capacity = { maxCopiesInFlight: 100, rateShare: 0.8 };
const copied: Partial<Policy> = {
  copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }],
};

function fleet(count: number): Instance[] {
  return Array.from({ length: count }, (_, index) =>
    anInstance({ id: instanceId(`i-${String(index).padStart(17, '0')}`) }),
  );
}

function linesOf(count: number, policy: Partial<Policy>, capacity = PRESET) {
  const file = aPolicyFile({ policies: [aPolicy(policy)] });
  const lines = capacityLines(facts({ file, capacity }), new Map([[HERE.region, fleet(count)]]));
  return lines.map(({ subject, verdict, text }) => `${verdict} ${subject}: ${text}`);
}

describe('what settings carry in a day', () => {
  it('is told of copies and of what expires, where they are made', () => {
    expect(linesOf(1000, copied)).toEqual([
      'ok retirement in eu-central-1: up to 1,000 images a day expire; 4 sweeps carry 57,600 at a rate share of 0.8',
      'ok copies to eu-west-1: up to 1,000 a day are due; 100 in flight carry 2,400, where a copy takes an hour',
      'ok retirement in eu-west-1: up to 1,000 images a day expire; 4 sweeps carry 57,600 at a rate share of 0.8',
    ]);
  });

  it.each<[number, string, Capacity]>([
    [1920, 'ok', PRESET],
    [1921, 'problem', PRESET],
    [5760, 'ok', { ...PRESET, maxCopiesInFlight: 300 }],
    [5761, 'problem', { ...PRESET, maxCopiesInFlight: 300 }],
    // So slowly copies are not even begun.
    [5760, 'problem', { maxCopiesInFlight: 300, rateShare: 0.08 }],
  ])('is warned of before %i copies reach it: %s with %j', (count, verdict, capacity) => {
    const [copies] = linesOf(count, copied, capacity).filter((line) => line.includes('copies to'));
    expect(copies).toMatch(new RegExp(`^${verdict} `));
  });

  it('is warned of where one of many source regions has nearly all of the fleet', () => {
    const regions = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'us-east-1', 'us-east-2'].map((name) => region(name));
    const policies = [aPolicy({ ...copied })];
    const lines = (count: number) =>
      capacityLines(
        facts({ file: aPolicyFile({ regions, policies }), capacity: PRESET }),
        new Map([[HERE.region, fleet(count)]]),
      ).filter(({ subject }) => subject === 'copies to eu-west-1');
    expect(lines(1536)).toMatchObject([{ verdict: 'ok' }]);
    expect(lines(1537)).toMatchObject([
      {
        verdict: 'problem',
        text: 'up to 1,537 a day are due from eu-central-1 alone, whose 20 of 100 in flight carry 1,920',
      },
    ]);
  });

  it('is warned of before what expires reaches it, slots counted', () => {
    const hourly = { schedule: { expressions: ['rate(1 hour)'], timeZone: 'UTC' } };
    expect(linesOf(1900, hourly)[0]).toMatch(/^ok .* up to 45,600 images a day expire/);
    expect(linesOf(2000, hourly)[0]).toMatch(/^problem .* up to 48,000 images a day expire/);
  });

  it('is warned of where a policy lets fewer images go than expire', () => {
    const capped = { retire: { ...RETIRE_RULES, maxPerDay: { count: 10 } } };
    expect(linesOf(10, capped)).toHaveLength(1);
    expect(linesOf(11, capped)[1]).toBe(
      'problem nightly in eu-central-1: up to 11 images a day expire, and retire.maxPerDay lets 10 go: they pile up',
    );
  });

  it('is not asked of a policy that is disabled, or that retires nothing', () => {
    expect(linesOf(11, { enabled: false })).toEqual([]);
    expect(linesOf(11, { retire: { ...RETIRE_RULES, mode: 'plan', maxPerDay: { percent: 20 } } })).toEqual([]);
  });

  it('goes by as many sweeps as the stack has', () => {
    const schedules = schedulesOf(aPolicyFile({ policies: [] }));
    const of = (action: string) => schedules.filter((schedule) => schedule.action === action);
    const hours = of('retire').flatMap(({ expression }) => expression.split(' ')[1]?.split(',') ?? []);
    expect(hours).toHaveLength(RETIRE_SWEEPS_A_DAY);
    expect(of('copy').map(({ expression }) => expression)).toEqual(['cron(10/15 * * * ? *)']);
    expect(COPY_SWEEPS_A_DAY).toBe((24 * 60) / 15);
  });
});
