import { outcomeDetails } from '../lib/run/outcome/details.ts';
import type { SandboxEvent } from '../sandbox/contract.ts';

/** An image that came or went, as the deployment told it. */
export interface ImageNews {
  readonly at: string;
  readonly policy: string;
  readonly lineage: string;
  readonly version: string;
  /** Where the image is. */
  readonly region: string;
  readonly imageId: string;
  readonly reason: string;
}

/** A drill that came to a verdict, as the deployment told it. */
export interface DrillNews extends ImageNews {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Absent: nothing was launched. */
  readonly instanceId?: string | undefined;
}

/** A run that failed in part. */
export interface FailedRun {
  readonly at: string;
  readonly action: string;
  readonly region: string;
  readonly failures: readonly string[];
}

/** What was decided in one region, over all runs: how often, and when first and last. */
export interface DecisionTotal {
  /** `refuse in-use` */
  readonly decision: string;
  readonly region: string;
  readonly decisions: number;
  readonly runs: number;
  readonly first: string;
  readonly last: string;
}

/** What a deployment told on its bus, kept for who wants to know at the end. */
export class Journal {
  readonly created: ImageNews[] = [];
  readonly copied: ImageNews[] = [];
  readonly retired: ImageNews[] = [];
  readonly drilled: DrillNews[] = [];
  readonly failedRuns: FailedRun[] = [];
  readonly #totals = new Map<string, DecisionTotal>();
  readonly #warnings = new Map<string, { count: number; first: string; last: string }>();
  #runs = 0;

  get runs(): number {
    return this.#runs;
  }

  /** By decision, then by region. */
  get totals(): readonly DecisionTotal[] {
    return [...this.#totals.values()].sort(
      (one, other) => one.decision.localeCompare(other.decision) || one.region.localeCompare(other.region),
    );
  }

  /** Each warning with how many runs gave it, in the order of the first. */
  get warnings(): readonly { readonly text: string; readonly count: number; first: string; last: string }[] {
    return [...this.#warnings].map(([text, told]) => ({ text, ...told }));
  }

  take(events: readonly SandboxEvent[]): void {
    for (const event of events) this.#takeOne(event);
  }

  #takeOne({ 'detail-type': type, detail, time: at }: SandboxEvent): void {
    switch (type) {
      case 'Image Created':
        this.created.push({ at, ...outcomeDetails['Image Created'].parse(detail) });
        break;
      case 'Image Copied':
        this.copied.push({ at, ...outcomeDetails['Image Copied'].parse(detail) });
        break;
      case 'Image Retired':
        this.retired.push({ at, ...outcomeDetails['Image Retired'].parse(detail) });
        break;
      case 'Image Drilled':
        this.drilled.push({ at, ...outcomeDetails['Image Drilled'].parse(detail) });
        break;
      case 'Run Finished':
        this.#takeRun(at, detail);
        break;
    }
  }

  #takeRun(at: string, detail: unknown): void {
    const { action, region, failures, counts, warnings } = outcomeDetails['Run Finished'].parse(detail);
    this.#runs += 1;
    if (failures.length > 0) this.failedRuns.push({ at, action, region, failures });
    for (const text of warnings) {
      const known = this.#warnings.get(text);
      this.#warnings.set(text, { count: (known?.count ?? 0) + 1, first: known?.first ?? at, last: at });
    }
    for (const [decision, decisions] of Object.entries(counts)) {
      const key = `${decision}\n${region}`;
      const known = this.#totals.get(key);
      this.#totals.set(key, {
        decision,
        region,
        decisions: (known?.decisions ?? 0) + decisions,
        runs: (known?.runs ?? 0) + 1,
        first: known?.first ?? at,
        last: at,
      });
    }
  }
}
