import type { Tags } from '../model/resources.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { RETIRE } from './tag-keys.ts';
import { cutText, LONGEST_VALUE } from './text.ts';

/** That an image or a snapshot is being retired: since when, to the second, and why. */
export interface Mark {
  readonly at: Instant;
  readonly reason: string;
}

const INSTANT_LENGTH = '2026-11-23T02:00:00Z'.length;

/** `2026-11-23T02:00:00Z` and the reason behind it, which is cut to what a tag can hold. */
export function markTag({ at, reason }: Mark): Tags {
  return { [RETIRE]: cutText(`${formatInstant(at)} ${reason}`, LONGEST_VALUE) };
}

/**
 * The mark that tags carry: `undefined` if none, `'unreadable'` if what stands there does not begin with a moment,
 * since then nobody knows whether the image has been marked for long enough.
 */
export function readMark(tags: Tags): Mark | 'unreadable' | undefined {
  const text = tags[RETIRE];
  if (text === undefined) return undefined;
  const at = parseInstant(text.slice(0, INSTANT_LENGTH));
  const rest = text.slice(INSTANT_LENGTH);
  if (at === undefined || (rest !== '' && !rest.startsWith(' '))) return 'unreadable';
  return { at, reason: rest.slice(1) };
}
