import type {
  CreateLaunchTemplateCommandInput,
  CreateLaunchTemplateCommandOutput,
  DeleteLaunchTemplateCommandInput,
  DeleteLaunchTemplateCommandOutput,
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplatesCommandOutput,
  LaunchTemplate,
  ModifyLaunchTemplateCommandInput,
  ModifyLaunchTemplateCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { missingParameter, someTemplateNameNotFound, templateNameMalformed, templateNameTaken } from '../errors.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, LaunchTemplateEntry, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { allHold, compileFilters, taggedFilterTable } from '../requests/filters.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, narrow, readCursor } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { checkTemplateImage } from './image-parameters.ts';
import { ownTemplate, templateNamed, templateVersion } from './lookup.ts';
import { heededTemplateData, newVersion, templatePageRule } from './versions.ts';

const filters = taggedFilterTable<LaunchTemplate>({
  'create-time': (template) => template.CreateTime?.toISOString(),
  'launch-template-name': (template) => template.LaunchTemplateName,
});

export function launchTemplateOperations(plane: Plane) {
  return {
    CreateLaunchTemplate: operation<CreateLaunchTemplateCommandInput, Answer<CreateLaunchTemplateCommandOutput>>(
      [
        'LaunchTemplateName',
        'VersionDescription',
        'ClientToken',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
        ...heededTemplateData,
      ],
      (input, context) => {
        const place = plane.in(context.account, context.region);
        const { id } = once(plane, place, 'CreateLaunchTemplate', input, () => createTemplate(plane, place, input));
        return { LaunchTemplate: ownTemplate(place, { LaunchTemplateId: id }).current };
      },
    ),
    ModifyLaunchTemplate: operation<ModifyLaunchTemplateCommandInput, Answer<ModifyLaunchTemplateCommandOutput>>(
      ['LaunchTemplateId', 'LaunchTemplateName', 'DefaultVersion', 'ClientToken'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownTemplate(place, input);
        if (input.DefaultVersion !== undefined) setDefault(place, entry, input.DefaultVersion);
        return { LaunchTemplate: entry.current };
      },
    ),
    DeleteLaunchTemplate: operation<DeleteLaunchTemplateCommandInput, Answer<DeleteLaunchTemplateCommandOutput>>(
      ['LaunchTemplateId', 'LaunchTemplateName'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownTemplate(place, input);
        place.launchTemplates.remove(entry);
        return { LaunchTemplate: entry.current };
      },
    ),
    DescribeLaunchTemplates: operation<
      DescribeLaunchTemplatesCommandInput,
      Answer<DescribeLaunchTemplatesCommandOutput>
    >(['LaunchTemplateIds', 'LaunchTemplateNames', 'Filters', 'MaxResults', 'NextToken'], (input, context) =>
      describeTemplates(plane, input, context),
    ),
  };
}

function createTemplate(plane: Plane, place: AccountRegion, input: CreateLaunchTemplateCommandInput): string {
  const { LaunchTemplateName: name, LaunchTemplateData: data } = input;
  if (!name) throw missingParameter('LaunchTemplateName');
  if (!data) throw missingParameter('LaunchTemplateData');
  if (!/^[A-Za-z0-9().\-/_]{3,128}$/.test(name)) throw templateNameMalformed();
  if (place.launchTemplates.countWithTerms([term('launch-template-name', name)]) > 0) throw templateNameTaken();
  checkTemplateImage(plane, place, data.ImageId);
  const tags = tagsByType(input.TagSpecifications, ['launch-template'], plane.behaviour(place.region));
  const id = plane.newId('lt');
  const template = view<LaunchTemplate>({
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    CreateTime: secondsDate(plane.clock.now()),
    CreatedBy: `arn:aws:iam::${place.account}:root`,
    DefaultVersionNumber: 1,
    LatestVersionNumber: 1,
    Tags: [...(tags.get('launch-template') ?? [])],
  });
  const version = newVersion(template, 1, plane.clock.now(), data, input.VersionDescription);
  place.launchTemplates.add({ id, seq: plane.nextSeq(), current: template, shown: template, versions: [version] });
  return id;
}

function setDefault(place: AccountRegion, entry: LaunchTemplateEntry, named: string): void {
  const { VersionNumber: chosen } = templateVersion(entry, named);
  entry.current = view({ ...entry.current, DefaultVersionNumber: chosen });
  place.launchTemplates.show(entry);
  entry.versions = entry.versions.map((version) => {
    const isDefault = version.VersionNumber === chosen;
    return version.DefaultVersion === isDefault ? version : view({ ...version, DefaultVersion: isDefault });
  });
}

function describeTemplates(plane: Plane, input: DescribeLaunchTemplatesCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
  const cursor = readCursor(input, templatePageRule('DescribeLaunchTemplates'), [...ids, ...names], behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const named = [
    ...ids.map((LaunchTemplateId) => ownTemplate(place, { LaunchTemplateId })),
    ...names.map((name) => {
      const entry = templateNamed(place, name);
      if (!entry) throw someTemplateNameNotFound();
      return entry;
    }),
  ].sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    named.length > 0 ? { entries: named, filters: compiled } : narrow(place.launchTemplates, compiled);
  const accept = ({ shown }: LaunchTemplateEntry) => (shown && allHold(rest, shown) ? shown : undefined);
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { LaunchTemplates: items, ...(nextToken && { NextToken: nextToken }) };
}
