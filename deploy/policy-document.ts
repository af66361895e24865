/** What CloudFormation fills in when it makes a stack. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::Sub': string }
  | { readonly 'Fn::GetAtt': readonly [string, string] };

export type Value = string | Intrinsic;

/** Several values, or what CloudFormation makes a list of. */
export type Values = readonly Value[] | { readonly Ref: string } | { readonly 'Fn::Split': readonly [string, Joined] };

/** Texts in one, with something between them. */
export interface Joined {
  readonly 'Fn::Join': readonly [string, readonly Joined[] | { readonly Ref: string }];
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

/** Statements that a condition of the template decides on. */
export interface ConditionalStatement {
  readonly 'Fn::If': readonly [string, Statement, { readonly Ref: 'AWS::NoValue' }];
}
