import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import { type AccountId, isImageId, type Region, type Target } from '../../model/ids.ts';
import type { Recipe, Tags } from '../../model/resources.ts';
import { type Instant, SECOND } from '../../model/time.ts';
import type { Tagging, Untagging } from '../../planning/change.ts';
import { concurrently } from '../../run/concurrently.ts';
import type { Applied } from '../../run/ports.ts';
import { endedTag } from '../../tagging/ended.ts';
import { markTag } from '../../tagging/mark.ts';
import { recipeHash, recipeTags } from '../../tagging/recipe-tags.ts';
import { MOST_LISTED, sealed, sealTag, stampText, type Word, withListed, wordText } from '../../tagging/seal.ts';
import { DEPLOYMENT, HOLD } from '../../tagging/tag-keys.ts';
import { vouchedTag } from '../../tagging/vouched.ts';
import { chunks, packed } from '../calls/batches.ts';
import type { Caller, CallFailure, CallResult } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { fromTags } from '../convert.ts';
import { appliedOf } from './applied.ts';

/** CreateTags and DeleteTags take this many resources a call. */
const MOST_RESOURCES = 1000;

/** What EC2 may answer to a whole call because of one of its resources. */
const OF_ONE_RESOURCE: ReadonlySet<CallFailure['meaning']> = new Set(['absent', 'refused', 'denied'] as const);

type TagWork = Tagging | Untagging;
/** Sends one call, or gives back why there is nothing to send. */
type Send = (client: EC2Client, resources: string[]) => Promise<CallFailure | undefined>;
/** Where a change is made: in the run's account unless it names another. */
export type PlaceOf = (change: { readonly region: Region; readonly account?: AccountId }) => Target;

/**
 * Never earlier than the writing: what a tag allows from its time on, it allows so long after it stands there.
 *
 * @param ahead how long it may take until then, in milliseconds
 */
export function timeOfWriting(caller: Caller, ahead = 0): Instant {
  return Math.ceil((caller.now() + ahead) / SECOND) * SECOND;
}

/** Calls under way at a time. */
const WIDTH = 8;

/**
 * Writes tags; changes that write the same tags go out together, less what they say of the time. A mark lists what it is
 * about under its seal, and so goes out for a few at a time.
 */
export async function writeTags(
  caller: Caller,
  sealKey: SealKey,
  at: PlaceOf,
  changes: readonly Tagging[],
): Promise<Applied[]> {
  const groups = Map.groupBy(changes, (change) => JSON.stringify([at(change), change.kind, saidBy(change, at, 0)]));
  const parts = [...groups.values()].flatMap((group) =>
    group.some(({ kind }) => kind === 'mark' || kind === 'mark-snapshot') ? chunks(group, MOST_LISTED) : [group],
  );
  const results = new Map<TagWork, Applied>();
  await concurrently(parts, WIDTH, async (part) => {
    const [first] = part;
    if (!first) return;
    const listed = part.map((change) => ('snapshot' in change ? change.snapshot : change.image));
    // Said and sealed once it is the call's turn, and again where it is tried again: a mark rests from when it is written.
    const send: Send = async (client, Resources) => {
      const tags = await sealedInTime(caller, sealKey, (time) => saidBy(first, at, time), listed);
      if (!tags.ok) return tags.failure;
      await client.send(new CreateTagsCommand({ Resources, Tags: fromTags(tags.value) }));
      const { recipe } = saidBy(first, at, 0);
      if (recipe) {
        // Behind its seal: without it the image is none the worse. By the deployment's tag IAM knows whose it is.
        const ofImage = { [DEPLOYMENT]: tags.value[DEPLOYMENT] ?? '', ...recipeTags(recipe) };
        const images = Resources.filter(isImageId);
        await client.send(new CreateTagsCommand({ Resources: images, Tags: fromTags(ofImage) }));
      }
      return undefined;
    };
    await tagAll(caller, at(first), 'CreateTags', part, send, results);
  });
  return changes.map((change) => results.get(change) ?? { kind: 'not-started' });
}

/** Tags as they are said, and what has to be signed of them. */
interface Said {
  /** Those that need no seal of their own. */
  readonly plain?: Tags;
  readonly words?: readonly { readonly tags: Tags; readonly word: Word }[];
  /** Whether the tags are those of a stamp, which have a seal for all of them. */
  readonly isStamp?: boolean;
  /** Of a stamp: what is written on the image alone, and covered by its seal. */
  readonly recipe?: Recipe | undefined;
}

