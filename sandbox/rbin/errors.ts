import { ServiceError } from '../contract.ts';

/** The errors of the Recycle Bin's API of 2021-06-15, with the statuses of AWS's model. */

export const validation = (message: string) => new ServiceError('ValidationException', message);

export const ruleNotFound = (id: string) =>
  new ServiceError('ResourceNotFoundException', `There is no rule ${id} in this Region.`, 404);

export const quotaReached = (most: number) =>
  new ServiceError('ServiceQuotaExceededException', `A Region has at most ${most} rules.`, 402);

/** AWS has it, so this refusal is the sandbox's own. */
export const notModelled = (what: string) =>
  new ServiceError('UnsupportedOperation', `sandbox does not model ${what}: leave them out`);
