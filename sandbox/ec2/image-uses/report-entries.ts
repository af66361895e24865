import type {
  DescribeImageUsageReportEntriesCommandInput,
  DescribeImageUsageReportEntriesCommandOutput,
  ImageUsageReport,
  ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { imagesOfTemplate } from '../launch-templates/lookup.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, compileFilters, filterTable } from '../requests/filters.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, readCursor } from '../requests/paging.ts';
import { recipesIn } from './recipes.ts';
import { chosenReports, reportPageRule } from './report-lookup.ts';
import { readScopes, type ScopeRules } from './scope.ts';

/** API reference, ImageUsageResourceTypeRequest. */
export const usageRules: ScopeRules = {
  types: ['ec2:Instance', 'ec2:LaunchTemplate', 'imagebuilder:ImageRecipe', 'imagebuilder:ContainerRecipe'],
  versionDepth: 20,
  byState: false,
};

const recipeTypes = ['imagebuilder:ImageRecipe', 'imagebuilder:ContainerRecipe'] as const;

const filters = filterTable<ImageUsageReportEntry>({
  'account-id': (entry) => entry.AccountId,
  'creation-time': (entry) => entry.ReportCreationTime?.toISOString(),
  'resource-type': (entry) => entry.ResourceType,
});

export function usageReportEntryOperations(plane: Plane) {
  return {
    DescribeImageUsageReportEntries: operation<
      DescribeImageUsageReportEntriesCommandInput,
      Answer<DescribeImageUsageReportEntriesCommandOutput>
    >(['ImageIds', 'ReportIds', 'Filters', 'MaxResults', 'NextToken'], (input, context) =>
      describeEntries(plane, input, context),
    ),
  };
}

/** More entries than a report can have: what keeps those of one report together in the order of all. */
const entriesPerReport = 2 ** 20;

/** Of all reports, or of those that are named; one that is not available has none. */
function describeEntries(
  plane: Plane,
  input: DescribeImageUsageReportEntriesCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const cursor = readCursor(input, reportPageRule('DescribeImageUsageReportEntries'), [], behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const list = place.usageReports.inOrder
    .filter(chosenReports(plane, place, input))
    .flatMap((report) =>
      report.findings.map((entry, index) => ({ seq: report.seq * entriesPerReport + index, entry })),
    );
  const { items, nextToken } = fillPage([list], cursor, ({ entry }) => (allHold(compiled, entry) ? entry : undefined));
  return { ImageUsageReportEntries: items, ...(nextToken && { NextToken: nextToken }) };
}

/** One entry for each account, in the order of their ids, and each type of resource of it that uses the image. */
export function usageOf(plane: Plane, region: string, report: ImageUsageReport): readonly ImageUsageReportEntry[] {
  const { ImageId: imageId = '', AccountIds: accounts } = report;
  const scopes = readScopes(report.ResourceTypes ?? [], usageRules);
  const depth = scopes.get('ec2:LaunchTemplate')?.versionDepth;
  const recipes = recipesIn(plane, region).filter(({ images }) => images.includes(imageId));
  // An account may have recipes and nothing else.
  for (const { account } of recipes) plane.in(account, region);
  return [...plane.places.values()]
    .filter((place) => place.region === region && (accounts?.includes(place.account) ?? true))
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .flatMap((place) => {
      const entryOf = (ResourceType: string, UsageCount: number): ImageUsageReportEntry[] =>
        UsageCount === 0
          ? []
          : [
              {
                ResourceType,
                ReportId: report.ReportId,
                UsageCount,
                AccountId: place.account,
                ImageId: imageId,
                ReportCreationTime: report.CreationTime,
              },
            ];
      return [
        ...entryOf('ec2:Instance', scopes.has('ec2:Instance') ? instancesUsing(plane, place, imageId) : 0),
        ...entryOf('ec2:LaunchTemplate', depth === undefined ? 0 : templatesUsing(plane, place, imageId, depth)),
        ...recipeTypes
          .filter((type) => scopes.has(type))
          .flatMap((type) =>
            entryOf(type, recipes.filter((one) => one.type === type && one.account === place.account).length),
          ),
      ];
    })
    .map(view);
}

/** Launches of late are not known yet; what has ended is known at once. */
function instancesUsing(plane: Plane, place: AccountRegion, imageId: string): number {
  const until = plane.clock.now() - plane.behaviour(place.region).usageReportInstanceLagMs;
  return place.instances
    .withTerms([term('image-id', imageId)])
    .filter(({ current }) => current.State?.Name !== 'terminated' && (current.LaunchTime?.getTime() ?? 0) <= until)
    .length;
}

/** A template counts once, however many of its newest versions name the image (EC2 User Guide, View your AMI usage). */
function templatesUsing(plane: Plane, place: AccountRegion, imageId: string, depth: number): number {
  const until = plane.clock.now() - plane.behaviour(place.region).usageReportTemplateLagMs;
  return place.launchTemplates.inOrder.filter(({ versions }) => {
    const known = versions.filter(({ CreateTime: time }) => (time?.getTime() ?? 0) <= until);
    return imagesOfTemplate(known, depth).has(imageId);
  }).length;
}
