import { memberResources } from '../../deploy/member-account.ts';
import { HUB } from './hub.ts';
import type { Ask } from './iam.ts';
import { type Role, roleIn } from './template.ts';

export const MEMBER = '222233334444';
/** A permission set of single sign-on has a role for each of its accounts, with chance in its name. */
export const OPERATORS = `arn:aws:iam::${HUB}:role/aws-reserved/sso.amazonaws.com/*`;

/** A role of deploy/member-account.yml as IAM gets it. */
export function memberRole(id: string, externalId = 'shibboleth'): Role {
  return roleIn(memberResources(), id, {
    refs: {
      'AWS::Partition': 'aws',
      'AWS::AccountId': MEMBER,
      HubAccount: HUB,
      HubRegion: 'eu-central-1',
      Deployment: 'test',
      RolePrefix: 'backup',
      ExternalId: externalId,
      SourceRegions: ['eu-central-1'],
      CopyRegions: ['eu-west-1'],
      FormerRegions: [],
      KeyAliases: ['alias/dr'],
      KeyAccounts: [],
      VaultAccounts: [],
      SourceAccounts: [HUB],
      DrillRegions: ['eu-central-1', 'eu-west-1'],
      DrillTypes: ['c5.large', 'm5.large'],
      DrillDocuments: ['shop-health'],
      OperatorPrincipals: [OPERATORS],
    },
    conditions: {
      ...{ HasCopies: true, IsSourceWithCopies: true, IsSourceWithCommands: true },
      HasExternalId: externalId !== '',
    },
  });
}

/** What is asked in the hub, as if it had been done in the other account. */
export function inMember({ resource, context, ...ask }: Ask): Ask {
  const owner = 'aws:ResourceAccount' in context ? { 'aws:ResourceAccount': MEMBER } : {};
  const { 'ec2:InstanceProfile': profile } = context;
  const passed = typeof profile === 'string' ? { 'ec2:InstanceProfile': profile.replace(HUB, MEMBER) } : {};
  return { ...ask, resource: resource.replace(HUB, MEMBER), context: { ...context, ...owner, ...passed } };
}
