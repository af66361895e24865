import { type AccountId, accountId, type Region, region } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import { readAttempt } from './stamp.ts';
import { COPY_ATTEMPTS_PREFIX } from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';

/** Where a copy goes: a region of the account of its source, or of another account. */
export interface CopyPlace {
  readonly region: Region;
  readonly account?: AccountId;
}

/** `eu-west-1`, or `444455556666/eu-west-1` in another account. */
function textOf({ region: to, account }: CopyPlace): string {
  return account === undefined ? to : `${account}/${to}`;
}

/** The key of the tag that counts the attempts at the copy to a place. */
export function copyAttemptKey(to: CopyPlace): string {
  return COPY_ATTEMPTS_PREFIX + textOf(to);
}

/**
 * The tag that is written on a source before a later attempt to copy it begins: the copy's name and token hold the
 * attempt, so it has to be known even if nothing is ever heard of the call. Behind it stands why the one before failed.
 */
export function copyAttemptTag(to: CopyPlace, attempt: number, lastFailure: string): Tags {
  return { [copyAttemptKey(to)]: cutText(`${attempt} ${lastFailure}`.trimEnd(), LONGEST_VALUE) };
}

/** The attempt that the copy to each place has come to, by the text of the place. */
export type CopyAttempts = ReadonlyMap<string, number>;

const NONE: CopyAttempts = new Map();

/** The attempt that is written of the copy to a place; the first, where none is. */
export function attemptAt(attempts: CopyAttempts, place: CopyPlace): number {
  return attempts.get(textOf(place)) ?? 1;
}

/**
 * The attempts that tags say; a place that is not there is at its first. Anybody may write such a tag: what can't be read
 * says nothing, and what it says stops no copy.
 */
export function readCopyAttempts(tags: Tags): CopyAttempts {
  let attempts: Map<string, number> | undefined;
  for (const key in tags) {
    if (!key.startsWith(COPY_ATTEMPTS_PREFIX)) continue;
    const attempt = readAttempt((tags[key] ?? '').split(' ', 1)[0] ?? '');
    const place = readPlace(key.slice(COPY_ATTEMPTS_PREFIX.length));
    if (attempt === undefined || !place) continue;
    attempts ??= new Map();
    attempts.set(textOf(place), attempt);
  }
  return attempts ?? NONE;
}

function readPlace(text: string): CopyPlace | undefined {
  const slash = text.indexOf('/');
  try {
    const to = region(text.slice(slash + 1));
    return slash < 0 ? { region: to } : { region: to, account: accountId(text.slice(0, slash)) };
  } catch {
    return undefined;
  }
}
