import { z } from 'zod';

/**
 * IAM's own decision about one request, as its user guide documents it, for what the roles here are made of. An
 * element or operator that it does not know is an error and never overlooked.
 */
const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  // Of a trust policy, whose conditions are what is judged here.
  Principal: z.unknown().optional(),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});

export const policyDocument = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement) });
export type Statement = z.output<typeof statement>;

/** Single values are texts, those of multivalued keys lists. A key that is not there is not part of the request. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface Ask {
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  readonly context: Context;
}

/** Something has to allow it, and nothing may deny it. */
export function isAllowed(statements: readonly Statement[], ask: Ask): boolean {
  const matching = statements.filter((one) => matches(one, ask));
  return matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow');
}

function matches({ Action, Resource, Condition = {} }: Statement, { action, resource, context }: Ask): boolean {
  return (
    Action.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    (Resource === undefined || Resource.some((pattern) => arnLike(pattern, resource))) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, valueIn(context, key))),
    )
  );
}

/** The names of keys do not heed case, those of tags in them included. */
function valueIn(context: Context, key: string): Context[string] | undefined {
  const found = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : context[found];
}

type Comparison = (wanted: string, value: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
  StringEquals: (wanted, value) => wanted === value,
  StringEqualsIgnoreCase: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
  StringLike: like,
};
const NEGATIONS: Readonly<Record<string, Comparison>> = {
  ArnNotLike: arnLike,
  StringNotEquals: (wanted, value) => wanted === value,
  StringNotLike: like,
};

function holds(operator: string, wanted: readonly string[], value: Context[string] | undefined): boolean {
  if (operator === 'Null') return (value === undefined) === (wanted[0] === 'true');

  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const negated = NEGATIONS[name];
  const compare = negated ?? COMPARISONS[name];
  if (!compare) throw new TypeError(`${operator} is no operator that this evaluator knows`);
  const matchesOne = (one: string) => wanted.some((pattern) => compare(pattern, one)) !== (negated !== undefined);

  if (set === undefined) {
    if (value === undefined) return ifExists !== undefined || negated !== undefined;
    if (typeof value !== 'string') throw new TypeError(`${operator} is asked about several values: ${value}`);
    return matchesOne(value);
  }
  const values = typeof value === 'string' ? [value] : (value ?? []);
  if (set === 'ForAllValues') return values.every(matchesOne);
  return value === undefined && ifExists !== undefined ? true : values.some(matchesOne);
}

/** `*` is any text, `?` one character. */
function like(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** Part by part, since a wildcard does not reach beyond its colon except in the last. */
function arnLike(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = partsOf(pattern);
  const parts = partsOf(arn);
  return wanted.length === parts.length && wanted.every((one, index) => like(one, parts[index] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
