import { describe, expect, it } from 'vitest';
import { hasFailed, type Report, setMissingApart, type TargetReport } from '../../cli/report.ts';
import { textReport } from '../../cli/text-report.ts';
import { type InstanceId, imageId, instanceId, type Region } from '../../lib/model/ids.ts';
import type { ChangeDecision, Decision, StillDecision } from '../../lib/planning/decision.ts';
import type { DeregisterImage } from '../../lib/planning/retire/changes.ts';
import type { TargetedEvent } from '../../lib/run/expand.ts';
import { type Outcome, outcomeOf } from '../../lib/run/outcome/outcome.ts';
import type { Applied } from '../../lib/run/ports.ts';
import { AN_INSTANCE_ID, DR, HERE } from '../builders.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const RETIRE: TargetedEvent = { action: 'retire', mode: 'apply', target: HERE, continuation: 0 };
const UNDO: TargetedEvent = { ...RETIRE, action: 'undo', images: [imageId('ami-00000000000000001')] };

const image = (last: number) => imageId(`ami-${last.toString(16).padStart(17, '0')}`);

function aDeregistration(last: number): ChangeDecision<DeregisterImage> {
  return {
    action: 'deregister',
    subject: { kind: 'image', id: image(last), region: HERE.region },
    policy: 'nightly',
    version: '2026.11.01-0200',
    reason: { code: 'expired', text: 'no keep rule wants it' },
    change: { kind: 'deregister', binned: [], region: HERE.region, image: image(last), snapshots: [] },
  };
}

function aStill(action: StillDecision['action'], code: Decision['reason']['code'], last = 1, copyRegion?: Region) {
  const subject = { kind: 'image', id: image(last), region: HERE.region } as const;
  return { action, subject, reason: { code, text: `because of ${code}` }, ...(copyRegion && { copyRegion }) };
}

interface Parts {
  readonly event?: TargetedEvent;
  readonly decisions?: readonly Decision[];
  readonly carried?: Outcome['carried'];
  readonly warnings?: readonly string[];
  readonly problems?: readonly string[];
}

function aReport({ event = RETIRE, decisions = [], carried = [], warnings = [], problems = [] }: Parts): Report {
  const outcome = outcomeOf(event, { plan: { decisions, warnings, problems }, carried }, NOW, NOW, {
    sent: 0,
    throttled: 0,
  });
  return { deployment: 'prod', event, targets: [{ kind: 'ran', event, outcome }], notFound: [] };
}

const text = (parts: Parts, verbose = false) => textReport(aReport(parts), { verbose });
const lastLine = (parts: Parts) => text(parts).trimEnd().split('\n').at(-1);

describe('the report for people', () => {
  it('names the target and says how much was looked at, each subject once', () => {
    const twice = [aStill('skip', 'copied', 1, DR.region), aStill('skip', 'copied', 1), aStill('skip', 'copied', 2)];

    expect(text({ decisions: twice })).toMatch(/^retire in eu-central-1 of account 111122223333: looked at 2 images\n/);
  });

  it('says of an image that a drill has proven when and how far, whatever is decided on it', () => {
    const passed = { at: NOW, rung: 'status', seconds: 95, type: 'm7g.large', instance: AN_INSTANCE_ID } as const;
    const decisions = [{ ...aStill('keep', 'keep-rule'), passed }, aStill('keep', 'keep-rule', 2)];
    const lines = text({ decisions }, true).split('\n');
    expect(lines[1]).toMatch(/because of keep-rule; verified 2026-11-23T12:00:00Z \(status\)$/);
    expect(lines[2]).toMatch(/because of keep-rule$/);
  });

  it('shows changes first, then what was refused, and counts what is left as it is, by reason', () => {
    const decisions = [
      aStill('keep', 'keep-rule', 1),
      aStill('refuse', 'in-use', 2),
      aDeregistration(3),
      aStill('keep', 'newest', 4),
      aStill('keep', 'keep-rule', 5),
    ];

    expect(text({ decisions }).split('\n').slice(1, 4)).toEqual([
      `  deregister  ${image(3)}  nightly  2026.11.01-0200  no keep rule wants it`,
      `  refuse      ${image(2)}                            because of in-use`,
      '  keep 3 (2 keep-rule, 1 newest)',
    ]);
  });

  it('gives everything a line when asked for all', () => {
    const shown = text({ decisions: [aStill('keep', 'newest', 4)] }, true);

    expect(shown).toContain(`keep  ${image(4)}  because of newest`);
    expect(shown).not.toContain('keep 1');
  });

  it('does not repeat on each line what the heading says of all', () => {
    const event = { ...RETIRE, policy: 'nightly' };

    expect(text({ event, decisions: [aDeregistration(3)] })).toContain(
      `  deregister  ${image(3)}  2026.11.01-0200  no keep rule wants it`,
    );
  });

  it.each<[string, Applied, string]>([
    ['made', { kind: 'done', image: image(9), note: 'another run made it' }, `done, ${image(9)}, another run made it`],
    ['put off by a limit', { kind: 'limit', problem: 'too many' }, 'put off: too many'],
    ['refused by AWS', { kind: 'refused', problem: 'no' }, 'refused: no'],
    ['lost on the way', { kind: 'unknown', problem: 'hung up' }, 'unknown: hung up'],
  ])('says of a change that was %s what became of it', (_, applied, words) => {
    const decision = aDeregistration(3);

    expect(text({ decisions: [decision], carried: [{ decision, applied }] })).toContain(`wants it -> ${words}\n`);
  });

  it('says of a change that a second look withdrew why it did', () => {
    const decision = aDeregistration(3);

    expect(text({ decisions: [decision], carried: [{ decision, withdrawn: 'it is in use' }] })).toContain(
      '-> withdrawn: it is in use\n',
    );
  });

  it('gives each warning and each failure a line', () => {
    const shown = text({ warnings: ['raise maxPerDay'], problems: ['uses of images: denied'] });

    expect(shown).toContain('\n  warning: raise maxPerDay\n  failed: uses of images: denied\n');
  });
});

