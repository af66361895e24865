import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImageReferencesCommand,
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aParameterWorld, IMAGE, OTHER_IMAGE } from '../sandbox-ssm/world.ts';
import { ACCOUNT, REGION } from '../sandbox-wire/world.ts';

const UNKNOWN = 'The following aliases are invalid: /gone';

function aTemplatedWorld(options: Parameters<typeof aParameterWorld>[0] = {}) {
  const world = aParameterWorld(options);
  const { ec2 } = world;
  return {
    ...world,
    template: (LaunchTemplateName: string, ImageId: string) =>
      ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { ImageId } })),
    imageOf: async (LaunchTemplateName: string, ResolveAlias?: boolean) =>
      (await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName, ResolveAlias })))
        .LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId,
    launch: async (input: Partial<RunInstancesCommandInput>) =>
      (await ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ...input }))).Instances?.[0]?.ImageId,
  };
}

describe('a launch template whose image is a parameter', () => {
  it('is read as it was written, or with the image that the parameter stands for now', async () => {
    const { imageOf, putImage, template } = aTemplatedWorld();
    await template('web', 'resolve:ssm:/golden');
    await putImage('/golden');
    expect(await imageOf('web')).toBe('resolve:ssm:/golden');
    expect(await imageOf('web', true)).toBe(IMAGE);
    await putImage('/golden', OTHER_IMAGE);
    expect(await imageOf('web', true)).toBe(OTHER_IMAGE);
    expect(await imageOf('web')).toBe('resolve:ssm:/golden');
  });

  it('launches what the parameter stands for, by version and label too', async () => {
    const { launch, putImage, template } = aTemplatedWorld();
    await putImage('/golden');
    await putImage('/golden', OTHER_IMAGE);
    await template('web', 'resolve:ssm:/golden');
    expect(await launch({ LaunchTemplate: { LaunchTemplateName: 'web' } })).toBe(OTHER_IMAGE);
    expect(await launch({ ImageId: 'resolve:ssm:/golden:1' })).toBe(IMAGE);
  });

  it.each([
    ['does not exist', '/gone', UNKNOWN],
    ['can be no name', 'gone away', 'The following aliases are invalid: gone away'],
    ['is a text', '/text', 'Unsupported data type. The following parameter data types are supported: aws:ec2:image'],
  ])('is of no use where the parameter %s', async (_, name, message) => {
    const { imageOf, launch, put, template } = aTemplatedWorld();
    await put('/text', IMAGE);
    await template('web', `resolve:ssm:${name}`);
    const refused = { name: 'SsmInvalidParameter', message };
    await expect(imageOf('web', true)).rejects.toMatchObject(refused);
    await expect(launch({ LaunchTemplate: { LaunchTemplateName: 'web' } })).rejects.toMatchObject(refused);
    expect(await imageOf('web')).toBe(`resolve:ssm:${name}`);
  });

  it('is not even written, where EC2 looks at the parameter first', async () => {
    const { ec2, putImage, template } = aTemplatedWorld({ ec2: { templateImageParameter: 'checked' } });
    await expect(template('web', 'resolve:ssm:/gone')).rejects.toMatchObject({ message: UNKNOWN });
    await putImage('/golden');
    await template('web', 'resolve:ssm:/golden');
    const version = (ImageId: string, ResolveAlias?: boolean) =>
      ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateName: 'web',
          LaunchTemplateData: { ImageId },
          ResolveAlias,
        }),
      );
    await expect(version('resolve:ssm:/gone')).rejects.toMatchObject({ message: UNKNOWN });
    expect(await version('resolve:ssm:/golden:1', true)).toMatchObject({
      LaunchTemplateVersion: { VersionNumber: 2, LaunchTemplateData: { ImageId: IMAGE } },
    });
  });
});

describe('DescribeImageReferences', () => {
  it('tells of the parameters of the data type of images whose current value is the image', async () => {
    const { ec2, put, putImage } = aTemplatedWorld();
    await put('/text', IMAGE);
    await putImage('/golden/web');
    await putImage('/golden/mail', OTHER_IMAGE);
    await putImage('/golden/former');
    await putImage('/golden/former', OTHER_IMAGE);
    const references = async (ImageIds: string[]) =>
      (await ec2.send(new DescribeImageReferencesCommand({ ImageIds, IncludeAllResourceTypes: true }))).ImageReferences;
    const reference = (name: string, ImageId: string) => {
      return { ImageId, ResourceType: 'ssm:Parameter', Arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}` };
    };
    expect(await references([IMAGE])).toEqual([reference('/golden/web', IMAGE)]);
    expect(await references([OTHER_IMAGE])).toEqual([
      reference('/golden/mail', OTHER_IMAGE),
      reference('/golden/former', OTHER_IMAGE),
    ]);
  });
});
