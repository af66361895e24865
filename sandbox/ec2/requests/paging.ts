import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { idsWithMaxResults, invalidToken, maxResultsTooGreat, maxResultsTooSmall } from '../errors.ts';
import { type Collection, type Entry, firstFrom } from '../plane/records.ts';
import type { CompiledFilter } from './filters.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** What an operation takes as MaxResults, and what it calls its list of ids. */
export interface PageRule {
  readonly operation: string;
  readonly least: number;
  readonly most: number;
  /** What a greater MaxResults does. */
  readonly beyond: 'refused' | 'clamped';
  /** The name of the list of ids as the error text has it, such as `imageIdsSet`. */
  readonly idList: string;
  /** The error for a MaxResults out of range, where the operation has its own. */
  readonly outOfRange?: () => Error;
}

/** Where a page begins and how much it may hold. */
export interface PageCursor {
  readonly operation: string;
  readonly after: number;
  readonly turn: number;
  readonly size: number;
}

export interface Page<View> {
  readonly items: View[];
  readonly nextToken?: string;
}

/**
 * The page that a request asks for.
 *
 * @throws InvalidParameterCombination for ids together with MaxResults, whatever its value
 *   (EC2 Developer Guide, Query requests, Pagination).
 * @throws InvalidParameterValue for a MaxResults that is out of range.
 * @throws InvalidNextToken for a token that this operation did not give out; the behaviour names the code.
 */
export function readCursor(
  request: PageRequest,
  rule: PageRule,
  ids: readonly string[] | undefined,
  behaviour: Ec2Behaviour,
): PageCursor {
  const { MaxResults: most, NextToken: token } = request;
  if (most !== undefined && ids && ids.length > 0) throw idsWithMaxResults(rule.idList);
  if (most !== undefined && most < rule.least) throw rule.outOfRange?.() ?? maxResultsTooSmall(most, rule.least);
  if (most !== undefined && most > rule.most && rule.beyond === 'refused') {
    throw rule.outOfRange?.() ?? maxResultsTooGreat(most, rule.most);
  }
  return cursorAt({
    operation: rule.operation,
    token,
    full: most === undefined ? Infinity : Math.min(most, rule.most),
    pageFill: behaviour.pageFill,
    badToken: () => invalidToken(behaviour.badTokenCode),
  });
}

/** A page as any service with tokens of its own asks for it. */
export interface CursorRequest {
  readonly operation: string;
  readonly token: string | undefined;
  /** How much a full page holds. */
  readonly full: number;
  readonly pageFill: Ec2Behaviour['pageFill'];
  /** The error for a token that the operation did not give out. */
  readonly badToken: () => Error;
}

/** @throws what `badToken` gives */
export function cursorAt({ operation, token, full, pageFill, badToken }: CursorRequest): PageCursor {
  const { after, turn } = token ? readToken(token, operation, badToken) : { after: -Infinity, turn: 0 };
  const size = full === Infinity ? full : FILLS[pageFill](full, turn);
  return { operation, after, turn, size };
}

/** How much a page holds, by its turn. */
const FILLS: Readonly<Record<Ec2Behaviour['pageFill'], (full: number, turn: number) => number>> = {
  full: (full) => full,
  uneven: (full, turn) => [Math.ceil(full / 2), 0, full][turn % 3] ?? full,
  scant: (full, turn) => Math.min(full, [2, 0, 5][turn % 3] ?? full),
};

/**
 * The entries after the cursor that `accept` gives a view of, as many as the page holds. It reads on past the full
 * page up to the next match only, so that a token is given where there is more, and all pages together read each
 * entry at most twice.
 *
 * @param lists in the order of creation, each after the one before it.
 * @param unitOf what the page counts, where that is not each item: neighbours with the same one count once.
 */
export function fillPage<E extends { readonly seq: number }, View>(
  lists: readonly (readonly E[])[],
  cursor: PageCursor,
  accept: (entry: E) => View | undefined,
  unitOf?: (item: View) => string,
): Page<View> {
  const items: View[] = [];
  let units = 0;
  let lastUnit: string | undefined;
  let last = cursor.after;
  for (const list of lists) {
    for (let index = firstFrom(list, cursor.after + 1); index < list.length; index += 1) {
      const entry = list[index];
      const item = entry && accept(entry);
      if (!entry || item === undefined) continue;
      const unit = unitOf?.(item);
      if (unit === undefined || unit !== lastUnit) {
        if (units >= cursor.size) return { items, nextToken: writeToken(cursor, last) };
        units += 1;
        lastUnit = unit;
      }
      items.push(item);
      last = entry.seq;
    }
  }
  return { items };
}

/** Two lists in the order of creation as one. */
export function merged<E extends { readonly seq: number }>(one: readonly E[], other: readonly E[]): readonly E[] {
  return other.length === 0 ? one : [...one, ...other].sort((a, b) => a.seq - b.seq);
}

/** Beyond this, putting the entries of several terms in order costs more than reading all entries. */
const unionLimit = 2_000;

/**
 * The shortest list of entries that holds all matches, from an index where one serves, and the filters that are
 * still to be applied to them.
 */
export function narrow<View extends object, E extends Entry<View>>(
  collection: Collection<View, E>,
  filters: readonly CompiledFilter<View>[],
): { readonly entries: readonly E[]; readonly filters: readonly CompiledFilter<View>[] } {
  let best: CompiledFilter<View> | undefined;
  let least = Infinity;
  for (const filter of filters) {
    if (!filter.terms || !collection.indexes(filter.name)) continue;
    const count = collection.countWithTerms(filter.terms);
    if (count >= least || (filter.terms.length > 1 && count > unionLimit)) continue;
    best = filter;
    least = count;
  }
  if (!best?.terms) return { entries: collection.inOrder, filters };
  return { entries: collection.withTerms(best.terms), filters: filters.filter((filter) => filter !== best) };
}

function writeToken({ operation, turn }: PageCursor, after: number): string {
  const start = after === -Infinity ? 'start' : after;
  return Buffer.from(`${operation}/${start}/${turn + 1}`).toString('base64url');
}

function readToken(token: string, operation: string, badToken: () => Error): { after: number; turn: number } {
  const [, given, after, turn] = /^(\w+)\/(start|-?\d+)\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (given !== operation || !after) throw badToken();
  return { after: after === 'start' ? -Infinity : Number(after), turn: Number(turn) };
}
