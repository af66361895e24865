import type { Tags } from '../model/resources.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { ENDED } from './tag-keys.ts';

/** That a lineage whose source is gone has ended: since when, and by whose word. */
export interface Ended {
  readonly at: Instant;
  /** A person's word holds until the source lives again, the policy's for as long as the policy says so. */
  readonly by: 'policy' | 'hand';
}

/** `2026-11-23T02:00:00Z by hand`. */
export function endedTag({ at, by }: Ended): Tags {
  return { [ENDED]: `${formatInstant(at)} by ${by}` };
}

const FORM = /^(\S+) by (policy|hand)$/;

/** The end that tags tell of. */
export function readEnded(tags: Tags): Ended | undefined {
  const [, since = '', by] = FORM.exec(tags[ENDED] ?? '') ?? [];
  const at = parseInstant(since);
  return at === undefined ? undefined : { at, by: by === 'hand' ? 'hand' : 'policy' };
}
