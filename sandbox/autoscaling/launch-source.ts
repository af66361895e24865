import type { LaunchTemplateSpecification, MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import { ServiceError } from '../contract.ts';
import { configurationUnknown, oneTemplateNameOnly, templateInvalid } from './errors.ts';
import { checkImage } from './launch-configurations.ts';
import type { ScalingPlace, ScalingState } from './state.ts';

/** What a group launches from, as calls name it and as groups show it: exactly one of these. */
export interface LaunchSource {
  readonly LaunchConfigurationName?: string | undefined;
  readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
}

/** What calls may say of it. Which instances it would launch is stored and given back, nothing more. */
export const heededSource = [
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MixedInstancesPolicy.InstancesDistribution',
  'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification',
  'MixedInstancesPolicy.LaunchTemplate.Overrides.ImageId',
  'MixedInstancesPolicy.LaunchTemplate.Overrides.InstanceType',
  'MixedInstancesPolicy.LaunchTemplate.Overrides.LaunchTemplateSpecification',
  'MixedInstancesPolicy.LaunchTemplate.Overrides.WeightedCapacity',
];

/**
 * The source that a call names, its templates by id and name. A version stays what it was called, `$Latest` too.
 *
 * @param tooMany the error for more than one
 * @returns nothing where the call names none
 * @throws ValidationError for what does not exist
 */
export function namedSource(
  state: ScalingState,
  place: ScalingPlace,
  call: LaunchSource,
  tooMany: () => Error,
): LaunchSource | undefined {
  const { LaunchConfigurationName: name, LaunchTemplate: template, MixedInstancesPolicy: policy } = call;
  const named = [name, template, policy].filter((source) => source !== undefined);
  if (named.length > 1) throw tooMany();
  if (name !== undefined) {
    if (!place.configurations.has(name)) throw configurationUnknown(name);
    return { LaunchConfigurationName: name };
  }
  if (template) return { LaunchTemplate: checkedTemplate(state, place, template) };
  return policy && { MixedInstancesPolicy: checkedPolicy(state, place, policy) };
}

function checkedPolicy(state: ScalingState, place: ScalingPlace, policy: MixedInstancesPolicy): MixedInstancesPolicy {
  const { LaunchTemplateSpecification: template, Overrides: overrides = [] } = policy.LaunchTemplate ?? {};
  if (!template) throw templateInvalid('A mixed instances policy needs one.');
  return {
    ...policy,
    LaunchTemplate: {
      LaunchTemplateSpecification: checkedTemplate(state, place, template),
      Overrides: overrides.map((override) => {
        if (override.ImageId) checkImage(state, place.account, place.region, override.ImageId);
        const own = override.LaunchTemplateSpecification;
        return own ? { ...override, LaunchTemplateSpecification: checkedTemplate(state, place, own) } : override;
      }),
    },
  };
}

function checkedTemplate(
  state: ScalingState,
  { account, region }: ScalingPlace,
  specification: LaunchTemplateSpecification,
): LaunchTemplateSpecification {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = specification;
  if (Boolean(id) === Boolean(name)) throw oneTemplateNameOnly();
  try {
    const names = state.ec2.launchSources.template(account, region, specification);
    return specification.Version === undefined ? names : { ...names, Version: specification.Version };
  } catch (error) {
    throw error instanceof ServiceError ? templateInvalid(error.message) : error;
  }
}
