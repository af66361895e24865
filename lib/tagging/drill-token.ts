import { createHash } from 'node:crypto';
import type { ImageId } from '../model/ids.ts';
import { RUNGS, type Rung } from '../model/rungs.ts';
import { HOUR, type Instant } from '../model/time.ts';

/**
 * The client token of a drill's launch. Nearly everybody may write tags, and nobody can change the token of an instance: by it
 * a drill is known, and how long it may live and how far it has to come stand in it. EC2 takes 64 characters.
 */

export interface DrillTerms {
  readonly rung: Rung;
  readonly leaseMinutes: number;
  /** How often in a row its lineage had failed before. */
  readonly failures: number;
}

export interface DrillLaunch extends DrillTerms {
  readonly deployment: string;
  readonly image: ImageId;
  /** When the last verdict on the image was given: a launch that is tried again before the next one is the same launch. */
  readonly since: Instant | undefined;
  readonly at: Instant;
  readonly subnet: string;
  readonly type: string;
}

/**
 * EC2 remembers tokens for longer than it shows what they launched. So that a drill which ended without a verdict does not stand
 * in the way of the next one, a token is good for so long, in milliseconds.
 */
const GOOD_FOR = HOUR;

/** @example `amikeep-drill-5f2a9c01d3-status-45-0-0c1d2e3f4a5b6c7d` */
export function drillToken({ deployment, rung, leaseMinutes, failures, ...launch }: DrillLaunch): string {
  const { image, since = null, at, subnet, type } = launch;
  const same = hash([image, since, Math.floor(at / GOOD_FOR), subnet, type], 16);
  return `${start(deployment)}${rung}-${leaseMinutes}-${failures}-${same}`;
}

/** What matches the tokens of all drills of a deployment, as a filter of EC2. */
export function drillTokens(deployment: string): string {
  return `${start(deployment)}*`;
}

/** The terms under which an instance was launched; undefined where it is no drill of the deployment. */
export function readDrillToken(token: string, deployment: string): DrillTerms | undefined {
  const begin = start(deployment);
  if (!token.startsWith(begin)) return undefined;
  const [, word, minutes, failures] = TERMS.exec(token.slice(begin.length)) ?? [];
  const rung = RUNGS.find((one) => one === word);
  return rung === undefined ? undefined : { rung, leaseMinutes: Number(minutes), failures: Number(failures) };
}

/** Whether an instance was launched as a drill, by whichever deployment. */
export function isDrillToken(token: string): boolean {
  return token.startsWith(OF_DRILLS);
}

const OF_DRILLS = 'amikeep-drill-';

const TERMS = /^([a-z]+)-(\d{1,4})-(\d{1,4})-[0-9a-f]{16}$/;

function start(deployment: string): string {
  return `${OF_DRILLS}${hash(deployment, 10)}-`;
}

function hash(of: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, length);
}
