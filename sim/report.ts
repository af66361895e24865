import { accountOf } from './account.ts';
import { CALLERS, type Cost, costOf } from './cost.ts';
import { type DrillRow, drillRowsOf } from './drill-rows.ts';
import type { DecisionTotal, ImageNews } from './journal.ts';
import { type Recount, recount } from './recount/recount.ts';
import { type Row, rowsOf } from './rows.ts';
import type { Simulation } from './simulate.ts';

/** Retired images of one policy in one region that went for the same reason. */
export interface RetiredTotal {
  readonly policy: string;
  readonly region: string;
  readonly reason: string;
  readonly images: number;
}

/** All that the demo tells, as data. */
export interface Report {
  readonly seed: number;
  readonly days: number;
  readonly from: string;
  readonly until: string;
  /** What had to be assumed of a fleet that was read from a file, and which policies it gives nothing to do. */
  readonly assumptions: readonly string[];
  readonly instances: { readonly ever: number; readonly live: number };
  /** Every instance that there ever was; `origin` is the id that it has where it was copied from. */
  readonly members: readonly { readonly id: string; readonly name: string; readonly origin?: string }[];
  readonly totals: {
    readonly created: number;
    readonly copied: number;
    readonly retired: number;
    readonly drilled: number;
    readonly runs: number;
  };
  readonly rows: readonly Row[];
  readonly drills: readonly DrillRow[];
  readonly retired: readonly RetiredTotal[];
  /** What was refused over all runs, by reason and region. */
  readonly refused: readonly DecisionTotal[];
  readonly failedRuns: number;
  readonly warnings: Simulation['journal']['warnings'];
  /** What happened, in order; `at` in ISO 8601. */
  readonly notes: readonly { readonly at: string; readonly text: string }[];
  readonly cost: Cost;
  readonly recount: Recount;
}

/** @param assumptions sentences about the fleet, to be told along */
export function reportOf(simulation: Simulation, assumptions: readonly string[] = []): Report {
  const { options, from, until, journal, world, sandbox, witness, tally } = simulation;
  const rows = rowsOf(simulation);
  const drills = drillRowsOf(simulation);
  return {
    seed: options.seed,
    days: options.days,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    assumptions,
    members: world.members.map(({ id, spec: { name, origin } }) => ({
      id,
      name,
      ...(origin !== undefined && { origin }),
    })),
    instances: { ever: world.members.length, live: world.live.length },
    totals: {
      created: journal.created.length,
      copied: journal.copied.length,
      retired: journal.retired.length,
      drilled: journal.drilled.length,
      runs: journal.runs,
    },
    rows,
    drills,
    retired: retiredTotals(journal.retired),
    refused: journal.totals.filter(({ decision }) => decision.startsWith('refuse ')),
    failedRuns: journal.failedRuns.length,
    warnings: journal.warnings,
    notes: accountOf(simulation, rows).map(({ at, text }) => ({ at: new Date(at).toISOString(), text })),
    cost: costOf(simulation),
    recount: recount({
      sandbox,
      witness,
      promised: options.file,
      account: options.account,
      deployment: options.file.deployment,
      peoplesRequests: tally.peoplesRequests,
      table: rows,
      drills,
      callsTold: CALLERS.reduce((sum, caller) => sum + tally.totalOf(caller), 0),
    }),
  };
}

function retiredTotals(retired: readonly ImageNews[]): RetiredTotal[] {
  const groups = Map.groupBy(retired, ({ policy, region, reason }) => JSON.stringify([policy, region, reason]));
  return [...groups.values()]
    .flatMap((images): RetiredTotal[] => {
      const [first] = images;
      return first ? [{ policy: first.policy, region: first.region, reason: first.reason, images: images.length }] : [];
    })
    .sort((one, other) => one.policy.localeCompare(other.policy) || one.region.localeCompare(other.region));
}
