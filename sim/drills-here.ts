import type { Policy, PolicyFile } from '../lib/policy/policy.ts';

/**
 * The policies with drills as they can be rehearsed: how far an image of a person's server would come, and on which types it
 * runs, nobody knows here.
 */
export function drillsHere(file: PolicyFile): PolicyFile {
  return { ...file, policies: file.policies.map(asRehearsed) };
}

/** What whoever rehearses should know of the drills, a sentence each. */
export function assumptionsOfDrills({ policies }: PolicyFile): string[] {
  if (!policies.some(({ drill }) => drill)) return [];
  return [
    'drills: a sealed network is made here in the place of each that drill.network names; npx amikeep plan drill looks at yours',
    "drills: each is of its server's own type and as far as EC2's status checks, whatever instanceType and check say",
  ];
}

function asRehearsed(policy: Policy): Policy {
  if (!policy.drill) return policy;
  const { console: _line, document: _command, ...drill } = policy.drill;
  return { ...policy, drill: { ...drill, check: 'status', instanceType: 'same' } };
}
