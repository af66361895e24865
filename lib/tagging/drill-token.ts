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
}

export interface DrillLaunch extends DrillTerms {
  readonly deployment: string;
  readonly image: ImageId;
  /** When the last verdict on the image was given: a launch that is tried again before the next one is the same launch. */
  readonly since: Instant | undefined;
  /**
   * When it is launched: what is tried again within the hour is the same launch. EC2 shows a machine that has ended for an hour
   * and knows its token for longer, so that one whose end nobody saw would keep its image from being started for as long.
   */
  readonly at: Instant;
  readonly subnet: string;
  readonly type: string;
}

/** @example `amikeep-drill-5f2a9c01d3-status-45-0c1d2e3f4a5b6c7d` */
export function drillToken({ deployment, image, rung, leaseMinutes, since, at, subnet, type }: DrillLaunch): string {
  const launch = hash([image, since ?? null, Math.floor(at / HOUR), subnet, type], 16);
  return `${start(deployment)}${rung}-${leaseMinutes}-${launch}`;
}

/** What matches the tokens of all drills of a deployment, as a filter of EC2. */
export function drillTokens(deployment: string): string {
  return `${start(deployment)}*`;
}

/** The terms under which an instance was launched; undefined where it is no drill of the deployment. */
export function readDrillToken(token: string, deployment: string): DrillTerms | undefined {
  const begin = start(deployment);
  if (!token.startsWith(begin)) return undefined;
  const [, word, minutes] = TERMS.exec(token.slice(begin.length)) ?? [];
  const rung = RUNGS.find((one) => one === word);
  return rung === undefined ? undefined : { rung, leaseMinutes: Number(minutes) };
}

const TERMS = /^([a-z]+)-(\d{1,4})-[0-9a-f]{16}$/;

function start(deployment: string): string {
  return `amikeep-drill-${hash(deployment, 10)}-`;
}

function hash(of: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, length);
}
