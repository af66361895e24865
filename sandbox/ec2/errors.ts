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

export const snapshotIncomplete = (state: string) =>
  new ServiceError('IncorrectState', `Snapshot is in invalid state - ${state}`);

export const volumeUnfit = (code: string, problem: string) => new ServiceError(code, problem);

export const volumeInWrongState = (id: string, state: string, wanted: string) =>
  new ServiceError('IncorrectState', `The volume '${id}' is in the state '${state}', and not '${wanted}'.`);

export const volumeTaken = (id: string, instanceId: string) =>
  new ServiceError('VolumeInUse', `Volume ${id} is currently attached to ${instanceId}`);

export const volumeElsewhere = (id: string, instanceId: string) =>
  new ServiceError(
    'InvalidVolume.ZoneMismatch',
    `The volume '${id}' is not in the same availability zone as instance '${instanceId}'`,
  );

export const deviceNameInvalid = (device: string) =>
  invalidValue(`Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`);

export const deviceTaken = (device: string) =>
  invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);

export const instanceNotAttachable = (id: string) =>
  new ServiceError('IncorrectState', `Instance '${id}' is not 'running'.`);

export const attachmentUnknown = (id: string, where: string) =>
  new ServiceError('InvalidAttachment.NotFound', `The volume '${id}' is not attached to ${where}`);

export const rootNotDetachable = (id: string, instanceId: string) =>
  new ServiceError('IncorrectState', `Unable to detach root volume '${id}' from instance '${instanceId}'`);

// Replacing root volumes

export const rootNotReplaceable = (code: string, id: string, problem: string) =>
  new ServiceError(code, `The root volume of the instance '${id}' can't be replaced: ${problem}.`);

export const rootSourceUnfit = (code: string, id: string, problem: string) =>
  new ServiceError(code, `'${id}' can't take the place of the root volume: ${problem}.`);

export const rootReplacementMalformed = (id: string) =>
  new ServiceError('InvalidReplaceRootVolumeTaskId.Malformed', `Invalid id: "${id}" (expecting "replacevol-...")`);

export const rootReplacementUnknown = (code: string, id: string) =>
  new ServiceError(code, `The root volume replacement task '${id}' does not exist.`);

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

export const instanceNotStopped = (id: string) =>
  new ServiceError('IncorrectInstanceState', `The instance '${id}' is not in the 'stopped' state.`);

/** The text is as recorded from AWS, for either attribute. */
export const instanceShielded = (id: string, wanted: string, attribute: string) =>
  new ServiceError(
    'OperationNotPermitted',
    `The instance '${id}' may not be ${wanted}. Modify its '${attribute}' instance attribute and try again.`,
  );

export const tooManyInstanceIds = (code: string, most: number) =>
  new ServiceError(code, `The maximum number of instance IDs specified on a single call is ${most}`);

export const latestConsoleRefused = (id: string) =>
  new ServiceError(
    'UnsupportedOperation',
    `The latest console output of the instance '${id}' can't be retrieved: its type is not built on the Nitro System.`,
  );

export const userDataMalformed = () =>
  new ServiceError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');

export const userDataTooLong = (code: string, bytes: number) =>
  new ServiceError(code, `User data is limited to ${bytes} bytes`);

export const noAttribute = () => invalidCombination('No attributes specified.');

export const severalAttributes = (names: readonly string[]) =>
  invalidCombination(`Fields for multiple attribute types specified: ${quoted(names)}`);

export const deviceNotMapped = (device: string) =>
  new ServiceError('InvalidInstanceAttributeValue', `No device is currently mapped at ${device}`);

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

// Networks

/** The code of calls about volumes; `zoneUnknown` is that of all others. */
export const zoneNotFound = (zone: string) =>
  new ServiceError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);

export const zoneUnknown = (zone: string) => invalidValue(`Invalid availability zone: [${zone}]`);

export const cidrMalformed = (parameter: string, value: string) =>
  invalidValue(`Value (${value}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);

export const vpcNotFound = (id: string) =>
  new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);

export const vpcRangeInvalid = (cidr: string) => new ServiceError('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);

export const vpcInUse = (id: string) =>
  new ServiceError('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);

export const endpointNotFound = (id: string) =>
  new ServiceError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);

export const endpointPartsUnfit = (parts: string, types: string) =>
  new ServiceError('InvalidParameter', `${parts} are only supported for ${types}.`);

export const noDefaultVpc = () => new ServiceError('VPCIdNotSpecified', 'No default VPC for this user.');

export const noDefaultSubnet = (vpcId: string) =>
  new ServiceError('MissingInput', `No subnets found for the default VPC '${vpcId}'. Please specify a subnet.`);

export const subnetNotFound = (id: string) =>
  new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);

export const subnetRangeInvalid = (cidr: string) =>
  new ServiceError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);

export const subnetConflict = (cidr: string) =>
  new ServiceError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);

export const subnetInUse = (id: string) =>
  new ServiceError('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);

export const subnetElsewhere = (zone: string, subnetId: string, home: string) =>
  invalidValue(
    `Value (${zone}) for parameter availabilityZone is invalid. Subnet '${subnetId}' is in the availability zone ${home}`,
  );

export const subnetFull = (id: string) =>
  new ServiceError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${id}' to satisfy the requested number of instances.`,
  );

export const addressInUse = (code: string, address: string) => new ServiceError(code, `Address ${address} is in use.`);

export const allocationNotFound = (id: string) =>
  new ServiceError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);

export const elasticAddressNotFound = (address: string) =>
  new ServiceError('InvalidAddress.NotFound', `Address '${address}' not found.`);

