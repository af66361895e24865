import type { Image, Recipe, Tags } from '../model/resources.ts';
import { recipeTags } from './recipe-tags.ts';
import { encodeStamp, type Stamp } from './stamp.ts';
import { ADOPTED, HOLD, isReservedKey } from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';
import { versionOf } from './version.ts';

/** What EC2 allows a resource, its own `aws:` tags not counted. */
export const LIMIT = 50;
/**
 * For the seal, and what is written later: the mark without which nothing is retired, the end of its lineage, a hold, what
 * a person vouches for, what is lent to vaults, and the attempts of copies.
 */
const LEFT_FREE = 8;
/** What is said of an image whose other tags leave no room for its recipe. */
export const NO_ROOM_FOR_RECIPE =
  'without its recipe, for which its other tags leave no room: a restore has to be told type, subnet and groups';
/** How many tags an image may be created with. */
export const MOST_TAGS = LIMIT - LEFT_FREE;

export interface TagRequest {
  readonly stamp: Stamp;
  /** The policy's own tags. */
  readonly policyTags: Tags;
  /** The keys of the instance's tags that are wanted on its images. */
  readonly instanceTags: readonly string[];
  /** All the tags of the instance. */
  readonly fromInstance: Tags;
  /** What the instance is; absent where it was not read. */
  readonly recipe?: Recipe | undefined;
}

export type ComposedTags =
  /** Without the recipe where there is no room for it: an image without one is better than none. */
  | { readonly ok: true; readonly tags: Tags; readonly recipe?: Recipe }
  | { readonly ok: false; readonly problem: string };

/**
 * The tags that an image and its snapshots are created with: the stamp, `Name` and `Version` for the eyes of people,
 * and what people asked for. Where two have the same key the policy's tags win over the instance's and those over
 * our `Name` and `Version`; the stamp's tags nobody can set, nor AWS's own, which would fail the whole call. A hold
 * on the instance holds its images.
 *
 * More than {@link MOST_TAGS} are a problem to report, and no image is made: one without the tags that were asked
 * for would be found by nobody.
 */
export function composeTags({ stamp, policyTags, instanceTags, fromInstance, recipe }: TagRequest): ComposedTags {
  const version = versionOf(stamp.slot);
  const wanted = new Set(instanceTags);
  const ours = { ...encodeStamp(stamp), ...holdOf(fromInstance) };
  // fromEntries, as tags may have any key: `__proto__`, set on an object, would be lost.
  const tags = Object.fromEntries([
    ['Name', nameFor(fromInstance.Name || stamp.source.instance, version)],
    ['Version', version],
    ...peoplesTags(fromInstance).filter(([key]) => wanted.has(key)),
    ...peoplesTags(policyTags),
    ...Object.entries(ours),
  ]);
  return withinLimit(
    tags,
    recipe,
    (excess) => `take ${excess} away from image.tags or image.instanceTags of policy ${stamp.policy}`,
  );
}

/**
 * The tags of a copy: the copy's own stamp, and what people's tags and what hold its source carries. People may have
 * added more to the source than its copy has room for: then what its policy writes goes first, the recipe second, and the
 * rest is left out, so that nobody keeps a copy or its recipe from being made by tags.
 *
 * @param ofPolicy the keys that its policy writes
 * @param recipe its source's
 */
export function inheritTags(
  source: Tags,
  stamp: Stamp,
  ofPolicy: readonly string[],
  recipe?: Recipe,
): { readonly tags: Tags; readonly recipe?: Recipe; readonly leftOut: readonly string[] } {
  const ours = { ...encodeStamp(stamp), ...holdOf(source) };
  const first = new Set(['Name', 'Version', ...ofPolicy]);
  const theirs = peoplesTags(source).sort(([one], [other]) => {
    return Number(first.has(other)) - Number(first.has(one)) || (one < other ? -1 : 1);
  });
  const all = MOST_TAGS - Object.keys(ours).length;
  const wanted = theirs.filter(([key]) => first.has(key)).length;
  const fits = recipe && wanted + countOf(recipe) <= all ? recipe : undefined;
  const room = fits ? all - countOf(fits) : all;
  return {
    tags: Object.fromEntries([...theirs.slice(0, room), ...Object.entries(ours)]),
    ...(fits && { recipe: fits }),
    leftOut: theirs.slice(room).map(([key]) => key),
  };
}

/**
 * What is written on an image that something else made: the stamp and its own id, beside the tags that it has.
 *
 * @param recipe what its instance is now
 */
export function adoptionTags({ id, tags }: Pick<Image, 'id' | 'tags'>, stamp: Stamp, recipe?: Recipe): ComposedTags {
  const written = { ...encodeStamp(stamp), [ADOPTED]: id };
  const kept = Object.keys(tags).filter((key) => !Object.hasOwn(written, key) && !key.toLowerCase().startsWith('aws:'));
  const all = { ...Object.fromEntries(kept.map((key) => [key, tags[key] ?? ''])), ...written };
  const within = withinLimit(all, recipe, (excess) => `take ${excess} off the image`);
  return within.ok ? { ...within, tags: written } : within;
}

/** The recipe, where there is room for it beside tags. */
export function withRoomFor(recipe: Recipe | undefined, tags: Tags): Recipe | undefined {
  return recipe && Object.keys({ ...tags, ...recipeTags(recipe) }).length <= MOST_TAGS ? recipe : undefined;
}

function withinLimit(tags: Tags, recipe: Recipe | undefined, remedy: (excess: number) => string): ComposedTags {
  const count = Object.keys(tags).length;
  const fits = withRoomFor(recipe, tags);
  if (count <= MOST_TAGS) return { ok: true, tags, ...(fits && { recipe: fits }) };
  const problem =
    `the image would carry ${count} tags, and ${MOST_TAGS} is the most: EC2 allows ${LIMIT}, and ${LEFT_FREE} are left free for ` +
    `retiring and copying; ${remedy(count - MOST_TAGS)}`;
  return { ok: false, problem };
}

function countOf(recipe: Recipe): number {
  return Object.keys(recipeTags(recipe)).length;
}

function peoplesTags(tags: Tags): [string, string][] {
  return Object.entries(tags).filter(([key]) => !isReservedKey(key));
}

function holdOf(tags: Tags): Tags {
  const hold = tags[HOLD];
  return hold === undefined ? {} : { [HOLD]: hold };
}

/** The version is what tells images apart, so it is the instance's name that is cut. */
function nameFor(instance: string, version: string): string {
  return `${cutText(instance, LONGEST_VALUE - version.length - 1)} ${version}`;
}
