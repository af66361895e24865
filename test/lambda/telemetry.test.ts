import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dashboardResources } from '../../deploy/dashboard.ts';
import { NAMESPACE, serviceOf } from '../../lib/lambda/metrics.ts';
import { tellLateFailure, tellOutcome } from '../../lib/lambda/telemetry.ts';
import { type Outcome, outcomeOf } from '../../lib/run/outcome/outcome.ts';
import { AN_INSTANCE_ID, aPolicyFile, HERE } from '../builders.ts';
import { ami, NOW } from '../planning/fleet.ts';

type Line = Readonly<Record<string, unknown>> & { readonly message: string };

const lines: Line[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  // So that lines go to the console that is watched here.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => lines.push(JSON.parse(String(line))));
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function tell(): void {
  const held = (number: number, policy: string) => ({
    action: 'refuse' as const,
    policy,
    subject: { kind: 'image' as const, id: ami(number), region: HERE.region },
    reason: { code: 'hold' as const, text: 'it is on hold' },
  });
  const plan = {
    decisions: [held(1, 'nightly'), held(2, 'nightly'), held(3, 'weekly')],
    warnings: ['it says so'],
    problems: ['uses: denied'],
    stock: [{ policy: 'nightly', images: 3, gib: 24, held: 1 }],
    coverage: { uncovered: [{ instance: AN_INSTANCE_ID, pending: false, lacksOneBefore: true }] },
  };
  const event = { action: 'snapshot', policy: 'nightly', mode: 'apply', target: HERE, continuation: 0 } as const;
  tellEverything(outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 }));
}

function tellEverything(outcome: Outcome): void {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: serviceOf('prod') });
  tellOutcome(outcome, { file: aPolicyFile(), logger: new Logger({ serviceName: 'amikeep' }), metrics });
}

