import { DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import { partialReading, type Reading } from '../../model/reading.ts';
import type { Caller } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import type { NamedTemplate } from './groups.ts';

const PAGE = 200;

/** A launch template with the images that its versions name, as they name them. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly latest: number;
  readonly preset: number;
  readonly versions: readonly { readonly version: number; readonly image: string }[];
}

/** What was read of launch templates in a run, by template. */
export type KnownTemplates = Map<string, Reading<readonly Template[]>>;

/**
 * Every version of every launch template of a region, since anything may name an old one. A version never changes, so
 * as long as a template has no newer version than before, what was read of it holds: a second look costs a call for each
 * page of templates and not one for each template.
 */
export async function readTemplates(
  caller: Caller,
  target: Target,
  known: KnownTemplates,
): Promise<Reading<readonly Template[]>> {
  const source = 'launch templates';
  const listed = await readPages(caller, target, source, 'DescribeLaunchTemplates', async (client, token) => {
    const answer = await client.send(new DescribeLaunchTemplatesCommand({ MaxResults: PAGE, NextToken: token }));
    const items = (answer.LaunchTemplates ?? []).flatMap((template) => {
      const { LaunchTemplateId: id, LaunchTemplateName: name = '' } = template;
      const { LatestVersionNumber: latest = 0, DefaultVersionNumber: preset = 0 } = template;
      return id ? [{ id, name, latest, preset }] : [];
    });
    return { items, next: answer.NextToken };
  });
  const templates = await Promise.all(
    listed.value.map(async (template) => {
      const before = known.get(template.id);
      const [seen] = before?.value ?? [];
      // What is the default version may have changed all the same.
      if (before?.complete && seen?.latest === template.latest) return { ...before, value: [{ ...seen, ...template }] };
      const versions = await readVersions(caller, target, template.id);
      const reading = { ...versions, value: [{ ...template, versions: versions.value }] };
      known.set(template.id, reading);
      return reading;
    }),
  );
  const found = joinReadings<Template>(source, listed.at, templates);
  return listed.complete ? found : partialReading(found.source, found.at, found.value, listed.problem);
}

function readVersions(caller: Caller, target: Target, template: string): Promise<Reading<Template['versions']>> {
  const action = 'DescribeLaunchTemplateVersions';
  return readPages(caller, target, 'launch template versions', action, async (client, token) => {
    const answer = await client.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template, MaxResults: PAGE, NextToken: token }),
    );
    const items = (answer.LaunchTemplateVersions ?? []).flatMap(({ VersionNumber: version, LaunchTemplateData }) =>
      version !== undefined && LaunchTemplateData?.ImageId ? [{ version, image: LaunchTemplateData.ImageId }] : [],
    );
    return { items, next: answer.NextToken };
  });
}

/** What a group would launch by a template that it names: the image of that version, or undefined if it names none. */
export function imageOf(named: NamedTemplate, templates: readonly Template[]): string | undefined {
  const template = templates.find(({ id, name }) => ('id' in named ? id === named.id : name === named.name));
  if (!template) return undefined;
  const version =
    named.version === '$Latest'
      ? template.latest
      : named.version === '$Default'
        ? template.preset
        : Number(named.version);
  return template.versions.find((one) => one.version === version)?.image;
}
