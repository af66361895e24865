import type { RecordedCall } from '../../../sandbox/calls.ts';
import type { Effect } from '../../../sandbox/watcher.ts';
import type { ImageRecord } from './image-record.ts';
import type { BegunRun } from './promised.ts';
import { textAt, textsAt } from './texts.ts';

/** A run, with what it read and did and how that went. */
export class RunRecord {
  readonly begun: BegunRun;
  readonly startedAt: number;
  /** When each kind of read last succeeded in a region of an account: `DescribeImages 111122223333 eu-central-1`. */
  readonly lastRead = new Map<string, number>();
  /** Reads that failed and did not succeed later, by what they asked for. */
  readonly failedReads = new Map<string, FailedRead>();
  /** Changes that were made while reads had failed that they rest on: those may yet succeed, if they are tried again. */
  readonly suspicions: Suspicion[] = [];
  /** Changes that failed and did not succeed later, by their subject. */
  readonly failedChanges = new Map<string, RecordedCall>();
  /** The instances of which it asked for images, in vain or not. */
  readonly imaged = new Set<string>();
  /** What it told on the bus, as it was put. */
  readonly told: string[] = [];
  /** What a restore would make, or makes. */
  proposed: Effect | undefined;
  /** How often it sent its event on. */
  successors = 0;

  constructor(begun: BegunRun, now: number) {
    this.begun = begun;
    this.startedAt = now;
  }

  /** Whether it had no time for all of its work, and left the rest to the next run. */
  get isCutShort(): boolean {
    return this.told.some((text) => JSON.parse(text).unfinished > 0);
  }

  /** Takes down how a call of the run ended. */
  note(call: RecordedCall): void {
    const { operation, account, region, time, input, outcome, lost } = call;
    const succeeded = outcome === 'ok' && !lost;
    // Where another account can't be entered, nothing is read there.
    if (isRead(operation) || operation === ENTERING) {
      if (TELLS_ONLY.has(operation) || this.#isOfSizes(call)) return;
      if (succeeded) this.lastRead.set(`${operation} ${account} ${region}`, time);
      // That something is not there is an answer.
      const isAnswered = succeeded || isSettled(operation, outcome);
      if (isAnswered && this.failedReads.size === 0) return;
      const question = questionOf(call);
      const ids = new Set(idsAsked(call));
      if (isAnswered) {
        this.#answer((failed) => failed.question === question, ids);
        // Where the keys of snapshots could not be read, whom each is shared with is asked of it alone.
        if (operation === 'DescribeSnapshotAttribute') this.#answer((failed) => isOfSnapshots(failed, call), ids);
      } else {
        const key = `${question} ${[...ids].join(' ')}`;
        this.failedReads.set(key, { call, question, ids: ids.size > 0 ? ids : undefined });
      }
      return;
    }
    if (operation === 'CreateImage') this.imaged.add(textAt(input, 'InstanceId'));
    if (succeeded && this.failedChanges.size === 0) return;
    for (const subject of subjectsOf(call)) {
      const key = `${operation} ${region} ${subject}`;
      if (succeeded || isSettled(operation, outcome)) this.failedChanges.delete(key);
      else this.failedChanges.set(key, call);
    }
  }

  /** How large volumes are, and under whose keys, is told with what a policy makes, and decides nothing. */
  #isOfSizes({ operation, input }: RecordedCall): boolean {
    const isOfImages = operation === 'DescribeVolumes' && this.begun.event.action === 'snapshot';
    return isOfImages && textsAt(input, 'Filters', 'Name').includes('volume-id');
  }

  /** What was asked about may be asked about again among others, as where fewer are looked into at a time. */
  #answer(isSame: (failed: FailedRead) => boolean, ids: ReadonlySet<string>): void {
    for (const [key, failed] of this.failedReads) {
      if (!isSame(failed)) continue;
      for (const id of ids) failed.ids?.delete(id);
      if (failed.ids ? failed.ids.size === 0 : ids.size === 0) this.failedReads.delete(key);
    }
  }
}

function isOfSnapshots({ call, ids }: FailedRead, { account, region }: RecordedCall): boolean {
  return (
    call.operation === 'DescribeSnapshots' && call.account === account && call.region === region && ids !== undefined
  );
}

/** A change that may rest on a read that failed. */
interface Suspicion {
  /** Its key among the failed ones. */
  readonly read: string;
  /** When the change was made. */
  readonly at: number;
  readonly record: ImageRecord;
  readonly text: () => string;
}

/** A read that failed, with what it asked about and what no other read of its kind has told of since. */
export interface FailedRead {
  readonly call: RecordedCall;
  /** What it asked, whatever it asked it about. */
  readonly question: string;
  /** Images, snapshots, reports, instances, or tags of lineages as `Role=web`; nothing where it asked about no single ones. */
  readonly ids: Set<string> | undefined;
}

