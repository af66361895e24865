import type { RetireRules } from '../model/retire-rules.ts';
import type { RetireSettings } from '../policy/policy.ts';

/** What of a policy's settings is stamped on its images, to hold on when the policy is gone. The cap is the sweep's. */
export function stampedRetire({ maxPerDay: _, ...rules }: RetireSettings): RetireRules {
  return rules;
}
