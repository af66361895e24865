import { type Region, region } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import { readAttempt } from './stamp.ts';
import { COPY_ATTEMPTS_PREFIX } from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';

/**
 * The tag that is written on a source before a later attempt to copy it begins: the copy's name and token hold the
 * attempt, so it has to be known even if nothing is ever heard of the call. Behind it stands why the one before failed.
 */
export function copyAttemptTag(to: Region, attempt: number, lastFailure: string): Tags {
  return { [COPY_ATTEMPTS_PREFIX + to]: cutText(`${attempt} ${lastFailure}`.trimEnd(), LONGEST_VALUE) };
}

const NONE: ReadonlyMap<Region, number> = new Map();

/**
 * The attempt that each region's copy has come to; a region that is not there is at its first.
 *
 * @returns the key of a tag that can't be read, in its stead.
 */
export function readCopyAttempts(tags: Tags): ReadonlyMap<Region, number> | { readonly unreadable: string } {
  let attempts: Map<Region, number> | undefined;
  for (const key in tags) {
    if (!key.startsWith(COPY_ATTEMPTS_PREFIX)) continue;
    const attempt = readAttempt((tags[key] ?? '').split(' ', 1)[0] ?? '');
    if (attempt === undefined) return { unreadable: key };
    attempts ??= new Map();
    try {
      attempts.set(region(key.slice(COPY_ATTEMPTS_PREFIX.length)), attempt);
    } catch {
      return { unreadable: key };
    }
  }
  return attempts ?? NONE;
}
