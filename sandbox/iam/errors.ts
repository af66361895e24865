import { ServiceError } from '../contract.ts';

/**
 * Every error that IAM answers with. The codes and their statuses are those of the IAM API reference, without the
 * `Exception` that the SDK's classes have behind them.
 */

const invalid = (message: string) => new ServiceError('ValidationError', message);

/** @param must what the model asks of the member: `have length less than or equal to 128` */
export const unfitting = (member: string, value: string | number, must: string) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${must}`,
  );

export const badMarker = () => invalid('Invalid Marker.');

export const profileUnknown = (name: string) =>
  new ServiceError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);

export const roleUnknown = (name: string) =>
  new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);

export const profileTaken = (name: string) =>
  new ServiceError('EntityAlreadyExists', `Instance Profile ${name} already exists.`, 409);

export const roleTaken = (name: string) =>
  new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);

export const profileFull = (most: number) =>
  new ServiceError('LimitExceeded', `Cannot exceed quota for InstanceSessionsPerInstanceProfile: ${most}`, 409);

export const policyMalformed = () => new ServiceError('MalformedPolicyDocument', 'This policy contains invalid Json');
