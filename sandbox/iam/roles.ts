import type { CreateRoleCommandInput, CreateRoleCommandOutput } from '@aws-sdk/client-iam';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import { policyMalformed, roleTaken } from './errors.ts';
import { checkedName, checkedPath } from './names.ts';
import { shownRole } from './shown.ts';
import type { IamState } from './state.ts';

/** IAM API reference, CreateRole. */
const longestName = 64;

export function roleOperations(state: IamState) {
  return {
    /** What the policy says is not looked at: roles are assumed as the setting `roles` has it. */
    CreateRole: operation<CreateRoleCommandInput, Answer<CreateRoleCommandOutput>>(
      ['AssumeRolePolicyDocument', 'Path', 'RoleName'],
      ({ RoleName, Path, AssumeRolePolicyDocument: trust = '' }, { account }) => {
        const own = state.of(account);
        const name = checkedName('roleName', RoleName ?? '', longestName);
        const path = checkedPath(Path);
        if (!isJsonObject(trust)) throw policyMalformed();
        if (own.roles.has(name)) throw roleTaken(name);
        const entry = { ...state.newEntity('AROA', name, path), trust };
        own.roles.set(name, entry);
        return { Role: shownRole(own, entry) };
      },
    ),
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
