import { HOUR } from './time.ts';

/** How far a drill can be asked to come, each further than the one before. */
export const RUNGS = ['status', 'console', 'command'] as const;
export type Rung = (typeof RUNGS)[number];

/** How many minutes a rung may take from the launch on, so that a lease has to be as long. */
export const SHORTEST_LEASE: Readonly<Record<Rung, number>> = { status: 20, console: 20, command: 30 };

/** How long a drill may live at most, in milliseconds: what is to be seen of an image is seen within hours. */
export const LONGEST_LEASE = 12 * HOUR;
