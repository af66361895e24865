import type { Filter } from '@aws-sdk/client-ec2';
import { toEc2FilterValue } from '../../policy/pattern.ts';

/** EC2 takes this many values a filter: EC2 User Guide, "Using filtering". */
export const MOST_FILTER_VALUES = 200;
export const MOST_FILTERS = 50;
const LONGEST_FILTER_VALUE = 255;

/**
 * A filter for exactly these values. What EC2 would take for a wildcard is escaped; a value longer than a filter may be
 * is looked for by its beginning, which can only bring too much.
 */
export function exactly(name: string, ...values: readonly string[]): Filter {
  return { Name: name, Values: values.map(literal) };
}

/** A filter for a tag's patterns, in which `*` stands for any text. */
export function tagFilter(key: string, patterns: readonly string[]): Filter {
  return { Name: `tag:${key}`, Values: patterns.map((pattern) => withinLength(toEc2FilterValue(pattern))) };
}

function literal(value: string): string {
  return withinLength(value.replaceAll(/[\\*?]/g, '\\$&'));
}

function withinLength(escaped: string): string {
  if (escaped.length <= LONGEST_FILTER_VALUE) return escaped;
  // A cut must not leave half an escape behind.
  return `${escaped.slice(0, LONGEST_FILTER_VALUE - 1).replace(/(?<!\\)((?:\\\\)*)\\$/, '$1')}*`;
}
