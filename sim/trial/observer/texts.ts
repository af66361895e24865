/** The texts at a path of an input or an output, through lists. */
export function textsAt(value: unknown, ...path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, ...path));
  const [member, ...rest] = path;
  if (member === undefined) return typeof value === 'string' ? [value] : [];
  return isRecord(value) ? textsAt(value[member], ...rest) : [];
}

/** The first text at a path; an empty one where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  return textsAt(value, ...path)[0] ?? '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
