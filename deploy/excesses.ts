import type { Inconsistency } from '../lib/policy/consistency.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { describeExcess, type Excess, excessesIn, type Measured } from './limits.ts';
import { longestIn } from './permissions.ts';
import { functionsOf, type Resource } from './template.ts';

/** A function, its logs, and how it is retried. */
const OF_A_FUNCTION = 3;
/** The bucket that osls deploys from, and its policy. */
const OF_ANY_STACK = 2;
/** More bytes than one of them takes in the template. */
const OSLS_BYTES = 2_000;

/** How many resources osls makes beside ours. */
export function oslsResources(file: PolicyFile): number {
  return OF_ANY_STACK + functionsOf(file).length * OF_A_FUNCTION;
}

/** A template with as much room taken as osls will need of it. */
export function withOsls(file: PolicyFile, { Resources, Outputs }: Measured): Measured {
  const theirs = Array.from({ length: oslsResources(file) }, (_, index): [string, Resource] => [
    `Osls${index}`,
    { Type: 'o'.repeat(OSLS_BYTES), Properties: {} },
  ]);
  return { Resources: { ...Resources, ...Object.fromEntries(theirs) }, ...(Outputs && { Outputs }) };
}

/**
 * What of a policy file makes more than AWS takes: each once, with the account or the policy from which on it is too
 * much.
 *
 * @param templateOf the template of a part of the file
 */
export function findExcesses(file: PolicyFile, templateOf: (part: PolicyFile) => Measured): Inconsistency[] {
  const found = excessesIn(templateOf(file), longestIn(file));
  const once = new Map(found.map((excess) => [nameOf(excess), excess]));
  return [...once.values()].map((excess) => {
    const exceeds = (part: PolicyFile) =>
      excessesIn(templateOf(part), longestIn(part)).some((other) => nameOf(other) === nameOf(excess));
    return {
      path: placeOf(file, exceeds),
      message: `is too much for AWS: ${describeExcess(excess)}; ${excess.limit.remedy ?? MOVE}`,
    };
  });
}

const MOVE = 'move what comes from here on into a policy file of its own, with another deployment';

function nameOf({ of, limit }: Excess): string {
  // Each policy has schedules and alarms of its own: of those the first one is told of.
  return `${of.split(' ')[0]} ${limit.what}`;
}

/** The first account with which it is too much, or the first policy; else what all names are made of. */
function placeOf(file: PolicyFile, exceeds: (part: PolicyFile) => boolean): Inconsistency['path'] {
  const { policies, accounts } = file;
  if (!exceeds({ ...file, accounts: [] })) {
    return ['accounts', least(accounts.length, (most) => exceeds({ ...file, accounts: accounts.slice(0, most) })) - 1];
  }
  if (!exceeds({ ...file, policies: [] })) {
    const count = least(policies.length, (most) => exceeds({ ...file, policies: policies.slice(0, most) }));
    return ['policies', policies[count - 1]?.name ?? ''];
  }
  return ['deployment'];
}

/** The least number up to `most` with which something holds that holds for all greater ones as well. */
function least(most: number, holds: (count: number) => boolean): number {
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
