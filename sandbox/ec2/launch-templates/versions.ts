import type {
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput,
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
  LaunchTemplate,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { invalidValue, missingParameter, templateVersionsOfNothing } from '../errors.ts';
import { heededLaunchAttributes } from '../instances/attribute-values.ts';
import { heededInterfaces } from '../instances/launch-network.ts';
import { heededLaunchOptions } from '../instances/launch-options.ts';
import type { AccountRegion, LaunchTemplateEntry, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { allHold, asText, compileFilters, filterTable } from '../requests/filters.ts';
import { launchTemplateVersionsNotModelled } from '../requests/filters-not-modelled.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { checkTemplateImage, resolvedImageId } from './image-parameters.ts';
import { ownTemplate, templateVersion } from './lookup.ts';

/** What of a template's data a launch in the sandbox heeds: see `withTemplateData`. */
export const heededTemplateData = [
  'ImageId',
  'InstanceType',
  'BlockDeviceMappings',
  'TagSpecifications',
  ...heededInterfaces,
  'SecurityGroupIds',
  ...heededLaunchOptions,
  ...heededLaunchAttributes,
].map((path) => `LaunchTemplateData.${path}`);

/** API reference, DescribeLaunchTemplates and DescribeLaunchTemplateVersions: 1 to 200 results. */
export function templatePageRule(operationName: string): PageRule {
  return {
    operation: operationName,
    least: 1,
    most: 200,
    beyond: 'refused',
    idList: 'launchTemplateIds',
    outOfRange: () => invalidValue('Maximum results allowed are between 1 and 200'),
  };
}

const filters = filterTable<LaunchTemplateVersion>(
  {
    'create-time': (version) => version.CreateTime?.toISOString(),
    'image-id': (version) => version.LaunchTemplateData?.ImageId,
    'instance-type': (version) => version.LaunchTemplateData?.InstanceType,
    'is-default-version': (version) => asText(version.DefaultVersion),
  },
  launchTemplateVersionsNotModelled,
);

export function launchTemplateVersionOperations(plane: Plane) {
  return {
    CreateLaunchTemplateVersion: operation<
      CreateLaunchTemplateVersionCommandInput,
      Answer<CreateLaunchTemplateVersionCommandOutput>
    >(
      [
        'LaunchTemplateId',
        'LaunchTemplateName',
        'SourceVersion',
        'VersionDescription',
        'ClientToken',
        'ResolveAlias',
        ...heededTemplateData,
      ],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownTemplate(place, input);
        const { id } = once(plane, place, 'CreateLaunchTemplateVersion', input, () =>
          addVersion(plane, place, entry, input),
        );
        return { LaunchTemplateVersion: shownVersion(plane, place, templateVersion(entry, id), input.ResolveAlias) };
      },
    ),
    DescribeLaunchTemplateVersions: operation<
      DescribeLaunchTemplateVersionsCommandInput,
      Answer<DescribeLaunchTemplateVersionsCommandOutput>
    >(
      [
        'LaunchTemplateId',
        'LaunchTemplateName',
        'Versions',
        'MinVersion',
        'MaxVersion',
        'Filters',
        'MaxResults',
        'NextToken',
        'ResolveAlias',
      ],
      (input, context) => describeVersions(plane, input, context),
    ),
  };
}

export function newVersion(
  template: LaunchTemplate,
  number: number,
  now: number,
  data: RequestLaunchTemplateData | ResponseLaunchTemplateData,
  description: string | undefined,
): LaunchTemplateVersion {
  return view<LaunchTemplateVersion>({
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    VersionNumber: number,
    VersionDescription: description,
    CreateTime: secondsDate(now),
    CreatedBy: template.CreatedBy,
    DefaultVersion: template.DefaultVersionNumber === number,
    // The caller's object is copied, since the version freezes and keeps it.
    LaunchTemplateData: structuredClone(data),
  });
}

/** @returns the number of the version, as text. */
function addVersion(
  plane: Plane,
  place: AccountRegion,
  entry: LaunchTemplateEntry,
  input: CreateLaunchTemplateVersionCommandInput,
): string {
  if (!input.LaunchTemplateData) throw missingParameter('LaunchTemplateData');
  const source = input.SourceVersion && templateVersion(entry, input.SourceVersion).LaunchTemplateData;
  const number = (entry.current.LatestVersionNumber ?? 0) + 1;
  const data = { ...(source || {}), ...input.LaunchTemplateData };
  checkTemplateImage(plane, place, data.ImageId);
  const version = newVersion(entry.current, number, plane.clock.now(), data, input.VersionDescription);
  entry.versions = [...entry.versions, version];
  entry.current = view({ ...entry.current, LatestVersionNumber: number });
  place.launchTemplates.show(entry);
  return String(number);
}

/** A version in its place among those that an answer lists. */
interface PlacedVersion {
  readonly seq: number;
  readonly version: LaunchTemplateVersion;
}

function describeVersions(
  plane: Plane,
  input: DescribeLaunchTemplateVersionsCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const cursor = readCursor(input, templatePageRule('DescribeLaunchTemplateVersions'), [], behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const named = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
  const list = named ? versionsOf(ownTemplate(place, input), input) : versionsOfAll(place, input.Versions ?? []);
  const accept = ({ version }: PlacedVersion) =>
    allHold(compiled, version) ? shownVersion(plane, place, version, input.ResolveAlias) : undefined;
  const { items, nextToken } = fillPage([list], cursor, accept);
  return { LaunchTemplateVersions: items, ...(nextToken && { NextToken: nextToken }) };
}

/** A version as it was written or, where that is asked for, with the image that its parameter stands for now. */
function shownVersion(
  plane: Plane,
  place: AccountRegion,
  version: LaunchTemplateVersion,
  resolve = false,
): LaunchTemplateVersion {
  const { LaunchTemplateData: data } = version;
  const ImageId = resolve ? resolvedImageId(plane, place, data?.ImageId) : data?.ImageId;
  return ImageId === data?.ImageId ? version : view({ ...version, LaunchTemplateData: { ...data, ImageId } });
}

/** The newest first, as EC2 lists them. */
function versionsOf(
  entry: LaunchTemplateEntry,
  { Versions: named = [], MinVersion: least, MaxVersion: most }: DescribeLaunchTemplateVersionsCommandInput,
): readonly PlacedVersion[] {
  const chosen = named.length > 0 ? new Set(named.map((name) => templateVersion(entry, name))) : entry.versions;
  const from = least === undefined ? 0 : (templateVersion(entry, least).VersionNumber ?? 0);
  const to = most === undefined ? Infinity : (templateVersion(entry, most).VersionNumber ?? 0);
  return [...chosen]
    .map((version) => ({ seq: -(version.VersionNumber ?? 0), version }))
    .filter(({ seq }) => -seq >= from && -seq <= to)
    .sort((a, b) => a.seq - b.seq);
}

/**
 * Of every template its latest, its default version or both; numbers mean nothing without a template (API
 * reference, DescribeLaunchTemplateVersions).
 */
function versionsOfAll(place: AccountRegion, named: readonly string[]): readonly PlacedVersion[] {
  if (named.length === 0) throw templateVersionsOfNothing();
  if (named.some((name) => name !== '$Latest' && name !== '$Default')) {
    throw invalidValue('Without a launch template, Versions can be $Latest, $Default or both.');
  }
  return place.launchTemplates.inOrder.flatMap((entry) =>
    [...new Set(named.map((name) => templateVersion(entry, name)))].map((version, index) => ({
      seq: entry.seq * 2 + index,
      version,
    })),
  );
}
