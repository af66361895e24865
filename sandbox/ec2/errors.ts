import { ServiceError } from '../contract.ts';

/**
 * Every error that the image plane answers with, its code and its text, in one place. The texts that clients
 * parse are as recorded from EC2; the codes are those of "Error codes for the Amazon EC2 API".
 */

const quoted = (ids: readonly string[]) => ids.join(', ');

// Images

export const imageMalformed = (id: string) =>
  new ServiceError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);

export const imageNotFound = (ids: readonly string[]) =>
  new ServiceError(
    'InvalidAMIID.NotFound',
    ids.length === 1 ? `The image id '[${ids[0]}]' does not exist` : `The image ids '[${quoted(ids)}]' do not exist`,
  );

/** It was deregistered. */
export const imageGone = (id: string) =>
  new ServiceError('InvalidAMIID.Unavailable', `The image ID '${id}' is no longer available`);

/** It is in a state in which the call is not possible. */
export const imageInWrongState = (code: string, id: string, state: string) =>
  new ServiceError(code, `The image ID '${id}' is not available: it is in state '${state}'`);

export const imageNotYours = (id: string) => new ServiceError('AuthFailure', `Not authorized for image:${id}`);

export const imageNameTaken = (name: string, holder: string) =>
  new ServiceError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${holder}`);

/** The text names fewer characters than EC2 takes; it is as EC2 writes it. */
export const imageNameMalformed = () =>
  new ServiceError(
    'InvalidAMIName.Malformed',
    "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
  );

export const imageQuotaReached = (code: string, quota: number) =>
  new ServiceError(code, `The maximum number of AMIs (${quota}) in this Region has been reached.`);

export const tooManyImagesOfInstance = (id: string) =>
  new ServiceError(
    'ConcurrentCreateImageNoRebootLimitExceeded',
    `The maximum number of concurrent CreateImage requests for the instance '${id}' has been reached.`,
  );

export const tooManyCopies = (code: string, limit: number) =>
  new ServiceError(code, `Too many AMI copies in progress. The limit is ${limit} for this destination region.`);

export const tooManySnapshotCopies = (limit: number) =>
  new ServiceError(
    'ResourceLimitExceeded',
    `Too many snapshot copies in progress. The limit is ${limit} for this destination region.`,
  );

export const copySourceInWrongState = (code: string, id: string, state: string) =>
  new ServiceError(code, `The source image '${id}' can't be copied: it is in state '${state}'.`);

export const keyWithoutEncryption = () =>
  new ServiceError(
    'InvalidParameterDependency',
    'The parameter KmsKeyId requires the parameter Encrypted to be set to true.',
  );

export const deprecationDateRefused = (code: string, rule: string) => new ServiceError(code, rule);

export const imageProtected = (code: string, id: string, protection: string) =>
  new ServiceError(code, `The image '${id}' is protected from deregistration: its protection is '${protection}'.`);

/** Sharing an image is not sharing its snapshots. */
export const storageForbidden = () =>
  new ServiceError('InvalidRequest', 'You do not have permission to access the storage of this ami');

export const imageUnderDefaultKey = () =>
  new ServiceError(
    'InvalidParameter',
    "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
  );

export const snapshotUnderDefaultKey = () =>
  new ServiceError('OperationNotPermitted', 'Encrypted snapshots with EBS default key cannot be shared');

export const invalidAttributeItem = (value: string, type: string) =>
  new ServiceError('InvalidAMIAttributeItemValue', `Invalid attribute item value "${value}" for ${type} item type.`);

export const tooManyPermissions = (code: string, limit: number) =>
  new ServiceError(code, `An AMI can be shared with at most ${limit} entities.`);

export const publicImageQuotaReached = (code: string, quota: number) =>
  new ServiceError(code, `The maximum number of public AMIs (${quota}) in this Region has been reached.`);

/** An attribute that EC2 no longer lets anybody read. */
export const attributeRestricted = () =>
  new ServiceError('AuthFailure', 'Unauthorized attempt to access restricted resource');

export const attributeUnknown = (attribute: string) =>
  new ServiceError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`);

/** EC2 has it, so this refusal is the sandbox's own. */
export const attributeNotModelled = (attribute: string) =>
  new ServiceError(
    'UnsupportedOperation',
    `sandbox does not model the attribute '${attribute}': leave it out, or add it to the operation's attributes`,
  );

