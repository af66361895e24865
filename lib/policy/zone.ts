import { DAY, type Instant, SECOND } from '../model/time.ts';
import { offsetsOf } from '../model/zone-offset.ts';
import { nearest } from './nearest.ts';

/**
 * What the clocks on the wall of a time zone show, in milliseconds, as if they showed UTC. Where clocks are put
 * forward some local times name no instant; where they are put back some name two.
 */
export type LocalTime = number;

/** The local times in [start, end) that a change of the clocks skips. */
export interface Gap {
  readonly start: LocalTime;
  readonly end: LocalTime;
}

/** What the zone's clocks show at an instant. */
export function localTimeAt(timeZone: string, at: Instant): LocalTime {
  return at + offsetsOf(timeZone)(at);
}

/** The latest local time that the zone's clocks have shown by an instant: clocks that were put back show an earlier one. */
export function latestLocalTimeBy(timeZone: string, at: Instant): LocalTime {
  return at + Math.max(offsetsOf(timeZone)(at), offsetsOf(timeZone)(at - DAY));
}

/** The first instant at which the zone's clocks show a local time, or undefined if they skip it. */
export function firstInstantOf(timeZone: string, local: LocalTime): Instant | undefined {
  // No zone is a day from UTC, so these two lie on either side of any change of the clocks at that local time.
  const before = local - offsetsOf(timeZone)(local - DAY);
  const after = local - offsetsOf(timeZone)(local + DAY);
  return [Math.min(before, after), Math.max(before, after)].find((at) => localTimeAt(timeZone, at) === local);
}

/** The gaps that clocks put forward between two instants leave, oldest first. */
export function gapsBetween(timeZone: string, from: Instant, to: Instant): Gap[] {
  const gaps: Gap[] = [];
  for (let day = from; day < to; day += DAY) {
    const [start, end] = [offsetsOf(timeZone)(day), offsetsOf(timeZone)(Math.min(day + DAY, to))];
    if (end > start) {
      const change = changeBetween(timeZone, day, Math.min(day + DAY, to));
      gaps.push({ start: change + start, end: change + end });
    }
  }
  return gaps;
}

/** The instant of the one change of the clocks in (from, to], to the second. */
function changeBetween(timeZone: string, from: Instant, to: Instant): Instant {
  const offset = offsetsOf(timeZone)(from);
  let [before, after] = [Math.floor(from / SECOND), Math.ceil(to / SECOND)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetsOf(timeZone)(middle * SECOND) === offset) before = middle;
    else after = middle;
  }
  return after * SECOND;
}

/**
 * Why EventBridge Scheduler would not take this as a time zone, or undefined if it would. It wants a name of the
 * IANA database as that writes it; the runtime is more lenient, with `europe/berlin` and `+01:00`.
 */
export function timeZoneProblem(timeZone: string): string | undefined {
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  if (names.includes(timeZone)) return undefined;
  const meant = nearest(timeZone, names);
  const likelyMeant = meant?.toLowerCase() === timeZone.toLowerCase();
  // The list holds no aliases, such as Asia/Calcutta, which are as good.
  if (/^[A-Z]/.test(timeZone) && !likelyMeant && isKnownToRuntime(timeZone)) return undefined;
  return `write an IANA time zone such as Europe/Berlin or UTC${meant === undefined ? '' : `; did you mean '${meant}'?`}`;
}

function isKnownToRuntime(timeZone: string): boolean {
  try {
    offsetsOf(timeZone);
    return true;
  } catch {
    return false;
  }
}
