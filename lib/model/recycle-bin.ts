import type { Tags } from './resources.ts';

/** A retention rule of the region's Recycle Bin: what it catches does not vanish when it is deleted. */
export interface RecycleBinRule {
  /** Eleven letters and digits. */
  readonly id: string;
  readonly resource: 'image' | 'snapshot';
  readonly retentionDays: number;
  /** What is caught has one of these; where there are none, the rule is one for the whole region. */
  readonly tags: readonly RuleTag[];
  /** What has one of these is not caught; only rules for the whole region have any. */
  readonly excludeTags: readonly RuleTag[];
}

export interface RuleTag {
  readonly key: string;
  /** Absent: any value. */
  readonly value?: string;
}

/**
 * The rule that keeps what has these tags and is deleted; of several, the one that keeps it longest (EBS User Guide,
 * How Recycle Bin works), and of those the one whose id comes first.
 *
 * @param rules rules of one kind of resource
 */
export function caughtBy(rules: readonly RecycleBinRule[], tags: Tags): RecycleBinRule | undefined {
  let longest: RecycleBinRule | undefined;
  for (const rule of rules) {
    if (catches(rule, tags) && (longest === undefined || outlasts(rule, longest))) longest = rule;
  }
  return longest;
}

function catches({ tags: wanted, excludeTags }: RecycleBinRule, tags: Tags): boolean {
  const has = ({ key, value }: RuleTag) => Object.hasOwn(tags, key) && (value === undefined || tags[key] === value);
  return wanted.length > 0 ? wanted.some(has) : !excludeTags.some(has);
}

function outlasts(rule: RecycleBinRule, other: RecycleBinRule): boolean {
  if (rule.retentionDays !== other.retentionDays) return rule.retentionDays > other.retentionDays;
  return rule.id < other.id;
}
