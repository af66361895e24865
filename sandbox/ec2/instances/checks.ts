import type { StatusCheckRule } from '../behaviour/checks.ts';
import type { AccountRegion, InstanceEntry, Plane } from '../plane/state.ts';
import { devicesOf, startOf } from './lifecycle.ts';
import { fits } from './rules.ts';

/** What the status checks say of an instance that is running, or was at the moment that is asked about. */
export type Verdict =
  | { readonly status: 'initializing' | 'ok' }
  | {
      readonly status: 'impaired';
      /** Milliseconds since the Unix epoch. */
      readonly since: number;
    };

/** The rule that an instance is under, if any. */
export function checkRuleOf(
  plane: Plane,
  { region }: AccountRegion,
  entry: InstanceEntry,
): StatusCheckRule | undefined {
  return plane
    .behaviour(region)
    .statusCheckRules.find((rule) => fits(rule, region, entry) && cameUpWithout(entry, rule.withoutDevice));
}

/** Whether an instance did not find a device as it came up, where one is asked about. */
function cameUpWithout(entry: InstanceEntry, device: string | undefined): boolean {
  return device === undefined || !(startOf(entry).devices ?? devicesOf(entry)).includes(device);
}

/** Milliseconds since the Unix epoch at which the checks of the newest start have a verdict; never before it runs. */
export function verdictDueAt(plane: Plane, { region }: AccountRegion, entry: InstanceEntry): number {
  const { runningAt } = startOf(entry);
  return runningAt === undefined ? Infinity : runningAt + plane.behaviour(region).statusCheckMs;
}

/**
 * The verdict at a moment. One that never came up is impaired since it was started (API model, ImpairedSince: "For an
 * instance that was launched and impaired, this is the time when the instance was launched").
 *
 * @param at milliseconds since the Unix epoch
 */
export function verdictAt(plane: Plane, place: AccountRegion, entry: InstanceEntry, at: number): Verdict {
  const rule = checkRuleOf(plane, place, entry);
  const dueAt = verdictDueAt(plane, place, entry);
  if (at < dueAt || rule?.outcome === 'never') return { status: 'initializing' };
  if (rule?.outcome === 'impaired' || !hasRoot(entry)) return { status: 'impaired', since: startOf(entry).askedAt };
  if (rule?.outcome === 'flapping') {
    const { statusFlapMs } = plane.behaviour(place.region);
    const turn = Math.floor((at - dueAt) / statusFlapMs);
    if (turn % 2 === 1) return { status: 'impaired', since: dueAt + turn * statusFlapMs };
  }
  return { status: 'ok' };
}

/** One whose root volume could not be replaced may run without, and has nothing to start from. */
function hasRoot({ current }: InstanceEntry): boolean {
  if (current.RootDeviceType !== 'ebs' || current.State?.Name !== 'running') return true;
  return (current.BlockDeviceMappings ?? []).some(({ DeviceName }) => DeviceName === current.RootDeviceName);
}
