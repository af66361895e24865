import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import type { Discarded } from '../ec2/plane/state.ts';
import type { ResourceTag, RuleTag } from './model.ts';

export type ResourceType = 'EBS_SNAPSHOT' | 'EC2_IMAGE';

/** A retention rule: all that one is, plain data. */
export interface Rule {
  readonly id: string;
  /** Rises in the order of creation. */
  readonly seq: number;
  readonly account: string;
  readonly region: string;
  readonly resourceType: ResourceType;
  readonly days: number;
  readonly description?: string;
  readonly tags?: readonly RuleTag[];
  readonly resourceTags: readonly ResourceTag[];
  readonly excludeResourceTags: readonly ResourceTag[];
  /** Milliseconds since the Unix epoch from which it catches anything. */
  readonly availableAt: number;
}

export const RESOURCE_TYPES: Readonly<Record<Discarded['resource'], ResourceType>> = {
  image: 'EC2_IMAGE',
  snapshot: 'EBS_SNAPSHOT',
};

/**
 * For how many days the rules keep what is deleted; nothing where none catches it. A rule with resource tags catches
 * what has one of them at least, one without catches all but what has one of its exclusion tags, and of several the one
 * that keeps longest counts (EBS User Guide, How Recycle Bin works).
 */
export function daysKept(
  rules: Iterable<Rule>,
  { account, region, resource, tags }: Discarded,
  now: number,
  { binRuleTagWithoutValue }: Ec2Behaviour,
): number | undefined {
  const values = new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  const has = ({ ResourceTagKey, ResourceTagValue }: ResourceTag): boolean => {
    const value = values.get(ResourceTagKey);
    if (value === undefined) return false;
    if (ResourceTagValue === undefined && binRuleTagWithoutValue === 'any-value') return true;
    return value === (ResourceTagValue ?? '');
  };
  let longest: number | undefined;
  for (const rule of rules) {
    if (rule.account !== account || rule.region !== region || rule.resourceType !== RESOURCE_TYPES[resource]) continue;
    if (now < rule.availableAt) continue;
    const catches = rule.resourceTags.length > 0 ? rule.resourceTags.some(has) : !rule.excludeResourceTags.some(has);
    if (catches) longest = Math.max(longest ?? 0, rule.days);
  }
  return longest;
}
