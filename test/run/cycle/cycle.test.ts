import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lib/model/time.ts';
import type { Change } from '../../../lib/planning/change.ts';
import type { ChangeDecision, Decision, Plan } from '../../../lib/planning/decision.ts';
import type { DeregisterImage } from '../../../lib/planning/retire/changes.ts';
import { runCycle } from '../../../lib/run/cycle/cycle.ts';
import type { Job } from '../../../lib/run/jobs/job.ts';
import type { Applied } from '../../../lib/run/ports.ts';
import { aStamp, HERE } from '../../builders.ts';
import { ami, NOW, snap } from '../../planning/fleet.ts';
import { cycleSettings, FakeApplier, FakeClock, fakeReads } from '../fakes.ts';

const subject = (number: number) => ({ kind: 'image', id: ami(number), region: HERE.region }) as const;
const reason = { code: 'expired', text: 'no keep rule wants it' } as const;

function going(number: number): ChangeDecision<DeregisterImage> {
  const change = {
    kind: 'deregister',
    binned: [],
    deployment: 'prod',
    region: HERE.region,
    image: ami(number),
    snapshots: [snap(number)],
  } as const;
  return { action: 'deregister', subject: subject(number), reason, change };
}

function marking(number: number): ChangeDecision {
  const change = {
    kind: 'mark',
    region: HERE.region,
    image: ami(number),
    snapshots: [],
    deployment: 'prod',
    text: 'x',
  } as const;
  return { action: 'mark', subject: subject(number), reason, change };
}

const planOf = (decisions: readonly Decision[]): Plan => ({ decisions, warnings: [], problems: [] });
const staying = (number: number): Decision => ({
  action: 'refuse',
  subject: subject(number),
  reason: { code: 'in-use', text: 'it is in use by instance i-1' },
});

/** A job whose plan is the same each time, or another when it looks again; it remembers what it read anew. */
function aJob(first: readonly Decision[], again: readonly Decision[] = first) {
  const reread: (readonly Change[])[] = [];
  const job: Job<readonly Decision[]> = {
    read: async (subjects) => {
      if (subjects) reread.push(subjects);
      return subjects ? again : first;
    },
    plan: planOf,
  };
  return { job, reread };
}

const manyGoing = (count: number) => Array.from({ length: count }, (_, index) => going(index + 1));

it('P10: in plan mode nothing is applied, and nothing is read twice', async () => {
  const { job, reread } = aJob([going(1), marking(2)]);
  const applier = new FakeApplier();
  const result = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }, { mode: 'plan' }));
  expect(result).toEqual({ plan: planOf([going(1), marking(2)]), carried: [] });
  expect([applier.asked, reread]).toEqual([[], []]);
});

