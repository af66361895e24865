import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dashboardResources } from '../../deploy/dashboard.ts';
import { NAMESPACE, serviceOf } from '../../lib/lambda/metrics.ts';
import { tellOutcome } from '../../lib/lambda/telemetry.ts';
import { outcomeOf } from '../../lib/run/outcome/outcome.ts';
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
  const outcome = outcomeOf(event, { plan, carried: [] }, NOW, NOW, { sent: 1, throttled: 0 });
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: serviceOf('prod') });
  tellOutcome(outcome, { file: aPolicyFile(), logger: new Logger({ serviceName: 'amikeep' }), metrics });
}

describe('the log', () => {
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
