/**
 * The keys of a table, in the order in which it is written. `Object.keys` gives texts, since an object may hold more than
 * its type says.
 */
export function keysOfTable<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));
}