describe('P7: what cannot be taken back', () => {
  it('is read again in batches of a hundred', async () => {
    const { job, reread } = aJob(manyGoing(250));
    const applier = new FakeApplier();
    const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(reread.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(reread.flat()).toEqual(applier.asked);
    expect(carried).toHaveLength(250);
  });

  it('is done only where the second look decides the same', async () => {
    const third = { ...going(3), change: { ...going(3).change, snapshots: [snap(3), snap(9)] } };
    const { job, reread } = aJob(manyGoing(4), [going(1), staying(2), third]);
    const applier = new FakeApplier();
    const { plan, carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(plan.decisions).toEqual([going(1), staying(2), third, going(4)]);
    expect(carried).toEqual([
      { decision: going(1), applied: { kind: 'done' } },
      { decision: going(2), withdrawn: 'it is in use by instance i-1', instead: staying(2) },
      { decision: going(3), withdrawn: 'no keep rule wants it', instead: third },
      { decision: going(4), withdrawn: 'it is not there any more' },
      // What it came to instead has had a look of its own.
      { decision: third, applied: { kind: 'done' } },
    ]);
    expect(applier.asked).toEqual([going(1).change, third.change]);
    expect(reread).toEqual([manyGoing(4).map(({ change }) => change), [third.change]]);
  });

  it('is left to the next run where there was no time to read it again, which is no problem', async () => {
    let isOutOfTime = false;
    const { job } = aJob(manyGoing(150));
    const slow: typeof job = {
      read: async (subjects) => {
        if (subjects && subjects.length < 100) isOutOfTime = true;
        return job.read(subjects);
      },
      plan: (decisions, now) => ({
        ...job.plan(decisions, now),
        problems: isOutOfTime ? ['launch permissions: OutOfTime'] : [],
      }),
    };
    const applier = new FakeApplier();
    const aws = { reads: fakeReads(), applier, isOutOfTime: () => isOutOfTime };
    const { plan, carried } = await runCycle(slow, cycleSettings(aws));
    expect(plan.problems).toEqual([]);
    expect(applier.asked).toHaveLength(100);
    expect(carried.map((entry) => 'applied' in entry && entry.applied.kind)).toEqual([
      ...Array.from({ length: 100 }, () => 'done'),
      ...Array.from({ length: 50 }, () => 'not-started'),
    ]);
  });

  it('is looked at twice only, whatever the looks show', async () => {
    let looks = 0;
    const { job } = aJob([going(1)]);
    const restless: typeof job = {
      ...job,
      plan: () => planOf([{ ...going(1), change: { ...going(1).change, snapshots: [snap(++looks)] } }]),
    };
    const applier = new FakeApplier();
    const { carried } = await runCycle(restless, cycleSettings({ reads: fakeReads(), applier }));
    expect(applier.asked).toEqual([]);
    expect(carried.map((entry) => 'withdrawn' in entry && entry.decision.change.kind)).toEqual([
      'deregister',
      'deregister',
    ]);
  });

  it('is read once more where calls take so long that the reading is over a minute old', async () => {
    const clock = new FakeClock();
    let readAt = 0;
    const ages: number[] = [];
    const applier = new FakeApplier((_, notAfter) => {
      if (clock.now() >= notAfter) return { kind: 'not-started' };
      ages.push(clock.now() - readAt);
      clock.pass(7 * SECOND);
      return { kind: 'done' };
    });
    const { job, reread } = aJob(manyGoing(20));
    const timed: typeof job = {
      ...job,
      read: (subjects) => {
        readAt = clock.now();
        return job.read(subjects);
      },
    };
    const { carried } = await runCycle(timed, cycleSettings({ reads: fakeReads(), applier }, { clock }));
    expect(Math.max(...ages)).toBeLessThanOrEqual(MINUTE);
    expect(new Set(carried.map(({ decision }) => decision.subject.id)).size).toBe(20);
    expect(carried).toHaveLength(20);
    expect(reread.map(({ length }) => length)).toEqual([20, 11, 2]);
  });

  it('is read in smaller batches where the reading itself takes over a minute', async () => {
    const clock = new FakeClock();
    const { job, reread } = aJob(manyGoing(8));
    const slow: typeof job = {
      ...job,
      read: (subjects) => {
        clock.pass((subjects?.length ?? 0) * 20 * SECOND);
        return job.read(subjects);
      },
    };
    const { carried } = await runCycle(
      slow,
      cycleSettings({ reads: fakeReads(), applier: new FakeApplier() }, { clock }),
    );
    expect(carried.map((entry) => 'applied' in entry && entry.applied.kind)).toEqual(Array(8).fill('done'));
    expect(reread.map(({ length }) => length)).toEqual([8, 4, 2, 2, 2, 2]);
  });

  it('is left where even one subject cannot be read within a minute', async () => {
    const clock = new FakeClock();
    const { job } = aJob(manyGoing(2));
    const slow: typeof job = {
      ...job,
      read: (subjects) => {
        clock.pass(subjects ? 2 * MINUTE : 0);
        return job.read(subjects);
      },
    };
    const applier = new FakeApplier();
    const { carried } = await runCycle(slow, cycleSettings({ reads: fakeReads(), applier }, { clock }));
    expect(carried.map((entry) => 'applied' in entry && entry.applied.kind)).toEqual(['not-started', 'not-started']);
    expect(applier.asked).toEqual([]);
  });

  it('is left where there is no turn for it in this run, however much time seems to be left', async () => {
    const { job, reread } = aJob(manyGoing(3));
    const applier = new FakeApplier(() => ({ kind: 'not-started' }));
    const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(carried).toHaveLength(3);
    expect(reread).toHaveLength(1);
  });

  it('is read once more where AWS turns calls away for coming too fast, and is no failure', async () => {
    const { job, reread } = aJob(manyGoing(4));
    const throttled: Applied = { kind: 'throttled', problem: 'RequestLimitExceeded: Request limit exceeded.' };
    let asked = 0;
    const applier = new FakeApplier(() => (asked++ % 2 === 0 ? throttled : { kind: 'done' }));
    const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(reread.map(({ length }) => length)).toEqual([4, 2, 1]);
    const kinds = carried.map((entry) => 'applied' in entry && entry.applied.kind);
    expect(kinds).toEqual(['done', 'done', 'done', 'not-started']);
  });

  it('is left to the next run where AWS turned it away half done, so that another stage is to come first', async () => {
    const place = { region: HERE.region, image: ami(1) };
    const about = { subject: subject(1), reason };
    const disabling: ChangeDecision = { ...about, action: 'disable', change: { kind: 'disable', ...place } };
    const deprecating: ChangeDecision = { ...about, action: 'deprecate', change: { kind: 'deprecate', ...place } };
    const plans = [[disabling, going(2)], [disabling, going(2)], [deprecating]];
    const job: Job<readonly Decision[]> = { read: async () => plans.shift() ?? [], plan: planOf };
    const throttled: Applied = { kind: 'throttled', problem: 'RequestLimitExceeded: Request limit exceeded.' };
    const applier = new FakeApplier(({ kind }) => (kind === 'disable' ? throttled : { kind: 'done' }));
    const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(carried).toEqual([
      { decision: going(2), applied: { kind: 'done' } },
      { decision: disabling, applied: { kind: 'not-started' } },
    ]);
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['disable', 'deregister']);
  });

  it('is not started any more once the run has to stop', async () => {
    const clock = new FakeClock();
    const { job, reread } = aJob(manyGoing(150));
    const applier = new FakeApplier(() => {
      clock.pass(SECOND / 2);
      return { kind: 'done' };
    });
    const settings = cycleSettings({ reads: fakeReads(), applier }, { clock, stopAt: NOW + 30 * SECOND });
    const { carried } = await runCycle(job, settings);
    // The second batch is read while the first is carried out, and goes no further.
    expect(reread.map(({ length }) => length)).toEqual([100, 50]);
    expect(carried.filter((entry) => 'applied' in entry && entry.applied.kind === 'not-started')).toHaveLength(50);
  });

  it('may be a snapshot as well as an image', async () => {
    const change = { kind: 'delete-snapshot', binned: false, region: HERE.region, snapshot: snap(1) } as const;
    const left: ChangeDecision = {
      action: 'delete-snapshot',
      subject: { kind: 'snapshot', id: snap(1), region: HERE.region },
      reason: { code: 'left-over', text: 'its image is gone' },
      change,
    };
    const applier = new FakeApplier();
    await runCycle(aJob([left]).job, cycleSettings({ reads: fakeReads(), applier }));
    expect(applier.asked).toEqual([change]);
  });
});

describe('marks', () => {
  it('P8: are written before anything goes, and need no second look', async () => {
    const { job, reread } = aJob([going(1), marking(2)]);
    const applier = new FakeApplier();
    await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(applier.asked.map(({ kind }) => kind)).toEqual(['mark', 'deregister']);
    expect(reread).toEqual([[going(1).change]]);
  });

  it('of which nothing is heard may or may not have been written', async () => {
    const applier = Object.assign(new FakeApplier(), { tag: async (): Promise<Applied[]> => [] });
    const { carried } = await runCycle(aJob([marking(1)]).job, cycleSettings({ reads: fakeReads(), applier }));
    expect(carried).toEqual([
      { decision: marking(1), applied: { kind: 'unknown', problem: 'no result came back for it' } },
    ]);
  });
});

describe('what brings images back', () => {
  const place = (number: number) => ({ region: HERE.region, image: ami(number) });
  const changes: Change[] = [
    going(1).change,
    { kind: 'ask-usage', ...place(2) },
    { kind: 'restore', ...place(3), snapshots: [], tagKeys: [], hold: 'x' },
    { kind: 'bring-back', ...place(4), snapshots: [], tagKeys: [], enable: true, undeprecate: true },
    { kind: 'unmark', ...place(5), snapshots: [], tagKeys: [] },
    { kind: 'hold', ...place(6), snapshots: [], text: 'audit' },
    { kind: 'end', lineage: aStamp(), ...place(7), snapshots: [] },
    { kind: 'adopt', ...place(8), snapshots: [], tags: {} },
    { kind: 'vouch', lineage: aStamp(), ...place(9), snapshots: [] },
  ];
  const decisionOf = (change: Change, index: number) =>
    ({ action: change.kind, subject: subject(index + 1), reason, change }) as ChangeDecision;

  it('comes before anything that takes images away, and after the tags', async () => {
    const { job, reread } = aJob(changes.map(decisionOf));
    const applier = new FakeApplier();
    const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
    expect(applier.asked.map(({ kind }) => kind)).toEqual([
      'unmark',
      'hold',
      'end',
      'adopt',
      'vouch',
      'ask-usage',
      'restore',
      'bring-back',
      'deregister',
    ]);
    expect(reread).toEqual([[going(1).change]]);
    expect(carried).toHaveLength(changes.length);
  });

  it('P15: is tried for each, whatever becomes of the others', async () => {
    const refused: Applied = { kind: 'refused', problem: 'UnauthorizedOperation' };
    const applier = new FakeApplier(({ kind }) => (kind === 'restore' ? refused : { kind: 'done' }));
    const { carried } = await runCycle(
      aJob(changes.slice(1, 4).map(decisionOf)).job,
      cycleSettings({ reads: fakeReads(), applier }),
    );
    expect(carried.map((entry) => [entry.decision.action, 'applied' in entry && entry.applied])).toEqual([
      ['ask-usage', { kind: 'done' }],
      ['restore', refused],
      ['bring-back', { kind: 'done' }],
    ]);
  });

  it('P10: is not done in plan mode', async () => {
    const applier = new FakeApplier();
    await runCycle(aJob(changes.map(decisionOf)).job, cycleSettings({ reads: fakeReads(), applier }, { mode: 'plan' }));
    expect(applier.asked).toEqual([]);
  });
});
