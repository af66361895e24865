import type { NormalizedSchema } from '@smithy/core/schema';

type Table = Readonly<Record<string, readonly string[]>>;

/** An answer as it is read by a client whose structures have the members alone that the table has of them. */
export function keptOf(schema: NormalizedSchema, value: unknown, table: Table): unknown {
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((item: unknown) => keptOf(schema.getValueSchema(), item, table));
  }
  if (!schema.isStructSchema() || !isRecord(value)) return value;
  const read = table[schema.getName() ?? ''];
  const members = new Map(schema.structIterator());
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, content]) => {
      const member = members.get(name);
      if (!member) return [[name, content]];
      return read && !read.includes(name) ? [] : [[name, keptOf(member, content, table)]];
    }),
  );
}

/** The structures that an answer is made of, by name, with all of their members. */
export function structuresOf(schema: NormalizedSchema, known = new Map<string, readonly string[]>()) {
  if (schema.isListSchema()) structuresOf(schema.getValueSchema(), known);
  const name = schema.getName() ?? '';
  if (!schema.isStructSchema() || known.has(name)) return known;
  const members = [...schema.structIterator()];
  known.set(
    name,
    members.map(([member]) => member),
  );
  for (const [, member] of members) structuresOf(member, known);
  return known;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
