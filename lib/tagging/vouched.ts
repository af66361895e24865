import type { Tags } from '../model/resources.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { VOUCHED } from './tag-keys.ts';

/** `2026-11-23T02:00:00Z`: when a person vouched for it that a region has no instances any more. */
export function vouchedTag(at: Instant): Tags {
  return { [VOUCHED]: formatInstant(at) };
}

/** What {@link vouchedTag} says; nothing where there is no such tag, or what stands there is no moment. */
export function readVouched(tags: Tags): Instant | undefined {
  return parseInstant(tags[VOUCHED] ?? '');
}
