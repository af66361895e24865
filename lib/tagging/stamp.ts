import {
  type AccountId,
  accountId,
  type InstanceId,
  instanceId,
  type Region,
  region,
  type Target,
} from '../model/ids.ts';
import type { KeepRulesInZone } from '../model/keep-rules.ts';
import type { Tags } from '../model/resources.ts';
import type { RetireRules } from '../model/retire-rules.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { formatKeep, parseKeep } from './keep-text.ts';
import { memoise } from './memoise.ts';
import { formatRetire, parseRetire } from './retire-text.ts';
import * as key from './tag-keys.ts';
import { slotOf, versionOf } from './version.ts';

/** What amikeep knows about an image: all of it stands in the tags that are written when the image is created. */
export interface Stamp {
  readonly deployment: string;
  readonly policy: string;
  /** An instance id, or the tag that replaced instances share: see `lineagesOf`. */
  readonly lineage: string;
  /** A whole minute. */
  readonly slot: Instant;
  /** From 1 up: which try at this slot, or at this copy, it is. */
  readonly attempt: number;
  /** Where this image itself is: the source's place, or on a copy the copy's. */
  readonly home: Target;
  /** The instance that the image is of, and where that is. */
  readonly source: Target & { readonly instance: InstanceId };
  /** The rules that govern this image: on a copy, the copy's own. */
  readonly keep: KeepRulesInZone;
  /** How it is retired once its policy is gone and can't say. */
  readonly retire: RetireRules;
}

/**
 * The tags that say a stamp.
 *
 * @throws RangeError if the slot is not a whole minute, the attempt not a whole number from 1 up, or a keep rule not
 *   a whole number.
 */
export function encodeStamp(stamp: Stamp): Tags {
  if (stamp.slot !== slotOf(stamp.slot)) throw new RangeError(`slot ${stamp.slot} is not a whole minute`);
  if (!isAttempt(stamp.attempt)) throw new RangeError(`attempt ${stamp.attempt} is not a whole number from 1 up`);
  return {
    [key.DEPLOYMENT]: stamp.deployment,
    [key.POLICY]: stamp.policy,
    [key.LINEAGE]: stamp.lineage,
    [key.SLOT]: formatInstant(stamp.slot),
    [key.VERSION]: versionOf(stamp.slot),
    [key.ATTEMPT]: String(stamp.attempt),
    [key.HOME]: `${stamp.home.account}/${stamp.home.region}`,
    [key.SOURCE_ACCOUNT]: stamp.source.account,
    [key.SOURCE_REGION]: stamp.source.region,
    [key.SOURCE_INSTANCE]: stamp.source.instance,
    [key.KEEP]: formatKeep(stamp.keep),
    [key.RETIRE_RULES]: formatRetire(stamp.retire),
  };
}

/** What came of reading tags: `problem` says which tag is wrong and how. */
export type DecodedStamp =
  | { readonly ok: true; readonly stamp: Stamp }
  | { readonly ok: false; readonly problem: string };

/** The stamp that tags say. It only reads: whether an image is what its tags say is for `readOwnership` to judge. */
export function decodeStamp(tags: Tags): DecodedStamp {
  try {
    const slot = read(tags, key.SLOT, readSlot);
    const version = read(tags, key.VERSION, asIs);
    if (version !== versionOf(slot)) {
      throw new UnreadableTag(
        `its tag ${key.VERSION} says '${version}', but slot ${formatInstant(slot)} is ${versionOf(slot)}`,
      );
    }
    return {
      ok: true,
      stamp: {
        deployment: read(tags, key.DEPLOYMENT, asIs),
        policy: read(tags, key.POLICY, asIs),
        lineage: read(tags, key.LINEAGE, asIs),
        slot,
        attempt: read(tags, key.ATTEMPT, readAttempt),
        home: read(tags, key.HOME, readTarget),
        source: {
          account: read(tags, key.SOURCE_ACCOUNT, readAccount),
          region: read(tags, key.SOURCE_REGION, readRegion),
          instance: read(tags, key.SOURCE_INSTANCE, readInstance),
        },
        keep: read(tags, key.KEEP, parseKeep),
        retire: read(tags, key.RETIRE_RULES, parseRetire),
      },
    };
  } catch (error) {
    if (error instanceof UnreadableTag) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Leaves the reading of a stamp at the first tag that can't be read. */
class UnreadableTag extends Error {}

function read<T>(tags: Tags, name: string, parse: (text: string) => T | undefined): T {
  const text = tags[name];
  if (text === undefined) throw new UnreadableTag(`its tag ${name} is missing`);
  const value = parse(text);
  if (value === undefined) throw new UnreadableTag(`its tag ${name} can't be read: '${text}'`);
  return value;
}

const asIs = (text: string): string => text;

/** Only in the form in which it is written, to the second, and only a whole minute. */
const readSlot: (text: string) => Instant | undefined = memoise(10_000, (text) =>
  text.length === '2026-11-23T02:00:00Z'.length && text.endsWith(':00Z') ? parseInstant(text) : undefined,
);

const readAccount: (text: string) => AccountId | undefined = memoise(1_000, orUndefined(accountId));
const readRegion: (text: string) => Region | undefined = memoise(1_000, orUndefined(region));
const readInstance: (text: string) => InstanceId | undefined = orUndefined(instanceId);

const readTarget: (text: string) => Target | undefined = memoise(1_000, (text) => {
  const [account, place] = [readAccount(text.slice(0, 12)), readRegion(text.slice(13))];
  return account && place && text[12] === '/' ? { account, region: place } : undefined;
});

/** The number of an attempt that a tag's value says. */
export function readAttempt(text: string): number | undefined {
  const attempt = Number(text);
  return isAttempt(attempt) && String(attempt) === text ? attempt : undefined;
}

function isAttempt(attempt: number): boolean {
  return Number.isSafeInteger(attempt) && attempt >= 1;
}

/** The parsers of ids throw what is meant for people at the edge; a tag that can't be read is an answer. */
function orUndefined<T>(parse: (text: string) => T): (text: string) => T | undefined {
  return (text) => {
    try {
      return parse(text);
    } catch {
      return undefined;
    }
  };
}
