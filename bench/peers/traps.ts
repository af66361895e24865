import { publicImageId } from '../../sandbox/ec2/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { HOME } from '../inventory.ts';

const OTHER_ACCOUNT = '444455556666';
const OTHER_IMAGE = publicImageId(HOME.region, 'al2023');

/** Puts an image to use. */
export type Trap = (call: Call, image: string) => Promise<unknown>;

/** Calls as a person does who has nothing to do with the tools. */
type Call = (
  service: 'ec2' | 'autoscaling' | 'ssm',
  operation: string,
  input: object,
  account?: string,
) => Promise<object>;

const NAME = 'web';

const launch = (call: Call, ImageId: string, account?: string) =>
  call('ec2', 'RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, account);

async function stopped(call: Call, image: string): Promise<void> {
  const answer = await launch(call, image);
  const instances = 'Instances' in answer && Array.isArray(answer.Instances) ? answer.Instances : [];
  await call('ec2', 'StopInstances', { InstanceIds: instances.map(({ InstanceId }) => InstanceId) });
}

async function template(call: Call, images: readonly string[]): Promise<void> {
  const [first, ...later] = images.map((ImageId) => ({ ImageId }));
  await call('ec2', 'CreateLaunchTemplate', { LaunchTemplateName: NAME, LaunchTemplateData: first });
  for (const LaunchTemplateData of later) {
    await call('ec2', 'CreateLaunchTemplateVersion', { LaunchTemplateName: NAME, LaunchTemplateData });
  }
}

const configuration = (call: Call, ImageId: string) =>
  call('autoscaling', 'CreateLaunchConfiguration', {
    ...{ LaunchConfigurationName: NAME, ImageId, InstanceType: 't3.micro' },
  });

const parameter = (call: Call, Value: string, DataType: string) =>
  call('ssm', 'PutParameter', { Name: `/${NAME}`, Value, DataType, Type: 'String' });

const group = (call: Call, source: object) =>
  call('autoscaling', 'CreateAutoScalingGroup', {
    ...{ AutoScalingGroupName: NAME, MinSize: 0, MaxSize: 0, VPCZoneIdentifier: 'subnet-1', ...source },
  });

const version = (number: number) => ({ LaunchTemplateName: NAME, Version: String(number) });

/** The ways in which an image that has expired is still in use, each in words. */
export const TRAPS: Readonly<Record<string, Trap>> = {
  'a running instance': (call, image) => launch(call, image),
  'a stopped instance': stopped,
  'the default version of a launch template': (call, image) => template(call, [image, OTHER_IMAGE]),
  'an older version of a launch template': (call, image) => template(call, [OTHER_IMAGE, image, OTHER_IMAGE]),
  'a launch template that takes it from a parameter': async (call, image) => {
    await parameter(call, image, 'text');
    await template(call, [`resolve:ssm:/${NAME}`]);
  },
  'an empty group by a template version': async (call, image) => {
    await template(call, [image]);
    await group(call, { LaunchTemplate: version(1) });
  },
  'an override of an empty group': async (call, image) => {
    await template(call, [OTHER_IMAGE, image]);
    const Overrides = [{ LaunchTemplateSpecification: version(2) }];
    const LaunchTemplate = { LaunchTemplateSpecification: version(1), Overrides };
    await group(call, { MixedInstancesPolicy: { LaunchTemplate } });
  },
  'a launch configuration of an empty group': async (call, image) => {
    await configuration(call, image);
    await group(call, { LaunchConfigurationName: NAME });
  },
  'a launch configuration of no group': configuration,
  'a parameter of the type of images': (call, image) => parameter(call, image, 'aws:ec2:image'),
  'a parameter of text': (call, image) => parameter(call, image, 'text'),
  'an instance of another account': async (call, image) => {
    const LaunchPermission = { Add: [{ UserId: OTHER_ACCOUNT }] };
    await call('ec2', 'ModifyImageAttribute', { ImageId: image, LaunchPermission });
    await launch(call, image, OTHER_ACCOUNT);
  },
};

/** Puts an image to use. */
export async function setTrap(sandbox: Sandbox, trap: Trap, image: string): Promise<void> {
  await trap(
    (service, operation, input, account = HOME.account) =>
      sandbox.call({ service, operation, region: HOME.region, account, input }),
    image,
  );
}
