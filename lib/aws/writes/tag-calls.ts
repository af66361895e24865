import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import type { Region, Target } from '../../model/ids.ts';
import type { Tags } from '../../model/resources.ts';
import { type Instant, SECOND } from '../../model/time.ts';
import type { Tagging, Untagging } from '../../planning/change.ts';
import type { Applied } from '../../run/ports.ts';
import { endedTag } from '../../tagging/ended.ts';
import { markTag } from '../../tagging/mark.ts';
import { HOLD } from '../../tagging/tag-keys.ts';
import { vouchedTag } from '../../tagging/vouched.ts';
import { packed } from '../calls/batches.ts';
import type { Caller, CallFailure } from '../calls/caller.ts';
import { fromTags } from '../convert.ts';
import { appliedOf } from './applied.ts';

/** CreateTags and DeleteTags take this many resources a call. */
const MOST_RESOURCES = 1000;

/** What EC2 may answer to a whole call because of one of its resources. */
const OF_ONE_RESOURCE: ReadonlySet<CallFailure['meaning']> = new Set(['absent', 'refused', 'denied'] as const);

type TagWork = Tagging | Untagging;
type Send = (client: EC2Client, resources: string[]) => Promise<unknown>;
type PlaceOf = (region: Region) => Target;

/** Never earlier than the writing: what a tag allows from its time on, it allows so long after it stands there. */
export function timeOfWriting(caller: Caller): Instant {
  return Math.ceil(caller.now() / SECOND) * SECOND;
}

/** Writes tags; changes that write the same tags go out together, less what they say of the time. */
export async function writeTags(caller: Caller, at: PlaceOf, changes: readonly Tagging[]): Promise<Applied[]> {
  const groups = Map.groupBy(changes, (change) => JSON.stringify([change.region, change.kind, tagsOf(change, 0)]));
  const results = new Map<TagWork, Applied>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const send: Send = (client, Resources) =>
      client.send(new CreateTagsCommand({ Resources, Tags: fromTags(tagsOf(first, timeOfWriting(caller))) }));
    await tagAll(caller, at(first.region), 'CreateTags', group, send, results);
  }
  return changes.map((change) => results.get(change) ?? { kind: 'not-started' });
}

function tagsOf(change: Tagging, at: Instant): Tags {
  switch (change.kind) {
    case 'mark':
      return { ...markTag({ at, reason: change.text }), ...(change.ends && endedTag({ at, by: 'policy' })) };
    case 'mark-snapshot':
      return markTag({ at, reason: change.text });
    case 'hold':
      return { [HOLD]: change.text };
    case 'end':
      return endedTag({ at, by: 'hand' });
    case 'vouch':
      return vouchedTag(at);
    case 'adopt':
      return change.tags;
    default:
      return assertNever(change);
  }
}

/** Takes tags off; what loses the same keys goes out together. */
export async function removeTags(caller: Caller, at: PlaceOf, changes: readonly Untagging[]): Promise<Applied[]> {
  const results = new Map<TagWork, Applied>();
  for (const group of Map.groupBy(changes, ({ region, tagKeys }) => JSON.stringify([region, tagKeys])).values()) {
    const [first] = group;
    if (!first) continue;
    const Tags = first.tagKeys.map((Key) => ({ Key }));
    const send: Send = (client, Resources) => client.send(new DeleteTagsCommand({ Resources, Tags }));
    await tagAll(caller, at(first.region), 'DeleteTags', group, send, results);
  }
  return changes.map((change) => results.get(change) ?? { kind: 'not-started' });
}

function resourcesOf(change: TagWork): string[] {
  return 'snapshot' in change ? [change.snapshot] : [change.image, ...change.snapshots];
}

/**
 * Tags images together with their snapshots, as many in a call as EC2 takes. One resource that is gone, full of tags or
 * denied fails a whole call, so a call that fails for that is made again in halves, down to the image or the snapshot
 * that it is about.
 */
async function tagAll(
  caller: Caller,
  target: Target,
  action: string,
  changes: readonly TagWork[],
  send: Send,
  results: Map<TagWork, Applied>,
): Promise<void> {
  const queue: (readonly TagWork[])[] = packed(changes, MOST_RESOURCES, (change) => resourcesOf(change).length);
  for (let group = queue.shift(); group; group = queue.shift()) {
    const resources = group.flatMap(resourcesOf);
    const result = await caller.call(target, action, (client) => send(client, resources));
    if (!result.ok && OF_ONE_RESOURCE.has(result.failure.meaning) && group.length > 1) {
      const half = Math.ceil(group.length / 2);
      queue.unshift(group.slice(0, half), group.slice(half));
      continue;
    }
    for (const change of group) results.set(change, appliedOf(result));
  }
}
