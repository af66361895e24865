import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';

/** What there may be a function for, in the order of a night. */
export const FUNCTIONS = ['snapshot', 'copy', 'retire', 'drill'] as const satisfies readonly Action[];

/** Those that a policy file has work for: one that may launch instances is not deployed for nothing. */
export function functionsOf(file: PolicyFile): readonly Action[] {
  return FUNCTIONS.filter((action) => action !== 'drill' || drillsIn(file));
}

/** Whether any policy of a file drills. */
export function drillsIn({ policies }: PolicyFile): boolean {
  return policies.some(({ drill }) => drill !== undefined);
}

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  /** The template's condition under which it is made. */
  readonly Condition?: string;
  /** `Retain`: it outlives its stack. */
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Resources by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

/** An attribute of another resource of the template. */
export function attributeOf(
  logicalId: string,
  attribute: string,
): { readonly 'Fn::GetAtt': readonly [string, string] } {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

/** The ARN of an action's function, which osls calls `SnapshotLambdaFunction` and so on. */
export function functionArn(action: Action): unknown {
  return attributeOf(functionId(action), 'Arn');
}

export function functionId(action: Action): string {
  return `${capitalised(action)}LambdaFunction`;
}

export function capitalised(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}

/** @throws TypeError where two parts of the stack use one logical id */
export function joined(parts: readonly Resources[]): Resources {
  const all = new Map<string, Resource>();
  for (const [id, resource] of parts.flatMap((part) => Object.entries(part))) {
    if (all.has(id)) throw new TypeError(`two resources of the stack are called ${id}`);
    all.set(id, resource);
  }
  return Object.fromEntries(all);
}
