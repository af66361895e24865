/** The texts at a path of an input, through lists. */
export function textsAt(value: unknown, ...path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, ...path));
  const [member, ...rest] = path;
  if (member === undefined) return typeof value === 'string' ? [value] : [];
  return typeof value === 'object' && value !== null
    ? textsAt(new Map(Object.entries(value)).get(member), ...rest)
    : [];
}
