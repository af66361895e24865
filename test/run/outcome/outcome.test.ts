import { describe, expect, it } from 'vitest';
import { accountId } from '../../../lib/model/ids.ts';
import { DAY } from '../../../lib/model/time.ts';
import type { CopyImage } from '../../../lib/planning/copy/changes.ts';
import type { CreateImage } from '../../../lib/planning/create/changes.ts';
import type { ChangeDecision, Decision } from '../../../lib/planning/decision.ts';
import { MAX_CONTINUATIONS } from '../../../lib/run/event-schema.ts';
import type { TargetedEvent } from '../../../lib/run/expand.ts';
import { outcomeDetails } from '../../../lib/run/outcome/details.ts';
import { outcomeEvents } from '../../../lib/run/outcome/events.ts';
import { goesOn, nameOf, type Outcome, outcomeOf, PartialFailureError } from '../../../lib/run/outcome/outcome.ts';
import type { Applied, Carried, Withdrawn } from '../../../lib/run/ports.ts';
import { imageName } from '../../../lib/tagging/name.ts';
import { AN_INSTANCE_ID, aStamp, DR, HERE } from '../../builders.ts';
import { ami, NOW, slotOfDay, snap } from '../../planning/fleet.ts';

const event: TargetedEvent = {
  action: 'snapshot',
  policy: 'nightly',
  slot: slotOfDay(0),
  mode: 'apply',
  target: HERE,
  continuation: 0,
};
const common = { policy: 'nightly', lineage: AN_INSTANCE_ID, version: '2026.11.23-0200' } as const;
const image = { kind: 'image', id: ami(1), region: HERE.region } as const;
const stamp = aStamp();

const creation: ChangeDecision<CreateImage> = {
  ...common,
  action: 'create',
  subject: { kind: 'instance', id: AN_INSTANCE_ID, region: HERE.region },
  reason: { code: 'slot-due', text: 'it is due' },
  change: {
    kind: 'create',
    region: HERE.region,
    instance: AN_INSTANCE_ID,
    name: imageName(stamp),
    stamp,
    reboot: false,
    excludeDevices: [],
    tags: {},
  },
};
const copy: ChangeDecision<CopyImage> = {
  ...common,
  action: 'copy',
  subject: image,
  copyRegion: DR.region,
  reason: { code: 'copy-wanted', text: 'it is wanted' },
  change: {
    kind: 'copy',
    region: DR.region,
    source: { image: ami(1), region: HERE.region },
    name: imageName(stamp),
    stamp,
    encrypt: true,
    tags: {},
  },
};
const expired = { code: 'expired', text: 'no keep rule wants it' } as const;
const target = { deployment: 'prod', region: HERE.region, image: ami(1), snapshots: [snap(1)] };
const going: ChangeDecision = {
  ...common,
  action: 'deregister',
  subject: image,
  reason: expired,
  change: { kind: 'deregister', binned: [], ...target },
};
const marking: ChangeDecision = {
  action: 'mark',
  subject: image,
  reason: expired,
  change: { kind: 'mark', ...target, text: 'x' },
};

const done = (decision: ChangeDecision, made?: number): Carried => ({
  decision,
  applied: { kind: 'done', ...(made !== undefined && { image: ami(made) }) },
});

function anOutcome(
  carried: readonly (Carried | Withdrawn)[],
  overrides: Partial<Outcome['plan']> = {},
  of = event,
): Outcome {
  const decisions: Decision[] = carried.map(({ decision }) => decision);
  return outcomeOf(of, { plan: { decisions, warnings: [], problems: [], ...overrides }, carried }, NOW, NOW + 1500, {
    sent: 0,
    throttled: 0,
  });
}

describe('what there was no time for', () => {
  const carried: Carried = { decision: creation, applied: { kind: 'not-started' } };

  it.each<[string, boolean, Partial<TargetedEvent>]>([
    ['is gone on with by the run that begins drills', true, { action: 'drill' }],
    ['is left by a sweep of drills to the next one', false, { action: 'drill', sweep: true }],
    ['is left by a run of copies to the next one', false, { action: 'copy' }],
  ])('%s', (_, goes, of) => {
    const running: TargetedEvent = { action: 'drill', mode: 'apply', target: HERE, continuation: 0, ...of };
    const outcome = anOutcome([carried], {}, running);
    expect(goesOn(outcome)).toBe(goes);
    expect(outcome.failures).toEqual([]);
  });
});

