import type { Tags } from '../model/resources.ts';
import { RUNGS, type Rung } from '../model/rungs.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { LONGEST_WORD } from './seal.ts';
import { DRILLED, PASSED } from './tag-keys.ts';
import { cutText } from './text.ts';

/** That an image was started and came up: when, how far, how long that took, and on which type. */
export interface Pass {
  readonly at: Instant;
  readonly rung: Rung;
  /** From the launch to the last check, in whole seconds. */
  readonly seconds: number;
  readonly type: string;
}

/** What the last drill of an image came to. */
export interface Drilled {
  readonly at: Instant;
  /** `inconclusive`: nothing was learnt of the image, as where there was no capacity. */
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** How often in a row it has failed, this drill included; an inconclusive one counts for nothing. */
  readonly failures: number;
  readonly reason: string;
}

/** `2026-11-24T03:10:00Z status 412s m7g.large`; a newer pass alone takes its place. */
export function passedTag({ at, rung, seconds, type }: Pass): Tags {
  return { [PASSED]: `${formatInstant(at)} ${rung} ${seconds}s ${type}` };
}

/** `2026-11-24T03:10:00Z failed 1 the instance's status is impaired`. */
export function drilledTag({ at, verdict, failures, reason }: Drilled): Tags {
  return { [DRILLED]: cutText(`${formatInstant(at)} ${verdict} ${failures} ${reason}`, LONGEST_WORD) };
}

const PASS = new RegExp(`^(\\S+) (${RUNGS.join('|')}) (\\d{1,6})s (\\S+)$`);

/** The pass that tags tell of. */
export function readPassed(tags: Tags): Pass | undefined {
  const [, since = '', word, seconds, type = ''] = PASS.exec(tags[PASSED] ?? '') ?? [];
  const at = parseInstant(since);
  const rung = RUNGS.find((one) => one === word);
  return at === undefined || rung === undefined ? undefined : { at, rung, seconds: Number(seconds), type };
}

const VERDICT = /^(\S+) (passed|failed|inconclusive) (\d{1,4}) (.*)$/s;

/** The verdict that tags tell of. */
export function readDrilled(tags: Tags): Drilled | undefined {
  const [, since = '', word, failures, reason = ''] = VERDICT.exec(tags[DRILLED] ?? '') ?? [];
  const at = parseInstant(since);
  if (at === undefined) return undefined;
  const verdict = word === 'passed' || word === 'failed' ? word : 'inconclusive';
  return { at, verdict, failures: Number(failures), reason };
}
