/** An answer in which nothing is left that differs from run to run. */
export type Comparable =
  | string
  | number
  | boolean
  | null
  | readonly Comparable[]
  | { readonly [key: string]: Comparable };

/** What every run makes up anew, and its place holder. */
const PASSING: ReadonlyMap<string, string> = new Map([
  ['NextToken', '(token)'],
  ['ClientToken', '(token)'],
]);

const ID = /\b(ami|eni|eni-attach|i|lt|r|sg|snap|subnet|vol|vpc)-[0-9a-f]{8,17}\b/g;
/** As a field of its own, within a text, and as EBS writes milliseconds in the description of a copy. */
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?|\b\d{1,3}(?:,\d{3}){4}\b/g;
/** In the ARNs of Auto Scaling. */
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** By itself, and in the names of hosts. */
const ADDRESS = /\b\d{1,3}(?:-\d{1,3}){3}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
/** Of a network interface. */
const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g;

/**
 * An answer as it is compared: ids under the names that the scenario gave them, those without a name by their kind,
 * times, addresses and tokens as such, and nothing of the answer's way here.
 */
export function normalise(value: unknown, names: ReadonlyMap<string, string>): Comparable {
  if (value instanceof Date) return '(time)';
  if (typeof value === 'string') {
    const named = value.replace(ID, (id, kind) => names.get(id) ?? `(${kind})`);
    return named.replace(TIME, '(time)').replace(UUID, '(uuid)').replace(ADDRESS, '(address)').replace(MAC, '(mac)');
  }
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => normalise(item, names));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => key !== '$metadata' && member !== undefined)
      .map(([key, member]) => [key, PASSING.get(key) ?? normalise(member, names)]),
  );
}
