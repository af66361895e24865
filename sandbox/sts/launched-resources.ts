import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';

/**
 * What IAM asks about for a launch, one by one (service authorization reference, RunInstances), as `type/id`: what is there by its
 * id, and what is made by `*`.
 */
export function launchedResources(input: Partial<RunInstancesCommandInput>): readonly string[] {
  const interfaces = input.NetworkInterfaces ?? [];
  const texts = (type: string, ids: readonly (string | undefined)[]) =>
    ids.flatMap((id) => (id === undefined ? [] : [`${type}/${id}`]));
  return [
    ...texts('image', [input.ImageId]),
    ...texts('subnet', [input.SubnetId, ...interfaces.map(({ SubnetId }) => SubnetId)]),
    ...texts('security-group', [...(input.SecurityGroupIds ?? []), ...interfaces.flatMap(({ Groups = [] }) => Groups)]),
    ...texts('key-pair', [input.KeyName]),
    ...texts('launch-template', [input.LaunchTemplate?.LaunchTemplateId ?? input.LaunchTemplate?.LaunchTemplateName]),
    'instance/*',
    'network-interface/*',
    'volume/*',
  ];
}