// Usage reports

export const usageReportMalformed = (id: string) =>
  new ServiceError('InvalidParameterValue', `Invalid id: "${id}" (expecting "amiur-...")`);

export const usageReportNotFound = (code: string, id: string) =>
  new ServiceError(code, `The image usage report '${id}' does not exist.`);

export const tooManyUsageReports = (code: string, limit: number, of: string) =>
  new ServiceError(code, `The maximum number of in-progress AMI usage reports per ${of} (${limit}) has been reached.`);

// Snapshots and volumes

export const snapshotMalformed = (id: string) =>
  new ServiceError('InvalidSnapshotID.Malformed', `Invalid id: "${id}" (expecting "snap-...")`);

export const snapshotPrefixWrong = (id: string) =>
  new ServiceError('InvalidParameterValue', `Value (${id}) for parameter snapshotId is invalid. Expected: 'snap-...'.`);

export const snapshotNotFound = (id: string) =>
  new ServiceError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);

export const snapshotInUse = (id: string, imageId: string) =>
  new ServiceError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${imageId}`);

export const snapshotQuotaReached = (quota: number) =>
  new ServiceError('SnapshotLimitExceeded', `The maximum number of snapshots (${quota}) has been reached.`);

export const tooManySnapshotsOfVolume = () =>
  new ServiceError(
    'ConcurrentSnapshotLimitExceeded',
    'Maximum allowed in-progress snapshots for a single volume exceeded.',
  );

export const snapshotsOfVolumeTooFast = () =>
  new ServiceError(
    'SnapshotCreationPerVolumeRateExceeded',
    'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
  );

export const snapshotLocked = (code: string, id: string, what: string) =>
  new ServiceError(code, `The snapshot '${id}' is locked: it can't be ${what}.`);

export const snapshotNotLocked = (code: string, id: string) =>
  new ServiceError(code, `The snapshot '${id}' is not locked.`);

export const snapshotNotLockable = (code: string, id: string, state: string) =>
  new ServiceError(code, `The snapshot '${id}' can't be locked: it is in state '${state}'.`);

export const volumeMalformed = (id: string) =>
  new ServiceError('InvalidVolumeID.Malformed', `Invalid id: "${id}" (expecting "vol-...")`);

export const volumeNotFound = (id: string) =>
  new ServiceError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);

export const deviceMappingInvalid = (problem: string) => new ServiceError('InvalidBlockDeviceMapping', problem);

// The Recycle Bin

export const notInBin = (code: string, id: string) => new ServiceError(code, `'${id}' is not in the Recycle Bin`);

export const restoreWithoutSnapshot = (code: string, id: string, snapshotId: string) =>
  new ServiceError(code, `The image '${id}' can't be restored before its snapshot '${snapshotId}' is.`);

// Instances

export const instanceMalformed = (id: string) => new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);

export const instanceNotFound = (ids: readonly string[]) =>
  new ServiceError(
    'InvalidInstanceID.NotFound',
    ids.length === 1 ? `The instance ID '${ids[0]}' does not exist` : `The instance IDs '${quoted(ids)}' do not exist`,
  );

export const instanceNotImageable = (id: string) =>
  new ServiceError(
    'InvalidParameterValue',
    `Invalid value '${id}' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'`,
  );

