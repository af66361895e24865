import type { Applied } from '../../run/ports.ts';
import { type CallFailure, type CallResult, describeFailure } from '../calls/caller.ts';

/** How a change went whose call failed. */
export function failed(failure: CallFailure): Applied {
  const problem = describeFailure(failure);
  switch (failure.meaning) {
    case 'not-started':
      return { kind: 'not-started' };
    case 'throttled':
      return { kind: 'throttled', problem };
    case 'too-soon':
    case 'limit':
      return { kind: 'limit', problem };
    case 'transient':
    case 'no-answer':
      return { kind: 'unknown', problem };
    case 'denied':
    case 'absent':
    case 'in-use':
    case 'name-taken':
    case 'refused':
      return { kind: 'refused', problem };
  }
}

/** How a change went that is done once its call has succeeded. */
export function appliedOf(result: CallResult<unknown>): Applied {
  return result.ok ? { kind: 'done' } : failed(result.failure);
}
