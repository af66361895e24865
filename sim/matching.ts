import { accountId, imageId, instanceId, region } from '../lib/model/ids.ts';
import type { Instance } from '../lib/model/resources.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { explainSelection, selectionFunnel } from '../lib/policy/select.ts';
import type { InstanceSpec } from './fleet.ts';
import { counted } from './tables.ts';

/** How a fleet and a policy file go together. */
export interface Matching {
  /** How many instances of the fleet at least one policy selects in its source regions. */
  readonly selected: number;
  /** For each policy that selects nothing, which condition removed how many; a sentence each. */
  readonly problems: readonly string[];
}

export function matchFleet(file: PolicyFile, fleet: readonly InstanceSpec[]): Matching {
  const here = fleet.filter((spec) => file.regions.some((one) => one === spec.region)).map(asInstance);
  const problems: string[] = [];
  const elsewhere = fleet.length - here.length;
  if (elsewhere > 0) {
    const are = elsewhere === 1 ? 'is in a region' : 'are in regions';
    const looked = file.regions.join(', ');
    problems.push(
      `${elsewhere} of ${counted(fleet.length, 'instance')} ${are} other than ${looked}, where no policy looks`,
    );
  }
  const selected = new Set<Instance>();
  for (const policy of file.policies) {
    const mine = here.filter((instance) => explainSelection(policy.select, instance).selected);
    for (const instance of mine) selected.add(instance);
    if (mine.length > 0) continue;
    const steps = selectionFunnel(policy.select, here).map(
      ({ condition, removed, left }) => `'${condition}' removed ${removed}, ${left} left`,
    );
    problems.push(`policy ${policy.name} selects none of ${counted(here.length, 'instance')}: ${steps.join('; ')}`);
  }
  return { selected: selected.size, problems };
}

/** A spec as what selectors judge; what they don't look at is made up. */
function asInstance(spec: InstanceSpec): Instance {
  return {
    id: instanceId(spec.origin ?? 'i-00000000'),
    account: accountId('000000000000'),
    region: region(spec.region),
    state: spec.state,
    imageId: imageId('ami-00000000'),
    rootDevice: 'ebs',
    rootDeviceName: '/dev/xvda',
    volumes: [],
    tags: spec.tags,
  };
}
