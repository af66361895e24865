import type { Tags } from '../model/resources.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { sayable } from './seal.ts';
import { RETIRE } from './tag-keys.ts';

/** That an image or a snapshot is being retired: since when, to the second, and why. */
export interface Mark {
  readonly at: Instant;
  readonly reason: string;
}

const INSTANT_LENGTH = '2026-11-23T02:00:00Z'.length;

/** `2026-11-23T02:00:00Z` and the reason behind it, which is cut to what a tag can hold beside a seal. */
export function markTag({ at, reason }: Mark): Tags {
  return { [RETIRE]: sayable(`${formatInstant(at)} ${reason}`) };
}

/** The mark that tags carry; nothing where what stands there does not begin with a moment. */
export function readMark(tags: Tags): Mark | undefined {
  const text = tags[RETIRE] ?? '';
  const at = parseInstant(text.slice(0, INSTANT_LENGTH));
  const rest = text.slice(INSTANT_LENGTH);
  return at === undefined || (rest !== '' && !rest.startsWith(' ')) ? undefined : { at, reason: rest.slice(1) };
}
