import type { Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import { type Caller, type ClientTypes, describeFailure, type Service } from './caller.ts';

/** One page: what it holds, and where the next begins if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/**
 * Reads all pages, each call in its turn. AWS may send short and even empty pages with more to come: only a page
 * without a token is the last. What failed on the way, or has no room any more, leaves a partial reading of what was read
 * until then.
 *
 * @param source what is being read, in words, for whoever has to explain a reading
 */
export async function readPages<T, S extends Service>(
  caller: Caller<S>,
  target: Target,
  source: string,
  action: string,
  page: (client: ClientTypes[S], token: string | undefined) => Promise<Page<T>>,
): Promise<Reading<readonly T[]>> {
  const items: T[] = [];
  const at = caller.now();
  let token: string | undefined;
  do {
    const shortage = caller.shortage();
    if (shortage !== undefined) return partialReading(source, at, items, shortage);
    const answer = await caller.call(target, action, (client) => page(client, token));
    if (!answer.ok) return partialReading(source, at, items, describeFailure(answer.failure));
    for (const item of answer.value.items) items.push(item);
    token = answer.value.next || undefined;
  } while (token !== undefined);
  return completeReading(source, at, items);
}

/** One reading of several: complete only if all are, as old as the oldest. */
export function joinReadings<T>(
  source: string,
  at: number,
  readings: readonly Reading<readonly T[]>[],
): Reading<readonly T[]> {
  const value = readings.flatMap((reading) => reading.value);
  const oldest = Math.min(at, ...readings.map((reading) => reading.at));
  const problems = readings.flatMap((reading) => (reading.complete ? [] : [reading.problem]));
  return problems.length === 0
    ? completeReading(source, oldest, value)
    : partialReading(source, oldest, value, [...new Set(problems)].join('; '));
}

/** A reading of what several readings brought together: complete only if all are. */
export function allOf<T>(source: string, at: Instant, readings: readonly Reading<unknown>[], value: T): Reading<T> {
  const problems = readings.flatMap((reading) => (reading.complete ? [] : [`${reading.source}: ${reading.problem}`]));
  return problems.length === 0
    ? completeReading(source, at, value)
    : partialReading(source, at, value, [...new Set(problems)].slice(0, 3).join('; '));
}
