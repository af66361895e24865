/** A value in a problem is to be recognised, not read: this much of it, in characters. */
const MOST_SHOWN = 60;

/**
 * What a problem says of a value that will not do, to stand behind its place: the value, and what to write instead.
 *
 * @param remedy an imperative: `write a list of image ids`
 */
export function unfit(value: unknown, remedy: string): string {
  return value === undefined ? `it is missing; ${remedy}` : `${shown(value)} will not do; ${remedy}`;
}

/** The same, as a schema asks for it. */
export function say(remedy: string) {
  return { error: ({ input }: { readonly input?: unknown }) => unfit(input, remedy) };
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
