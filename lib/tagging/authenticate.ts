import { accountId, isImageId, isSnapshotId, type Target } from '../model/ids.ts';
import type { Image, Seal, Snapshot, Tags } from '../model/resources.ts';
import { parseSealed, signatureOf, stampText, type Word, wordText } from './seal.ts';
import type { SealCheck } from './seal-check.ts';
import { decodeStamp } from './stamp.ts';
import { DEPLOYMENT, ENDED, LEFT_OVER, LENT_PREFIX, RETIRE, VOUCHED } from './tag-keys.ts';

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
  return { seal: 'unread', ...without(tags, Object.keys(tags).filter(isWordKey)) };
}

function checked(resource: Image | Snapshot, tags: Tags, check: SealCheck): Authenticated {
  const forged = Object.keys(tags).filter((name) => isWordKey(name) && !holds(resource, tags, name, check));
  return { seal: sealOf(tags, check), ...without(tags, forged) };
}

function sealOf(tags: Tags, check: SealCheck): Seal {
  const signature = signatureOf(tags);
  if (signature === undefined) return 'missing';
  return check(stampText(tags), signature) ? 'valid' : 'broken';
}

/** The tags whose words take something away, and so need a seal of their own. */
function isWordKey(name: string): boolean {
  return name === RETIRE || name === ENDED || name === VOUCHED || name === LEFT_OVER || name.startsWith(LENT_PREFIX);
}

function holds(resource: Image | Snapshot, tags: Tags, name: string, check: SealCheck): boolean {
  const parts = parseSealed(tags[name] ?? '');
  const word = parts && wordOf(resource, tags, name);
  return word !== undefined && check(wordText(word, parts?.said ?? ''), parts?.signature ?? '');
}

/** What a word on a resource can only be about. */
function wordOf(resource: Image | Snapshot, tags: Tags, name: string): Word | undefined {
  const deployment = tags[DEPLOYMENT] ?? '';
  const place: Target = { account: resource.account, region: resource.region };
  if (name === RETIRE) return { kind: 'mark', deployment, place };
  if (name === LEFT_OVER) {
    return isSnapshotId(resource.id) ? { kind: 'left-over', deployment, snapshot: resource.id } : undefined;
  }
  if (name.startsWith(LENT_PREFIX)) {
    // A snapshot is lent with its image, which EC2 names in its description.
    const image = 'madeFor' in resource ? resource.madeFor : isImageId(resource.id) ? resource.id : undefined;
    const account = name.slice(LENT_PREFIX.length);
    if (image === undefined || !/^\d{12}$/.test(account)) return undefined;
    return { kind: 'loan', deployment, image, account: accountId(account) };
  }
  const decoded = decodeStamp(tags);
  if (!decoded.ok) return undefined;
  return { kind: name === ENDED ? 'end' : 'vouch', lineage: decoded.stamp };
}

/** The tags less those of some keys, and those less their seals. */
function without(tags: Tags, names: readonly string[]): Pick<Authenticated, 'tags' | 'ignored'> {
  const left = Object.entries(tags).flatMap(([name, value]): [string, string][] => {
    if (names.includes(name)) return [];
    return isWordKey(name) ? [[name, parseSealed(value)?.said ?? '']] : [[name, value]];
  });
  return { tags: Object.fromEntries(left), ...(names.length > 0 && { ignored: names }) };
}
