import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/** What someone wrote for the sandbox makes no sense; the message names place, value and remedy. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

/**
 * Says what is wrong with a value that a schema refused: place, value and what is wanted, a line each.
 *
 * @param whole what the place of a problem with the value as a whole is called
 */
export function describeProblems(error: z.ZodError, value: unknown, whole: string): string {
  return error.issues
    .map(({ path, message }) => problem(path.length === 0 ? whole : path.join('.'), valueAt(value, path), message))
    .join('\n');
}

/** One problem: place, value, and what is wrong or wanted. */
export function problem(place: string, value: unknown, message: string): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return `${place}: ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text} will not do: ${message}`;
}

/** A value is to be recognised, not read: this much of it, in characters. */
const MOST_SHOWN = 80;

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    found = typeof found === 'object' && found !== null ? new Map(Object.entries(found)).get(String(part)) : undefined;
  }
  return found;
}

/** What to write instead of a name that is not there: the one that was meant, or any. */
export function remedyFor(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? `use one of ${names.toSorted().join(', ')}` : `did you mean ${near}?`;
}

/** The name that differs in the fewest letters, if it is near enough not to be chance. Case counts for nothing. */
function nearest(word: string, names: readonly string[]): string | undefined {
  const slips = (name: string) => distance(word.toLowerCase(), name.toLowerCase());
  const [best] = names.toSorted((one, other) => slips(one) - slips(other));
  return best !== undefined && slips(best) <= Math.max(2, Math.floor(word.length / 3)) ? best : undefined;
}
