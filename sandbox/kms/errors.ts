import { type CallContext, ServiceError } from '../contract.ts';

/**
 * Every error that KMS answers with. The codes are those of the KMS API reference, and so is the status of all of them;
 * the texts that clients show are as recorded from AWS, where a record was found.
 */

const invalid = (message: string) => new ServiceError('ValidationException', message);

/** @param must what the model asks of the member: `have length less than or equal to 4096` */
export const unfitting = (member: string, value: string | number | undefined, must: string) =>
  invalid(
    `1 validation error detected: Value${value === undefined ? '' : ` '${value}'`} at '${member}' failed to satisfy constraint: Member must ${must}`,
  );

export const keyUnknown = (arn: string) => new ServiceError('NotFoundException', `Key '${arn}' does not exist`);

export const aliasUnknown = (arn: string) => new ServiceError('NotFoundException', `Alias ${arn} is not found.`);

/** Where only a key's own id or ARN will do. */
export const notAKeyId = (named: string) => new ServiceError('NotFoundException', `Invalid keyId '${named}'`);

export const wrongRegion = (region: string) => new ServiceError('NotFoundException', `Invalid arn ${region}`);

export const notLetIn = ({ account }: CallContext, operation: string, arn: string) =>
  new ServiceError(
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: kms:${operation} on resource: ${arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  );

export const disabled = (arn: string) => new ServiceError('DisabledException', `${arn} is disabled.`);

export const pendingDeletion = (arn: string) =>
  new ServiceError('KMSInvalidStateException', `${arn} is pending deletion.`);

export const wrongUsage = (arn: string, usage: string, operation: string) =>
  new ServiceError('InvalidKeyUsageException', `${arn} key usage is ${usage} which is not valid for ${operation}.`);

export const wrongAlgorithm = (algorithm: string, spec: string) =>
  new ServiceError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${spec}.`);

/** No record of the text was found. */
export const wrongMessageType = (type: string, algorithm: string) =>
  invalid(`Message type ${type} is incompatible with algorithm ${algorithm}.`);

/** No record of the text was found. */
export const noPublicKey = (arn: string) =>
  new ServiceError('UnsupportedOperationException', `${arn} is a symmetric key, which has no public key.`);

export const usageMissing = () =>
  invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');

export const usageUnfit = (usage: string, spec: string) =>
  invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);

export const aliasTaken = (arn: string) =>
  new ServiceError('AlreadyExistsException', `An alias with the name ${arn} already exists`);

export const aliasPrefixMissing = () =>
  invalid(
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  );

/** No record of the text was found. */
export const aliasReserved = (name: string) =>
  new ServiceError('InvalidAliasNameException', `${name} begins with alias/aws/, which is reserved for AWS.`);

export const aliasOfAlias = () => invalid('Aliases must refer to keys. Not aliases');

/** KMS has it, so this refusal is the sandbox's own. */
export const notModelled = (what: string) =>
  new ServiceError('UnsupportedOperation', `sandbox does not model ${what}: leave it out, or add it to sandbox/kms`);