export const elasticAddressInUse = (address: string) => addressInUse('InvalidIPAddress.InUse', address);

/** As recorded of a pending instance. */
export const instanceNotAddressable = (id: string, state: string) =>
  new ServiceError('InvalidInstanceID', `The ${state} instance '${id}' is not in a valid state for this operation.`);

/** @param id of the address or of the interface */
export const addressAssociated = (id: string, associationId: string) =>
  new ServiceError(
    'Resource.AlreadyAssociated',
    `resource ${id} is already associated with associate-id ${associationId}`,
  );

export const addressMalformed = (address: string) => invalidValue(`Invalid IPv4 address: '${address}'`);

export const addressOutside = (address: string) =>
  invalidValue(`Address ${address} does not fall within the subnet's address range`);

export const addressReserved = (address: string) =>
  invalidValue(`Address ${address} is in subnet's reserved address range`);

export const groupMalformed = (id: string) =>
  new ServiceError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);

export const groupNotFound = (id: string) =>
  new ServiceError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);

export const groupNameNotFound = (name: string) =>
  new ServiceError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);

export const groupNotInDefaultVpc = (id: string, vpcId: string) =>
  new ServiceError('InvalidGroup.NotFound', `The security group '${id}' does not exist in VPC '${vpcId}'`);

export const groupOfOtherVpc = (groupId: string, subnetId: string) =>
  new ServiceError(
    'InvalidParameter',
    `Security group ${groupId} and subnet ${subnetId} belong to different networks.`,
  );

export const groupNameTaken = (name: string, vpcId: string) =>
  new ServiceError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);

export const groupNameReserved = (name: string) => invalidValue(`Cannot use reserved security group name: ${name}`);

export const defaultGroupKept = (id: string, name: string) =>
  new ServiceError('CannotDelete', `the specified group: "${id}" name: "${name}" cannot be deleted by a user`);

export const groupInUse = (id: string) =>
  new ServiceError('DependencyViolation', `resource ${id} has a dependent object`);

export const ruleTaken = (rule: string) =>
  new ServiceError('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);

export const ruleNotFound = () =>
  new ServiceError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');

export const ruleMalformed = (problem: string) => new ServiceError('InvalidPermission.Malformed', problem);

export const routeTableNotFound = (id: string) =>
  new ServiceError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);

export const routeTableInUse = (id: string) =>
  new ServiceError('DependencyViolation', `The routeTable '${id}' has dependencies and cannot be deleted.`);

export const subnetHasRouteTable = (association: string) =>
  new ServiceError(
    'Resource.AlreadyAssociated',
    `the specified association for route table ${association} conflicts with an existing association`,
  );

export const associationNotFound = (id: string) =>
  new ServiceError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);

export const mainAssociationKept = (id: string) =>
  invalidValue(`cannot disassociate the main route table association ${id}`);

export const routeTaken = (destination: string) =>
  new ServiceError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);

export const routeNotFound = (destination: string, tableId: string) =>
  new ServiceError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${destination} in route table ${tableId}`,
  );

export const localRouteKept = (destination: string, tableId: string) =>
  invalidValue(`cannot remove local route ${destination} in route table ${tableId}`);

export const interfaceMalformed = (id: string) =>
  new ServiceError('InvalidNetworkInterfaceId.Malformed', `Invalid id: "${id}" (expecting "eni-...")`);

export const interfaceNotFound = (id: string) =>
  new ServiceError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);

export const interfaceInUse = (id: string) => invalidValue(`Network interface '${id}' is currently in use.`);

// What launches name

export const keyPairNotFound = (name: string) =>
  new ServiceError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);

export const keyPairTaken = () => new ServiceError('InvalidKeyPair.Duplicate', 'The keypair already exists');

export const publicKeyMalformed = () =>
  new ServiceError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');

export const profileUnknown = (member: 'name' | 'arn', value: string) =>
  invalidValue(
    `Value (${value}) for parameter iamInstanceProfile.${member} is invalid. Invalid IAM Instance Profile ${member === 'arn' ? 'ARN' : member}`,
  );

export const profileWithoutRole = (member: 'name' | 'arn', value: string, arn: string) =>
  invalidValue(
    `Value (${value}) for parameter iamInstanceProfile.${member} is invalid. IAM Instance Profile "${arn}" has no associated IAM Roles`,
  );

export const instanceTypesUnknown = (types: readonly string[]) =>
  new ServiceError('InvalidInstanceType', `The following supplied instance types do not exist: [${quoted(types)}]`);

export const typeNotOffered = (type: string, zone: string, others: readonly string[]) =>
  new ServiceError(
    'Unsupported',
    `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}). Please retry your request by not specifying an Availability Zone or choosing ${quoted(others)}.`,
  );

export const architectureUnfit = (ofType: string, ofImage: string) =>
  invalidValue(
    `The architecture '${ofType}' of the specified instance type does not match the architecture '${ofImage}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
  );

export const noCapacity = (type: string, zone: string) =>
  new ServiceError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.`,
    500,
  );

export const tooManyVcpus = (quota: number | 'unlimited') =>
  new ServiceError(
    'VcpuLimitExceeded',
    `You have requested more vCPU capacity than your current vCPU limit of ${quota} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  );

/** EC2 has them, so this refusal is the sandbox's own. */
export const hostsNotModelled = () =>
  new ServiceError('UnsupportedOperation', "sandbox does not model dedicated hosts: use the tenancy 'dedicated'");

/** The account insists on IMDSv2. */
export const tokensEnforced = () =>
  new ServiceError(
    'UnsupportedOperation',
    "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
  );
