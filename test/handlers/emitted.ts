import { afterEach, beforeEach, vi } from 'vitest';
import { type MetricName, NAMESPACE } from '../../lib/lambda/metrics.ts';

/** What CloudWatch makes of the lines that the functions write: each value under its name and dimensions. */
class Emitted {
  readonly values = new Map<string, number[]>();

  take(line: unknown): void {
    const record = JSON.parse(String(line));
    for (const { Namespace, Dimensions, Metrics: metrics } of record._aws.CloudWatchMetrics) {
      for (const { Name } of metrics) {
        for (const names of Dimensions) {
          const key = keyOf(
            Namespace,
            Name,
            names.map((name: string): [string, string] => [name, record[name]]),
          );
          this.values.set(key, [...(this.values.get(key) ?? []), record[Name]]);
        }
      }
    }
  }

  /** All that was emitted of a metric since it was asked last, by its dimensions but for the deployment's. */
  of(name: MetricName): Record<string, number[]> {
    const prefix = `${NAMESPACE} ${name} service=amikeep-test`;
    const found = [...this.values].filter(([key]) => key === prefix || key.startsWith(`${prefix} `));
    for (const [key] of found) this.values.delete(key);
    return Object.fromEntries(found.map(([key, values]) => [key.slice(prefix.length).trim(), values]));
  }
}

/** What the functions emit in each test of a file, from its beginning on. */
export function emittedInEachTest(): Emitted {
  const emitted = new Emitted();
  beforeEach(() => {
    emitted.values.clear();
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    // So that lines go to the console that is watched here.
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.spyOn(console, 'log').mockImplementation((line) => emitted.take(line));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  return emitted;
}

export const keyOf = (namespace: string, name: string, dimensions: readonly (readonly [string, string])[]) =>
  [namespace, name, ...dimensions.map((pair) => pair.join('='))].join(' ');