export const instanceInWrongState = (id: string, wanted: string) =>
  new ServiceError('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be ${wanted}.`);

export const launchTerminated = () =>
  new ServiceError(
    'IdempotentInstanceTerminated',
    'The instances that an earlier request with this client token launched have been terminated.',
  );

// Launch templates

export const templateIdMalformed = (id: string) =>
  new ServiceError('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}" (expecting "lt-...")`);

export const templateIdNotFound = (id: string) =>
  new ServiceError(
    'InvalidLaunchTemplateId.NotFound',
    `The specified launch template, with template ID ${id}, does not exist.`,
  );

export const templateNameNotFound = (name: string) =>
  new ServiceError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );

/** As recorded from DescribeLaunchTemplates, which does not say which name it is. */
export const someTemplateNameNotFound = () =>
  new ServiceError(
    'InvalidLaunchTemplateName.NotFoundException',
    'At least one of the launch templates specified in the request does not exist.',
  );

export const templateVersionNotFound = (id: string, version: string) =>
  new ServiceError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${id}.`,
  );

/** In the words of the AWS CLI, as EC2 writes it whoever calls. */
export const templateVersionsOfNothing = () =>
  new ServiceError(
    'MissingParameter',
    'To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe the launch template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and for ‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.',
  );

export const templateNameTaken = () =>
  new ServiceError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');

export const templateNameMalformed = () =>
  new ServiceError(
    'InvalidLaunchTemplateName.MalformedException',
    'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
  );

export const parameterUnknown = (reference: string) =>
  new ServiceError('SsmInvalidParameter', `The following aliases are invalid: ${reference}`);

export const parameterTypeRefused = () =>
  new ServiceError(
    'SsmInvalidParameter',
    'Unsupported data type. The following parameter data types are supported: aws:ec2:image',
  );

// Tags

export const reservedTagKey = () =>
  new ServiceError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use");

export const tagKeyLength = () =>
  new ServiceError('InvalidParameterValue', 'Tag keys must be between 1 and 128 characters long.');

export const tagValueLength = () =>
  new ServiceError('InvalidParameterValue', 'Tag values may be at most 256 characters long.');

export const tagCharacters = (what: 'key' | 'value') =>
  new ServiceError('InvalidParameterValue', `The tag ${what} has characters that are not allowed.`);

export const duplicateTagKey = (key: string) =>
  new ServiceError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);

export const tooManyTags = (message: string) => new ServiceError('TagLimitExceeded', message);

export const notTaggableHere = (resourceType: string) =>
  new ServiceError(
    'InvalidParameterValue',
    `'${resourceType}' is not a valid taggable resource type for this operation.`,
  );

export const notAnId = (id: string) => new ServiceError('InvalidID', `The ID '${id}' is not valid`);

// Calls

export const missingParameter = (name: string) =>
  new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);

/** The text is as recorded from AWS. */
export const beyondAscii = (parameter: string, value: string) =>
  new ServiceError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
  );

export const invalidValue = (message: string) => new ServiceError('InvalidParameterValue', message);

export const invalidCombination = (message: string) => new ServiceError('InvalidParameterCombination', message);

export const idsWithMaxResults = (list: string) =>
  invalidCombination(`The parameter ${list} cannot be used with the parameter maxResults`);

export const maxResultsTooSmall = (value: number, least: number) =>
  invalidValue(`Value ( ${value} ) for parameter maxResults is invalid. Expecting a value greater than ${least}.`);

export const maxResultsTooGreat = (value: number, most: number) =>
  invalidValue(`Value ( ${value} ) for parameter maxResults is invalid. Expecting a value smaller than ${most}.`);

export const invalidToken = (code: string) => new ServiceError(code, 'The token that was passed is not valid.');

export const tooManyFilters = (message: string) => new ServiceError('FilterLimitExceeded', message);

export const unknownFilter = (name: string) => invalidValue(`The filter '${name}' is invalid`);

/** EC2 has it, so this refusal is the sandbox's own. */
export const filterNotModelled = (name: string) =>
  new ServiceError(
    'UnsupportedOperation',
    `sandbox does not model the filter '${name}': leave it out, or add it to the operation's filters`,
  );

export const tokenReused = () =>
  new ServiceError(
    'IdempotentParameterMismatch',
    'The client token that was passed was used before, in a request with other parameters.',
  );

export const tokenMalformed = (length: number) =>
  new ServiceError('InvalidClientToken', `A client token is at most ${length} ASCII characters.`);

export const regionUnknown = (region: string) => new ServiceError('InvalidRegion', `Invalid region: ${region}`);

export const deletionForbidden = (id: string) =>
  new ServiceError(
    'UnauthorizedOperation',
    `You are not authorized to perform this operation. Denied: ec2:DeleteSnapshot on ${id}`,
    403,
  );

export const deletionFailed = () =>
  new ServiceError('InternalError', 'An internal error has occurred. Retry your request.', 500);

export const deletionRefused = (id: string) =>
  new ServiceError('OperationNotPermitted', `The snapshot '${id}' can't be deleted.`);
