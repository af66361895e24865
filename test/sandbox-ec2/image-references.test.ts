import type { ImageReference, ResourceTypeRequest } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import {
  anImage,
  anInstance,
  aPlane,
  away,
  consumer,
  home,
  hours,
  idOf,
  minutes,
  type PlaneUnderTest,
  refusal,
} from './plane.ts';

const unknown = 'ami-00000000000000001';

function references(plane: PlaneUnderTest, ImageIds: string[], ResourceTypes?: ResourceTypeRequest[], context = {}) {
  const scope = ResourceTypes ? { ResourceTypes } : { IncludeAllResourceTypes: true };
  return plane.call('DescribeImageReferences', { ImageIds, ...scope }, context).ImageReferences ?? [];
}

function arn(kind: 'instance' | 'launch-template', id: string): string {
  return `arn:aws:ec2:${home}:111122223333:${kind}/${id}`;
}

function template(plane: PlaneUnderTest, LaunchTemplateName: string, ImageId: string): string {
  const LaunchTemplateData = { ImageId };
  const { LaunchTemplate } = plane.call('CreateLaunchTemplate', { LaunchTemplateName, LaunchTemplateData });
  return idOf(LaunchTemplate?.LaunchTemplateId);
}

function addVersions(plane: PlaneUnderTest, LaunchTemplateId: string, ImageId: string, count: number): void {
  for (let version = 0; version < count; version += 1) {
    plane.call('CreateLaunchTemplateVersion', { LaunchTemplateId, LaunchTemplateData: { ImageId } });
  }
}

