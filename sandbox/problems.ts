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
    .map(({ path, message }) => {
      const place = path.length === 0 ? whole : path.join('.');
      return `${place}: ${JSON.stringify(valueAt(value, path)) ?? 'nothing'} will not do: ${message}`;
    })
    .join('\n');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    found = typeof found === 'object' && found !== null ? new Map(Object.entries(found)).get(String(part)) : undefined;
  }
  return found;
}
