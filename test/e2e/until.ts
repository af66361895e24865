import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 200;

/**
 * After how many milliseconds what is waited for counts as lost. Nothing here is about how fast a machine is. On one
 * that has nothing else to do the schedule takes up to 70 seconds, since it is waited for in real time, and everything
 * else 10 at most: a machine may be thirty times as slow. The sweep of drills, which a deployment of over a minute
 * misses, comes again within it.
 */
export const PATIENCE_MS = 300_000;

/**
 * Asks again and again until there is an answer, and gives that.
 *
 * @param what it waits for, for the error
 * @throws Error where there is none for so long that there will be none
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} seconds`);
    await setTimeout(PAUSE_MS);
  }
}
