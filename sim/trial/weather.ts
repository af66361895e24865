import { MINUTE } from '../../lib/model/time.ts';

/**
 * What befalls runs and events at a moment, as opposed to calls, whose faults the sandbox has itself. Probabilities are
 * of each run or each event. It changes as faults come and go.
 */
export interface Weather {
  /** A run dies between two of its calls, or right after one. */
  crash: number;
  /** An event starts two runs at once. */
  twins: number;
  /** How long a call may be on its way before it arrives, in milliseconds; where it is 0, calls keep their order. */
  transit: number;
  eventLost: number;
  eventDoubled: number;
  /** How late an event may come, in milliseconds. */
  eventDelay: number;
  /** How early a schedule may fire by the clock of what it fires, in milliseconds. */
  skew: number;
  /** How long a function may take, in milliseconds. */
  functionTime: number;
}

const FUNCTION_TIME = 15 * MINUTE;

export function fairWeather(): Weather {
  return {
    crash: 0,
    twins: 0,
    transit: 0,
    eventLost: 0,
    eventDoubled: 0,
    eventDelay: 0,
    skew: 0,
    functionTime: FUNCTION_TIME,
  };
}
