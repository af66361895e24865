import type { CreateLaunchTemplateCommandInput } from '@aws-sdk/client-ec2';
import type { Launch } from '../../planning/restore/plan.ts';
import { launchInput } from './launch-input.ts';

/** A launch as CreateLaunchTemplate takes it: a template says neither how many nor under which token. */
export function templateInput(launch: Launch, name: string): CreateLaunchTemplateCommandInput {
  const { MinCount: _, MaxCount: __, ClientToken: ___, ...data } = launchInput(launch);
  return { LaunchTemplateName: name, LaunchTemplateData: data };
}
