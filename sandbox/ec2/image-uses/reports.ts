import type {
  CreateImageUsageReportCommandInput,
  CreateImageUsageReportCommandOutput,
  DeleteImageUsageReportCommandInput,
  DeleteImageUsageReportCommandOutput,
  DescribeImageUsageReportsCommandInput,
  DescribeImageUsageReportsCommandOutput,
  ImageUsageReport,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { missingParameter, tooManyUsageReports } from '../errors.ts';
import { ownImage } from '../images/lookup.ts';
import type { AccountRegion, Plane, UsageReportEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, compileFilters, taggedFilterTable } from '../requests/filters.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, narrow, readCursor } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { usageOf, usageRules } from './report-entries.ts';
import { checkAccounts, chosenReports, ownReport, reportPageRule } from './report-lookup.ts';
import { readScopes } from './scope.ts';

const day = 86_400_000;

/** EC2 User Guide, View your AMI usage: a report is kept for 30 days, and its quotas for each region. */
const keptMs = 30 * day;
const pendingPerAccount = 2_000;
const pendingPerImage = 1;

const filters = taggedFilterTable<ImageUsageReport>({
  'creation-time': (report) => report.CreationTime?.toISOString(),
  state: (report) => report.State,
});

export function usageReportOperations(plane: Plane) {
  return {
    CreateImageUsageReport: operation<CreateImageUsageReportCommandInput, Answer<CreateImageUsageReportCommandOutput>>(
      [
        'ImageId',
        'ResourceTypes',
        'AccountIds',
        'ClientToken',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
      ],
      (input, context) => {
        const place = plane.in(context.account, context.region);
        const { id } = once(plane, place, 'CreateImageUsageReport', input, () => create(plane, place, input, context));
        return { ReportId: id };
      },
    ),
    DescribeImageUsageReports: operation<
      DescribeImageUsageReportsCommandInput,
      Answer<DescribeImageUsageReportsCommandOutput>
    >(['ImageIds', 'ReportIds', 'Filters', 'MaxResults', 'NextToken'], (input, context) =>
      describeReports(plane, input, context),
    ),
    DeleteImageUsageReport: operation<DeleteImageUsageReportCommandInput, Answer<DeleteImageUsageReportCommandOutput>>(
      ['ReportId'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        place.usageReports.remove(ownReport(plane, place, input.ReportId));
        return { Return: true };
      },
    ),
  };
}

function create(
  plane: Plane,
  place: AccountRegion,
  input: CreateImageUsageReportCommandInput,
  context: CallContext,
): string {
  const image = ownImage(plane, context, input.ImageId);
  const behaviour = plane.behaviour(place.region);
  if (!input.ResourceTypes || input.ResourceTypes.length === 0) throw missingParameter('ResourceType');
  readScopes(input.ResourceTypes, usageRules);
  checkAccounts(input.AccountIds);
  const tags = tagsByType(input.TagSpecifications, ['image-usage-report'], behaviour);
  checkQuotas(place, image.id, behaviour.usageReportQuotaCode);
  const id = plane.newId('amiur');
  const now = plane.clock.now();
  const report = view<ImageUsageReport>({
    ReportId: id,
    ImageId: image.id,
    // The caller's objects are copied, since the report freezes and keeps them.
    ResourceTypes: structuredClone(input.ResourceTypes),
    AccountIds: input.AccountIds && [...input.AccountIds],
    State: 'pending',
    CreationTime: new Date(now),
    ExpirationTime: new Date(now + keptMs),
    Tags: [...(tags.get('image-usage-report') ?? [])],
  });
  place.usageReports.add({ id, seq: plane.nextSeq(), current: report, shown: report, findings: [] });
  plane.later('usage-report-settled', place, id, now + behaviour.usageReportMs);
  plane.later('usage-report-expired', place, id, now + keptMs);
  return id;
}

function checkQuotas(place: AccountRegion, imageId: string, code: string): void {
  const pending = place.usageReports.inOrder.filter(({ current }) => current.State === 'pending');
  if (pending.length >= pendingPerAccount) throw tooManyUsageReports(code, pendingPerAccount, 'AWS account');
  const ofImage = pending.filter(({ current }) => current.ImageId === imageId);
  if (ofImage.length >= pendingPerImage) throw tooManyUsageReports(code, pendingPerImage, 'AMI');
}

function describeReports(plane: Plane, input: DescribeImageUsageReportsCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const cursor = readCursor(input, reportPageRule('DescribeImageUsageReports'), [], behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const isChosen = chosenReports(plane, place, input);
  const { entries, filters: rest } = narrow(place.usageReports, compiled);
  const accept = (entry: UsageReportEntry) =>
    isChosen(entry) && allHold(rest, entry.current) ? entry.current : undefined;
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { ImageUsageReports: items, ...(nextToken && { NextToken: nextToken }) };
}

export function handleUsageReportTransitions(plane: Plane): void {
  plane.timeline.handle('usage-report-settled', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.usageReports.get(id);
    if (!entry) return;
    const { usageReportOutcome: State } = plane.behaviour(region);
    entry.current = view<ImageUsageReport>({
      ...entry.current,
      State,
      ...(State === 'error' && { StateReason: 'The report could not be created.' }),
    });
    if (State === 'available') entry.findings = usageOf(plane, region, entry.current);
    place.usageReports.show(entry);
  });
  plane.timeline.handle('usage-report-expired', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.usageReports.get(id);
    if (entry) place.usageReports.remove(entry);
  });
}