describe('stages are overdue', () => {
  const retiring: TargetedEvent = { action: 'retire', mode: 'apply', target: HERE, continuation: 0 };
  const due = (days: number): ChangeDecision => ({ ...going, due: NOW - days * DAY });

  it.each<[Applied, number]>([
    [{ kind: 'done' }, 0],
    [{ kind: 'refused', problem: 'UnauthorizedOperation' }, 1],
    [{ kind: 'throttled', problem: 'RequestLimitExceeded' }, 1],
    // The run goes on with it.
    [{ kind: 'not-started' }, 0],
  ])('that were due over a day ago and came to %j', (applied, overdue) => {
    expect(anOutcome([{ decision: due(1), applied }], {}, retiring).stagesOverdue).toBe(overdue);
  });

  it('where a run gives up what it had no time for', () => {
    const carried: Carried = { decision: due(1), applied: { kind: 'not-started' } };
    expect(anOutcome([carried], {}, { ...retiring, continuation: MAX_CONTINUATIONS }).stagesOverdue).toBe(1);
  });

  it('unless they were due within the day, or a second look withdrew them', () => {
    const waiting: Carried = { decision: due(0.9), applied: { kind: 'not-started' } };
    const used: Withdrawn = { decision: due(9), withdrawn: 'it is in use' };
    const marked: Carried = { decision: marking, applied: { kind: 'not-started' } };
    expect(anOutcome([waiting, used, marked], {}, retiring).stagesOverdue).toBe(0);
  });

  it('or nobody knows, from a plan and from what makes images', () => {
    expect(anOutcome([], {}, { ...retiring, mode: 'plan' })).not.toHaveProperty('stagesOverdue');
    expect(anOutcome([])).not.toHaveProperty('stagesOverdue');
  });
});

describe('instances are overdue', () => {
  const uncovered = [{ instance: AN_INSTANCE_ID, pending: false, lacksOneBefore: false }];
  const coverage = { uncovered };

  it.each<[Applied, number]>([
    [{ kind: 'done' }, 0],
    // It may have been made: the next run sees.
    [{ kind: 'unknown', problem: 'no answer' }, 1],
    [{ kind: 'refused', problem: 'UnauthorizedOperation' }, 1],
    [{ kind: 'limit', problem: 'too many' }, 1],
    // The run goes on with it.
    [{ kind: 'not-started' }, 0],
  ])('unless an image of theirs was asked for, which came to $kind: %j', (applied, overdue) => {
    expect(anOutcome([{ decision: creation, applied }], { coverage }).overdue).toHaveLength(overdue);
  });

  it('where a run gives up what it had no time for', () => {
    const last = { ...event, continuation: MAX_CONTINUATIONS };
    const carried: Carried = { decision: creation, applied: { kind: 'not-started' } };
    expect(anOutcome([carried], { coverage }, last).overdue).toEqual([AN_INSTANCE_ID]);
  });

  it('or nobody knows, from a plan and where the run cannot tell', () => {
    expect(anOutcome([], { coverage }, { ...event, mode: 'plan' })).not.toHaveProperty('overdue');
    expect(anOutcome([])).not.toHaveProperty('overdue');
  });
});

