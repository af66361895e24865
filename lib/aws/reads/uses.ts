import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { type ImageId, isImageId, type Target } from '../../model/ids.ts';
import { completeReading, mapReading, type Reading } from '../../model/reading.ts';
import type { Use } from '../../planning/evidence.ts';
import type { UsesScope } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import { allOf, readPages } from '../calls/pages.ts';
import { exactly } from './filters.ts';
import { readScalingGroups, type ScalingReference } from './groups.ts';
import { type KnownParameters, readImageParameters } from './image-parameters.ts';
import { isParameterReference, parameterOf, resolveImageParameters } from './parameters.ts';
import { imageOf, type KnownTemplates, readTemplates, type Template } from './templates.ts';

const PAGE_OF_INSTANCES = 1000;

/** One image that something uses, as that names it: by its id, or by a parameter. */
interface Reference {
  readonly image: string;
  readonly use: Use;
}

/** What a run has read of what seldom changes, so that a second look need not read it again. */
export interface KnownUses {
  readonly templates: KnownTemplates;
  readonly parameters: KnownParameters;
}

/**
 * Who would miss images of a region: instances in every state but terminated, stopped ones included, since they need
 * their image to be replaced; launch templates in all their versions, since anything may name an old one; launch
 * configurations, attached or not; Auto Scaling groups by their template, their overrides and what those name, at any
 * capacity; and parameters whose values name images, by themselves or where a template names them.
 */
export async function readUses(
  caller: Caller,
  target: Target,
  scope: UsesScope,
  known: KnownUses,
): Promise<Reading<ReadonlyMap<ImageId, readonly Use[]>>> {
  const at = caller.now();
  const [instances, templates, scaling, parameters] = await Promise.all([
    instanceUses(caller, target, scope),
    readTemplates(caller, target, known.templates),
    readScalingGroups(caller, target),
    readImageParameters(caller, target, known.parameters),
  ]);
  const named: Reference[] = [
    ...instances.value,
    ...templates.value.flatMap(referencesOfTemplate),
    ...scaling.value.flatMap((reference) => referencesOfGroup(reference, templates.value)),
  ];
  const asked = named.flatMap(({ image }) => (isParameterReference(image) ? [parameterOf(image)] : []));
  const resolved = await resolveImageParameters(caller, target, asked);
  const uses = new Map<ImageId, Use[]>();
  const use = (image: ImageId, by: Use) => {
    const others = uses.get(image);
    if (others) others.push(by);
    else uses.set(image, [by]);
  };
  for (const { image, use: by } of named) {
    const id = isParameterReference(image) ? resolved.value.images.get(parameterOf(image)) : image;
    // Anything may be written into a template; what is no image id uses no image.
    if (id !== undefined && isImageId(id)) use(id, by);
  }
  for (const [name, stands] of parameters.value) {
    for (const image of stands) use(image, { kind: 'SSM parameter', id: name });
  }
  // The list of parameters may be older than the rest.
  const oldest = Math.min(at, parameters.at);
  return allOf('uses of images', oldest, [instances, templates, scaling, parameters, resolved], uses);
}

async function instanceUses(caller: Caller, target: Target, scope: UsesScope): Promise<Reading<readonly Reference[]>> {
  if ('instances' in scope) {
    return mapReading(await scope.instances, (instances) =>
      instances.flatMap(({ id, imageId, state }) => (state === 'terminated' ? [] : referenceOf(imageId, id))),
    );
  }
  if (scope.images.length === 0) return completeReading('instances', caller.now(), []);
  const filters = [
    exactly('instance-state-name', 'pending', 'running', 'stopping', 'stopped', 'shutting-down'),
    exactly('image-id', ...scope.images),
  ];
  return readPages(caller, target, 'instances', 'DescribeInstances', async (client, token) => {
    const answer = await client.send(
      new DescribeInstancesCommand({ Filters: filters, MaxResults: PAGE_OF_INSTANCES, NextToken: token }),
    );
    const items = (answer.Reservations ?? []).flatMap(({ Instances = [] }) =>
      Instances.flatMap(({ ImageId = '', InstanceId = '' }) => referenceOf(ImageId, InstanceId)),
    );
    return { items, next: answer.NextToken };
  });
}

function referenceOf(image: string, id: string): Reference[] {
  return image === '' ? [] : [{ image, use: { kind: 'instance', id } }];
}

/** Several versions of one image are one use. */
function referencesOfTemplate({ id, versions }: Template): Reference[] {
  const images = new Set(versions.map(({ image }) => image));
  return [...images].map((image) => ({ image, use: { kind: 'launch template', id } }));
}

function referencesOfGroup({ by, image, template }: ScalingReference, templates: readonly Template[]): Reference[] {
  const named = image ?? (template && imageOf(template, templates));
  return named === undefined ? [] : [{ image: named, use: by }];
}