describe('a report has failed', () => {
  const decision = aDeregistration(3);

  it.each<[string, Parts, boolean]>([
    ['if something could not be read', { problems: ['uses of images: denied'] }, true],
    ['if AWS refused a change', { carried: [{ decision, applied: { kind: 'refused', problem: 'no' } }] }, true],
    ['if a change was not started', { carried: [{ decision, applied: { kind: 'not-started' } }] }, true],
    ['not for what a rule forbids', { decisions: [aStill('refuse', 'in-use')] }, false],
    ['if an image is refused that was to be undone', { event: UNDO, decisions: [aStill('refuse', 'not-ours')] }, true],
    ['not if there was nothing to undo', { event: UNDO, decisions: [aStill('skip', 'nothing-to-undo')] }, false],
    [
      'if a lineage is refused that was to be ended',
      { event: { ...RETIRE, abandoned: ['web'] }, decisions: [aStill('refuse', 'source-alive')] },
      true,
    ],
    ['if AWS had no room for a change', { carried: [{ decision, applied: { kind: 'limit', problem: 'x' } }] }, true],
  ])('%s', (_, parts, failed) => {
    expect(hasFailed(aReport(parts))).toBe(failed);
  });
});

describe('an instance that was asked for by its id', () => {
  const one = instanceId('i-00000000000000001');
  const other = instanceId('i-00000000000000002');
  const lacked = (id: InstanceId, region: Region): StillDecision => ({
    action: 'refuse',
    subject: { kind: 'instance', id, region },
    reason: { code: 'no-such-instance', text: `there is no instance ${id} in ${region}` },
  });
  const skipped = (id: InstanceId, region: Region): StillDecision => ({
    action: 'skip',
    subject: { kind: 'instance', id, region },
    reason: { code: 'already-there', text: 'it has its image' },
  });
  const ranIn = (place: typeof HERE, ...decisions: readonly Decision[]): TargetReport => {
    const event: TargetedEvent = { action: 'snapshot', mode: 'apply', target: place, continuation: 0 };
    const outcome = outcomeOf(event, { plan: { decisions, warnings: [], problems: [] }, carried: [] }, NOW, NOW, {
      sent: 0,
      throttled: 0,
    });
    return { kind: 'ran', event, outcome };
  };
  const reportOf = (...targets: readonly TargetReport[]): Report => ({
    deployment: 'prod',
    event: RETIRE,
    ...setMissingApart(targets),
  });

  it('is no failure of the regions that it is not in', () => {
    const report = reportOf(ranIn(HERE, skipped(one, HERE.region)), ranIn(DR, lacked(one, DR.region)));

    expect(hasFailed(report)).toBe(false);
    expect(textReport(report, { verbose: true })).not.toMatch(/refuse|no instance|not found/);
  });

  it('fails the run where no region has it, and is said once, however many were asked', () => {
    const report = reportOf(
      ranIn(HERE, skipped(other, HERE.region), lacked(one, HERE.region)),
      ranIn(DR, lacked(one, DR.region), lacked(other, DR.region)),
    );
    const shown = textReport(report, { verbose: false });

    expect(hasFailed(report)).toBe(true);
    expect(shown.match(new RegExp(one, 'g'))).toHaveLength(1);
    expect(shown).toContain(`\n\nnot found: ${one}, in ${HERE.region}, ${DR.region}\n\n`);
    expect(shown).toMatch(/\n2 targets: 1 skipped, 1 not found\.\n$/);
  });

  it('is looked for in vain only where the look came to an end', () => {
    const event: TargetedEvent = { action: 'snapshot', mode: 'apply', target: HERE, continuation: 0 };
    const report = reportOf({ kind: 'broken', event, problem: 'no' }, ranIn(DR, lacked(one, DR.region)));

    expect(textReport(report, { verbose: false })).toContain(`not found: ${one}, in ${DR.region}\n`);
  });
});

describe('the closing line', () => {
  const decisions = [aDeregistration(1), aDeregistration(2), aDeregistration(3), aStill('refuse', 'hold', 4)];

  it('counts what a plan would do, and says that nothing was changed', () => {
    expect(lastLine({ event: { ...RETIRE, mode: 'plan' }, decisions })).toBe(
      '1 target: 3 to deregister, 1 refused. This was a plan: nothing was changed.',
    );
  });

  it('counts what became of the changes, and failures apart', () => {
    const carried: Outcome['carried'] = [
      { decision: aDeregistration(1), applied: { kind: 'done' } },
      { decision: aDeregistration(2), applied: { kind: 'refused', problem: 'no' } },
      { decision: aDeregistration(3), withdrawn: 'it is in use' },
      { decision: aDeregistration(5), applied: { kind: 'not-started' } },
      { decision: aDeregistration(6), applied: { kind: 'limit', problem: 'too many' } },
    ];

    expect(lastLine({ decisions, carried })).toBe(
      '1 target: 1 deregistered, 1 withdrawn, 1 not started, 1 refused, 2 failed.',
    );
  });
});
