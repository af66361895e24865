import { ServiceError } from '../contract.ts';

/**
 * Every error that Systems Manager answers with. The codes are those of the Systems Manager API reference; the texts
 * that clients parse are as recorded from AWS.
 */

export const invalid = (message: string) => new ServiceError('ValidationException', message);

export const notWithin = (value: number | string | readonly string[], member: string, constraint: string) =>
  invalid(
    `1 validation error detected: Value '${Array.isArray(value) ? `[${value.join(', ')}]` : value}' at '${member}' failed to satisfy constraint: Member must have ${constraint}`,
  );

export const badToken = () => new ServiceError('InvalidNextToken', 'The specified token is invalid.');

export const parameterUnknown = (name: string) => new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);

export const versionUnknown = (name: string, selector: string) =>
  new ServiceError(
    'ParameterVersionNotFound',
    /^\d+$/.test(selector)
      ? `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`
      : `Systems Manager could not find label ${selector} for parameter ${name}. Verify the label and try again.`,
  );

export const parameterTaken = () =>
  new ServiceError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );

export const typeFixed = (name: string, type: string) =>
  new ServiceError('HierarchyTypeMismatchException', `The parameter ${name} is of the type ${type}, which stays.`);

export const hierarchyTooDeep = (most: number) =>
  new ServiceError('HierarchyLevelLimitExceededException', `A parameter hierarchy can have at most ${most} levels.`);

export const oldestVersionLabelled = (name: string, version: number) =>
  new ServiceError(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );

export const tooManyLabels = (most: number) =>
  new ServiceError('ParameterVersionLabelLimitExceeded', `A parameter version can have at most ${most} labels.`);

export const filterOptionInvalid = (option: string) =>
  new ServiceError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${option}. Valid options include: [BeginsWith, Equals]`,
  );

export const filterValuesMissing = (key: string) =>
  new ServiceError('InvalidFilterValue', `The following filter values are missing : null for filter key ${key}`);

/** @param place of the filter, from 1 */
export const filterKeyUnknown = (key: string, place: number) =>
  invalid(
    `1 validation error detected: Value '${key}' at 'parameterFilters.${place}.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$`,
  );

/** Only GetParametersByPath takes it. */
export const filterLabelInvalid = () =>
  new ServiceError(
    'InvalidFilterKey',
    'The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]',
  );

export const filterKeyTwice = (key: string) =>
  new ServiceError(
    'InvalidFilterKey',
    `The following filter is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
  );

export const nodesInvalid = (ids: readonly string[], account: string) =>
  new ServiceError('InvalidInstanceId', `Instances [[${ids.join(', ')}]] not in a valid state for account ${account}`);

export const nodesUnknown = (ids: readonly string[]) =>
  new ServiceError('InvalidInstanceId', `The instances [${ids.join(', ')}] are not known.`);

export const nodeFilterUnknown = (key: string) =>
  new ServiceError('InvalidFilterKey', `The filter key ${key} is not valid.`);

export const nodeFilterValueInvalid = (key: string) =>
  new ServiceError('InvalidInstanceInformationFilterValue', `The values of the filter ${key} are not valid.`);

export const nodeFiltersMixed = (code: string) =>
  new ServiceError(code, "Filters by tag can't be combined with other filters.");

export const instanceTwice = (id: string) =>
  new ServiceError('DuplicateInstanceId', `The instance ${id} was named more than once.`);

export const documentInvalid = (name: string) =>
  new ServiceError('InvalidDocument', `Document with name ${name} does not exist.`);

export const invocationUnknown = () => new ServiceError('InvocationDoesNotExist', '');

/** Systems Manager has it, so this refusal is the sandbox's own. */
export const notModelled = (what: string) =>
  new ServiceError('UnsupportedOperation', `sandbox does not model ${what}: leave it out, or add it to sandbox/ssm`);
