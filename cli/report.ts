import type { ImageId, InstanceId, Region } from '../lib/model/ids.ts';
import type { ReasonCode } from '../lib/planning/decision.ts';
import { nearest } from '../lib/policy/nearest.ts';
import { concurrently } from '../lib/run/concurrently.ts';
import type { RunEvent } from '../lib/run/event.ts';
import { expandEvent, type TargetedEvent } from '../lib/run/expand.ts';
import type { Outcome } from '../lib/run/outcome/outcome.ts';
import { type RunPorts, runTarget } from '../lib/run/run.ts';

/** What became of one target: an outcome, or what kept the run from having one. */
export type TargetReport =
  | { readonly kind: 'ran'; readonly event: TargetedEvent; readonly outcome: Outcome }
  | { readonly kind: 'broken'; readonly event: TargetedEvent; readonly problem: string };

/** What was asked for and is in none of the regions that were looked at. */
export interface NotFound {
  /** An instance, an image, a lineage, a policy that is gone, or the tags of a filter. */
  readonly id: string;
  readonly regions: readonly Region[];
  /** What is there and has nearly that name. */
  readonly near?: string;
  /** Where else it is. */
  readonly note?: string;
}

export interface Report {
  readonly deployment: string;
  readonly event: RunEvent;
  /** In the order in which the event expands. */
  readonly targets: readonly TargetReport[];
  readonly notFound: readonly NotFound[];
}

export interface ReportPorts extends Omit<RunPorts, 'publisher' | 'tell' | 'tellFailure'> {
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
  const { notFound, ...apart } = setMissingApart(targets);
  return { deployment: file.deployment, event, ...apart, notFound: [...notFound, ...notThere(event, targets)] };
}

/**
 * What a person named by other means than an id, and what is nowhere. It is no mistake of theirs where a region could
 * not be read: that has failed, and says so.
 */
function notThere(event: RunEvent, targets: readonly TargetReport[]): NotFound[] {
  const plans = targets.flatMap((target) => (target.kind === 'ran' ? [target.outcome.plan] : []));
  if (plans.length < targets.length || plans.some(({ problems }) => problems.length > 0)) return [];
  const regions = [...new Set(targets.map(({ event: { target } }) => target.region))];
  if (event.filter !== undefined) {
    const id = Object.entries(event.filter).map(([key, value]) => `tag:${key}=${value}`);
    return plans.some(({ decisions }) => decisions.length > 0) ? [] : [{ id: id.join(' '), regions }];
  }
  const nameable = [...new Set(plans.flatMap((plan) => plan.nameable ?? []))].sort();
  const named = event.abandoned ?? event.lineages ?? (event.policyGone === undefined ? [] : [event.policyGone]);
  return [...new Set(named)].flatMap((id) => {
    if (nameable.includes(id)) return [];
    const near = nearest(id, nameable);
    return [{ id, regions, ...(near !== undefined && { near }) }];
  });
}

const NOT_HERE: ReadonlySet<string> = new Set(['no-such-instance', 'no-such-image'] satisfies ReasonCode[]);

/**
 * An instance or an image lives in one region, and a command that names none asks all of them. So it is no target's refusal that it
 * lacks an instance; what all of them lack is told once, of the whole.
 */
export function setMissingApart(targets: readonly TargetReport[]): Pick<Report, 'targets' | 'notFound'> {
  const found = new Set<string>();
  const lacking = new Map<InstanceId | ImageId, Region[]>();
  const kept = targets.map((target): TargetReport => {
    if (target.kind === 'broken') return target;
    const { plan } = target.outcome;
    const decisions = plan.decisions.filter(({ subject, reason }) => {
      // Whether a lineage is anywhere is told of all places at once, where all of them were read.
      if (subject.kind === 'lineage') return false;
      if (!NOT_HERE.has(reason.code) || (subject.kind !== 'instance' && subject.kind !== 'image')) {
        found.add(subject.id);
        return true;
      }
      // Several accounts may have been looked at in one region.
      lacking.set(subject.id, [...new Set([...(lacking.get(subject.id) ?? []), subject.region])]);
      return false;
    });
    return { ...target, outcome: { ...target.outcome, plan: { ...plan, decisions } } };
  });
  const notFound = [...lacking].flatMap(([id, regions]) => (found.has(id) ? [] : [{ id, regions }]));
  return { targets: kept, notFound };
}

/**
 * Whether anything went wrong. A rule that forbids something is no failure, unless it forbids the very thing that a
 * person has named; a change that was not started is one, since AWS was too slow for its reads to be still true, and so
 * is an instance that was asked for and is nowhere.
 */
export function hasFailed({ event, targets, notFound }: Report): boolean {
  const named = [event.images, event.lineages, event.abandoned, event.policyGone].some((one) => one !== undefined);
  return (
    notFound.length > 0 ||
    targets.some(
      (target) =>
        target.kind === 'broken' ||
        target.outcome.failures.length > 0 ||
        target.outcome.unfinished > 0 ||
        (named && target.outcome.plan.decisions.some(({ action }) => action === 'refuse')),
    )
  );
}
