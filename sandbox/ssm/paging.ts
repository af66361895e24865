import { cursorAt, fillPage, type Page } from '../ec2/requests/paging.ts';
import { badToken, notWithin } from './errors.ts';
import type { ParameterState } from './state.ts';

interface PageSizes {
  readonly least: number;
  readonly most: number;
  /** Where the request does not say. */
  readonly usual: number;
}

/** API reference, MaxResults of DescribeParameters and GetParameterHistory. */
const ofParameters: PageSizes = { least: 1, most: 50, usual: 50 };

/** API reference, MaxResults of DescribeInstanceInformation. */
export const ofNodes: PageSizes = { least: 5, most: 50, usual: 10 };

/** API reference, MaxResults of ListCommandInvocations. */
export const ofInvocations: PageSizes = { least: 1, most: 50, usual: 50 };

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * The page of the items that a request asks for.
 *
 * @throws ValidationException for a MaxResults out of range, InvalidNextToken for a token of something else
 */
export function pageOf<E extends { readonly seq: number }, View>(
  state: Pick<ParameterState, 'pageFill'>,
  operation: string,
  region: string,
  { MaxResults, NextToken: token }: PageRequest,
  entries: readonly E[],
  shown: (entry: E) => View,
  { least, most, usual }: PageSizes = ofParameters,
): Page<View> {
  const full = MaxResults ?? usual;
  if (full < least) throw notWithin(full, 'maxResults', `value greater than or equal to ${least}`);
  if (full > most) throw notWithin(full, 'maxResults', `value less than or equal to ${most}`);
  const cursor = cursorAt({ operation, token, full, pageFill: state.pageFill(region), badToken });
  return fillPage([entries], cursor, shown);
}
