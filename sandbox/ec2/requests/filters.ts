import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { filterNotModelled, invalidValue, tooManyFilters, unknownFilter } from '../errors.ts';
import { term } from '../plane/records.ts';

/** What a filter compares with: none, one or several values of a resource. */
export type FieldValue = string | readonly string[] | undefined;

/** The filters that a kind of resource knows. */
export interface FilterTable<View> {
  readonly fields: ReadonlyMap<string, (view: View) => FieldValue>;
  /** The names of those that EC2 has and the sandbox does not. */
  readonly notModelled?: ReadonlySet<string>;
  /** For `tag:<key>` and `tag-key`; absent for what can't be tagged. */
  readonly tagsOf?: (view: View) => readonly Tag[] | undefined;
}

export interface CompiledFilter<View> {
  readonly name: string;
  readonly test: (view: View) => boolean;
  /** Where no value holds a wildcard: the terms, one of which a match must show. */
  readonly terms?: readonly string[];
}

const filterLimit = 50;
const valueLimit = 200;
const lengthLimit = 255;

/**
 * Filters as EC2 takes them: values of a filter are alternatives, filters all must hold, values are compared with
 * regard to case, `*` stands for any characters, `?` for one or none, and a backslash takes their meaning away
 * (EC2 User Guide, Filter your resources).
 *
 * @throws FilterLimitExceeded beyond 50 filters or 200 values.
 * @throws UnsupportedOperation for a filter that EC2 has and the sandbox does not.
 * @throws InvalidParameterValue for a filter that does not exist, or a value over 255 characters.
 */
export function compileFilters<View>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<View>,
  behaviour: Ec2Behaviour,
): readonly CompiledFilter<View>[] {
  const given = filters ?? [];
  if (given.length > filterLimit) {
    throw tooManyFilters(`The maximum number of filters specified on a single call is ${filterLimit}`);
  }
  const compiled: CompiledFilter<View>[] = [];
  for (const { Name: name = 'null', Values: values = [] } of given) {
    const field = fieldOf(name, table);
    if (values.length > valueLimit) {
      throw tooManyFilters(`The maximum number of filter values specified on a single call is ${valueLimit}`);
    }
    if (values.length === 0) {
      if (behaviour.filterWithoutValues === 'ignored') continue;
      if (behaviour.filterWithoutValues === 'refused') throw invalidValue(`The filter '${name}' has no values`);
    }
    const isAny = anyOf(values);
    compiled.push({
      name,
      test: (view) => holds(field(view), isAny),
      ...(!values.some(hasWildcard) && { terms: values.map((value) => term(name, value)) }),
    });
  }
  return compiled;
}

export function allHold<View>(filters: readonly CompiledFilter<View>[], view: View): boolean {
  for (const { test } of filters) if (!test(view)) return false;
  return true;
}

function fieldOf<View>(name: string, { fields, notModelled, tagsOf }: FilterTable<View>): (view: View) => FieldValue {
  if (tagsOf && name === 'tag-key') return (view) => tagsOf(view)?.map(({ Key = '' }) => Key);
  if (tagsOf && name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (view) => tagsOf(view)?.find((tag) => tag.Key === key)?.Value;
  }
  const field = fields.get(name);
  if (!field) throw notModelled?.has(name) ? filterNotModelled(name) : unknownFilter(name);
  return field;
}

function holds(value: FieldValue, test: (text: string) => boolean): boolean {
  if (value === undefined) return false;
  return typeof value === 'string' ? test(value) : value.some(test);
}

function anyOf(values: readonly string[]): (text: string) => boolean {
  for (const value of values) {
    if (value.length > lengthLimit) throw invalidValue(`A filter value is at most ${lengthLimit} characters long`);
  }
  const [only] = values;
  if (values.length === 1 && only !== undefined && !hasWildcard(only)) return (text) => text === only;
  const exact = new Set(values.filter((value) => !hasWildcard(value)));
  const patterns = values.filter(hasWildcard).map(wildcard);
  return (text) => exact.has(text) || patterns.some((pattern) => pattern.test(text));
}

/** A backslash is one too: it is not compared as it stands. */
function hasWildcard(value: string): boolean {
  return /[*?\\]/.test(value);
}

function wildcard(value: string): RegExp {
  const source = value.replaceAll(/\\?[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.?';
    const literal = part.length > 1 ? part.slice(1) : part;
    return literal.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

/** A table of filters for a resource without tags; a map, so that what every object has is not a filter. */
export function filterTable<View>(
  fields: Readonly<Record<string, (view: View) => FieldValue>>,
  notModelled?: ReadonlySet<string>,
): FilterTable<View> {
  return { fields: new Map(Object.entries(fields)), ...(notModelled && { notModelled }) };
}

/** A table of filters for a resource with tags. */
export function taggedFilterTable<View extends { Tags?: Tag[] | undefined }>(
  fields: Readonly<Record<string, (view: View) => FieldValue>>,
  notModelled?: ReadonlySet<string>,
): FilterTable<View> {
  return { ...filterTable(fields, notModelled), tagsOf: ({ Tags }) => Tags };
}

/** How a filter writes a boolean or a number. */
export function asText(value: boolean | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** The values that are there, of those that may be. */
export function present(values: readonly (string | undefined)[]): readonly string[] {
  return values.filter((value) => value !== undefined);
}
