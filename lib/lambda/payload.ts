import * as z from 'zod/mini';
import { RUN_REQUESTED } from '../aws/publisher.ts';
import { type Action, parseRunEvent, type RunEvent } from '../run/event.ts';
import { InputError } from '../run/input-error.ts';
import { EVENT_SOURCE } from '../run/outcome/events.ts';

const runRequested = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(RUN_REQUESTED),
  detail: z.unknown(),
});

/**
 * Reads whatever invokes a function: the contract's payload as a schedule or a person sends it, or the same in the envelope
 * in which our bus delivers it.
 *
 * @throws InputError with every problem, each by its path
 */
export function readInvocation(payload: unknown, action: Action): RunEvent {
  const requested = runRequested.safeParse(payload);
  const parsed = parseRunEvent(requested.success ? requested.data.detail : payload);
  if (!parsed.ok) throw new InputError(parsed.problems);
  if (parsed.event.action !== action) {
    throw new InputError([`action: this function does '${action}', not '${parsed.event.action}'; invoke that one`]);
  }
  return parsed.event;
}
