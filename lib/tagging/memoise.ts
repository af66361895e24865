/**
 * A pure function of a text that remembers its answers. A sweep reads a hundred thousand images, on which a few
 * texts come again and again; once `limit` different ones have come it starts afresh, so that it can't grow for ever.
 */
export function memoise<K, V>(limit: number, compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    const hit = known.get(key);
    if (hit) return hit.value;
    const value = compute(key);
    if (known.size >= limit) known.clear();
    known.set(key, { value });
    return value;
  };
}
