import {
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
} from '@aws-sdk/client-ec2';
import { type ImageId, isImageId, type Target } from '../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../model/reading.ts';
import type { Use } from '../planning/evidence.ts';
import type { Caller } from './caller.ts';
import { exactly } from './filters.ts';
import { joinReadings, readPages } from './pages.ts';

const PAGE_OF_INSTANCES = 1000;
const PAGE_OF_TEMPLATES = 200;
const MOST_TOLD = 3;

/** One image that something uses. */
interface Reference {
  readonly image: string;
  readonly use: Use;
}

/**
 * Who would miss images of a region: instances in every state but terminated, stopped ones included, since they need
 * their image to be replaced; and launch templates in all their versions, since anything may name an old one.
 *
 * A template that takes its image from a parameter (`resolve:ssm:`) does not say which image that is: the reading is
 * partial then, and nothing can be called unused.
 */
export async function readUses(
  caller: Caller,
  target: Target,
  images: readonly ImageId[] | undefined,
  known: KnownTemplates,
): Promise<Reading<ReadonlyMap<ImageId, readonly Use[]>>> {
  const source = 'uses of images';
  const at = caller.now();
  const readings = await Promise.all([instanceUses(caller, target, images), templateUses(caller, target, known)]);
  const { value: references, ...joined } = joinReadings(source, at, readings);
  const uses = new Map<ImageId, Use[]>();
  const unresolved = new Set<string>();
  for (const { image, use } of references) {
    if (image.startsWith('resolve:')) unresolved.add(`launch template ${use.id} takes its image from '${image}'`);
    // Anything may be written into a template; what is no image id uses no image.
    else if (isImageId(image)) {
      const known = uses.get(image);
      if (known) known.push(use);
      else uses.set(image, [use]);
    }
  }
  const problems = [...(joined.complete ? [] : [joined.problem]), ...firstOf([...unresolved])];
  return problems.length === 0
    ? completeReading(source, joined.at, uses)
    : partialReading(source, joined.at, uses, problems.join('; '));
}

/** A few stand for all: the text is told of every image that it keeps. */
function firstOf(problems: readonly string[]): string[] {
  const more = problems.length - MOST_TOLD;
  return more > 0 ? [...problems.slice(0, MOST_TOLD), `and ${more} more`] : [...problems];
}

function instanceUses(caller: Caller, target: Target, images: readonly ImageId[] | undefined) {
  const filters = [
    exactly('instance-state-name', 'pending', 'running', 'stopping', 'stopped', 'shutting-down'),
    ...(images ? [exactly('image-id', ...images)] : []),
  ];
  if (images?.length === 0) return completeReading<readonly Reference[]>('instances', caller.now(), []);
  return readPages(caller, target, 'instances', 'DescribeInstances', async (client, token) => {
    const answer = await client.send(
      new DescribeInstancesCommand({ Filters: filters, MaxResults: PAGE_OF_INSTANCES, NextToken: token }),
    );
    const items = (answer.Reservations ?? []).flatMap(({ Instances = [] }) =>
      Instances.flatMap(({ ImageId, InstanceId = '' }): Reference[] =>
        ImageId ? [{ image: ImageId, use: { kind: 'instance', id: InstanceId } }] : [],
      ),
    );
    return { items, next: answer.NextToken };
  });
}

/** What was read of launch templates in a run, by template. */
export type KnownTemplates = Map<string, { readonly latest: number; readonly uses: Reading<readonly Reference[]> }>;

/**
 * A version of a template never changes, so as long as a template has no newer version than before, what was read of it
 * holds: a second look costs a call for each page of templates and not one for each template.
 */
async function templateUses(
  caller: Caller,
  target: Target,
  known: KnownTemplates,
): Promise<Reading<readonly Reference[]>> {
  const templates = await readPages(
    caller,
    target,
    'launch templates',
    'DescribeLaunchTemplates',
    async (client, token) => {
      const answer = await client.send(
        new DescribeLaunchTemplatesCommand({ MaxResults: PAGE_OF_TEMPLATES, NextToken: token }),
      );
      const items = (answer.LaunchTemplates ?? []).flatMap(
        ({ LaunchTemplateId: id, LatestVersionNumber: latest = 0 }) => (id ? [{ id, latest }] : []),
      );
      return { items, next: answer.NextToken };
    },
  );
  const versions = await Promise.all(
    templates.value.map(async ({ id, latest }) => {
      const before = known.get(id);
      if (before?.latest === latest && before.uses.complete) return before.uses;
      const uses = await versionUses(caller, target, id);
      known.set(id, { latest, uses });
      return uses;
    }),
  );
  const found = joinReadings('launch template versions', templates.at, versions);
  return templates.complete ? found : partialReading(found.source, found.at, found.value, templates.problem);
}

function versionUses(caller: Caller, target: Target, template: string): Promise<Reading<readonly Reference[]>> {
  const action = 'DescribeLaunchTemplateVersions';
  return readPages(caller, target, 'launch template versions', action, async (client, token) => {
    const answer = await client.send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: template,
        MaxResults: PAGE_OF_TEMPLATES,
        NextToken: token,
      }),
    );
    const items = (answer.LaunchTemplateVersions ?? []).flatMap(({ LaunchTemplateData }): Reference[] =>
      LaunchTemplateData?.ImageId
        ? [{ image: LaunchTemplateData.ImageId, use: { kind: 'launch template', id: template } }]
        : [],
    );
    return { items, next: answer.NextToken };
  });
}
