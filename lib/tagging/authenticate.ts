import { accountId, isImageId, type Target } from '../model/ids.ts';
import type { Image, Seal, Snapshot, Tags } from '../model/resources.ts';
import { recipeHash, recipeIn, recipeTags } from './recipe-tags.ts';
import { parseListed, parseSealed, type StampSeal, sealIn, stampText, type Word, wordText } from './seal.ts';
import type { SealCheck } from './seal-check.ts';
import { decodeStamp } from './stamp.ts';
import {
  ADDRESS,
  DEPLOYMENT,
  DRILLED,
  ENDED,
  isWordKey,
  LENT_PREFIX,
  PASSED,
  RETIRE,
  SEAL,
  SHAPE,
} from './tag-keys.ts';

/** What {@link authenticate} says of a resource. */
type Authenticated = Pick<Image, 'seal' | 'tags' | 'ignored' | 'recipe'>;

/**
 * Checks the seals on what was read, once and for all: inside, `seal` is the proof. Words that take something away and
 * whose own seal does not hold are taken out of the tags, as if nobody had written them; their keys are kept in `ignored`.
 * Holds and other words that only protect need no seal. An image's recipe is taken out of its tags, and says whether the
 * seal covers it. So is the stamp's own seal, which nobody needs any more: on a hundred thousand images and snapshots it
 * would take megabytes.
 *
 * @param check undefined where no key could be read: then nothing is known of any seal
 * @param isWhole whether the check knows all keys that are believed; else nothing is known of what none of them has signed
 */
export function authenticate<R extends Image | Snapshot>(resource: R, check: SealCheck | undefined, isWhole = true): R {
  const { tags } = resource;
  if (tags[DEPLOYMENT] === undefined) return resource;
  if (!check) return { ...resource, ...unread(tags) };
  const found = checked(resource, tags, check);
  return { ...resource, ...found, ...(found.seal === 'broken' && !isWhole && { seal: 'unread' }) };
}

/** The keys of all tags that a resource bears, those too that were taken out of its tags as it was read. */
export function keysBorne({ tags, seal, recipe, ignored = [] }: Authenticated): string[] {
  const isChecked = seal === 'valid' || seal === 'broken';
  return [
    ...new Set([
      ...Object.keys({ ...tags, ...(recipe && recipeTags(recipe)) }),
      ...ignored,
      ...(isChecked ? [SEAL] : []),
    ]),
  ];
}

function unread(tags: Tags): Authenticated {
  return {
    seal: 'unread',
    ...withRecipe(
      hearing(tags, () => undefined),
      undefined,
    ),
  };
}

function checked(resource: Image | Snapshot, tags: Tags, check: SealCheck): Authenticated {
  const stampSeal = sealIn(tags);
  const seal = sealOf(tags, stampSeal, check);
  const said = withRecipe(
    hearing(tags, (name) => heard(resource, tags, name, check)),
    seal === 'valid' ? stampSeal?.recipe : undefined,
  );
  if (!stampSeal) return { seal, ...said };
  const { [SEAL]: _, ...left } = said.tags;
  return { seal, ...said, tags: left };
}

function sealOf(tags: Tags, stampSeal: StampSeal | undefined, check: SealCheck): Seal {
  if (stampSeal === undefined) return 'missing';
  return check(stampText(tags, stampSeal.recipe), stampSeal.signature) ? 'valid' : 'broken';
}

/** @param sealed the hash of the recipe that a valid seal covers */
function withRecipe(said: Heard, sealed: string | undefined): Heard & Pick<Authenticated, 'recipe'> {
  const recipe = recipeIn(said.tags);
  if (!recipe) return said;
  const { [SHAPE]: _, [ADDRESS]: __, ...tags } = said.tags;
  return { ...said, tags, recipe: { ...recipe, sealed: recipeHash(recipe) === sealed } };
}

/** What a word says whose seal holds, as it is read from then on; undefined where it does not. */
function heard(resource: Image | Snapshot, tags: Tags, name: string, check: SealCheck): string | undefined {
  const parts = parseSealed(tags[name] ?? '');
  const word = parts && wordOf(resource, tags, name);
  if (!word || !check(wordText(word, parts.said), parts.signature)) return undefined;
  if (word.kind !== 'mark') return parts.said;
  const list = parseListed(parts.said);
  return list && subjectsOf(resource).some(list.isListed) ? list.said : undefined;
}

/** By which ids a mark is about a resource: a snapshot goes with the image that EC2 says it was made for. */
function subjectsOf(resource: Image | Snapshot): string[] {
  return 'madeFor' in resource && resource.madeFor !== undefined ? [resource.id, resource.madeFor] : [resource.id];
}

/** What a word on a resource can only be about. */
function wordOf(resource: Image | Snapshot, tags: Tags, name: string): Word | undefined {
  const deployment = tags[DEPLOYMENT] ?? '';
  const place: Target = { account: resource.account, region: resource.region };
  if (name === RETIRE) return { kind: 'mark', deployment, place };
  if (name.startsWith(LENT_PREFIX)) {
    const account = name.slice(LENT_PREFIX.length);
    if (!isImageId(resource.id) || !/^\d{12}$/.test(account)) return undefined;
    return { kind: 'loan', deployment, image: resource.id, account: accountId(account) };
  }
  if (name === PASSED || name === DRILLED) {
    if (!isImageId(resource.id)) return undefined;
    return { kind: name === PASSED ? 'passed' : 'drilled', deployment, image: resource.id, place };
  }
  const decoded = decodeStamp(tags);
  if (!decoded.ok) return undefined;
  return { kind: name === ENDED ? 'end' : 'vouch', lineage: decoded.stamp, place };
}

type Heard = Pick<Authenticated, 'tags' | 'ignored'>;

/** The tags with each word as it is heard; what is not heard is left out, and its key noted. */
function hearing(tags: Tags, hear: (name: string) => string | undefined): Heard {
  const words = Object.keys(tags).filter(isWordKey);
  if (words.length === 0) return { tags };
  const said = new Map(words.map((name) => [name, hear(name)]));
  const ignored = words.filter((name) => said.get(name) === undefined);
  const left = Object.entries(tags).flatMap(([name, value]): [string, string][] => {
    if (!said.has(name)) return [[name, value]];
    const word = said.get(name);
    return word === undefined ? [] : [[name, word]];
  });
  return { tags: Object.fromEntries(left), ...(ignored.length > 0 && { ignored }) };
}
