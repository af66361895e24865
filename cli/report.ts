import { concurrently } from '../lib/run/concurrently.ts';
import type { RunEvent } from '../lib/run/event.ts';
import { expandEvent, type TargetedEvent } from '../lib/run/expand.ts';
import type { Outcome } from '../lib/run/outcome.ts';
import { type RunPorts, runTarget } from '../lib/run/run.ts';

/** What became of one target: an outcome, or what kept the run from having one. */
export type TargetReport =
  | { readonly kind: 'ran'; readonly event: TargetedEvent; readonly outcome: Outcome }
  | { readonly kind: 'broken'; readonly event: TargetedEvent; readonly problem: string };

export interface Report {
  readonly deployment: string;
  readonly event: RunEvent;
  /** In the order in which the event expands. */
  readonly targets: readonly TargetReport[];
}

export interface ReportPorts extends Omit<RunPorts, 'publisher'> {
  /** Is told of each target as its run begins. */
  readonly onStart: (event: TargetedEvent) => void;
}

/** Targets worked on at a time: they are in different regions mostly, whose call rates have nothing to do with each other. */
const WIDTH = 4;

/** A terminal has no deadline: a run goes on until it is done, and needs no continuation. */
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Runs all that an event stands for, in this process. One target's failure stops no other.
 *
 * @throws InputError where the event asks for what the deployment does not have; nothing has been done then
 */
export async function runTargets(event: RunEvent, ports: ReportPorts): Promise<Report> {
  const { file, account, clock, onStart } = ports;
  const events = expandEvent(event, file, account, clock.now());
  const targets = await concurrently(events, WIDTH, async (targeted): Promise<TargetReport> => {
    onStart(targeted);
    try {
      return { kind: 'ran', event: targeted, outcome: await runTarget(targeted, ports, NEVER) };
    } catch (error) {
      return { kind: 'broken', event: targeted, problem: error instanceof Error ? error.message : String(error) };
    }
  });
  return { deployment: file.deployment, event, targets };
}

/**
 * Whether anything went wrong. A rule that forbids something is no failure, nor a limit that time lifts; a change that
 * was not started is one, since AWS was too slow for its reads to be still true.
 */
export function hasFailed({ targets }: Report): boolean {
  return targets.some(
    (target) => target.kind === 'broken' || target.outcome.failures.length > 0 || target.outcome.unfinished > 0,
  );
}