describe('a run has failed in part', () => {
  it.each<[Applied, number]>([
    [{ kind: 'done' }, 0],
    [{ kind: 'limit', problem: 'too many copies' }, 1],
    [{ kind: 'throttled', problem: 'RequestLimitExceeded' }, 1],
    [{ kind: 'lost-name' }, 0],
    [{ kind: 'not-started' }, 0],
    [{ kind: 'refused', problem: 'UnauthorizedOperation' }, 1],
    [{ kind: 'unknown', problem: 'no answer' }, 1],
  ])('P15: where a change came to $kind: %j', (applied, failures) => {
    expect(anOutcome([{ decision: creation, applied }]).failures).toHaveLength(failures);
  });

  it('P15: where a read failed, and not where a second look withdrew a change', () => {
    const { failures } = anOutcome([{ decision: going, withdrawn: 'it is in use' }], { problems: ['uses: denied'] });
    expect(failures).toEqual(['uses: denied']);
  });

  it('P15: where it is given up after so many continuations', () => {
    const notStarted = [{ decision: going, applied: { kind: 'not-started' } }] as const;
    expect(anOutcome(notStarted)).toMatchObject({ unfinished: 1, failures: [] });
    expect(anOutcome(notStarted, {}, { ...event, continuation: MAX_CONTINUATIONS }).failures).toHaveLength(1);
  });

  it('P15: and says so to whoever waits for it, with what to look for', () => {
    const applied: Applied = { kind: 'refused', problem: 'UnauthorizedOperation: no' };
    const outcome = anOutcome([{ decision: copy, applied }]);
    const error = new PartialFailureError([outcome]);
    expect(error.message).toBe(`1 failed, the rest is done: copy ${nameOf(copy)}: UnauthorizedOperation: no`);
    expect(nameOf(copy)).toBe(`${ami(1)} in eu-central-1, to eu-west-1`);
    const intoVault = { ...copy, copyAccount: accountId('444455556666') };
    expect(nameOf(intoVault)).toBe(`${ami(1)} in eu-central-1, to eu-west-1 of account 444455556666`);
    expect(error.outcomes).toEqual([outcome]);
  });
});

describe('the events of a run', () => {
  const carried = [
    done(creation, 7),
    done(creation),
    done(copy, 8),
    done(copy),
    done(going),
    done(marking),
    { decision: going, withdrawn: 'it is in use' },
    { decision: creation, applied: { kind: 'not-started' } },
  ] as const;

  it('tell of each image that came or went, then of the run itself', () => {
    const events = outcomeEvents(anOutcome(carried), 'prod');
    expect(events.map(({ detailType }) => detailType)).toEqual([
      'Image Created',
      'Image Created',
      'Image Copied',
      'Image Copied',
      'Image Retired',
      'Run Finished',
    ]);
    expect(events[0]?.detail).toMatchObject({
      imageId: ami(7),
      instanceId: AN_INSTANCE_ID,
      version: '2026.11.23-0200',
    });
    expect(events[2]?.detail).toMatchObject({ imageId: ami(8), sourceImageId: ami(1), region: 'eu-west-1' });
    expect(events[4]?.detail).toMatchObject({ imageId: ami(1), snapshotIds: [snap(1)] });
    expect(events[5]?.detail).toMatchObject({
      slot: '2026-11-23T02:00:00Z',
      startedAt: '2026-11-23T05:00:00Z',
      counts: { 'create slot-due': 3, 'copy copy-wanted': 2, 'deregister expired': 2, 'mark expired': 1 },
      unfinished: 1,
      changesLeftOff: 0,
    });
  });

  it('are as their schemas say', () => {
    const { slot: _, policy: __, ...sweep } = event;
    const outcomes = [anOutcome(carried), anOutcome([], {}, { ...sweep, action: 'retire' })];
    for (const { detailType, detail } of outcomes.flatMap((outcome) => outcomeEvents(outcome, 'prod'))) {
      expect(outcomeDetails[detailType].strict().parse(detail)).toEqual(detail);
    }
  });

  it('fit on the bus, however much a run did and however long its reasons are', () => {
    const wordy = { ...going, reason: { ...expired, text: 'ä'.repeat(400) } };
    const many = Array.from({ length: 5_000 }, () => done(wordy));
    const problems = Array.from({ length: 500 }, () => 'x'.repeat(300));
    const [last] = outcomeEvents(anOutcome(many, { problems, warnings: problems }), 'prod').slice(-1);
    if (last?.detailType !== 'Run Finished') throw new Error('the run itself comes last');
    expect(new TextEncoder().encode(JSON.stringify(last.detail)).length).toBeLessThan(220_000);
    expect(last.detail.changes.length).toBeGreaterThan(100);
    expect(last.detail.changes.length + last.detail.changesLeftOff).toBe(5_000);
  });
});
