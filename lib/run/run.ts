import type { AccountId } from '../model/ids.ts';
import type { Clock, Instant } from '../model/time.ts';
import type { PolicyFile } from '../policy/policy.ts';
import type { RunEvent } from './event.ts';
import { expandEvent, isTargeted, type TargetedEvent } from './expand.ts';
import { runJob } from './jobs/jobs.ts';
import { outcomeEvents } from './outcome/events.ts';
import { type Outcome, outcomeOf } from './outcome/outcome.ts';
import type { Aws, Publisher } from './ports.ts';

/** What runs need of the world around them. */
export interface RunPorts {
  readonly file: PolicyFile;
  /** The account that amikeep runs in. */
  readonly account: AccountId;
  readonly clock: Clock;
  /** AWS for a run of the event that starts no work after `stopAt`. */
  readonly aws: (event: TargetedEvent, stopAt: Instant) => Aws;
  readonly publisher: Publisher;
  readonly maxCopiesInFlight: number;
}

export type RunResult =
  | { readonly kind: 'expanded'; readonly events: readonly TargetedEvent[] }
  | { readonly kind: 'ran'; readonly outcome: Outcome };

/**
 * Answers one event. One that does not name its target is expanded and sent on, one event for each target; one that
 * does is run, tells what it did, and sends itself on if its time was too short.
 *
 * @throws InputError where the event asks for what the deployment does not have; nothing has been done then
 */
export async function run(event: RunEvent, ports: RunPorts, stopAt: Instant): Promise<RunResult> {
  const events = expandEvent(event, ports.file, ports.account, ports.clock.now());
  if (!isTargeted(event)) {
    await ports.publisher.requestRuns(events);
    return { kind: 'expanded', events };
  }
  const [targeted] = events;
  if (!targeted) return { kind: 'expanded', events };
  const outcome = await runTarget(targeted, ports, stopAt);
  // Asked for before anything is told: an event that cannot be put must not cost the rest of the work.
  await ports.publisher.requestRuns(continuationOf(outcome));
  await ports.publisher.publish(outcomeEvents(outcome, ports.file.deployment));
  return { kind: 'ran', outcome };
}

/** One run of one target, without telling anybody. */
export async function runTarget(
  event: TargetedEvent,
  ports: Omit<RunPorts, 'account' | 'publisher'>,
  stopAt: Instant,
): Promise<Outcome> {
  const { file, clock, maxCopiesInFlight } = ports;
  const startedAt = clock.now();
  const { target, mode } = event;
  const aws = ports.aws(event, stopAt);
  const settings = { deployment: file.deployment, target, mode, clock, aws, stopAt };
  const result = await runJob(event, { file, settings, maxCopiesInFlight });
  return outcomeOf(event, result, startedAt, clock.now(), aws.calls());
}

/** The same event again, if there is need: a run that is repeated does only what is left. */
function continuationOf({ event, unfinished, givenUp }: Outcome): TargetedEvent[] {
  return unfinished > 0 && !givenUp ? [{ ...event, continuation: event.continuation + 1 }] : [];
}
