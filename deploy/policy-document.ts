import { chunks } from '../lib/aws/calls/batches.ts';

/** What CloudFormation fills in when it makes a stack. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::Sub': string }
  | { readonly 'Fn::GetAtt': readonly [string, string] };

export type Value = string | Intrinsic;

/** Several values, or what CloudFormation makes a list of. */
export type Values = readonly Value[] | { readonly Ref: string } | { readonly 'Fn::Split': readonly [string, Text] };

/** What CloudFormation makes one text of, with something between its parts. */
export type Text =
  | string
  | { readonly Ref: string }
  | { readonly 'Fn::Join': readonly [string, readonly Text[] | { readonly Ref: string }] }
  | { readonly 'Fn::If': readonly [condition: string, Text, Text] };

export function isList(values: Values): values is readonly Value[] {
  return Array.isArray(values);
}

/** By operator and key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, Value | Values>>>>;

/** A statement of an IAM policy. Nothing is denied: what is not allowed is not allowed. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: Value | Values;
  readonly Condition?: Conditions;
}

/** So many values get a statement of their own, so that no statement gets too long for a policy. */
const MOST_VALUES = 25;

/**
 * Statements about any number of values, none about more than a few: those of a first part are called `sid`, those of
 * further ones by their number as well.
 */
export function inParts<T>(
  sid: string,
  values: readonly T[],
  statements: (sid: string, part: readonly T[]) => readonly Statement[],
): Statement[] {
  return chunks(values, MOST_VALUES).flatMap((part, index) =>
    statements(index === 0 ? sid : `${sid}Part${index + 1}`, part),
  );
}
