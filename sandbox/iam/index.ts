import type { ServiceOperations } from '../contract.ts';
import type { InstanceProfiles } from '../ec2/plane/instance-profiles.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { roleOperations } from './roles.ts';
import { profileArn } from './shown.ts';
import { type IamParts, IamState } from './state.ts';

export interface IamService {
  readonly operations: ServiceOperations;
  /** The instance profile of an account by its name, as a launch sees it. */
  readonly profile: InstanceProfiles;
  /** The whole state as plain JSON. */
  dump(): unknown;
  /** Takes the state that `dump` gave in the place of its own; nothing leaves none. */
  load(state: unknown): void;
  /** Back to the start: no roles, no instance profiles. */
  reset(): void;
}

/**
 * As much of IAM as tells which instance profiles there are and which role is in each. It is one for all regions, and
 * forbids nothing: who may do what is up to the settings `roles` and `allowedActions`.
 */
export function createIamService(parts: IamParts): IamService {
  const state = new IamState(parts);
  return {
    operations: { ...roleOperations(state), ...instanceProfileOperations(state) },
    profile: (account, name) => {
      const own = state.of(account);
      const entry = own.profiles.get(name);
      return entry && { arn: profileArn(own, entry), id: entry.id, hasRole: entry.roles.length > 0 };
    },
    dump: () => state.dump(),
    load: (dump) => state.load(dump),
    reset: () => state.clear(),
  };
}
