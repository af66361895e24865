import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../lib/model/time.ts';
import { SWEPT_EVERY } from '../lib/planning/drill/lease.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { slotScheduleOf } from '../lib/policy/schedule.ts';
import type { Action } from '../lib/run/event.ts';

/** One time that a schedule fires, and what it sends to which function. */
export interface Firing {
  readonly at: Instant;
  readonly action: Action;
  readonly payload: {
    readonly action: Action;
    readonly policy?: string;
    readonly slot?: string;
    readonly leftovers?: false;
    readonly sweep?: true;
  };
}

/** How often each sweep runs, and how long after midnight UTC it first does. */
export interface Sweep {
  readonly every: number;
  readonly after: number;
}

/** Of drills it says when some are started; `looks` says when those that are there are looked after. */
export type Sweeps = Readonly<Record<Action | 'looks', Sweep>>;

/**
 * Enough to repair within hours what an event lost. The retire sweep comes between slots, when what is new is
 * available and what expired by it can be judged. Drills are started once a day, so that those of a policy take turns for
 * days and what happens on one of them meets some.
 */
export const DEMO_SWEEPS: Sweeps = {
  snapshot: { every: 6 * HOUR, after: 1 * HOUR + 10 * MINUTE },
  copy: { every: 6 * HOUR, after: 1 * HOUR + 40 * MINUTE },
  retire: { every: 12 * HOUR, after: 11 * HOUR + 30 * MINUTE },
  drill: { every: DAY, after: 7 * HOUR + 20 * MINUTE },
  looks: { every: 5 * MINUTE, after: 2 * MINUTE },
};

/**
 * All that fires in [from, to), in order: each policy's slots, with the payload that EventBridge Scheduler fills in,
 * and the sweeps.
 */
export function firingsBetween(file: PolicyFile, sweeps: Sweeps, from: Instant, to: Instant): Firing[] {
  const enabled = file.policies.filter((policy) => policy.enabled);
  const slots = enabled.flatMap((policy) =>
    slotScheduleOf(policy.schedule)
      .between(from, to)
      .map((at): Firing => {
        const action = 'snapshot';
        return { at, action, payload: { action, policy: policy.name, slot: formatInstant(at) } };
      }),
  );
  const swept = [
    ...sweepsBetween('snapshot', { action: 'snapshot', slot: 'current' }, sweeps.snapshot, from, to),
    ...sweepsBetween('copy', { action: 'copy' }, sweeps.copy, from, to),
    ...sweepsBetween('retire', { action: 'retire' }, sweeps.retire, from, to).map(onceADay),
    ...(file.policies.some(({ drill }) => drill)
      ? [
          ...sweepsBetween('drill', { action: 'drill' }, sweeps.drill, from, to),
          ...sweepsBetween('drill', { action: 'drill', sweep: true }, sweeps.looks, from, to),
        ]
      : []),
  ];
  return [...slots, ...swept].sort((one, other) => one.at - other.at);
}

/**
 * Leaves out the looks that find nothing, since no drill that a schedule has started can live by then. A deployment looks every
 * five minutes all the same, which takes a call a region and would be most of what happens in a simulation.
 */
export function withoutIdleLooks(firings: readonly Firing[], { policies }: PolicyFile): Firing[] {
  const leases = policies.map(({ drill }) => (drill?.leaseMinutes ?? 0) * MINUTE);
  // One sweep after its lease a drill is ended, and one more finds nothing left.
  const longest = Math.max(0, ...leases) + 2 * SWEPT_EVERY;
  let lastStart = Number.NEGATIVE_INFINITY;
  return firings.filter(({ at, action, payload }) => {
    if (action !== 'drill') return true;
    if (!payload.sweep) lastStart = at;
    return at - lastStart <= longest;
  });
}

/** What images left behind is searched for by the first retire sweep of a day alone, as the stack has it. */
function onceADay(firing: Firing, index: number, all: readonly Firing[]): Firing {
  const before = all[index - 1];
  const isFirst = before === undefined || Math.floor(before.at / DAY) < Math.floor(firing.at / DAY);
  return isFirst ? firing : { ...firing, payload: { ...firing.payload, leftovers: false } };
}

function sweepsBetween(
  action: Action,
  payload: Firing['payload'],
  { every, after }: Sweep,
  from: Instant,
  to: Instant,
): Firing[] {
  const firings: Firing[] = [];
  const first = Math.ceil((from - after) / every) * every + after;
  for (let at = first; at < to; at += every) firings.push({ at, action, payload });
  return firings;
}
