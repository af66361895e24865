import { cursorAt, fillPage, type Page } from '../ec2/requests/paging.ts';
import { badToken, notWithin } from './errors.ts';
import type { ScalingState } from './state.ts';

/** API reference, MaxRecords of DescribeAutoScalingGroups and DescribeLaunchConfigurations. */
export const defaultPage = 50;
const greatestPage = 100;

interface PageRequest {
  readonly MaxRecords?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * The page of the entries that a request asks for.
 *
 * @throws ValidationError for a MaxRecords below 1 or above 100, InvalidNextToken for a token of something else
 */
export function pageOf<E extends { readonly seq: number }, View>(
  state: ScalingState,
  operation: string,
  region: string,
  { MaxRecords: full = defaultPage, NextToken: token }: PageRequest,
  entries: readonly E[],
  shown: (entry: E) => View,
): Page<View> {
  if (full < 1) throw notWithin(full, 'maxRecords', 'greater', 1);
  if (full > greatestPage) throw notWithin(full, 'maxRecords', 'less', greatestPage);
  const cursor = cursorAt({ operation, token, full, pageFill: state.ec2.pageFill(region), badToken });
  return fillPage([entries], cursor, shown);
}
