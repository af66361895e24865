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

/** The same for what is read of an object that never changes, such as an image: it remembers what the last key gave. */
export function memoiseOf<O extends object, K, V>(compute: (object: O, key: K) => V): (object: O, key: K) => V {
  const known = new WeakMap<O, { readonly key: K; readonly value: V }>();
  return (object, key) => {
    const hit = known.get(object);
    if (hit && hit.key === key) return hit.value;
    const value = compute(object, key);
    known.set(object, { key, value });
    return value;
  };
}
