import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
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
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';

/**
 * The one event contract: schedules, fan-out, continuation and people send the same payload. Without a target the run
 * expands itself into one event for each; with one it does the work.
 */

/**
 * How often an event may be sent on in a row: an hour's worth of functions that use their time up, and as many again that
 * have to end earlier. What is left then, the next sweep takes up.
 */
export const MAX_CONTINUATIONS = 8;

function parsed<T>(parse: (text: string) => T) {
  return z.pipe(
    z.string(),
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

/** What there is a function for, and what only people ask for, of the command. */
const FUNCTION_ACTIONS = ['snapshot', 'copy', 'retire'] as const;
export const ACTIONS = [...FUNCTION_ACTIONS, 'undo', 'adopt'] as const;

/** A field that may be left out, and what it says. */
function optional<Field extends z.core.SomeType>(field: Field, description: string) {
  return z.exactOptional(field).check(z.describe(description));
}

/** A list of at least one. */
function listOf<Item extends z.core.SomeType>(item: Item, most: number) {
  return z.array(item).check(z.minLength(1), z.maxLength(most));
}

/** The contract, as {@link parseRunEvent} reads it and deploy/event-schemas.ts publishes it. */
export const runEventSchema = z.strictObject({
  action: z
    .enum(ACTIONS)
    .check(z.describe('What to do. The functions take snapshot, copy and retire, the command takes all of them.')),
  policy: optional(
    z.string().check(z.minLength(1, 'name a policy, or leave it out for all of them')),
    'One policy; absent: all of them.',
  ),
  slot: optional(
    z.union([z.literal('current'), parsed(moment)], {
      error: ({ input }) => `'${input}' is neither 'current' nor a moment in UTC; write it as 2026-11-23T02:00:00Z`,
    }),
    'snapshot: the scheduled moment, or `current` for the latest that is due; absent: now.',
  ),
  mode: optional(z.enum(['plan', 'apply']), '`plan` changes nothing; absent: apply.'),
  target: optional(
    z
      .strictObject({
        account: z.exactOptional(parsed<AccountId>(accountId)),
        region: z.exactOptional(parsed<Region>(region)),
      })
      .check(
        z.refine(
          (place) => Object.keys(place).length > 0,
          'name an account, a region or both, or leave it out for all',
        ),
      ),
    'One account, one region or both; absent: all that the policy file names.',
  ),
  instances: optional(listOf(parsed<InstanceId>(instanceId), 1000), 'snapshot: these only.'),
  images: optional(
    listOf(parsed<ImageId>(imageId), 100),
    "copy: these images' lineages only; undo: the image to bring back.",
  ),
  abandoned: optional(
    listOf(z.string().check(z.minLength(1, 'name a lineage as its images have it in amikeep:lineage')), 1000),
    'retire: ends these lineages, whose sources are gone, and does nothing else.',
  ),
  confirmNoInstances: optional(
    z.boolean(),
    'retire: a person vouches that a region which shows no instance at all really has none.',
  ),
  orphans: optional(
    z.boolean(),
    'retire: a person vouches for the snapshots that have lost their image; they are marked, and go a day later.',
  ),
  unsealed: optional(z.literal(true), 'adopt: seal what this deployment made and has no seal that holds.'),
  filter: optional(
    z
      .record(z.string().check(z.minLength(1, 'name a tag')), z.string())
      .check(
        z.refine(
          (tags) => Object.keys(tags).length > 0,
          'name a tag: without one it would be every image of the account',
        ),
      ),
    'adopt: the tags, with * as a wildcard, of the images to put under the policy.',
  ),
  continuation: optional(
    z.int().check(z.minimum(0), z.maximum(MAX_CONTINUATIONS)),
    'How often the run has sent itself on.',
  ),
  until: optional(
    parsed(moment),
    'From when on the run does not send itself on any more; the first run of a row sets it.',
  ),
});

/** The library's words for what is wrong with a value; without them its small edition says that something is. */
const { localeError } = english();

export type Action = (typeof FUNCTION_ACTIONS)[number];
export type AnyAction = (typeof ACTIONS)[number];
export type Mode = 'plan' | 'apply';

export interface RunEvent {
  readonly action: AnyAction;
  readonly policy?: string;
  readonly slot?: Instant | 'current';
  readonly mode: Mode;
  readonly target?: { readonly account?: AccountId; readonly region?: Region };
  readonly instances?: readonly InstanceId[];
  readonly images?: readonly ImageId[];
  readonly abandoned?: readonly string[];
  readonly confirmNoInstances?: boolean;
  readonly orphans?: boolean;
  readonly unsealed?: true;
  readonly filter?: Readonly<Record<string, string>>;
  readonly continuation: number;
  readonly until?: Instant;
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a payload. Every problem is found at once, each with its path; nothing is done about a payload with any. */
export function parseRunEvent(payload: unknown): ParsedEvent {
  const result = runEventSchema.safeParse(payload, { error: localeError });
  const problems = [
    ...(result.error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`),
    ...misplacedFields(payload),
    ...unaskableTags(payload),
  ];
  if (!result.success || problems.length > 0) return { ok: false, problems };
  const { mode = 'apply', continuation = 0, instances, ...rest } = result.data;
  const once = instances && { instances: [...new Set(instances)] };
  return { ok: true, event: { ...rest, ...once, mode, continuation } };
}

/**
 * The schema's record drops a member named `__proto__` without a word, as it is no key like others in JavaScript. One
 * tag less asks for more images than were meant, so this is said instead.
 */
function unaskableTags(payload: unknown): string[] {
  if (!isObject(payload) || !('filter' in payload) || !isObject(payload.filter)) return [];
  return Object.hasOwn(payload.filter, '__proto__')
    ? ['filter.__proto__: no tag of this name can be asked for; name another that the images bear']
    : [];
}

/** Fields that an event of its action has no use for: they tell that something else was meant. */
function misplacedFields(payload: unknown): string[] {
  if (!isObject(payload) || !('action' in payload)) return [];
  const action = ACTIONS.find((known) => known === payload.action);
  if (!action) return [];
  const onlyFor = (field: string, ...takers: readonly AnyAction[]) =>
    field in payload && !takers.includes(action) ? [`${field}: ${action} takes no ${field}; leave it out`] : [];
  const unnamed = action === 'snapshot' && 'instances' in payload && !('policy' in payload);
  const needs = (field: string, ...takers: readonly AnyAction[]) =>
    takers.includes(action) && !(field in payload) ? [`${field}: ${action} needs it`] : [];
  return [
    ...onlyFor('policy', 'snapshot', 'copy', 'retire', 'adopt'),
    ...onlyFor('slot', 'snapshot'),
    ...onlyFor('instances', 'snapshot'),
    ...onlyFor('images', 'copy', 'undo'),
    ...onlyFor('abandoned', 'retire'),
    ...onlyFor('confirmNoInstances', 'retire'),
    ...onlyFor('orphans', 'retire'),
    ...onlyFor('unsealed', 'adopt'),
    ...onlyFor('filter', 'adopt'),
    ...needs('images', 'undo'),
    ...('unsealed' in payload ? [] : [...needs('filter', 'adopt'), ...needs('policy', 'adopt')]),
    ...('unsealed' in payload && 'filter' in payload
      ? ['unsealed: it goes without a filter; leave out one of the two']
      : []),
    ...(unnamed ? ['instances: name the policy that they are to be imaged under'] : []),
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The payload that {@link parseRunEvent} reads back as the same event. */
export function formatRunEvent({ slot: at, continuation, until, ...event }: RunEvent): Record<string, unknown> {
  return {
    ...event,
    ...(at !== undefined && { slot: at === 'current' ? at : formatInstant(at) }),
    ...(continuation > 0 && { continuation }),
    ...(until !== undefined && { until: formatInstant(until) }),
  };
}
