import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 200;

/**
 * Asks again and again until there is an answer, and gives that.
 *
 * @param what it waits for, for the error
 * @throws Error where there is none after `limit` milliseconds
 */
export async function until<T>(what: string, limit: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${limit / 1000} seconds`);
    await setTimeout(PAUSE_MS);
  }
}
