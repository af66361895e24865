import ACTIONS from './actions.json' with { type: 'json' };

/**
 * What AWS's Service Authorization Reference says of each action that the roles allow: whether it writes, which kinds
 * of resources it is asked about, and which keys AWS tells with them. A key that is not listed is not told.
 */
export interface ActionFacts {
  readonly write: boolean;
  readonly conditionKeys: readonly string[];
  readonly resources: Readonly<Record<string, { readonly arn: string; readonly conditionKeys: readonly string[] }>>;
}

const FACTS: Readonly<Record<string, ActionFacts>> = ACTIONS;

/** Told of every request, whatever the action. */
const GLOBAL_KEYS = ['aws:CalledVia', 'aws:RequestedRegion', 'aws:ResourceAccount'];

export function factsOf(action: string): ActionFacts {
  const facts = FACTS[action];
  if (!facts) throw new TypeError(`actions.json has nothing on ${action}`);
  return facts;
}

/** Whether AWS tells a key of a kind of resource that an action is asked about. */
export function isTold(key: string, action: string, type: string | undefined): boolean {
  const { conditionKeys, resources } = factsOf(action);
  const listed = [...GLOBAL_KEYS, ...conditionKeys, ...(resources[type ?? '']?.conditionKeys ?? [])];
  // `aws:RequestTag/${TagKey}` stands for every key that begins so.
  return listed.some((one) => {
    const [prefix = '', template] = one.split('$');
    return template === undefined ? key === one : key.startsWith(prefix);
  });
}
