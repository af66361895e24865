import { roleId, roleResources } from '../../deploy/permissions.ts';
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

const NOBODY: Role = { name: 'nobody', trust: [], statements: [] };

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
  const role = (action: Action) => roleIn(resources, roleId(action), known);
  // Where no policy drills there is no function that does.
  const drill = roleId('drill') in resources ? role('drill') : NOBODY;
  return { snapshot: role('snapshot'), copy: role('copy'), retire: role('retire'), drill };
}

/** A call goes through if all that AWS asks about is allowed. */
export function permits({ statements }: Role, asks: readonly Ask[]): boolean {
  return asks.every((ask) => isAllowed(statements, ask));
}

/** What a role does not allow of a call, for messages. */
export function refusedBy({ statements }: Role, asks: readonly Ask[]): string[] {
  return asks.filter((ask) => !isAllowed(statements, ask)).map(({ action, resource }) => `${action} on ${resource}`);
}