describe('the log', () => {
  it('has the end of the console of each drill that failed', () => {
    const end = { image: ami(1), instance: AN_INSTANCE_ID, text: 'Kernel panic' };
    const event = { action: 'drill', mode: 'apply', target: HERE, continuation: 0 } as const;
    const plan = { decisions: [], warnings: [], problems: [], consoles: [end] };
    tellEverything(outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 }));
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'console of a failed drill', region: HERE.region, ...end }),
    );
  });

  it('has a line for each that queries add up, and one for each trouble', () => {
    tell();
    const refused = { message: 'refused', action: 'snapshot', region: HERE.region, reason: 'hold' };
    expect(lines).toEqual([
      expect.objectContaining({ message: 'decisions' }),
      expect.objectContaining({ ...refused, policy: 'nightly', subjects: 2 }),
      expect.objectContaining({ ...refused, policy: 'weekly', subjects: 1 }),
      expect.objectContaining({
        message: 'stock',
        region: HERE.region,
        policy: 'nightly',
        images: 3,
        gib: 24,
        held: 1,
      }),
      expect.objectContaining({ level: 'WARN', message: 'overdue', policy: 'nightly', instance: AN_INSTANCE_ID }),
      expect.objectContaining({ level: 'WARN', message: 'it says so' }),
      expect.objectContaining({ level: 'ERROR', message: 'uses: denied' }),
      expect.objectContaining({ message: 'run finished', failures: 1 }),
    ]);
  });

  it('counts alone of the images that are due for a drill and wait for their turn, each hour anew', () => {
    const waiting = (code: 'drills-in-flight' | 'cap-reached' | 'drill-running') => ({
      action: 'wait' as const,
      policy: 'nightly',
      subject: { kind: 'image' as const, id: ami(1), region: HERE.region },
      reason: { code, text: 'it waits' },
    });
    lines.length = 0;
    const event = { action: 'drill', mode: 'apply', target: HERE, continuation: 0 } as const;
    const decisions = [waiting('drills-in-flight'), waiting('cap-reached'), waiting('drill-running')];
    const plan = { decisions, warnings: [], problems: [] };
    tellEverything(outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 }));
    expect(lines).toMatchObject([
      { message: 'decisions', decisions: [expect.stringContaining('it waits')] },
      {
        message: 'run finished',
        counts: { 'wait drills-in-flight': 1, 'wait cap-reached': 1, 'wait drill-running': 1 },
      },
    ]);
  });

  it('has once a day for each reason which images are kept for it, and counts alone of what is left as it is', () => {
    const kept = (number: number, text: string, policy = 'nightly') => ({
      action: 'keep' as const,
      policy,
      subject: { kind: 'image' as const, id: ami(number), region: HERE.region },
      reason: { code: 'keep-rule' as const, text },
    });
    const waiting = {
      ...kept(5, 'marked'),
      action: 'wait' as const,
      reason: { code: 'marked' as const, text: 'marked' },
    };
    const decisions = [kept(1, 'kept as last 1'), kept(2, 'kept as daily 2'), kept(3, 'kept as last 1'), waiting];
    const many = Array.from({ length: 4_001 }, (_, index) => kept(index, 'kept as last 1', 'weekly'));
    const sweep = (leftovers: boolean) => {
      lines.length = 0;
      const event = { action: 'retire', mode: 'apply', target: HERE, continuation: 0, leftovers } as const;
      const plan = { decisions: [...decisions, ...many], warnings: [], problems: [] };
      tellEverything(outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 }));
      return lines.map(({ message, policy, reason, images, counts }) => ({
        ...{ message, policy, reason, counts },
        images: Array.isArray(images) && (images.length > 3 ? images.length : images),
      }));
    };
    const finished = {
      message: 'run finished',
      counts: { 'keep keep-rule': 4_004, 'wait marked': 1 },
      images: false,
    };
    expect(sweep(false)).toEqual([finished]);
    const ofKept = { message: 'kept', policy: 'nightly' };
    expect(sweep(true)).toEqual([
      { ...ofKept, reason: 'kept as last 1', images: [ami(1), ami(3)] },
      { ...ofKept, reason: 'kept as daily 2', images: [ami(2)] },
      { ...ofKept, policy: 'weekly', reason: 'kept as last 1', images: 4_000 },
      { ...ofKept, policy: 'weekly', reason: 'kept as last 1', images: [ami(4_000)] },
      finished,
    ]);
  });

  it('has the lines and fields that the queries of the dashboard and of docs/operations.md are about', () => {
    tell();
    const document = readFileSync('docs/operations.md', 'utf8');
    const texts = [JSON.stringify(dashboardResources(aPolicyFile())).replaceAll('\\', ''), document];
    const queries = texts.flatMap((text) => [...text.matchAll(/filter message = "(\w+)"\s*\| stats ([^"'`]+)/g)]);
    expect(queries).toHaveLength(2 + 3);
    for (const [, message, stats = ''] of queries) {
      const line = lines.find((one) => one.message === message);
      const aggregated = [...stats.matchAll(/(?:latest|max)\((\w+)\)/g)].map(([, field = '']) => field);
      const [, grouped = ''] = /by ([\w, ]+)/.exec(stats) ?? [];
      expect(Object.keys(line ?? {})).toEqual(expect.arrayContaining([...aggregated, ...grouped.trim().split(', ')]));
    }
  });
});

describe('what went wrong once an outcome was told', () => {
  it('has an error of its own, and counts', () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const metrics: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => metrics.push(String(line)));
    const event = { action: 'retire', mode: 'apply', target: HERE, continuation: 0 } as const;
    const plan = { decisions: [], warnings: [], problems: [] };
    const told = outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 });
    const file = aPolicyFile();
    tellLateFailure(
      'the bus is gone',
      { ...told, failures: ['the bus is gone'] },
      {
        file,
        logger: new Logger({ serviceName: 'amikeep' }),
        metrics: new Metrics({ namespace: NAMESPACE, serviceName: serviceOf('prod') }),
      },
    );
    expect(lines).toEqual([expect.objectContaining({ level: 'ERROR', message: 'the bus is gone' })]);
    expect(metrics.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ Failures: 1 })]);
  });
});
