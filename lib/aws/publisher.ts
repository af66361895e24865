import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Clock, Random } from '../model/time.ts';
import { formatRunEvent, type RunEvent } from '../run/event.ts';
import { EVENT_SOURCE } from '../run/outcome/events.ts';
import type { Publisher } from '../run/ports.ts';
import { chunks, packed } from './calls/batches.ts';
import { type ErrorMeaning, readError } from './calls/errors.ts';
import { pauseAfter, triesOf } from './calls/retries.ts';

/** PutEvents takes this many entries a call; each may be rejected on its own. */
const MOST_ENTRIES = 10;
/** All entries of a call together: 256 KiB, less what wraps them. */
const MOST_BYTES = 250_000;

/** Calls under way at a time: what thousands of changes have to tell takes seconds, of a run whose time is up. */
const WIDTH = 8;

/** The detail type under which a run is asked for; everything else on the bus tells what a run did. */
export const RUN_REQUESTED = 'Run Requested';

/** Answers after which nobody knows whether EventBridge has the events. */
const MAY_HAVE_BEEN_PUT: ReadonlySet<ErrorMeaning> = new Set(['transient', 'no-answer'] as const);

export interface PublisherPorts {
  readonly client: EventBridgeClient;
  readonly bus: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Puts events on amikeep's bus. What EventBridge rejects is sent again, and what it goes on rejecting is thrown: a run
 * that was asked for must not be lost quietly.
 *
 * @throws Error naming the first entry that could not be put
 */
export function createPublisher({ client, bus, clock, random }: PublisherPorts): Publisher {
  const put = async (entries: readonly PutEventsRequestEntry[], atMostOnce = false) => {
    let left = entries;
    let problem = '';
    for (let tried = 1; left.length > 0; tried++) {
      // What EventBridge rejects of a call it was too busy for.
      let meaning: ErrorMeaning = 'transient';
      try {
        const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...left] }));
        problem = Entries.find(({ ErrorCode }) => ErrorCode)?.ErrorMessage ?? '';
        left = left.filter((_, index) => Entries[index]?.ErrorCode);
      } catch (error) {
        const failure = readError(error);
        meaning = failure.meaning;
        if (atMostOnce && MAY_HAVE_BEEN_PUT.has(meaning)) return;
        problem = `${failure.code}: ${failure.message}`;
      }
      if (left.length > 0 && tried >= triesOf(meaning, 'PutEvents')) break;
      if (left.length > 0) await clock.sleep(pauseAfter(meaning, tried, random));
    }
    const [first] = left;
    if (first)
      throw new Error(`${left.length} events could not be put on bus ${bus}, '${first.DetailType}' first: ${problem}`);
  };

  const entryOf = ({ detailType, detail }: { readonly detailType: string; readonly detail: unknown }) => ({
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  });
  const requestOf = (event: RunEvent) => entryOf({ detailType: RUN_REQUESTED, detail: formatRunEvent(event) });
  const putAll = async (entries: readonly PutEventsRequestEntry[]) => {
    const calls = chunks(entries, MOST_ENTRIES).flatMap((part) => packed(part, MOST_BYTES, bytesOf));
    for (const together of chunks(calls, WIDTH)) await Promise.all(together.map((fitting) => put(fitting)));
  };

  return {
    requestRuns: (events) => putAll(events.map(requestOf)),
    sendOn: (event) => put([requestOf(event)], true),
    publish: (events) => putAll(events.map(entryOf)),
  };
}

function bytesOf({ Detail = '' }: PutEventsRequestEntry): number {
  return Buffer.byteLength(Detail);
}
