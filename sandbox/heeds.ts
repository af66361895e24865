import { ServiceError } from './contract.ts';

/** Members that an operation heeds: all of what is below (`true`), or only what the next level names. */
type HeedTree = Map<string, HeedTree | true>;

/**
 * Makes the check that no call carries what its operation would not heed: an input that is ignored in silence teaches
 * the caller something false about AWS.
 *
 * @param paths `Name`, `TagSpecifications.Tags.Key`: see `OperationDefinition.heeds`
 * @returns a check that throws ServiceError UnsupportedOperation, which names the first member that is not heeded
 */
export function refuseUnheeded(operation: string, paths: readonly string[]): (input: object) => void {
  const tree: HeedTree = new Map();
  for (const path of paths) plant(tree, path.split('.'));
  return (input) => {
    const path = unheededPath(tree, input);
    if (path === undefined) return;
    throw new ServiceError(
      'UnsupportedOperation',
      `sandbox does not model the member ${path} of ${operation}: leave it out, or add it to the operation and its heeds`,
    );
  };
}

function plant(tree: HeedTree, [head, ...rest]: readonly string[]): void {
  if (head === undefined) return;
  const known = tree.get(head);
  if (known === true) return;
  if (rest.length === 0) {
    tree.set(head, true);
    return;
  }
  const branch: HeedTree = known ?? new Map();
  tree.set(head, branch);
  plant(branch, rest);
}

function unheededPath(tree: HeedTree, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const path = unheededPath(tree, item);
      if (path !== undefined) return path;
    }
    return undefined;
  }
  for (const name of Object.keys(value)) {
    const branch = tree.get(name);
    if (branch === true) continue;
    if (branch === undefined) return name;
    const below = unheededPath(branch, Reflect.get(value, name));
    if (below !== undefined) return `${name}.${below}`;
  }
  return undefined;
}