/** Whether what a read was to tell bears on an image. */
export function concerns({ ids }: FailedRead, { id, snapshots, reports, stamp }: ImageRecord): boolean {
  if (ids === undefined) return true;
  const isNamed = [id, stamp.lineage, stamp.instance, ...snapshots, ...reports].some((subject) => ids.has(subject));
  // A lineage may go by several tags, each of which is asked about.
  return isNamed || [...ids].some((one) => one.includes('=') && stamp.lineage.includes(one));
}

/** Whether a read looks for what others left behind, which is only told of: every image, and snapshots by their description. */
export function tellsOfOthers({ operation, input }: RecordedCall): boolean {
  const filters = JSON.stringify(Object(input).Filters ?? []);
  return (
    (operation === 'DescribeImages' && filters === '[]') ||
    (operation === 'DescribeSnapshots' && filters.includes('description'))
  );
}

const ID_FIELDS: ReadonlySet<string> = new Set(['ImageIds', 'ImageId', 'SnapshotIds', 'SnapshotId', 'ReportIds']);
const ID_FILTERS: ReadonlySet<string> = new Set([
  'image-id',
  'instance-id',
  'snapshot-id',
  'block-device-mapping.snapshot-id',
  'tag:amikeep:lineage',
]);

/** The images, their snapshots and reports, the instances or the lineages that a read asks about one by one. */
function idsAsked({ operation, input }: RecordedCall): readonly string[] {
  const filtered = filtersOf(input).flatMap((filter) => {
    if (!namesSingles(operation, filter)) return [];
    const values = textsAt(filter, 'Values').map((value) => value.replaceAll(/\\(.)/g, '$1'));
    return ID_FILTERS.has(filter.Name) ? values : values.map((value) => `${filter.Name.slice('tag:'.length)}=${value}`);
  });
  return [...[...ID_FIELDS].flatMap((field) => textsAt(input, field)), ...filtered];
}

/** Of instances a second look asks by those tags alone that the lineages at hand go by. */
function namesSingles(operation: string, { Name }: { readonly Name: string }): boolean {
  return ID_FILTERS.has(Name) || (operation === 'DescribeInstances' && Name.startsWith('tag:'));
}

/**
 * A read without what it asks about, so that one of some of the same is known for the same. Nor is it told by its page:
 * where a further one fails, that is noted after the first has been answered.
 */
function questionOf({ operation, account, region, input }: RecordedCall): string {
  const { NextToken: _, Filters: __, ...fields } = Object(input);
  const others = Object.entries(fields).filter(([field]) => !ID_FIELDS.has(field));
  const filters = filtersOf(input).map((filter) => (namesSingles(operation, filter) ? filter.Name : filter));
  return JSON.stringify([operation, account, region, others, filters]);
}

function filtersOf(input: unknown): readonly { readonly Name: string }[] {
  const filters = Object(input).Filters;
  return Array.isArray(filters) ? filters : [];
}

const ENTERING = 'AssumeRole';

export function isRead(operation: string): boolean {
  return /^(?:Describe|Get|List)/.test(operation);
}

/**
 * Reads that nothing rests on: a run that lacks them says so, and has not failed. Without the key nothing is known to be
 * ours: a run that finds something then says so, and one that finds nothing lacks nothing.
 */
const TELLS_ONLY: ReadonlySet<string> = new Set(['ListRules', 'GetRule', 'GetPublicKey']);

/** What an error settles: the image has the name already, what was to go is gone, or there is nothing that could be told. */
function isSettled(operation: string, outcome: string): boolean {
  return (
    outcome === 'InvalidAMIName.Duplicate' ||
    /^(?:InvalidAMIID|InvalidSnapshot)\.(?:NotFound|Unavailable)$/.test(outcome) ||
    (SETTLED[operation]?.test(outcome) ?? false)
  );
}

/**
 * The same of single calls. Where there is no room for a drill, that is written on its image; an older type has no live console;
 * and what SSM has never heard of is no node of it yet.
 */
const SETTLED: Readonly<Record<string, RegExp>> = {
  RunInstances: /^(?:Insufficient\w*Capacity|(?:Vcpu|Instance)LimitExceeded)$/,
  TerminateInstances: /^InvalidInstanceID\.NotFound$/,
  DeleteVolume: /^InvalidVolume\.NotFound$/,
  DeleteNetworkInterface: /^InvalidNetworkInterfaceID\.NotFound$/,
  GetConsoleOutput: /^UnsupportedOperation$/,
  DescribeInstanceInformation: /^InvalidInstanceId$/,
  ListCommandInvocations: /^InvalidInstanceId$/,
};

function subjectsOf({ operation, input }: RecordedCall): readonly string[] {
  if (operation === 'CreateImage' || operation === 'CopyImage') return [textAt(input, 'Name')];
  return SUBJECTS.flatMap((member) => textsAt(input, member));
}

const SUBJECTS = ['Resources', 'ImageId', 'SnapshotId', 'InstanceIds', 'VolumeId', 'NetworkInterfaceId'] as const;
