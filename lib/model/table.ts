/**
 * The keys of a table, in the order in which it is written. `Object.keys` gives texts, since an object may hold more than
 * its type says.
 */
export function keysOfTable<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));
}

/** A table with the same keys in the same order, and for each row what is made of it. */
export function mapTable<Key extends string, Row, Made>(
  table: Readonly<Record<Key, Row>>,
  make: (row: Row, key: Key) => Made,
): Record<Key, Made>;
export function mapTable<Row, Made>(
  table: Readonly<Record<string, Row>>,
  make: (row: Row, key: string) => Made,
): Record<string, Made> {
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [key, make(row, key)]));
}
