import * as z from 'zod/mini';
import { RUN_REQUESTED } from '../aws/publisher.ts';
import { type Action, parseRunEvent, type RunEvent } from '../run/event.ts';
import { InputError } from '../run/input-error.ts';
import { EVENT_SOURCE } from '../run/outcome/events.ts';

/** What a function was invoked for. */
export type Invocation =
  | { readonly kind: 'run'; readonly event: RunEvent }
  /** An event that asks for nothing here, such as the state change of an image that is going. */
  | { readonly kind: 'nothing-to-do'; readonly why: string };

const runRequested = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(RUN_REQUESTED),
  detail: z.unknown(),
});

/** EC2 User Guide, "Monitor AMI events using Amazon EventBridge". */
const imageStateChange = z.object({
  source: z.literal('aws.ec2'),
  'detail-type': z.literal('EC2 AMI State Change'),
  account: z.string(),
  region: z.string(),
  detail: z.object({ ImageId: z.string(), State: z.string() }),
});

/**
 * Reads whatever invokes a function: the contract's payload as a schedule or a person sends it, the same in the
 * envelope in which our bus delivers it, or, for `copy`, EC2's word that an image has become available.
 *
 * @throws InputError with every problem, each by its path
 */
export function readInvocation(payload: unknown, action: Action): Invocation {
  // Only what comes over a bus has a type of detail.
  if (typeof payload !== 'object' || payload === null || !('detail-type' in payload)) return runOf(payload, action);
  const requested = runRequested.safeParse(payload);
  if (requested.success) return runOf(requested.data.detail, action);
  const ec2 = imageStateChange.safeParse(payload);
  if (ec2.success && action === 'copy') {
    const { account, region, detail } = ec2.data;
    if (detail.State !== 'available') return { kind: 'nothing-to-do', why: `${detail.ImageId} is ${detail.State}` };
    return runOf({ action, target: { account, region }, images: [detail.ImageId] }, action);
  }
  return runOf(payload, action);
}

function runOf(payload: unknown, action: Action): Invocation {
  const parsed = parseRunEvent(payload);
  if (!parsed.ok) throw new InputError(parsed.problems);
  if (parsed.event.action !== action) {
    throw new InputError([`action: this function does '${action}', not '${parsed.event.action}'; invoke that one`]);
  }
  return { kind: 'run', event: parsed.event };
}
