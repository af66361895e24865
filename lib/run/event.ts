import type { AccountId, ImageId, InstanceId, Region } from '../model/ids.ts';
import { formatInstant, type Instant } from '../model/time.ts';
import { isReservedKey } from '../tagging/tag-keys.ts';
import { ACTIONS, type FUNCTION_ACTIONS, runEventSchema } from './event-schema.ts';

/**
 * The one event contract: schedules, fan-out, continuation and people send the same payload. Without a target the run
 * expands itself into one event for each; with one it does the work.
 */

export type Action = (typeof FUNCTION_ACTIONS)[number];
export type AnyAction = (typeof ACTIONS)[number];
export type Mode = 'plan' | 'apply';

/** The roles in other accounts by which people act, each for what it lets them do. */
export const PERSONS_ROLES = ['plan', 'operate'] as const;
export type PersonsRole = (typeof PERSONS_ROLES)[number];

export interface RunEvent {
  readonly action: AnyAction;
  readonly policy?: string;
  readonly slot?: Instant | 'current';
  readonly mode: Mode;
  readonly target?: { readonly account?: AccountId; readonly region?: Region };
  readonly instances?: readonly InstanceId[];
  readonly images?: readonly ImageId[];
  readonly lineages?: readonly string[];
  readonly sweep?: boolean;
  /** One of several that stand for an event: what it names may be in the place of another. */
  readonly spread?: true;
  readonly abandoned?: readonly string[];
  readonly policyGone?: string;
  readonly confirmNoInstances?: boolean;
  readonly leftovers?: boolean;
  readonly orphans?: boolean;
  readonly unsealed?: true;
  readonly filter?: Readonly<Record<string, string>>;
  readonly continuation: number;
  readonly until?: Instant;
}

/** Whether it names what is to be drilled. Without a name, a drill event asks for all that is due. */
export function namesDrills({ action, images, lineages }: RunEvent): boolean {
  return action === 'drill' && (images ?? lineages) !== undefined;
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
    ...unaskableTags(payload),
  ];
  if (!result.success || problems.length > 0) return { ok: false, problems };
  const { mode = 'apply', continuation = 0, instances, ...rest } = result.data;
  const once = instances && { instances: [...new Set(instances)] };
  return { ok: true, event: { ...rest, ...once, mode, continuation } };
}

/**
 * The schema's record drops a member named `__proto__` without a word, as it is no key like others in JavaScript. One
 * tag less asks for more images than were meant, so this is said instead. And of amikeep's own tags a pattern would take
 * whatever anybody has written them onto.
 */
function unaskableTags(payload: unknown): string[] {
  if (!isObject(payload) || !('filter' in payload) || !isObject(payload.filter)) return [];
  const patterns = Object.entries(payload.filter).filter(
    ([key, value]) => isReservedKey(key) && typeof value === 'string' && /[*?]/.test(value),
  );
  return [
    ...(Object.hasOwn(payload.filter, '__proto__')
      ? ['filter.__proto__: no tag of this name can be asked for; name another that the images bear']
      : []),
    ...patterns.map(
      ([key, value]) =>
        `filter.${key}: '${value}' takes any image that somebody has written amikeep's tag onto; write the whole value, of one image after the other`,
    ),
  ];
}

/** Fields that an event of its action has no use for: they tell that something else was meant. */
function misplacedFields(payload: unknown): string[] {
  if (!isObject(payload) || !('action' in payload)) return [];
  const action = ACTIONS.find((known) => known === payload.action);
  if (!action) return [];
  const onlyFor = (field: string, ...takers: readonly AnyAction[]) =>
    field in payload && !takers.includes(action) ? [`${field}: ${action} takes no ${field}; leave it out`] : [];
  const narrowed = ['policy', 'abandoned'].filter((field) => 'policyGone' in payload && field in payload);
  const unnamed = action === 'snapshot' && 'instances' in payload && !('policy' in payload);
  const needs = (field: string, ...takers: readonly AnyAction[]) =>
    takers.includes(action) && !(field in payload) ? [`${field}: ${action} needs it`] : [];
  return [
    ...onlyFor('policy', 'snapshot', 'copy', 'retire', 'drill', 'adopt'),
    ...onlyFor('slot', 'snapshot'),
    ...onlyFor('instances', 'snapshot'),
    ...onlyFor('images', 'undo', 'drill'),
    ...onlyFor('lineages', 'drill'),
    ...onlyFor('sweep', 'drill'),
    ...onlyFor('spread', 'drill'),
    ...onlyFor('abandoned', 'retire'),
    ...onlyFor('policyGone', 'retire'),
    ...onlyFor('confirmNoInstances', 'retire'),
    ...onlyFor('leftovers', 'retire'),
    ...onlyFor('orphans', 'retire'),
    ...onlyFor('unsealed', 'adopt'),
    ...onlyFor('filter', 'adopt'),
    ...needs('images', 'undo'),
    ...('unsealed' in payload ? [] : [...needs('filter', 'adopt'), ...needs('policy', 'adopt')]),
    ...('unsealed' in payload && 'filter' in payload
      ? ['unsealed: it goes without a filter; leave out one of the two']
      : []),
    ...('orphans' in payload && 'leftovers' in payload
      ? ['leftovers: orphans are what it searches for; leave it out']
      : []),
    ...['policy', 'images', 'lineages']
      .filter((field) => 'sweep' in payload && payload.sweep === true && field in payload)
      .map((field) => `sweep: it looks after all drills that are there; leave ${field} out`),
    ...narrowed.map((field) => `policyGone: it names all that ends; leave ${field} out`),
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
