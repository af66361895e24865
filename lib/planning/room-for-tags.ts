import { type ImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/resources.ts';
import { keysBorne } from '../tagging/authenticate.ts';
import { copyAttemptKey } from '../tagging/copy-attempts.ts';
import { loanKey } from '../tagging/loans.ts';
import { LIMIT } from '../tagging/people-tags.ts';
import { recipeTags } from '../tagging/recipe-tags.ts';
import { BINNED, DRILLED, ENDED, HOLD, isReservedKey, PASSED, RETIRE, SEAL, VOUCHED } from '../tagging/tag-keys.ts';
import type { Change } from './change.ts';
import { type Decision, isChange, type Reason } from './decision.ts';

/** What has an id and tags, as far as it was read. */
export interface Tagged extends Pick<Image, 'tags' | 'seal' | 'recipe' | 'ignored'> {
  readonly id: ImageId | SnapshotId;
}

/** The keys of the tags of what has hardly any room for more, by its id. */
export type Crowded = ReadonlyMap<string, ReadonlySet<string>>;

/** As many as any change writes on one image or snapshot, and some more: what has room for these is not looked at. */
const ROOM_ENOUGH = 20;

export function crowdedAmong(...lists: readonly (readonly Tagged[])[]): Crowded {
  const found = new Map<string, ReadonlySet<string>>();
  for (const known of lists) {
    // AWS's own are counted too here, since to tell them apart on each of a hundred thousand is what would cost.
    for (const one of known) {
      const count = Object.keys(one.tags).length + (one.ignored?.length ?? 0);
      if (count > LIMIT - ROOM_ENOUGH) found.set(one.id, new Set(keysBorne(one)));
    }
  }
  return found;
}

/**
 * The same decisions, but for changes that write tags on an image or a snapshot that people have filled: EC2 would refuse
 * them, each time, and they would be failures of which nobody could tell what to do.
 */
export function withRoomForTags(decisions: readonly Decision[], among: Crowded): Decision[] {
  return decisions.map((decision): Decision => {
    const reason = isChange(decision) ? lackOfRoom(decision.change, among) : undefined;
    if (!reason || !isChange(decision)) return decision;
    const { change: _, ...unchanged } = decision;
    return { ...unchanged, action: 'refuse', reason };
  });
}

/** Why a change cannot be made: the tag that is to be written, where, and what to take off for it. */
export function lackOfRoom(change: Change, among: Crowded): Reason | undefined {
  const { keys, on } = writtenBy(change);
  for (const id of on) {
    const borne = among.get(id);
    if (!borne) continue;
    const fresh = keys.filter((key) => !borne.has(key));
    const counted = [...borne].filter(isCounted);
    const excess = counted.length + fresh.length - LIMIT;
    if (fresh.length === 0 || excess <= 0) continue;
    const theirs = counted.filter((key) => !isReservedKey(key));
    const text =
      `${fresh.join(' and ')} is to be written on ${id}, which has ${counted.length} tags, and EC2 allows ${LIMIT}: ` +
      `take ${excess} off it, such as ${theirs.slice(0, Math.min(3, excess)).join(', ')}`;
    return { code: 'too-many-tags', text };
  }
  return undefined;
}

/** The snapshots that changes write tags on, so that how many they have is to be known. */
export function snapshotsWritten(changes: readonly Change[]): SnapshotId[] {
  return [...new Set(changes.flatMap((change) => writtenBy(change).on).filter(isSnapshotId))];
}

/** EC2 does not count AWS's own. */
function isCounted(key: string): boolean {
  return !key.toLowerCase().startsWith('aws:');
}

interface Written {
  readonly keys: readonly string[];
  readonly on: readonly (ImageId | SnapshotId)[];
}

const NOTHING: Written = { keys: [], on: [] };

function writtenBy(change: Change): Written {
  switch (change.kind) {
    case 'mark':
      return { keys: change.ends ? [RETIRE, ENDED] : [RETIRE], on: [change.image, ...change.snapshots] };
    case 'drill':
      // Whichever verdict it comes to.
      return { keys: [PASSED, DRILLED], on: [change.image] };
    case 'mark-snapshot':
      return { keys: [RETIRE], on: [change.snapshot] };
    case 'hold':
      return { keys: [HOLD], on: [change.image, ...change.snapshots] };
    case 'end':
      return { keys: [ENDED], on: [change.image, ...change.snapshots] };
    case 'vouch':
      return { keys: [VOUCHED], on: [change.image, ...change.snapshots] };
    case 'adopt':
      return {
        keys: [...Object.keys({ ...change.tags, ...recipeTags(change.recipe ?? {}) }), SEAL],
        on: [change.image, ...change.snapshots],
      };
    case 'share':
      return { keys: [loanKey(change.account)], on: [change.image] };
    case 'copy':
      return change.lastFailure === undefined ? NOTHING : { keys: [copyAttemptKey(change)], on: [change.source.image] };
    case 'bring-back':
      return change.hold === undefined ? NOTHING : { keys: [HOLD], on: [change.image, ...change.snapshots] };
    case 'deregister':
      return { keys: [BINNED], on: change.binned };
    case 'delete-snapshot':
      return { keys: [BINNED], on: change.binned ? [change.snapshot] : [] };
    case 'restore':
    case 'create':
    case 'unshare':
    case 'unmark':
    case 'unmark-snapshot':
    case 'ask-usage':
    case 'deprecate':
    case 'disable':
    case 'end-drill':
    case 'clear':
    case 'ask':
    // What has been launched has to end, whether or not anything can be written.
    case 'judge':
      return NOTHING;
  }
}
