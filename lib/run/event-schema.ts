import * as z from 'zod/mini';
import {
  type AccountId,
  accountId,
  type ImageId,
  type InstanceId,
  imageId,
  instanceId,
  type Region,
  region,
} from '../model/ids.ts';
import { type Instant, parseInstant } from '../model/time.ts';
import { say, unfit } from './wording.ts';

/**
 * How often an event may be sent on in a row: an hour's worth of functions that use their time up, and as many again that
 * have to end earlier. What is left then, the next sweep takes up.
 */
export const MAX_CONTINUATIONS = 8;

/** What there is a function for, and what only people ask for, of the command. */
export const FUNCTION_ACTIONS = ['snapshot', 'copy', 'retire', 'drill'] as const;
export const ACTIONS = [...FUNCTION_ACTIONS, 'undo', 'adopt'] as const;

const ACCOUNT_REMEDY = "write an account's twelve digits as text, such as '111122223333'";
const REGION_REMEDY = 'write the name of an AWS region, such as eu-central-1';
const INSTANCES_REMEDY = 'write a list of 1 to 1000 instance ids, such as ["i-0123456789abcdef0"]';
const IMAGES_REMEDY = 'write a list of 1 to 100 image ids, such as ["ami-0123456789abcdef0"]';
const LINEAGE_REMEDY = 'name a lineage as its images have it in amikeep:lineage';
const LINEAGES_REMEDY = `write a list of 1 to 1000 lineages: ${LINEAGE_REMEDY}`;
const POLICY_REMEDY = 'name a policy, or leave it out for all of them';
const GONE_REMEDY = 'name a policy that is gone, as its images have it in amikeep:policy';
const FILTER_REMEDY = 'write a map of tags, each with a text, such as { "Made": "by-hand" }';
const TARGET_REMEDY = 'write { "account": ..., "region": ... }, one of them or both';
const CONTINUATION_REMEDY = `write a whole number from 0 to ${MAX_CONTINUATIONS}, or leave it out`;

/** A text that a function reads. What it throws says what is wrong with a text; anything else gets the remedy. */
function parsed<T>(parse: (text: string) => T, remedy: string) {
  return z.pipe(
    z.string(say(remedy)),
    z.transform((text, context): T => {
      try {
        return parse(text);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        context.issues.push({ code: 'custom', input: text, message });
        return z.NEVER;
      }
    }),
  );
}

function moment(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined) throw new TypeError(`'${text}' is not a moment in UTC`);
  return at;
}

/** A list of at least one. */
function listOf<Item extends z.core.SomeType>(item: Item, most: number, remedy: string) {
  return z.array(item, say(remedy)).check(z.minLength(1, say(remedy)), z.maxLength(most, say(remedy)));
}

function name(remedy: string) {
  return z.string(say(remedy)).check(z.minLength(1, remedy));
}

/** An object's own words: for what it is not, and for members that it does not have. */
function members(what: string, known: readonly string[], remedy: string) {
  return {
    error: (issue: { readonly code?: string; readonly input?: unknown; readonly keys?: readonly string[] }) =>
      issue.code === 'unrecognized_keys'
        ? `${what} has no ${(issue.keys ?? []).join(', ')}; it may have ${known.join(', ')}`
        : unfit(issue.input, remedy),
  };
}

const PLACE = {
  account: z.exactOptional(parsed<AccountId>(accountId, ACCOUNT_REMEDY)),
  region: z.exactOptional(parsed<Region>(region, REGION_REMEDY)),
};

const FIELDS = {
  action: z.enum(ACTIONS, say(`write one of ${ACTIONS.join(', ')}`)),
  policy: z.exactOptional(name(POLICY_REMEDY)),
  slot: z.exactOptional(
    z.union([z.literal('current'), parsed(moment, '')], {
      error: ({ input }) =>
        typeof input === 'string'
          ? `'${input}' is neither 'current' nor a moment in UTC; write it as 2026-11-23T02:00:00Z`
          : unfit(input, "write 'current' or a moment in UTC, such as 2026-11-23T02:00:00Z"),
    }),
  ),
  mode: z.exactOptional(z.enum(['plan', 'apply'], say('write plan or apply'))),
  target: z.exactOptional(
    z
      .strictObject(PLACE, members('a target', Object.keys(PLACE), TARGET_REMEDY))
      .check(
        z.refine(
          (place) => Object.keys(place).length > 0,
          'name an account, a region or both, or leave it out for all',
        ),
      ),
  ),
  instances: z.exactOptional(listOf(parsed<InstanceId>(instanceId, 'write an instance id'), 1000, INSTANCES_REMEDY)),
  images: z.exactOptional(listOf(parsed<ImageId>(imageId, 'write an image id'), 100, IMAGES_REMEDY)),
  lineages: z.exactOptional(listOf(name(LINEAGE_REMEDY), 1000, LINEAGES_REMEDY)),
  sweep: z.exactOptional(z.boolean(say('write true or false'))),
  spread: z.exactOptional(z.literal(true, say('leave it out'))),
  abandoned: z.exactOptional(listOf(name(LINEAGE_REMEDY), 1000, LINEAGES_REMEDY)),
  policyGone: z.exactOptional(name(GONE_REMEDY)),
  confirmNoInstances: z.exactOptional(z.boolean(say('write true or false'))),
  leftovers: z.exactOptional(z.boolean(say('write true or false'))),
  orphans: z.exactOptional(z.boolean(say('write true or false'))),
  unsealed: z.exactOptional(z.literal(true, say('write true, or leave it out'))),
  filter: z.exactOptional(
    z
      .record(z.string().check(z.minLength(1, 'name a tag')), z.string(say("write the tag's value as text")), {
        error: ({ code, input }) => (code === 'invalid_key' ? 'name a tag' : unfit(input, FILTER_REMEDY)),
      })
      .check(
        z.refine(
          (tags) => Object.keys(tags).length > 0,
          'name a tag: without one it would be every image of the account',
        ),
      ),
  ),
  continuation: z.exactOptional(
    z
      .int(say(CONTINUATION_REMEDY))
      .check(z.minimum(0, say(CONTINUATION_REMEDY)), z.maximum(MAX_CONTINUATIONS, say(CONTINUATION_REMEDY))),
  ),
  until: z.exactOptional(parsed(moment, 'write a moment in UTC, such as 2026-11-23T02:00:00Z')),
};

/** The contract, as {@link parseRunEvent} reads it and deploy/event-schemas.ts publishes it. */
export const runEventSchema = z.strictObject(
  FIELDS,
  members('an event', Object.keys(FIELDS), 'write an object with an action, such as { "action": "retire" }'),
);
