/** Parts of at most `size`; none at all for no items. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return packed(items, size, () => 1);
}

/**
 * Parts, in order, whose items together measure at most `size`. An item that measures more by itself is a part of its
 * own: whether that can be sent is for the call to find out.
 */
export function packed<T>(items: readonly T[], size: number, measure: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const taken = measure(item);
    const part = parts.at(-1);
    if (part && taken <= room) {
      part.push(item);
      room -= taken;
    } else {
      parts.push([item]);
      room = size - taken;
    }
  }
  return parts;
}
