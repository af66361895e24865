import { ServiceError } from '../contract.ts';

/**
 * Every error that Auto Scaling answers with. The codes are those of the API reference, without the `Fault` that the
 * SDK's classes have behind them; the texts that clients parse are as recorded from AWS.
 */

export const invalid = (message: string) => new ServiceError('ValidationError', message);

export const notWithin = (value: number, member: string, relation: 'less' | 'greater', bound: number) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${relation} than or equal to ${bound}`,
  );

export const badToken = () => new ServiceError('InvalidNextToken', 'The NextToken value is not valid.');

/** EC2 has it, so this refusal is the sandbox's own. */
export const filterNotModelled = (name: string) =>
  new ServiceError(
    'UnsupportedOperation',
    `sandbox does not model the filter '${name}': leave it out, or use tag-key, tag-value or tag:<key>`,
  );

// Launch configurations

export const configurationTaken = (name: string) =>
  new ServiceError(
    'AlreadyExists',
    `Launch Configuration by this name already exists - A launch configuration already exists with the name ${name}`,
  );

export const configurationUnknown = (name: string) =>
  invalid(`Launch configuration name not found - Launch configuration ${name} not found`);

export const configurationInUse = (name: string, group: string) =>
  new ServiceError(
    'ResourceInUse',
    `Cannot delete launch configuration ${name} because it is attached to AutoScalingGroup ${group}`,
  );

export const configurationIncomplete = () =>
  invalid(
    'Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.',
  );

export const imageInvalid = (id: string, reason: string) => invalid(`AMI ${id} is invalid: ${reason}`);

// Groups

export const tooManyNames = (most: number) =>
  invalid(`The number of group names that may be passed in is limited to ${most}`);

export const groupTaken = (name: string) =>
  new ServiceError(
    'AlreadyExists',
    `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
  );

export const groupUnknown = (name: string) =>
  invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);

/** To an update, AWS does not say which. */
export const updatedGroupUnknown = () => invalid('AutoScalingGroup name not found - null');

export const groupInUse = () =>
  new ServiceError(
    'ResourceInUse',
    'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
  );

export const oneSourceOnly = () =>
  invalid(
    'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
  );

/** In an update, which names no instance. */
export const oneNewSourceOnly = () =>
  invalid(
    'Valid requests must contain either LaunchTemplate, LaunchConfigurationName or MixedInstancesPolicy parameter.',
  );

export const oneTemplateNameOnly = () =>
  invalid('Valid requests must contain either launchTemplateId or LaunchTemplateName');

export const templateInvalid = (reason: string) =>
  invalid(`You must use a valid fully-formed launch template. ${reason}`);

export const noPlace = () => invalid('At least one Availability Zone or VPC Subnet is required.');

export const sizesContradict = (least: number, most: number) =>
  invalid(`Max bound, ${most}, must be greater than or equal to min bound, ${least}`);

export const capacityOutOfBounds = (desired: number, least: number, most: number) =>
  invalid(`Desired capacity:${desired} must be between the specified min size:${least} and max size:${most}`);
