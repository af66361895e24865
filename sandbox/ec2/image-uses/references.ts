import type {
  DescribeImageReferencesCommandInput,
  DescribeImageReferencesCommandOutput,
  ImageReference,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { imageMalformed, invalidCombination, invalidValue, missingParameter } from '../errors.ts';
import { imagesOfTemplate } from '../launch-templates/lookup.ts';
import { isId } from '../plane/ids.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { type ImageRecipe, recipesIn } from './recipes.ts';
import { readScopes, type Scope, type ScopeRules } from './scope.ts';

/** API reference, DescribeImageReferences. */
const rules: ScopeRules = {
  types: [
    'ec2:Instance',
    'ec2:LaunchTemplate',
    'ssm:Parameter',
    'imagebuilder:ImageRecipe',
    'imagebuilder:ContainerRecipe',
  ],
  versionDepth: 10,
  byState: true,
};

const imageLimit = 10;

const pageRule: PageRule = {
  operation: 'DescribeImageReferences',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'imageIdsSet',
};

export function imageReferenceOperations(plane: Plane) {
  return {
    DescribeImageReferences: operation<
      DescribeImageReferencesCommandInput,
      Answer<DescribeImageReferencesCommandOutput>
    >(['ImageIds', 'IncludeAllResourceTypes', 'ResourceTypes', 'MaxResults', 'NextToken'], (input, context) =>
      describeReferences(plane, input, context),
    ),
  };
}

/** A reference in its place among those that an answer lists. */
interface PlacedReference {
  readonly seq: number;
  readonly reference: ImageReference;
}

/**
 * What of the caller's account, in this region, names the images, whether these exist or not. Launch configurations,
 * older versions of launch templates, other accounts and regions are not looked at (EC2 User Guide, Identify your
 * resources referencing specified AMIs).
 */
function describeReferences(plane: Plane, input: DescribeImageReferencesCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  const cursor = readCursor(input, pageRule, [], plane.behaviour(context.region));
  const ids = checkedIds(input.ImageIds);
  const scopes = scopesOf(input);
  const ofEc2 = [
    ...instanceReferences(place, ids, scopes.get('ec2:Instance')),
    ...templateReferences(place, ids, scopes.get('ec2:LaunchTemplate')),
  ].sort((a, b) => a.seq - b.seq);
  const ofOthers = [
    ...plane.otherReferences(context.account, context.region, ids),
    ...recipesIn(plane, context.region)
      .filter(({ account }) => account === context.account)
      .flatMap((recipe) => referencesOfRecipe(recipe, ids)),
  ]
    .filter(({ ResourceType: type = '' }) => scopes.has(type))
    .map((reference, index): PlacedReference => ({ seq: afterEc2 + index, reference }));
  const { items, nextToken } = fillPage([ofEc2, ofOthers], cursor, ({ reference }) => reference);
  return { ImageReferences: items, ...(nextToken && { NextToken: nextToken }) };
}

/** Beyond the place of any resource of EC2. */
const afterEc2 = 2 ** 52;

function checkedIds(ids: readonly string[] | undefined): readonly string[] {
  if (!ids || ids.length === 0) throw missingParameter('ImageId');
  if (ids.length > imageLimit) throw invalidValue(`At most ${imageLimit} image IDs can be specified.`);
  for (const id of ids) if (!isId('ami', id)) throw imageMalformed(id);
  return [...new Set(ids)];
}

/** All types with their defaults, and what the request says of single ones in their place. */
function scopesOf({ IncludeAllResourceTypes: all, ResourceTypes: requests = [] }: DescribeImageReferencesCommandInput) {
  if (!all && requests.length === 0) {
    throw invalidCombination('Either IncludeAllResourceTypes or ResourceTypes must be specified.');
  }
  const named = readScopes(requests, rules);
  if (!all) return named;
  return new Map<string, Scope>([
    ...rules.types.map((type) => [type, { versionDepth: rules.versionDepth }] as const),
    ...named,
  ]);
}

function instanceReferences(
  { account, region, instances }: AccountRegion,
  ids: readonly string[],
  scope: Scope | undefined,
): readonly PlacedReference[] {
  if (!scope) return [];
  return instances
    .withTerms(ids.map((id) => term('image-id', id)))
    .filter(({ current }) => scope.states?.has(current.State?.Name ?? '') ?? true)
    .map(({ id, seq, current }) => ({
      seq: seq * imageLimit,
      reference: {
        ImageId: current.ImageId,
        ResourceType: 'ec2:Instance',
        Arn: `arn:aws:ec2:${region}:${account}:instance/${id}`,
      },
    }));
}

function referencesOfRecipe({ arn, type, images }: ImageRecipe, ids: readonly string[]): readonly ImageReference[] {
  return ids
    .filter((ImageId) => images.includes(ImageId))
    .map((ImageId) => ({ ImageId, ResourceType: type, Arn: arn }));
}

/** A template is told once for each image, however many versions name it. */
function templateReferences(
  { account, region, launchTemplates }: AccountRegion,
  ids: readonly string[],
  scope: Scope | undefined,
): readonly PlacedReference[] {
  if (!scope) return [];
  return launchTemplates.inOrder.flatMap(({ id, seq, versions }) => {
    const images = imagesOfTemplate(versions, scope.versionDepth);
    return ids.flatMap((imageId, index): PlacedReference[] => {
      if (!images.has(imageId)) return [];
      const Arn = `arn:aws:ec2:${region}:${account}:launch-template/${id}`;
      return [
        { seq: seq * imageLimit + index, reference: { ImageId: imageId, ResourceType: 'ec2:LaunchTemplate', Arn } },
      ];
    });
  });
}
