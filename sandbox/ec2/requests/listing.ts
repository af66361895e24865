import type { Filter } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import type { Collection, Entry } from '../plane/records.ts';
import { allHold, compileFilters, type FilterTable } from './filters.ts';
import { fillPage, narrow, type Page, type PageRequest, type PageRule, readCursor } from './paging.ts';

interface ListRequest extends PageRequest {
  readonly ids: readonly string[] | undefined;
  readonly Filters: Filter[] | undefined;
}

interface Listing<View extends object, E extends Entry<View>> {
  readonly collection: Collection<View, E>;
  /** @throws the error of an id that is none of the account's. */
  readonly own: (id: string) => E;
  readonly rule: PageRule;
  readonly filters: FilterTable<View>;
  /** What answers say of a resource, where that is more than its view. */
  readonly shown?: (entry: E, shown: View) => View;
}

/** The page of a kind of resource that a call asks for by ids or by filters. */
export function listPage<View extends object, E extends Entry<View>>(
  { ids = [], Filters, ...request }: ListRequest,
  { collection, own, rule, filters, shown = (_, view) => view }: Listing<View, E>,
  behaviour: Ec2Behaviour,
): Page<View> {
  const cursor = readCursor(request, rule, ids, behaviour);
  const compiled = compileFilters(Filters, filters, behaviour);
  const byId = [...new Set(ids.map(own))].sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    ids.length > 0 ? { entries: byId, filters: compiled } : narrow(collection, compiled);
  return fillPage([entries], cursor, (entry) => {
    const seen = entry.shown && shown(entry, entry.shown);
    return seen && allHold(rest, seen) ? seen : undefined;
  });
}

/** The token of an answer that has more after it. */
export function tokenOf({ nextToken }: Page<unknown>): { NextToken?: string } {
  return nextToken === undefined ? {} : { NextToken: nextToken };
}
