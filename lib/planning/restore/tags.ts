import type { Tags } from '../../model/resources.ts';
import type { Policy } from '../../policy/policy.ts';
import { lineageTagsOf, valuesOfLineage } from '../../tagging/lineage.ts';
import { isReservedKey, RESTORED_FROM } from '../../tagging/tag-keys.ts';
import type { RestoreInventory } from './inventory.ts';
import type { RestoreRequest } from './request.ts';

/** The tags of a restored machine. */
interface Given {
  readonly tags: Tags;
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
  return {
    tags: Object.fromEntries([...kept, [RESTORED_FROM, image.id]]),
    withheld: takeOver ? [] : theirs.flatMap(([key]) => (telling.has(key) ? [key] : [])),
    unknown: wanted.filter((key) => !Object.hasOwn(before, key)),
  };
}

function keysOf({ select, lineageTag }: Policy): string[] {
  return [...Object.keys(select.tags), ...(lineageTag === undefined ? [] : [lineageTag])];
}

/** What an image has of its instance's: less what its policy writes on images alone, and less the version. */
function onImage({ Version: version, ...tags }: Tags, policy: Policy | undefined): Tags {
  const ofPolicy = new Set(Object.keys(policy?.image.tags ?? {}));
  const suffix = ` ${version}`;
  const entries = Object.entries(tags).filter(([key]) => !ofPolicy.has(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key === 'Name' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
    ]),
  );
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
