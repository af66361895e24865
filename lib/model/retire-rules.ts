/**
 * How images that no keep rule wants are retired: what a policy says, and what is stamped on each image for the time when
 * the policy is gone.
 */
export interface RetireRules {
  /** `plan` proposes, `apply` does it. */
  readonly mode: 'plan' | 'apply';
  /** How many versions of a lineage always stay in each region, whatever the keep rules say; one at least. */
  readonly minKeep: number;
  /** For how many days an image is deprecated before the next stage; 0 leaves the stage out. */
  readonly deprecateDays: number;
  /** For how many days an image is disabled before it is deregistered; 0 leaves the stage out. */
  readonly disableDays: number;
  /** How many days after its last version a lineage whose source is gone ends, its newest images included. */
  readonly endAfterSourceGoneDays: number | 'never';
  /** What a later version wrote on an image beside this, word for word, and this one does not know. */
  readonly unknown?: readonly string[];
}

/** Rules as far as this version may act on them: of what it cannot read whole nothing is retired, and no lineage ends. */
export function asFarAsKnown(rules: RetireRules): RetireRules {
  return rules.unknown ? { ...rules, mode: 'plan', endAfterSourceGoneDays: 'never' } : rules;
}
