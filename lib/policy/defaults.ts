import type { Path } from './positions.ts';

/** A policy file's data with what `defaults` says written into each policy that does not say it itself. */
export interface WithDefaults {
  readonly data: unknown;
  /** Where in the text the value at a path of `data` was written: in the policy, or under `defaults`. */
  origin(path: Path): Path;
}

type Data = Readonly<Record<string, unknown>>;

/** Of two keys that stand for the same, the one that a policy writes leaves no room for the other. */
const INSTEAD_OF: ReadonlyMap<string, string> = new Map([
  ['expression', 'expressions'],
  ['expressions', 'expression'],
]);

/**
 * Settings go by the key at the second level: a policy's `retire.mode` wins over that of `defaults`, and `retire.minKeep`
 * still comes from there. What stands at that level is taken whole, and so is a list such as `copies`: nothing is joined.
 *
 * @param data a policy file as YAML has it, in whatever state
 */
export function withDefaults(data: unknown): WithDefaults {
  if (!isMap(data) || !isMap(data.defaults) || !isMap(data.policies)) return { data, origin: (path) => path };
  const { defaults, policies } = data;
  const filled = Object.entries(policies).map(([name, policy]) => [
    name,
    isMap(policy) ? fill(policy, defaults) : policy,
  ]);
  return {
    data: { ...data, policies: Object.fromEntries(filled) },
    origin: (path) => {
      const [first, name, key, setting] = path;
      const own = first === 'policies' ? policies[String(name)] : undefined;
      if (!isMap(own) || key === undefined) return path;
      const [mine, shared] = [own[String(key)], defaults[String(key)]];
      const isWhole = !Object.hasOwn(own, key) && Object.hasOwn(defaults, key);
      if (isWhole && (setting === undefined || !isMap(shared))) return ['defaults', ...path.slice(2)];
      // What is nowhere is missing in the policy.
      if (setting === undefined || !isMap(shared) || !Object.hasOwn(shared, setting)) return path;
      return isWhole || (isMap(mine) && !Object.hasOwn(mine, setting)) ? ['defaults', ...path.slice(2)] : path;
    },
  };
}

function fill(policy: Data, defaults: Data): Data {
  const parts = Object.entries(defaults).map(([key, shared]) => {
    const own = policy[key];
    if (!Object.hasOwn(policy, key)) return [key, shared];
    if (!isMap(own) || !isMap(shared)) return [key, own];
    const kept = Object.entries(shared).filter(([setting]) => !Object.hasOwn(own, INSTEAD_OF.get(setting) ?? setting));
    return [key, { ...Object.fromEntries(kept), ...own }];
  });
  return { ...policy, ...Object.fromEntries(parts) };
}

function isMap(data: unknown): data is Data {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
