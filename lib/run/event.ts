import { z } from 'zod';
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

/** How often a run may send itself on before it counts as one that gets nowhere. */
export const MAX_CONTINUATIONS = 100;

function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
}

function slot(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined) throw new TypeError(`'${text}' is not a moment in UTC`);
  return at;
}

/** What there is a function for, and what only people ask for, of the command. */
const FUNCTION_ACTIONS = ['snapshot', 'copy', 'retire'] as const;
export const ACTIONS = [...FUNCTION_ACTIONS, 'undo', 'adopt'] as const;

const runEventSchema = z.strictObject({
  action: z
    .enum(ACTIONS)
    .describe('What to do. The functions take snapshot, copy and retire, the command takes all of them.'),
  policy: z
    .string()
    .min(1, 'name a policy, or leave it out for all of them')
    .exactOptional()
    .describe('One policy; absent: all of them.'),
  slot: z
    .union([z.literal('current'), parsed(slot)], {
      error: ({ input }) => `'${input}' is neither 'current' nor a moment in UTC; write it as 2026-11-23T02:00:00Z`,
    })
    .exactOptional()
    .describe('snapshot: the scheduled moment, or `current` for the latest that is due; absent: now.'),
  mode: z.enum(['plan', 'apply']).exactOptional().describe('`plan` changes nothing; absent: apply.'),
  target: z
    .strictObject({
      account: parsed<AccountId>(accountId).exactOptional(),
      region: parsed<Region>(region).exactOptional(),
    })
    .refine((place) => Object.keys(place).length > 0, 'name an account, a region or both, or leave it out for all')
    .exactOptional()
    .describe('One account, one region or both; absent: all that the policy file names.'),
  instances: z.array(parsed<InstanceId>(instanceId)).min(1).max(1000).exactOptional().describe('snapshot: these only.'),
  images: z
    .array(parsed<ImageId>(imageId))
    .min(1)
    .max(100)
    .exactOptional()
    .describe("copy: these images' lineages only; undo: the image to bring back."),
  abandoned: z
    .array(z.string().min(1, 'name a lineage as its images have it in amikeep:lineage'))
    .min(1)
    .max(1000)
    .exactOptional()
    .describe('retire: ends these lineages, whose sources are gone, and does nothing else.'),
  confirmNoInstances: z
    .boolean()
    .exactOptional()
    .describe('retire: a person vouches that a region which shows no instance at all really has none.'),
  filter: z
    .record(z.string().min(1, 'name a tag'), z.string())
    .refine((tags) => Object.keys(tags).length > 0, 'name a tag: without one it would be every image of the account')
    .exactOptional()
    .describe('adopt: the tags, with * as a wildcard, of the images to put under the policy.'),
  continuation: z.int().min(0).max(MAX_CONTINUATIONS).exactOptional().describe('How often the run has sent itself on.'),
});

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
  readonly filter?: Readonly<Record<string, string>>;
  readonly continuation: number;
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a payload. Every problem is found at once, each with its path; nothing is done about a payload with any. */
export function parseRunEvent(payload: unknown): ParsedEvent {
  const result = runEventSchema.safeParse(payload);
  const problems = [
    ...(result.error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`),
    ...misplacedFields(payload),
  ];
  if (!result.success || problems.length > 0) return { ok: false, problems };
  const { mode = 'apply', continuation = 0, instances, ...rest } = result.data;
  const once = instances && { instances: [...new Set(instances)] };
  return { ok: true, event: { ...rest, ...once, mode, continuation } };
}

/** Fields that an event of its action has no use for: they tell that something else was meant. */
function misplacedFields(payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null || !('action' in payload)) return [];
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
    ...onlyFor('filter', 'adopt'),
    ...needs('images', 'undo'),
    ...needs('filter', 'adopt'),
    ...needs('policy', 'adopt'),
    ...(unnamed ? ['instances: name the policy that they are to be imaged under'] : []),
  ];
}

/** The payload that {@link parseRunEvent} reads back as the same event. */
export function formatRunEvent({ slot: at, continuation, ...event }: RunEvent): Record<string, unknown> {
  return {
    ...event,
    ...(at !== undefined && { slot: at === 'current' ? at : formatInstant(at) }),
    ...(continuation > 0 && { continuation }),
  };
}

/** The contract for editors and rules. */
export function runEventJsonSchema(): unknown {
  return z.toJSONSchema(runEventSchema, { io: 'input' });
}
