import type { InstanceId } from '../model/ids.ts';
import type { Instance, Tags } from '../model/resources.ts';
import { matchesPattern } from './pattern.ts';
import type { Selector } from './policy.ts';

/** Which part of a selector an instance failed. */
export type SelectionCondition = 'drill' | 'tag' | 'exclude' | 'instances' | 'excludeInstances' | 'state';

export type Selection =
  | { readonly selected: true }
  | {
      readonly selected: false;
      readonly condition: SelectionCondition;
      /** `tag Backup is 'weekly', the policy wants 'nightly'` */
      readonly reason: string;
    };

/** What one condition did to the instances that those before it had left. */
export interface FunnelStep {
  /** `tag Backup is 'nightly'` */
  readonly condition: string;
  readonly removed: number;
  readonly left: number;
}

/** An instance that a policy leaves out by the case of a letter. */
export interface NearMiss {
  readonly instance: InstanceId;
  /** `has the tag backup, the policy wants Backup: case counts` */
  readonly reason: string;
}

interface Condition {
  readonly kind: SelectionCondition;
  readonly text: string;
  /** Why the instance fails the condition, or undefined if it meets it. */
  refusal(instance: Instance): string | undefined;
}

/** Whether a policy takes an instance, and if not, the first condition that the instance fails. */
export function explainSelection(selector: Selector, instance: Instance): Selection {
  for (const condition of conditionsOf(selector)) {
    const reason = condition.refusal(instance);
    if (reason !== undefined) return { selected: false, condition: condition.kind, reason };
  }
  return { selected: true };
}

/**
 * The instances that a lineage tag's value may be claimed by: what a policy takes, whatever state it is in but gone. One that
 * is stopped still has its lineage, and nobody goes on with that in its stead.
 */
export function claimants(selector: Selector, instances: readonly Instance[]): Instance[] {
  const conditions = conditionsOf(selector).filter(({ kind }) => kind !== 'state');
  return instances.filter(
    (instance) => instance.state !== 'terminated' && conditions.every(({ refusal }) => refusal(instance) === undefined),
  );
}

/** How many instances each condition removes, in the order in which they are applied. */
export function selectionFunnel(selector: Selector, instances: readonly Instance[]): FunnelStep[] {
  let left = instances;
  const steps = conditionsOf(selector).map((condition) => {
    const before = left.length;
    left = left.filter((instance) => condition.refusal(instance) === undefined);
    return { condition: condition.text, removed: before - left.length, left: left.length };
  });
  // Where there are no drills nobody has to hear of them.
  return steps.filter(({ condition, removed }) => condition !== NO_DRILL.text || removed > 0);
}

/** The instances that fail a wanted tag only because a key or a value is written in another case. */
export function nearMisses(selector: Selector, instances: readonly Instance[]): NearMiss[] {
  return instances.flatMap((instance) =>
    Object.entries(selector.tags).flatMap(([key, patterns]) => {
      const reason = nearMissOf(key, patterns, instance.tags);
      return reason === undefined ? [] : [{ instance: instance.id, reason }];
    }),
  );
}

function nearMissOf(key: string, patterns: readonly string[], tags: Tags): string | undefined {
  const value = tagValue(tags, key);
  if (value === undefined) {
    const other = Object.keys(tags).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    return other === undefined ? undefined : `has the tag ${other}, the policy wants ${key}: case counts`;
  }
  if (matchesAny(patterns, value)) return undefined;
  const near = patterns.find((pattern) => matchesPattern(pattern.toLowerCase(), value.toLowerCase()));
  return near === undefined ? undefined : `has ${key} '${value}', the policy wants '${near}': case counts`;
}

const known = new WeakMap<Selector, readonly Condition[]>();

/** The conditions of a selector, made once, since a fleet is asked about one instance at a time. */
function conditionsOf(selector: Selector): readonly Condition[] {
  const conditions = known.get(selector) ?? makeConditions(selector);
  known.set(selector, conditions);
  return conditions;
}

/** A selector as conditions, in an order that gives the most telling reason first. */
function makeConditions(selector: Selector): readonly Condition[] {
  return [
    NO_DRILL,
    ...Object.entries(selector.tags).map(([key, patterns]) => tagCondition(key, patterns)),
    ...Object.entries(selector.exclude).map(([key, patterns]) => excludeCondition(key, patterns)),
    ...(selector.instances === undefined ? [] : [instancesCondition(selector.instances)]),
    ...(selector.excludeInstances.length === 0 ? [] : [excludeInstancesCondition(selector.excludeInstances)]),
    stateCondition(selector.states),
  ];
}

/** Whatever tags somebody, or something that tags all there is, has put on it: it is a clone that ends within hours. */
const NO_DRILL: Condition = {
  kind: 'drill',
  text: 'is no drill',
  refusal: ({ isDrill }) => (isDrill ? 'is a drill, which no policy makes images of' : undefined),
};

function tagCondition(key: string, patterns: readonly string[]): Condition {
  const wanted = anyOf(patterns);
  return {
    kind: 'tag',
    text: `tag ${key} is ${wanted}`,
    refusal({ tags }) {
      const value = tagValue(tags, key);
      if (value === undefined) return `has no tag ${key}, the policy wants ${wanted}`;
      return matchesAny(patterns, value) ? undefined : `tag ${key} is '${value}', the policy wants ${wanted}`;
    },
  };
}

function excludeCondition(key: string, patterns: readonly string[]): Condition {
  const unwanted = anyOf(patterns);
  return {
    kind: 'exclude',
    text: `tag ${key} is not ${unwanted}`,
    refusal({ tags }) {
      const value = tagValue(tags, key);
      return value !== undefined && matchesAny(patterns, value)
        ? `tag ${key} is '${value}', the policy excludes ${unwanted}`
        : undefined;
    },
  };
}

function instancesCondition(wanted: readonly InstanceId[]): Condition {
  const ids = new Set(wanted);
  return {
    kind: 'instances',
    text: `is among the policy's instances (${ids.size})`,
    refusal: ({ id }) => (ids.has(id) ? undefined : `${id} is not among the policy's instances`),
  };
}

function excludeInstancesCondition(unwanted: readonly InstanceId[]): Condition {
  const ids = new Set(unwanted);
  return {
    kind: 'excludeInstances',
    text: `is not among the policy's excluded instances (${ids.size})`,
    refusal: ({ id }) => (ids.has(id) ? `${id} is among the policy's excluded instances` : undefined),
  };
}

function stateCondition(states: Selector['states']): Condition {
  const wanted = states.join(' or ');
  return {
    kind: 'state',
    text: `is ${wanted}`,
    refusal: ({ state }) =>
      states.some((one) => one === state) ? undefined : `is ${state}, the policy wants ${wanted}`,
  };
}

function anyOf(patterns: readonly string[]): string {
  return patterns.map((pattern) => `'${pattern}'`).join(' or ');
}

function matchesAny(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, value));
}

/** Tags may be called `constructor`, which every object seems to have. */
function tagValue(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}
