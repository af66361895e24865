import { filledIn, type Longest } from './filled-in.ts';
import type { Statement } from './policy-document.ts';
import type { Resource, Resources } from './template.ts';

/** In characters, without white space: IAM User Guide, "IAM and AWS STS quotas". */
export const MOST_INLINE = 10_240;
export const MOST_MANAGED = 6_144;

export interface RoleSettings {
  readonly name: unknown;
  readonly description: string;
  /** Who may assume it, and under which conditions. */
  readonly trust: { readonly Principal: unknown; readonly Condition?: unknown };
}

interface OwnPolicy {
  readonly policyName: string;
  readonly statements: readonly Statement[];
}

/**
 * A role with a policy of its own within it, and what does not fit into that as managed ones beside it.
 *
 * @param id the role's logical id, with which those of its policies begin
 * @param longest what CloudFormation fills in, as long as it gets
 */
export function roleWithPolicy(
  id: string,
  { policyName, statements, ...settings }: RoleSettings & OwnPolicy,
  longest: Longest,
): Resources {
  const [within = [], ...beside] = distributed(statements, longest, [MOST_INLINE, MOST_MANAGED]);
  const managed = managedOf(`${id}Policy`, settings.description, beside);
  return {
    [id]: roleResource(settings, {
      Policies: [{ PolicyName: policyName, PolicyDocument: documentOf(within) }],
      ...(beside.length > 0 && { ManagedPolicyArns: Object.keys(managed).map((Ref) => ({ Ref })) }),
    }),
    ...managed,
  };
}

/** What a role may do is in `policies`. */
export function roleResource(
  { name, description, trust }: RoleSettings,
  policies: Readonly<Record<string, unknown>>,
): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: description,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...trust }],
      },
      ...policies,
    },
  };
}

/** Statements as managed policies, as many as they need, for any number of roles. */
export function managedPolicies(
  id: string,
  description: string,
  statements: readonly Statement[],
  longest: Longest,
): Resources {
  return managedOf(id, description, distributed(statements, longest, [MOST_MANAGED]));
}

function managedOf(id: string, Description: string, parts: readonly (readonly Statement[])[]): Resources {
  return Object.fromEntries(
    parts.map((part, index): [string, Resource] => [
      `${id}${index + 1}`,
      { Type: 'AWS::IAM::ManagedPolicy', Properties: { Description, PolicyDocument: documentOf(part) } },
    ]),
  );
}

/**
 * Statement by statement into the first policy that has room for it.
 *
 * @param rooms of the first policies; all further ones have as much as the last of these
 */
function distributed(
  statements: readonly Statement[],
  longest: Longest,
  rooms: readonly number[],
): (readonly Statement[])[] {
  const policies: { readonly those: Statement[]; room: number }[] = [];
  const empty = policySize(documentOf([]), longest);
  for (const statement of statements) {
    const size = policySize(statement, longest) + ','.length;
    let policy = policies.find(({ room }) => room >= size);
    if (!policy) {
      policy = { those: [], room: (rooms[policies.length] ?? rooms.at(-1) ?? 0) - empty };
      policies.push(policy);
    }
    policy.those.push(statement);
    policy.room -= size;
  }
  return policies.map(({ those }) => those);
}

function documentOf(Statement: readonly Statement[]) {
  return { Version: '2012-10-17', Statement };
}

/** In characters, as IAM counts them: without white space. */
export function policySize(policy: unknown, longest: Longest): number {
  return JSON.stringify(filledIn(policy, longest)).replaceAll(/\s/g, '').length;
}
