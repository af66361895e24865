import { readPolicyFile } from '../lib/lambda/settings.ts';
import { roleResources } from './permissions.ts';
import { type Resources, scheduleResources } from './schedules.ts';

/** What serverless.yml takes from the policy file. */
export interface Stack {
  readonly deployment: string;
  /** Where the functions and their bus are: the first of the source regions. */
  readonly homeRegion: string;
  readonly roles: { readonly Resources: Resources };
  readonly schedules: { readonly Resources: Resources };
  /** EC2's own word that an image is available, for the copy function; off where no policy asks for copies. */
  readonly copiesAsked: boolean;
}

/** @throws InputError with every mistake in the policy file, each with its line */
export function stackOf(policyFile: string): Stack {
  const file = readPolicyFile(policyFile);
  const [homeRegion] = file.regions;
  if (homeRegion === undefined) throw new TypeError(`${policyFile} names no region, which its schema forbids`);
  return {
    deployment: file.deployment,
    homeRegion,
    roles: { Resources: roleResources(file) },
    schedules: { Resources: scheduleResources(file) },
    copiesAsked: file.policies.some(({ copies }) => copies.length > 0),
  };
}
