/** So many different texts are remembered as ones that records may have in common. */
const MOST_SHARED = 50_000;

const shared = new Map<string, string>();

/**
 * The same text by itself. What is cut out of an answer keeps the whole answer in memory: megabytes for a page of images, of
 * which a hundredth is needed.
 */
export function alone(text: string): string {
  return Buffer.from(text).toString();
}

/** The same text by itself, and once for all that have it, such as rules, policies, slots and recipes: not for what no two have. */
export function aloneOnce(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  const copy = alone(text);
  if (shared.size >= MOST_SHARED) shared.clear();
  shared.set(copy, copy);
  return copy;
}