function saidBy(change: Tagging, placeOf: PlaceOf, at: Instant): Said {
  const place = placeOf(change);
  switch (change.kind) {
    case 'mark': {
      const { deployment, text: reason, ends } = change;
      const mark = { tags: markTag({ at, reason }), word: { kind: 'mark', deployment, place } as const };
      const end = ends && {
        tags: endedTag({ at, by: 'policy' }),
        word: { kind: 'end', lineage: ends, place } as const,
      };
      return { words: end ? [mark, end] : [mark] };
    }
    case 'mark-snapshot': {
      const { deployment, text: reason } = change;
      return { words: [{ tags: markTag({ at, reason }), word: { kind: 'mark', deployment, place } }] };
    }
    case 'hold':
      return { plain: { [HOLD]: change.text } };
    case 'end':
      return { words: [{ tags: endedTag({ at, by: 'hand' }), word: { kind: 'end', lineage: change.lineage, place } }] };
    case 'vouch':
      return { words: [{ tags: vouchedTag(at), word: { kind: 'vouch', lineage: change.lineage, place } }] };
    case 'adopt':
      return { plain: change.tags, isStamp: true, recipe: change.recipe };
    default:
      return assertNever(change);
  }
}

/**
 * What is said, sealed before the time that it says. A key that is asked too much answers late: then it is said and sealed
 * again, as of twice as long ahead as that took.
 */
async function sealedInTime(
  caller: Caller,
  sealKey: SealKey,
  said: (time: Instant) => Said,
  listed: readonly string[],
): Promise<CallResult<Tags>> {
  for (let ahead = 0; ; ) {
    const began = caller.now();
    const time = timeOfWriting(caller, ahead);
    const tags = await sealedTags(caller, sealKey, said(time), listed);
    if (!tags.ok || caller.now() <= time) return tags;
    ahead = 2 * (caller.now() - began);
  }
}

/**
 * What is said, with a seal behind each word that needs one.
 *
 * @param listed what a mark among them is about
 */
async function sealedTags(
  caller: Caller,
  sealKey: SealKey,
  { plain = {}, words = [], isStamp = false, recipe }: Said,
  listed: readonly string[],
): Promise<CallResult<Tags>> {
  let tags: Tags = plain;
  if (isStamp) {
    const hash = recipe && recipeHash(recipe);
    const signed = await sealKey.sign(caller, stampText(plain, hash));
    if (!signed.ok) return signed;
    tags = { ...tags, ...sealTag(signed.value, hash) };
  }
  for (const { tags: said, word } of words) {
    const one = await sealedWord(caller, sealKey, said, word, listed);
    if (!one.ok) return one;
    tags = { ...tags, ...one.value };
  }
  return { ok: true, value: tags };
}

/**
 * One word as a tag, with its seal.
 *
 * @param listed of a mark: what it is about
 */
export async function sealedWord(
  caller: Caller,
  sealKey: SealKey,
  said: Tags,
  word: Word,
  listed: readonly string[] = [],
): Promise<CallResult<Tags>> {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(said)) {
    const text = word.kind === 'mark' ? withListed(value, listed) : value;
    const signed = await sealKey.sign(caller, wordText(word, text));
    if (!signed.ok) return signed;
    entries.push([key, sealed(text, signed.value)]);
  }
  return { ok: true, value: Object.fromEntries(entries) };
}

/** Takes tags off; what loses the same keys goes out together. */
export async function removeTags(caller: Caller, at: PlaceOf, changes: readonly Untagging[]): Promise<Applied[]> {
  const results = new Map<TagWork, Applied>();
  for (const group of Map.groupBy(changes, ({ region, tagKeys }) => JSON.stringify([region, tagKeys])).values()) {
    const [first] = group;
    if (!first) continue;
    const Tags = first.tagKeys.map((Key) => ({ Key }));
    const send: Send = async (client, Resources) => {
      await client.send(new DeleteTagsCommand({ Resources, Tags }));
      return undefined;
    };
    await tagAll(caller, at(first), 'DeleteTags', group, send, results);
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
    const sent = await caller.call(target, action, (client) => send(client, resources));
    const result = sent.ok && sent.value ? ({ ok: false, failure: sent.value } as const) : sent;
    // What could not be signed for all of them can't be signed for half of them either.
    if (!sent.ok && OF_ONE_RESOURCE.has(sent.failure.meaning) && group.length > 1) {
      const half = Math.ceil(group.length / 2);
      queue.unshift(group.slice(0, half), group.slice(half));
      continue;
    }
    for (const change of group) results.set(change, appliedOf(result));
  }
}
