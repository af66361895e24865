import type { AccountId } from '../model/ids.ts';
import type { Clock, Instant } from '../model/time.ts';
import type { ReasonCode } from '../planning/decision.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { namesDrills, type RunEvent } from './event.ts';
import { expandEvent, isTargeted, type TargetedEvent } from './expand.ts';
import { runJob } from './jobs/jobs.ts';
import { outcomeEvents } from './outcome/events.ts';
import { goesOn, type Outcome, outcomeOf, ROW_LASTS } from './outcome/outcome.ts';
import type { Aws, Carried, Publisher, Withdrawn } from './ports.ts';

/** What runs need of the world around them. */
export interface RunPorts {
  readonly file: PolicyFile;
  /** The account that amikeep runs in. */
  readonly account: AccountId;
  readonly clock: Clock;
  /** AWS for a run of the event that starts no work after `stopAt`. */
  readonly aws: (event: TargetedEvent, stopAt: Instant) => Aws;
  readonly publisher: Publisher;
  /** Puts what a run did where people look for it, such as a log. */
  readonly tell: (outcome: Outcome) => void;
  /** The same for what went wrong once that was told. */
  readonly tellFailure: (problem: string, outcome: Outcome) => void;
  readonly maxCopiesInFlight: number;
}

export type RunResult =
  | { readonly kind: 'expanded'; readonly events: readonly TargetedEvent[] }
  /** `sentOn` tells that the event has its successor: whoever has it run once more would give it a second one. */
  | { readonly kind: 'ran'; readonly outcome: Outcome; readonly sentOn: boolean };

/**
 * Answers one event. One that does not name its target is expanded and sent on, one event for each target; one that
 * does is run, tells what it did, and sends itself on if its time was too short.
 *
 * @throws InputError where the event asks for what the deployment does not have; nothing has been done then
 * @throws Error where an event that is to be run could not be put on the bus; none that follows from this one was then
 */
export async function run(event: RunEvent, ports: RunPorts, stopAt: Instant): Promise<RunResult> {
  const events = expandEvent(event, ports.file, ports.account, ports.clock.now());
  if (!isTargeted(event)) {
    const spread =
      namesDrills(event) && events.length > 1 ? events.map((one) => ({ ...one, spread: true }) as const) : events;
    await ports.publisher.requestRuns(spread);
    return { kind: 'expanded', events: spread };
  }
  const [targeted] = events;
  if (!targeted) return { kind: 'expanded', events };
  const ran = withMissing(await runTarget(targeted, ports, stopAt));
  // Log and metrics first: to put thousands of events may take longer than Lambda lets the function go on.
  ports.tell(ran);
  const outcome = await published(ran, ports);
  const successor = successorOf(outcome);
  // The last thing that is done: were anything to fail after it, a second try of the event would send it on again.
  if (successor) await ports.publisher.sendOn(successor);
  return { kind: 'ran', outcome, sentOn: successor !== undefined };
}

const MISSING: ReadonlySet<string> = new Set(['no-such-image', 'no-such-lineage'] satisfies ReasonCode[]);

/** What a drill was asked for by name and is not there is a failure, unless another place was asked as well. */
function withMissing(outcome: Outcome): Outcome {
  const { event, plan, failures } = outcome;
  if (!namesDrills(event) || event.spread) return outcome;
  const missing = plan.decisions.flatMap(({ reason }) => (MISSING.has(reason.code) ? [`drill: ${reason.text}`] : []));
  return { ...outcome, failures: [...failures, ...missing] };
}

/** Events that cannot be put are a failure of the run, and cost none of what is left of its work. */
async function published(outcome: Outcome, { publisher, file, tellFailure }: RunPorts): Promise<Outcome> {
  try {
    await publisher.publish(outcomeEvents(outcome, file.deployment));
    return outcome;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const failed = { ...outcome, failures: [...outcome.failures, problem] };
    tellFailure(problem, failed);
    return failed;
  }
}

/** One run of one target, without telling anybody. */
export async function runTarget(
  event: TargetedEvent,
  ports: Omit<RunPorts, 'account' | 'publisher' | 'tell' | 'tellFailure'>,
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
function successorOf(outcome: Outcome): TargetedEvent | undefined {
  const { event, startedAt } = outcome;
  if (!goesOn(outcome)) return undefined;
  const until = event.until ?? startedAt + ROW_LASTS;
  return { ...event, ...withoutSearch(outcome), continuation: event.continuation + 1, until };
}

/** What images left behind was searched for, and nothing of it is left to do. */
function withoutSearch({ event, carried }: Outcome): Pick<TargetedEvent, 'leftovers'> {
  const isLeft = (entry: Carried | Withdrawn) =>
    'applied' in entry && entry.applied.kind === 'not-started' && entry.decision.subject.kind === 'snapshot';
  return event.action === 'retire' && !event.orphans && !carried.some(isLeft) ? { leftovers: false } : {};
}
