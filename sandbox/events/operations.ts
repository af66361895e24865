import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import {
  type CallContext,
  type OperationDefinition,
  type SandboxClock,
  type SandboxEvent,
  ServiceError,
  type ServiceOperations,
} from '../contract.ts';
import { isoSeconds } from './feed.ts';

/** Limits of PutEvents ("PutEvents" in the EventBridge API Reference, "Calculating PutEvents event entry size"). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;
const TIME_BYTES = 14;

export interface EventsServiceOptions {
  readonly clock: SandboxClock;
  /** @returns the id of the event */
  readonly publish: (event: Omit<SandboxEvent, 'id' | 'version'>) => string;
}

/** EventBridge as far as someone who publishes events sees it. Every bus exists. */
export function createEventsOperations({ clock, publish }: EventsServiceOptions): ServiceOperations {
  const putEvents: OperationDefinition<PutEventsRequest, PutEventsResponse> = {
    heeds: ['Entries'],
    run: ({ Entries = [] }, context) => {
      assertWithinLimits(Entries);
      const results = Entries.map((entry): PutEventsResultEntry => {
        const detail = parseDetail(entry.Detail);
        const refusal = refusalOf(entry, detail);
        return refusal ?? { EventId: publish(eventOf(entry, detail, context, clock.now())) };
      });
      return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
    },
  };
  return { PutEvents: putEvents };
}

function assertWithinLimits(entries: readonly PutEventsRequestEntry[]): void {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    const constraint = `Member must have length ${entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`}`;
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: ${constraint}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > MAX_BYTES) {
    throw new ServiceError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

/** As AWS counts it: the time, and the UTF-8 bytes of source, detail type, detail and resources. */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  return bytes + (Time === undefined ? 0 : TIME_BYTES);
}

/** What is wrong with one entry; the others of the same call go through. */
function refusalOf(
  { Source, DetailType, Detail }: PutEventsRequestEntry,
  detail: object | undefined,
): PutEventsResultEntry | undefined {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value !== undefined && value !== '') continue;
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    };
  }
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (detail === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  return undefined;
}

function parseDetail(detail: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(detail ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(
  entry: PutEventsRequestEntry,
  detail: object | undefined,
  { account, region }: CallContext,
  now: number,
): Omit<SandboxEvent, 'id' | 'version'> {
  return {
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account,
    region,
    time: isoSeconds(entry.Time?.getTime() ?? now),
    resources: entry.Resources ?? [],
    detail,
    bus: busName(entry.EventBusName),
  };
}

/** A bus goes by its name or by its ARN, `arn:aws:events:eu-central-1:111122223333:event-bus/amikeep`. */
function busName(nameOrArn: string | undefined): string {
  return nameOrArn?.split('/').at(-1) ?? 'default';
}
