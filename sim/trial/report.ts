import { AFFAIRS, type AffairName } from './affairs.ts';
import type { DrillCounts } from './observer/drills.ts';
import type { Violation } from './observer/promised.ts';
import { told } from './told.ts';
import type { TrialResult, TrialSize } from './trial.ts';

/** What is known of a trial once it is over: it travels from thread to thread. */
export interface TrialReport {
  readonly seed: number;
  readonly passed: boolean;
  readonly size: TrialSize;
  /** What failed, for people; empty where nothing did. */
  readonly failure: string;
  /** The names of the promises that were broken. */
  readonly promises: readonly string[];
  /** What it had that other trials have not. */
  readonly affairs: readonly AffairName[];
}

export interface Replay {
  readonly days: number;
  /** As on the command line: `all`, `none` or names. */
  readonly faults: string;
}

const MOST_OTHERS = 4;

export function reportOf(result: TrialResult, replay: Replay): TrialReport {
  const { seed, violations, defect, journal, size, affairs } = result;
  const [first, ...others] = violations;
  const passed = !first && defect === undefined;
  const lines = first ? violationLines(first, others) : defect === undefined ? [] : [`a defect: ${defect}`];
  const extract = passed ? [] : journal.extract(first && new Set(first.subjects)).map((line) => `    ${line}`);
  const command = `npm run simulate -- --seed ${seed} --days ${replay.days} --faults ${replay.faults} --journal seed-${seed}.log`;
  const failure = passed ? '' : [`seed ${seed}: ${lines.join('\n  ')}`, ...extract, `  again: ${command}`].join('\n');
  return { seed, passed, size, failure, promises: [...new Set(violations.map(({ promise }) => promise))], affairs };
}

/** What there is to say of a trial whose thread broke down. */
export function lostTrial(seed: number, error: unknown): TrialReport {
  const size = { instances: 0, runs: 0, calls: 0, checks: 0, images: 0, replays: 0 };
  const failure = `seed ${seed}: its thread broke down: ${told(error)}`;
  return { seed, passed: false, size, failure, promises: [], affairs: [] };
}

function violationLines(first: Violation, others: readonly Violation[]): string[] {
  const line = ({ promise, at, text }: Violation) => `${promise} is broken at ${new Date(at).toISOString()}: ${text}`;
  const more = others.length > MOST_OTHERS ? [`and ${others.length - MOST_OTHERS} more`] : [];
  return [line(first), ...others.slice(0, MOST_OTHERS).map((other) => `then ${line(other)}`), ...more];
}

/** What every trial has a count of. */
type Counted = Exclude<keyof TrialSize, 'drills'>;

/** What drills came to, over the trials that had any. */
function drillsOf(counts: readonly DrillCounts[], trials: number): string {
  const sum = (key: keyof DrillCounts) => counts.reduce((total, count) => total + count[key], 0).toLocaleString('en');
  return `drills in ${counts.length} of ${trials} trials: ${sum('launched')} launched, ${sum('passed')} passed, ${sum('failed')} failed, ${sum('inconclusive')} inconclusive`;
}

/** What all trials together came to; the last line says how many passed. */
export function summaryOf(reports: readonly TrialReport[], seconds: number): string {
  const passed = reports.filter((report) => report.passed).length;
  const sum = (key: Counted) => reports.reduce((total, { size }) => total + size[key], 0);
  const each = (key: Counted) => Math.round(sum(key) / reports.length).toLocaleString('en');
  const sizes = reports.map(({ size }) => size.instances).sort((one, other) => one - other);
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const having = (name: AffairName) => `${reports.filter(({ affairs }) => affairs.includes(name)).length} ${name}`;
  return [
    `a seed on average: ${each('runs')} runs, ${each('calls')} calls, ${each('images')} images, ${each('checks')} checks of promises`,
    `instances in the course of a trial: ${sizes[0] ?? 0} to ${sizes.at(-1) ?? 0}, in the middle ${middle}`,
    drillsOf(
      reports.flatMap(({ size }) => size.drills ?? []),
      reports.length,
    ),
    `trials with: ${AFFAIRS.map(having).join(', ')}`,
    `${reports.length} seeds in ${seconds.toFixed(1)} s, ${Math.round((reports.length / seconds) * 60)} a minute`,
    `${passed} passed, ${reports.length - passed} failed`,
  ].join('\n');
}
