import { DAY } from '../../model/time.ts';

/** How long a mark rests before what it is on may go: the time in which a person can see it and object. */
export const MARK_REST = DAY;
