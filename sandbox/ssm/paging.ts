import { cursorAt, fillPage, type Page } from '../ec2/requests/paging.ts';
import { badToken, notWithin } from './errors.ts';
import type { ParameterState } from './state.ts';

/** API reference, MaxResults of DescribeParameters and GetParameterHistory: 1 to 50. */
const greatestPage = 50;

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
  state: ParameterState,
  operation: string,
  region: string,
  { MaxResults: full = greatestPage, NextToken: token }: PageRequest,
  entries: readonly E[],
  shown: (entry: E) => View,
): Page<View> {
  if (full < 1) throw notWithin(full, 'maxResults', 'value greater than or equal to 1');
  if (full > greatestPage) throw notWithin(full, 'maxResults', `value less than or equal to ${greatestPage}`);
  const cursor = cursorAt({ operation, token, full, pageFill: state.pageFill(region), badToken });
  return fillPage([entries], cursor, shown);
}
