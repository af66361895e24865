import type { ImageId, SnapshotId } from '../model/ids.ts';
import { gapOf, type Reading } from '../model/reading.ts';
import type { Instant } from '../model/time.ts';

/** Something that would miss an image if it went. */
export interface Use {
  readonly kind:
    | 'instance'
    | 'launch template'
    | 'launch configuration'
    | 'auto scaling group'
    | 'SSM parameter'
    | 'image recipe'
    | 'container recipe'
    | 'account';
  readonly id: string;
}

/** What EC2 knows of the use of a shared image in other accounts: it is asked for in one run and read in a later one. */
export type UsageReport =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'pending' } & Asked)
  /** The accounts in which something uses the image. */
  | ({ readonly kind: 'ready'; readonly at: Instant; readonly accounts: readonly string[] } & Asked);

interface Asked {
  /** The accounts that were asked about; absent: all that there were. */
  readonly about?: readonly string[];
}

/** What EC2 tells of an image only when it is asked about that image. */
export interface ImageEvidence {
  /** What refers to it, as EC2's own search has it. */
  readonly references: readonly Use[];
  /** Account ids, and ARNs of organisations and of their units. */
  readonly sharedWith: readonly string[];
  /** Of an image that is shared with nobody there is none. */
  readonly report: UsageReport;
}

/** What keeps a snapshot from being deleted although no image names it. */
export interface SnapshotEvidence {
  /** How it is locked; absent: it is not. */
  readonly lock?: string;
  readonly sharedWith: readonly string[];
}

/** What was looked into, by id; what was not is undefined. What is there of an id that is `unread` is true, and not all. */
export interface Lookup<Id, Found> {
  get(id: Id): Found | undefined;
  /** What of an id could not be read, in words; absent where a partial reading does not say which ids it is short of. */
  readonly unread?: (id: Id) => string | undefined;
}

export function lookedInto<Id, Found>(
  found: ReadonlyMap<Id, Found>,
  unread: ReadonlyMap<Id, string>,
): Lookup<Id, Found> {
  return { get: (id) => found.get(id), unread: (id) => unread.get(id) };
}

/** Why what was found of one id proves nothing, in words: what could not be read of others says nothing of it. */
export function gapOfOne<Id>(reading: Reading<Lookup<Id, unknown>>, id: Id): string | undefined {
  if (reading.complete) return undefined;
  const { unread } = reading.value;
  if (!unread) return gapOf(reading);
  const problem = unread(id);
  return problem && `${reading.source} could not be read whole of ${id} (${problem})`;
}

export const NOTHING_FOUND: ImageEvidence = { references: [], sharedWith: [], report: { kind: 'none' } };

export type ImageEvidenceById = Lookup<ImageId, ImageEvidence>;
export type SnapshotEvidenceById = Lookup<SnapshotId, SnapshotEvidence>;
