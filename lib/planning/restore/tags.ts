import type { Tags } from '../../model/resources.ts';
import type { Policy } from '../../policy/policy.ts';
import { lineageTagsOf, valuesOfLineage } from '../../tagging/lineage.ts';
import { isReservedKey, RESTORED_FROM } from '../../tagging/tag-keys.ts';
import type { RestoreInventory } from './inventory.ts';
import type { RestoreRequest } from './request.ts';
import type { SettingSource } from './wishes.ts';

/** The tags of a restored machine. */
export interface Given {
  readonly tags: Tags;
  readonly source: Extract<SettingSource, 'instance' | 'image'>;
  /** Whether nobody else can have written their values, a name aside. */
  readonly proven: boolean;
  /** By which policies select and lineages go on, and that it does not get. */
  readonly withheld: readonly string[];
  /** The same, of which nobody knows what they said. */
  readonly unknown: readonly string[];
}

/**
 * The old machine's tags, or those that people's word has put on its image. Those by which policies select and lineages go on
 * are given only where it is to take the old one's place: with them it is imaged, and two living machines split a lineage.
 */
export function tagsOf(
  { takeOver }: RestoreRequest,
  policies: readonly Policy[],
  { image: { image, stamp }, source: { instance } }: RestoreInventory,
): Given {
  const policy = policies.find(({ name }) => name === stamp.policy);
  const telling = new Set(policies.flatMap(keysOf));
  const isThere = instance.value !== undefined && instance.value.state !== 'terminated';
  const before =
    isThere && instance.value
      ? instance.value.tags
      : { ...onImage(image.tags, policy), ...lineageTag(stamp.lineage, policy), ...literals(policy) };
  const theirs = Object.entries(before).filter(([key]) => !isReservedKey(key));
  const kept = theirs.filter(([key]) => takeOver || !telling.has(key));
  const wanted = policy ? keysOf(policy) : [];
  const copied = new Set(policy?.image.instanceTags);
  return {
    tags: Object.fromEntries([...kept, [RESTORED_FROM, image.id]]),
    source: isThere ? 'instance' : 'image',
    proven: isThere || !kept.some(([key]) => copied.has(key)),
    withheld: takeOver ? [] : theirs.flatMap(([key]) => (telling.has(key) ? [key] : [])),
    unknown: wanted.filter((key) => !Object.hasOwn(before, key)),
  };
}

function keysOf({ select, lineageTag }: Policy): string[] {
  return [...Object.keys(select.tags), ...(lineageTag === undefined ? [] : [lineageTag])];
}

/** What its policy has put on an image of its instance's, less the version: anybody may have written anything else there. */
function onImage({ Version: version, ...tags }: Tags, policy: Policy | undefined): Tags {
  const suffix = ` ${version}`;
  const { Name: name } = tags;
  const named = name?.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  const copied = policy?.image.instanceTags ?? [];
  const entries = copied.flatMap((key): [string, string][] => {
    const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
    return value === undefined ? [] : [[key, value]];
  });
  return { ...Object.fromEntries(entries), ...(named !== undefined && { Name: named }) };
}

/** The value that its lineage goes by, where the lineage's text has it whole. */
function lineageTag(lineage: string, policy: Policy | undefined): Tags {
  const key = policy?.lineageTag;
  if (key === undefined || !lineageTagsOf(lineage).includes(key)) return {};
  const [value = '*'] = valuesOfLineage(lineage, key);
  return value.endsWith('*') ? {} : { [key]: value };
}

/** What a policy selects by that has one value and no wildcard is what the machine had. */
function literals(policy: Policy | undefined): Tags {
  return Object.fromEntries(
    Object.entries(policy?.select.tags ?? {}).flatMap(([key, patterns]) => {
      const [only] = patterns;
      return patterns.length === 1 && only !== undefined && !only.includes('*') ? [[key, only]] : [];
    }),
  );
}
