/** What CloudFormation fills in when it makes a stack. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::Sub': string }
  | { readonly 'Fn::GetAtt': readonly [string, string] };

export type Value = string | Intrinsic;

/** Several values, or a parameter that is a list of them. */
export type Values = readonly Value[] | { readonly Ref: string };

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

/** Statements that a condition of the template decides on. */
export interface ConditionalStatement {
  readonly 'Fn::If': readonly [string, Statement, { readonly Ref: 'AWS::NoValue' }];
}