describe('DescribeImageReferences', () => {
  it('names the instances and launch templates that refer to images, whether these exist or not', async () => {
    const plane = aPlane();
    const image = publicImageId(home, 'al2023');
    const instance = await anInstance(plane);
    const one = template(plane, 'one', unknown);
    const both = template(plane, 'both', image);
    addVersions(plane, both, unknown, 1);
    expect(references(plane, [unknown, image, unknown])).toEqual([
      { ImageId: image, ResourceType: 'ec2:Instance', Arn: arn('instance', instance) },
      { ImageId: unknown, ResourceType: 'ec2:LaunchTemplate', Arn: arn('launch-template', one) },
      { ImageId: unknown, ResourceType: 'ec2:LaunchTemplate', Arn: arn('launch-template', both) },
      { ImageId: image, ResourceType: 'ec2:LaunchTemplate', Arn: arn('launch-template', both) },
    ]);
    expect(references(plane, ['ami-00000000000000002'])).toEqual([]);
  });

  it('sees instances in all states, terminated ones included, unless told which', async () => {
    const plane = aPlane();
    const image = publicImageId(home, 'al2023');
    const instance = await anInstance(plane);
    const inStates = (...OptionValues: string[]) =>
      references(
        plane,
        [image],
        [{ ResourceType: 'ec2:Instance', ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues }] }],
      ).length;
    expect([inStates('running'), inStates('stopped', 'stopping')]).toEqual([1, 0]);
    plane.call('TerminateInstances', { InstanceIds: [instance] });
    await plane.clock.advance(minutes);
    expect([references(plane, [image]).length, inStates('running'), inStates('terminated')]).toEqual([1, 0, 1]);
    await plane.clock.advance(hours);
    expect(references(plane, [image])).toEqual([]);
  });

  it('misses older versions of a launch template than the newest ten, or as many as it is told', () => {
    const plane = aPlane();
    const old = 'ami-00000000000000002';
    const id = template(plane, 'web', old);
    const toDepth = (depth: string) =>
      references(
        plane,
        [old],
        [
          {
            ResourceType: 'ec2:LaunchTemplate',
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [depth] }],
          },
        ],
      ).length;
    addVersions(plane, id, unknown, 9);
    expect([references(plane, [old]).length, toDepth('9'), toDepth('10')]).toEqual([1, 0, 1]);
    addVersions(plane, id, unknown, 1);
    expect([references(plane, [old]).length, toDepth('10'), toDepth('11'), toDepth('10000')]).toEqual([0, 0, 1, 1]);
  });

  it('lets single types have options of their own beside the defaults of all', async () => {
    const plane = aPlane();
    const image = publicImageId(home, 'al2023');
    await anInstance(plane);
    template(plane, 'web', image);
    const { ImageReferences = [] } = plane.call('DescribeImageReferences', {
      ImageIds: [image],
      IncludeAllResourceTypes: true,
      ResourceTypes: [
        {
          ResourceType: 'ec2:Instance',
          ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: ['stopped'] }],
        },
      ],
    });
    expect(ImageReferences.map(({ ResourceType }) => ResourceType)).toEqual(['ec2:LaunchTemplate']);
  });

  it('sees neither other accounts nor other regions', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const UserIds = [consumer.account];
    plane.call('ModifyImageAttribute', { ImageId, Attribute: 'launchPermission', OperationType: 'add', UserIds });
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    expect(references(plane, [ImageId])).toEqual([]);
    expect(references(plane, [ImageId], undefined, { ...consumer, region: away })).toEqual([]);
    expect(references(plane, [ImageId], undefined, consumer)).toHaveLength(1);
  });

  it('adds what other services refer to images with, of the types that are asked for', () => {
    const plane = aPlane();
    const parameter: ImageReference = {
      ImageId: unknown,
      ResourceType: 'ssm:Parameter',
      Arn: `arn:aws:ssm:${home}:111122223333:parameter/golden`,
    };
    const asked: unknown[] = [];
    plane.others.references = (...question) => {
      asked.push(question);
      return [parameter];
    };
    expect(references(plane, [unknown])).toEqual([parameter]);
    expect(references(plane, [unknown], [{ ResourceType: 'ssm:Parameter' }])).toEqual([parameter]);
    expect(references(plane, [unknown], [{ ResourceType: 'ec2:Instance' }])).toEqual([]);
    expect(asked[0]).toEqual(['111122223333', home, [unknown]]);
  });

  it('names the recipes of Image Builder that start from images, each by its own type', () => {
    const recipe = (kind: string, region = home) =>
      `arn:aws:imagebuilder:${region}:111122223333:${kind}-recipe/web/1.0.0`;
    const image = publicImageId(home, 'al2023');
    const imageRecipes = {
      [recipe('image')]: [image, unknown],
      [recipe('container')]: [unknown],
      [recipe('image', away)]: [unknown],
      [recipe('image').replace('111122223333', consumer.account)]: [unknown],
    };
    const plane = aPlane({ imageRecipes });
    const ofImages = { ImageId: unknown, ResourceType: 'imagebuilder:ImageRecipe', Arn: recipe('image') };
    const ofContainers = { ImageId: unknown, ResourceType: 'imagebuilder:ContainerRecipe', Arn: recipe('container') };
    expect(references(plane, [unknown])).toEqual([ofImages, ofContainers]);
    expect(references(plane, [unknown], [{ ResourceType: 'imagebuilder:ImageRecipe' }])).toEqual([ofImages]);
    expect(references(plane, [unknown], [{ ResourceType: 'imagebuilder:ContainerRecipe' }])).toEqual([ofContainers]);
    expect(references(plane, [unknown], [{ ResourceType: 'ec2:Instance' }])).toEqual([]);
    expect(references(plane, [image])).toEqual([{ ...ofImages, ImageId: image }]);
    expect(references(aPlane(), [unknown])).toEqual([]);
  });

  it.each(['full', 'uneven'] as const)('gives every reference once in %s pages', (pageFill) => {
    const plane = aPlane({ pageFill });
    const ids = Array.from({ length: 7 }, (_, index) => template(plane, `web-${index}`, unknown));
    plane.others.references = () =>
      ids.map((id) => ({ ImageId: unknown, ResourceType: 'ssm:Parameter', Arn: `parameter/${id}` }) as const);
    const request = { ImageIds: [unknown], IncludeAllResourceTypes: true, MaxResults: 5 };
    const found: (string | undefined)[] = [];
    let pages = 0;
    for (let NextToken: string | undefined; pages === 0 || NextToken; pages += 1) {
      const page = plane.call('DescribeImageReferences', { ...request, ...(NextToken && { NextToken }) });
      found.push(...(page.ImageReferences ?? []).map(({ Arn }) => Arn));
      NextToken = page.NextToken;
    }
    expect(found).toEqual([...ids.map((id) => arn('launch-template', id)), ...ids.map((id) => `parameter/${id}`)]);
    expect(pages).toBeGreaterThan(2);
  });

  const option = (ResourceType: string, OptionName: string, ...OptionValues: string[]) => ({
    IncludeAllResourceTypes: true,
    ResourceTypes: [{ ResourceType, ResourceTypeOptions: [{ OptionName, OptionValues }] }],
  });

  it.each([
    [{ ImageIds: [] }, 'MissingParameter'],
    [
      { ImageIds: Array.from({ length: 11 }, (_, index) => `ami-000000000000000${index + 10}`) },
      'InvalidParameterValue',
    ],
    [{ ImageIds: ['ami-x'] }, 'InvalidAMIID.Malformed'],
    [{ IncludeAllResourceTypes: false }, 'InvalidParameterCombination'],
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ NextToken: 'x' }, 'InvalidNextToken'],
    [{ ResourceTypes: [{ ResourceType: 'ec2:LaunchConfiguration' }] }, 'InvalidParameterValue'],
    [{ ResourceTypes: [{}] }, 'MissingParameter'],
    [{ ResourceTypes: [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:Instance' }] }, 'InvalidParameterValue'],
    [option('ec2:Instance', 'state-name', 'gone'), 'InvalidParameterValue'],
    [option('ec2:Instance', 'state-name'), 'InvalidParameterValue'],
    [option('ec2:Instance', 'version-depth', '1'), 'InvalidParameterValue'],
    [option('ec2:LaunchTemplate', 'version-depth', '0'), 'InvalidParameterValue'],
    [option('ec2:LaunchTemplate', 'version-depth', '10001'), 'InvalidParameterValue'],
    [option('ec2:LaunchTemplate', 'version-depth', '1', '2'), 'InvalidParameterValue'],
    [option('ssm:Parameter', 'version-depth', '1'), 'InvalidParameterValue'],
  ])('refuses %o with %s', (input, code) => {
    const request = { ImageIds: [unknown], IncludeAllResourceTypes: true, ...input };
    // The table holds what no typed caller would write.
    expect(refusal(() => aPlane().call('DescribeImageReferences', request as never)).code).toBe(code);
  });
});
