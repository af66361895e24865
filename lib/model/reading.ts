import type { Instant } from './time.ts';

/**
 * What a read brought, where it came from and when. A read that was denied, failed or cut short is `partial`:
 * what it holds is true, what it lacks proves nothing.
 */
export type Reading<T> =
  | { readonly complete: true; readonly value: T; readonly source: string; readonly at: Instant }
  | {
      readonly complete: false;
      readonly value: T;
      readonly source: string;
      readonly at: Instant;
      readonly problem: string;
    };

export function completeReading<T>(source: string, at: Instant, value: T): Reading<T> {
  return { complete: true, value, source, at };
}

export function partialReading<T>(source: string, at: Instant, value: T, problem: string): Reading<T> {
  return { complete: false, value, source, at, problem };
}

/** The same reading of something derived from what was read. */
export function mapReading<T, U>(reading: Reading<T>, derive: (value: T) => U): Reading<U> {
  return { ...reading, value: derive(reading.value) };
}

/** Why what a reading lacks proves nothing, in words; nothing where it is whole. */
export function gapOf(reading: Reading<unknown>, source = reading.source): string | undefined {
  return reading.complete ? undefined : `${source} could not be read whole (${reading.problem})`;
}

/** What went wrong with readings of one region, a line each: `instances in eu-central-1: AuthFailure: ...`. */
export function problemsOf(region: string, readings: readonly Reading<unknown>[]): string[] {
  return readings.flatMap((reading) =>
    reading.complete ? [] : [`${reading.source} in ${region}: ${reading.problem}`],
  );
}
