import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import { aSandbox, inProcess, REGION } from '../sandbox-wire/world.ts';

export const IMAGE = publicImageId(REGION, 'al2023');

/** A group that nobody needs instances of. */
export const SLEEPING = { MinSize: 0, MaxSize: 0, AvailabilityZones: [`${REGION}a`] };

/** A sandbox behind real clients, each of whose calls is taken over the wire as well. */
export function aScalingWorld(options: Partial<SandboxOptions> = {}) {
  const sandbox = aSandbox(options);
  const clients = inProcess(sandbox, 1);
  const { autoScaling, ec2 } = clients;
  return {
    ...clients,
    sandbox,
    configure: (name: string, image = IMAGE) =>
      autoScaling.send(
        new CreateLaunchConfigurationCommand({
          LaunchConfigurationName: name,
          ImageId: image,
          InstanceType: 't3.micro',
        }),
      ),
    group: (name: string, input: Partial<CreateAutoScalingGroupCommandInput>) =>
      autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...SLEEPING, ...input })),
    /** The id of a launch template with one version. */
    template: async (name: string, image = IMAGE): Promise<string> => {
      const data = { LaunchTemplateName: name, LaunchTemplateData: { ImageId: image } };
      return (await ec2.send(new CreateLaunchTemplateCommand(data))).LaunchTemplate?.LaunchTemplateId ?? '';
    },
    described: async (...names: string[]) =>
      (await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names })))
        .AutoScalingGroups ?? [],
    configurations: async (...names: string[]) =>
      (await autoScaling.send(new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames: names })))
        .LaunchConfigurations ?? [],
  };
}
