import { accountId, isImageId, type Target } from '../model/ids.ts';
import type { Image, Seal, Snapshot, Tags } from '../model/resources.ts';
import { parseListed, parseSealed, signatureOf, stampText, type Word, wordText } from './seal.ts';
import type { SealCheck } from './seal-check.ts';
import { decodeStamp } from './stamp.ts';
import { DEPLOYMENT, ENDED, isWordKey, LENT_PREFIX, RETIRE } from './tag-keys.ts';

/** What {@link authenticate} says of a resource. */
type Authenticated = Pick<Image, 'seal' | 'tags' | 'ignored'>;

/**
 * Checks the seals on what was read, once and for all: inside, `seal` is the proof. Words that take something away and
 * whose own seal does not hold are taken out of the tags, as if nobody had written them; their keys are kept in `ignored`.
 * Holds and other words that only protect need no seal.
 *
 * @param check undefined where the key could not be read: then nothing is known of any seal
 */
export function authenticate<R extends Image | Snapshot>(resource: R, check: SealCheck | undefined): R {
  const { tags } = resource;
  if (tags[DEPLOYMENT] === undefined) return resource;
  return { ...resource, ...(check ? checked(resource, tags, check) : unread(tags)) };
}

function unread(tags: Tags): Authenticated {
  return { seal: 'unread', ...hearing(tags, () => undefined) };
}

function checked(resource: Image | Snapshot, tags: Tags, check: SealCheck): Authenticated {
  return { seal: sealOf(tags, check), ...hearing(tags, (name) => heard(resource, tags, name, check)) };
}

function sealOf(tags: Tags, check: SealCheck): Seal {
  const signature = signatureOf(tags);
  if (signature === undefined) return 'missing';
  return check(stampText(tags), signature) ? 'valid' : 'broken';
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
  const decoded = decodeStamp(tags);
  if (!decoded.ok) return undefined;
  return { kind: name === ENDED ? 'end' : 'vouch', lineage: decoded.stamp, place };
}

/** The tags with each word as it is heard; what is not heard is left out, and its key noted. */
function hearing(tags: Tags, hear: (name: string) => string | undefined): Pick<Authenticated, 'tags' | 'ignored'> {
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
