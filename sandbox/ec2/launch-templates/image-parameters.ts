import { parameterTypeRefused, parameterUnknown } from '../errors.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';

/** EC2 User Guide, Use a Systems Manager parameter instead of an AMI ID. */
const prefix = 'resolve:ssm:';
const imageDataType = 'aws:ec2:image';

/**
 * The id of the image that is meant, where a parameter may stand for it: `resolve:ssm:/golden:3`. What names no
 * parameter is given back as it is.
 *
 * @throws SsmInvalidParameter for a parameter that does not exist or is of another data type
 */
export function resolvedImageId(plane: Plane, place: AccountRegion, named: string | undefined): string | undefined {
  if (!named?.startsWith(prefix)) return named;
  const reference = named.slice(prefix.length);
  const parameter = plane.parameters.find(place.account, place.region, reference);
  if (!parameter) throw parameterUnknown(reference);
  if (parameter.dataType !== imageDataType) throw parameterTypeRefused();
  return parameter.value;
}

/** A launch template's image, where EC2 looks at the parameter as soon as the template is written. */
export function checkTemplateImage(plane: Plane, place: AccountRegion, named: string | undefined): void {
  if (plane.behaviour(place.region).templateImageParameter === 'checked') resolvedImageId(plane, place, named);
}
