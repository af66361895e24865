import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import {
  duplicateTagKey,
  notTaggableHere,
  reservedTagKey,
  tagCharacters,
  tagKeyLength,
  tagValueLength,
  tooManyTags,
} from '../errors.ts';
import { view } from '../plane/views.ts';

/** Tags of a resource that users set; `aws:` tags do not count (EC2 User Guide, Tag your Amazon EC2 resources). */
const userTagLimit = 50;

/** EC2 reserves the prefix in any mix of upper and lower case. */
export function isReservedKey(key: string): boolean {
  return key.slice(0, 4).toLowerCase() === 'aws:';
}

/** The tags that all see whom the resource is shared with (EC2 User Guide, Tag your Amazon EC2 resources). */
export function sharedTags(tags: readonly Tag[] = []): Tag[] {
  return tags.filter(({ Key }) => Key?.startsWith('ec2:SharedTag/'));
}

/** What no answer could give back: all but the characters of XML 1.0. */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** "Unicode characters" are taken for code points: an emoji is one. */
function charactersOf(text: string): number {
  return text.length <= 128 ? text.length : [...text].length;
}

/**
 * The tags of a request, checked as EC2 checks them.
 *
 * @throws InvalidParameterValue for a reserved, empty, overlong or repeated key, an overlong value, or a character that
 *   XML has no form for.
 */
export function checkedTags(tags: readonly Tag[]): readonly Tag[] {
  const seen = new Set<string>();
  return tags.map(({ Key: key = '', Value: value = '' }) => {
    if (isReservedKey(key)) throw reservedTagKey();
    if (NOT_IN_XML.test(key)) throw tagCharacters('key');
    if (NOT_IN_XML.test(value)) throw tagCharacters('value');
    if (key === '' || charactersOf(key) > 128) throw tagKeyLength();
    if (charactersOf(value) > 256) throw tagValueLength();
    if (seen.has(key)) throw duplicateTagKey(key);
    seen.add(key);
    return view({ Key: key, Value: value });
  });
}

/**
 * The tags that a call asks for, by the type of resource that is to carry them.
 *
 * @throws InvalidParameterValue where a specification names a type that the operation does not create.
 * @throws TagLimitExceeded where a resource would get more than 50 tags.
 */
export function tagsByType<Type extends ResourceType>(
  specifications: readonly TagSpecification[] | undefined,
  taggable: readonly Type[],
  behaviour: Ec2Behaviour,
): ReadonlyMap<ResourceType, readonly Tag[]> {
  const byType = new Map<ResourceType, readonly Tag[]>();
  for (const { ResourceType: type, Tags: tags = [] } of specifications ?? []) {
    const known = taggable.find((candidate) => candidate === type);
    if (!known) throw notTaggableHere(type ?? '');
    byType.set(known, checkedTags([...(byType.get(known) ?? []), ...tags]));
  }
  for (const tags of byType.values()) checkCount(tags, behaviour);
  return byType;
}

/**
 * The tags with others set on top: a key that is there gets the new value.
 *
 * @throws TagLimitExceeded where more than 50 would be the user's own.
 */
export function withTags(present: readonly Tag[] | undefined, added: readonly Tag[], behaviour: Ec2Behaviour): Tag[] {
  const merged = new Map((present ?? []).map((tag) => [tag.Key, tag]));
  for (const tag of added) merged.set(tag.Key, tag);
  const tags = [...merged.values()];
  checkCount(tags, behaviour);
  return tags;
}

function checkCount(tags: readonly Tag[], { tagLimitMessage }: Ec2Behaviour): void {
  let own = 0;
  for (const { Key = '' } of tags) if (!isReservedKey(Key)) own += 1;
  if (own > userTagLimit) throw tooManyTags(tagLimitMessage);
}
