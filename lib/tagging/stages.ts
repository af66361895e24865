import type { Tags } from '../model/resources.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { DEPRECATED, DISABLED, SHARED_PREFIX } from './tag-keys.ts';
import { LONGEST_VALUE } from './text.ts';

/**
 * How far an image has gone on its way out. EC2 does not tell since when an image is disabled, whose date of deprecation
 * it carries, nor whom it was shared with before: what has to be taken back one day is written down before it is done.
 */
export interface Stages {
  /** The date of deprecation that is ours, and the one that stood there before. */
  readonly deprecated?: { readonly at: Instant; readonly before?: Instant };
  /** Since when it has been disabled by us. */
  readonly disabledAt?: Instant;
  /** Whom it was shared with when it was disabled: account ids and ARNs of organisations and their units. */
  readonly sharedWith: readonly string[];
}

export const NO_STAGES: Stages = { sharedWith: [] };

const INSTANT_LENGTH = '2026-11-23T02:00:00Z'.length;
const BEFORE = ' before ';

/** `2026-11-23T02:00:00Z`, or with ` before 2027-01-01T00:00:00Z` behind it where an other date stood there. */
export function deprecatedTag({ at, before }: { readonly at: Instant; readonly before?: Instant }): Tags {
  return { [DEPRECATED]: `${formatInstant(at)}${before === undefined ? '' : `${BEFORE}${formatInstant(before)}`}` };
}

/**
 * The tags that are written before an image is disabled: `2026-11-23T02:00:00Z shared=1`, since when and how many
 * tags hold whom it is shared with, and those tags. The number tells them from what an earlier time left there.
 */
export function disabledTags(at: Instant, sharedWith: readonly string[]): Tags {
  const values = sharedValues(sharedWith);
  return {
    [DISABLED]: `${formatInstant(at)} shared=${values.length}`,
    ...Object.fromEntries(values.map((value, index) => [`${SHARED_PREFIX}${index + 1}`, value])),
  };
}

/** How many tags {@link disabledTags} takes. */
export function disabledTagCount(sharedWith: readonly string[]): number {
  return 1 + sharedValues(sharedWith).length;
}

/** As few values as hold all names, each name whole. */
function sharedValues(sharedWith: readonly string[]): string[] {
  const values: string[] = [];
  for (const name of sharedWith) {
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + name.length <= LONGEST_VALUE) {
      values[values.length - 1] = `${last} ${name}`;
    } else values.push(name);
  }
  return values;
}

/**
 * The stages that tags say.
 *
 * @returns the key of a tag that can't be read, in their stead.
 */
export function readStages(tags: Tags): Stages | { readonly unreadable: string } {
  const [deprecated, disabled] = [tags[DEPRECATED], tags[DISABLED]];
  if (deprecated === undefined && disabled === undefined) return NO_STAGES;
  const deprecation = deprecated === undefined ? undefined : readDeprecation(deprecated);
  if (deprecated !== undefined && !deprecation) return { unreadable: DEPRECATED };
  const stages = { ...(deprecation && { deprecated: deprecation }), sharedWith: [] };
  if (disabled === undefined) return stages;
  const [, since = '', count] = DISABLED_FORM.exec(disabled) ?? [];
  const disabledAt = parseInstant(since);
  if (disabledAt === undefined) return { unreadable: DISABLED };
  const sharedWith: string[] = [];
  for (let number = 1; number <= Number(count); number++) {
    const names = tags[`${SHARED_PREFIX}${number}`];
    if (names === undefined) return { unreadable: `${SHARED_PREFIX}${number}` };
    sharedWith.push(...names.split(' '));
  }
  return { ...stages, disabledAt, sharedWith };
}

const DISABLED_FORM = /^(\S+) shared=(\d{1,2})$/;

function readDeprecation(text: string): Stages['deprecated'] {
  const at = parseInstant(text.slice(0, INSTANT_LENGTH));
  const rest = text.slice(INSTANT_LENGTH);
  if (at === undefined) return undefined;
  if (rest === '') return { at };
  const before = rest.startsWith(BEFORE) ? parseInstant(rest.slice(BEFORE.length)) : undefined;
  return before === undefined ? undefined : { at, before };
}

/** The keys of the tags that tell of stages, of those that are there. */
export function stageKeys(tags: Tags): string[] {
  return Object.keys(tags).filter((key) => key === DEPRECATED || key === DISABLED || key.startsWith(SHARED_PREFIX));
}
