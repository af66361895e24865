import { roleId, roleResources } from '../../deploy/permissions.ts';
import { FUNCTIONS } from '../../deploy/template.ts';
import { sealKeyAlias } from '../../lib/aws/calls/seal-key.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import { type Ask, isAllowed } from './iam.ts';
import { type Role, roleIn } from './template.ts';

export const HUB = '111122223333';

/** A key's ARN, after the alias that is all that tests know of it. */
export function sealKeyArn(region: string, account: string, alias: string): string {
  return `arn:aws:kms:${region}:${account}:key/of-${alias.replace('alias/', '')}`;
}

export type Roles = Readonly<Record<Action, Role>>;

/** The roles of the functions as IAM gets them from the stack of a policy file. */
export function hubRoles(file: PolicyFile): Roles {
  const [home = ''] = file.regions;
  const resources = roleResources(file);
  const known = {
    refs: { 'AWS::Partition': 'aws', 'AWS::AccountId': HUB, 'AWS::Region': home },
    attributes: {
      'SealKey.Arn': sealKeyArn(home, HUB, sealKeyAlias(file.deployment)),
      'Bus.Arn': `arn:aws:events:${home}:${HUB}:event-bus/amikeep-${file.deployment}`,
      'DeadLetters.Arn': `arn:aws:sqs:${home}:${HUB}:amikeep-${file.deployment}-dead-letters`,
    },
  };
  const [snapshot, copy, retire] = FUNCTIONS.map((action) => roleIn(resources, roleId(action), known));
  if (!snapshot || !copy || !retire) throw new TypeError('a function has no role');
  return { snapshot, copy, retire };
}

/** A call goes through if all that AWS asks about is allowed. */
export function permits({ statements }: Role, asks: readonly Ask[]): boolean {
  return asks.every((ask) => isAllowed(statements, ask));
}

/** What a role does not allow of a call, for messages. */
export function refusedBy({ statements }: Role, asks: readonly Ask[]): string[] {
  return asks.filter((ask) => !isAllowed(statements, ask)).map(({ action, resource }) => `${action} on ${resource}`);
}
