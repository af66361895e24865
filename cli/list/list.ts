import type { Clock } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { concurrently } from '../../lib/run/concurrently.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import { expandEvent, type TargetedEvent } from '../../lib/run/expand.ts';
import { type Listing, listTarget } from '../../lib/run/listing.ts';
import type { Connection } from '../connect.ts';
import { targetName } from '../text-report.ts';
import { namedBy, type Server, serversOf, type Unlisted } from './servers.ts';
import { unreadSealsProblem } from './unread-seals.ts';

export interface List {
  readonly deployment: string;
  readonly servers: readonly Server[];
  readonly unlisted: readonly Unlisted[];
  /** What could not be read or is left out: there may be more than is listed. */
  readonly problems: readonly string[];
  /** Why what is nowhere may be there all the same. */
  readonly unreadSeals?: string;
}

export interface ListPorts {
  readonly file: PolicyFile;
  readonly connection: Pick<Connection, 'account' | 'aws'>;
  readonly clock: Clock;
  /** Is told of each place before it is read. */
  readonly onStart: (event: TargetedEvent) => void;
}

/** Places read at a time: they are in different regions mostly. */
const WIDTH = 4;

/**
 * What there is of servers, in every place where the deployment has images.
 *
 * @param event of a retire run, which goes where images are
 * @param words what is meant: instances, lineages, images or names; none for all
 * @throws InputError where the event asks for what the deployment does not have
 */
export async function list(event: RunEvent, words: readonly string[], ports: ListPorts): Promise<List> {
  const { file, clock } = ports;
  const listings = await readListings(event, ports);
  const { named, unlisted } = namedBy(words, serversOf(listings, clock.now()));
  const problems = listings.flatMap((listing) => listing.problems);
  const unreadSeals = unreadSealsProblem(listings, file);
  return {
    deployment: file.deployment,
    servers: named,
    unlisted,
    problems,
    ...(unreadSeals !== undefined && { unreadSeals }),
  };
}

/** What each place has. @throws InputError where the event asks for what the deployment does not have */
export async function readListings(
  event: RunEvent,
  { file, connection, clock, onStart }: ListPorts,
): Promise<readonly Listing[]> {
  const events = expandEvent(event, file, connection.account, clock.now());
  return concurrently(events, WIDTH, async (targeted): Promise<Listing> => {
    onStart(targeted);
    try {
      const aws = connection.aws(targeted, Number.POSITIVE_INFINITY);
      return await listTarget(targeted, { file, clock, aws });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { images: [], names: new Map(), sealsUnread: false, problems: [`${targetName(targeted)}: ${problem}`] };
    }
  });
}

/** What is nowhere, and what could not be read, are failures: somebody goes by this list. */
export function isIncomplete({ unlisted, problems }: List): boolean {
  return unlisted.length > 0 || problems.length > 0;
}
