import type { ServiceOperations } from '../contract.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { roleOperations } from './roles.ts';
import { type IamParts, IamState } from './state.ts';

export interface IamService {
  readonly operations: ServiceOperations;
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
    dump: () => state.dump(),
    load: (dump) => state.load(dump),
    reset: () => state.clear(),
  };
}
