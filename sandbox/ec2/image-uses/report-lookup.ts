import {
  imageMalformed,
  invalidValue,
  missingParameter,
  usageReportMalformed,
  usageReportNotFound,
} from '../errors.ts';
import { isId } from '../plane/ids.ts';
import type { AccountRegion, Plane, UsageReportEntry } from '../plane/state.ts';
import type { PageRule } from '../requests/paging.ts';

/** API reference, DescribeImageUsageReports and CreateImageUsageReport: of images, reports and accounts. */
const idLimit = 200;

export function reportPageRule(operationName: string): PageRule {
  return { operation: operationName, least: 1, most: 1_000, beyond: 'clamped', idList: 'reportIdsSet' };
}

/** @throws InvalidParameterValue for what is no id of a report, and what the behaviour says for an unknown one. */
export function ownReport(plane: Plane, place: AccountRegion, id: string | undefined): UsageReportEntry {
  if (!id) throw missingParameter('ReportId');
  if (!isId('amiur', id)) throw usageReportMalformed(id);
  const entry = place.usageReports.get(id);
  if (!entry) throw usageReportNotFound(plane.behaviour(place.region).unknownUsageReportCode, id);
  return entry;
}

interface ReportChoice {
  readonly ImageIds?: readonly string[] | undefined;
  readonly ReportIds?: readonly string[] | undefined;
}

/**
 * Which reports a request is about: those that it names, of the images that it names.
 *
 * @throws InvalidParameterValue for too many, InvalidAMIID.Malformed, and what `ownReport` throws.
 */
export function chosenReports(
  plane: Plane,
  place: AccountRegion,
  { ImageIds: images = [], ReportIds: reports = [] }: ReportChoice,
): (entry: UsageReportEntry) => boolean {
  checkCount(images, 'image');
  checkCount(reports, 'report');
  for (const id of images) if (!isId('ami', id)) throw imageMalformed(id);
  for (const id of reports) ownReport(plane, place, id);
  return ({ id, current }) =>
    (reports.length === 0 || reports.includes(id)) && (images.length === 0 || images.includes(current.ImageId ?? ''));
}

export function checkAccounts(accounts: readonly string[] = []): void {
  checkCount(accounts, 'account');
  for (const id of accounts)
    if (!/^\d{12}$/.test(id)) throw invalidValue(`Value (${id}) for parameter accountId is invalid.`);
}

function checkCount(ids: readonly string[], what: string): void {
  if (ids.length > idLimit) throw invalidValue(`At most ${idLimit} ${what} IDs can be specified.`);
}
