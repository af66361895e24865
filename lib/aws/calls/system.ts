import { setTimeout } from 'node:timers/promises';
import type { Clock, Random } from '../../model/time.ts';

/** The machine's own clock. Here, and nowhere else in lib, time is what the machine says it is. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => setTimeout(ms),
};

/** The machine's own chance. */
export const systemRandom: Random = () => Math.random();
