import { readPolicyFile } from '../lib/lambda/settings.ts';
import { alarmResources } from './alarms.ts';
import { dashboardResources } from './dashboard.ts';
import { permissionsOf, type Statement } from './permissions.ts';
import { type Resources, scheduleResources } from './schedules.ts';

/** What serverless.yml takes from the policy file. */
export interface Stack {
  readonly deployment: string;
  /** Where the functions and their bus are: the first of the source regions. */
  readonly homeRegion: string;
  readonly permissions: readonly Statement[];
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
    permissions: permissionsOf(file),
    schedules: {
      Resources: { ...scheduleResources(file), ...alarmResources(file), ...dashboardResources(file) },
    },
    copiesAsked: file.policies.some(({ copies }) => copies.length > 0),
  };
}
