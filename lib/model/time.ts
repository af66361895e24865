/**
 * A moment, in milliseconds since the Unix epoch. It comes in with an event or from a {@link Clock},
 * never from the machine's own clock.
 */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Clocks of two AWS services may differ by as much: what is this little ahead of a moment counts as come. */
export const CLOCK_SKEW = 5 * MINUTE;

/** The one way in which anything here waits or learns what time it is. */
export interface Clock {
  now(): Instant;
  /** Resolves once `ms` milliseconds of this clock's time have passed. */
  sleep(ms: number): Promise<void>;
}

/** A source of numbers in [0, 1), used for jitter. Seeded where a run has to be repeatable. */
export type Random = () => number;

/** `2026-11-23T02:00:00Z`: to the second, which is all that slots, marks and events need. */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z$/;

/** The moment that an ISO 8601 text in UTC names, or undefined if it names none. */
export function parseInstant(text: string): Instant | undefined {
  if (!INSTANT.test(text)) return undefined;
  const at = Date.parse(text);
  // Date.parse rolls 2026-02-30 over to March: a date that comes back otherwise than it went in does not exist.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 16) !== text.slice(0, 16) ? undefined : at;
}
