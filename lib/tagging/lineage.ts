import type { InstanceId } from '../model/ids.ts';
import type { Instance, Tags } from '../model/resources.ts';
import { cutText, HASH_LENGTH, LONGEST_VALUE, shortHash } from './text.ts';

/** Which succession of images an instance's next image belongs to. */
export interface Lineage {
  readonly lineage: string;
  /** All instances that carry the same tag value now, this one included; none where no other does. */
  readonly sharedBy: readonly InstanceId[];
  /** Why its lineage is not what the policy asks for. */
  readonly problem?: string;
}

/**
 * The lineages of a policy's instances.
 *
 * Without a lineage tag each instance is its own. With one, the tag's value is the lineage, so that an instance that
 * takes another's place continues it. Instances that share a value at the same time would mix their disks up in
 * one succession, so each gets a lineage of its own; one that lacks the tag, or has it empty, goes by its own id.
 *
 * @param instances those that the policy selects and that exist now: one that is terminated shares nothing.
 */
export function lineagesOf(
  instances: readonly Instance[],
  lineageTag: string | undefined,
): ReadonlyMap<InstanceId, Lineage> {
  if (lineageTag === undefined) return new Map(instances.map(({ id }) => [id, { lineage: id, sharedBy: [] }]));

  const lineages = new Map<InstanceId, Lineage>();
  for (const [value, members] of Map.groupBy(instances, ({ tags }) => tagValue(tags, lineageTag))) {
    const ids = members.map(({ id }) => id);
    for (const id of ids) lineages.set(id, lineageIn(ids, id, lineageTag, value));
  }
  return lineages;
}

/** People's keys may be those of every object's prototype, such as `constructor`. */
function tagValue(tags: Tags, key: string): string {
  return Object.hasOwn(tags, key) ? (tags[key] ?? '') : '';
}

function lineageIn(sharers: readonly InstanceId[], id: InstanceId, lineageTag: string, value: string): Lineage {
  if (value === '') {
    return { lineage: id, sharedBy: [], problem: `it lacks the lineage tag ${lineageTag} and goes by its own id` };
  }
  if (sharers.length === 1) return { lineage: lineageText(lineageTag, value), sharedBy: [] };
  const others = sharers.slice(0, MOST_NAMED + 1).filter((other) => other !== id);
  const named = others.slice(0, MOST_NAMED).join(', ');
  const more = sharers.length - 1 > MOST_NAMED ? ` and ${sharers.length - 1 - MOST_NAMED} more` : '';
  const problem = `it shares ${lineageTag}=${value} with ${named}${more}, so each has a lineage of its own`;
  return { lineage: lineageText(lineageTag, value, id), sharedBy: sharers, problem };
}

/** A thousand instances that share a value need not each name the others. */
const MOST_NAMED = 3;

const LONGEST_INSTANCE = 'i-0123456789abcdef0'.length;
/** What is left in a tag's value for the lineage tag, so that there is always room for `#` and an instance id. */
const LONGEST_SHARED = LONGEST_VALUE - LONGEST_INSTANCE - 1;

/**
 * `Role=web`, or `Role=web#i-0123456789abcdef0` where several share it. One that is too long for a tag, or has a `#`
 * or a `~` of its own, is cut and told apart by a hash after a `~`: so no two lineages ever have the same text.
 */
export function lineageText(lineageTag: string, value: string, instance?: InstanceId): string {
  const text = `${lineageTag}=${value}`;
  const plain = text.length <= LONGEST_SHARED && !/[#~]/.test(text);
  const shared = plain
    ? text
    : `${cutText(text.replaceAll(/[#~]/g, '-'), LONGEST_SHARED - HASH_LENGTH - 1)}~${shortHash(text)}`;
  return instance === undefined ? shared : `${shared}#${instance}`;
}

/**
 * Patterns, in which `*` stands for any text, of the values that a tag has on instances whose lineage has this text: the
 * value itself, or what is left of one that was cut.
 *
 * @example valuesOfLineage('Role=web#i-0123456789abcdef0', 'Role') // ['web']
 */
export function valuesOfLineage(lineage: string, lineageTag: string): readonly string[] {
  const [shared = ''] = lineage.slice(lineageTag.length + 1).split('#');
  // A value with a `#` or a `~` of its own has had these written over.
  const [beginning = '', hash] = shared.split('~');
  return [hash === undefined ? beginning : `${beginning.slice(0, beginning.search(/-|$/))}*`];
}

/**
 * The tag keys that a lineage's text may have been made with: of `Role=a=b` both `Role` and `Role=a`, since a key may
 * hold an equals sign. None of one that goes by its instance's id.
 */
export function lineageTagsOf(lineage: string): readonly string[] {
  return [...lineage.matchAll(/=/g)].map(({ index }) => lineage.slice(0, index));
}
