import { type InstanceId, isInstanceId } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import { RUNGS, type Rung } from '../model/rungs.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { LONGEST_WORD } from './seal.ts';
import { DRILLED, PASSED } from './tag-keys.ts';
import { cutText } from './text.ts';

/** That an image was started and came up: when, how far, how long that took, on which type and as which instance. */
export interface Pass {
  readonly at: Instant;
  readonly rung: Rung;
  /** From the launch to the last check, in whole seconds. */
  readonly seconds: number;
  readonly type: string;
  readonly instance: InstanceId;
}

/** What a drill of an image came to that it did not pass. */
export interface Drilled {
  readonly at: Instant;
  /** `inconclusive`: nothing was learnt of the image, as where there was no capacity. */
  readonly verdict: 'failed' | 'inconclusive';
  /** How often in a row it has failed, this drill included; an inconclusive one counts for nothing. */
  readonly failures: number;
  /** Absent: nothing was launched. */
  readonly instance?: InstanceId;
  readonly reason: string;
}

/** `2026-11-24T03:10:00Z status 412s m7g.large i-0123456789abcdef0`; a newer pass alone takes its place. */
export function passedTag({ at, rung, seconds, type, instance }: Pass): Tags {
  return { [PASSED]: `${formatInstant(at)} ${rung} ${seconds}s ${type} ${instance}` };
}

/** `2026-11-24T03:10:00Z failed 1 i-0123456789abcdef0 its status is impaired`; `-` where nothing was launched. */
export function drilledTag({ at, verdict, failures, instance, reason }: Drilled): Tags {
  const said = `${formatInstant(at)} ${verdict} ${failures} ${instance ?? '-'} ${reason}`;
  return { [DRILLED]: cutText(said, LONGEST_WORD) };
}

const PASS = new RegExp(`^(\\S+) (${RUNGS.join('|')}) (\\d{1,6})s (\\S+) (\\S+)$`);

/** The pass that tags tell of. */
export function readPassed(tags: Tags): Pass | undefined {
  const [, since = '', word, seconds, type = '', instance = ''] = PASS.exec(tags[PASSED] ?? '') ?? [];
  const at = parseInstant(since);
  const rung = RUNGS.find((one) => one === word);
  if (at === undefined || rung === undefined || !isInstanceId(instance)) return undefined;
  return { at, rung, seconds: Number(seconds), type, instance };
}

const VERDICT = /^(\S+) (failed|inconclusive) (\d{1,4}) (\S+) (.*)$/s;

/** The verdict that tags tell of, where it is no pass. */
export function readDrilled(tags: Tags): Drilled | undefined {
  const [, since = '', word, failures, instance = '', reason = ''] = VERDICT.exec(tags[DRILLED] ?? '') ?? [];
  const at = parseInstant(since);
  if (at === undefined) return undefined;
  const verdict = word === 'failed' ? word : 'inconclusive';
  return { at, verdict, failures: Number(failures), ...(isInstanceId(instance) && { instance }), reason };
}

/** What the last drill of an image came to. */
export function lastVerdict({ passed, drilled }: Verdicts): Pass | Drilled | undefined {
  if (!passed || !drilled) return passed ?? drilled;
  return drilled.at > passed.at ? drilled : passed;
}

export interface Verdicts {
  readonly passed: Pass | undefined;
  readonly drilled: Drilled | undefined;
}
