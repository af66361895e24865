// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { Document } from 'yaml';
import type { Action } from '../lib/run/event.ts';
import { DEFAULT_ALIAS, keyStatements, sourceKeyStatements } from './keys.ts';
import { roleName, roleResource } from './permissions.ts';
import type { ConditionalStatement, Joined, Statement, Values } from './policy-document.ts';
import {
  copyInto,
  copyStatements,
  type Place,
  readImages,
  retireStatements,
  shareStatements,
  snapshotStatements,
} from './statements.ts';
import type { Resource, Resources } from './template.ts';

const INTRODUCTION = ` The roles by which amikeep works in an account other than its own: a stack of this for each account that policies.yml
 names under accounts, by StackSets or by hand. It is written by \`npm run schema\`, from the same statements as the roles
 of the functions themselves.

   aws cloudformation deploy --template-file deploy/member-account.yml --stack-name amikeep-prod-roles \\
     --capabilities CAPABILITY_NAMED_IAM --parameter-overrides HubAccount=111122223333 HubRegion=eu-central-1 \\
     Deployment=prod SourceRegions=eu-central-1,us-east-1 CopyRegions=eu-west-1 KeyAliases=alias/dr`;

const SOURCES = { Ref: 'SourceRegions' };
const DESTINATIONS = { Ref: 'CopyRegions' };
const EVERYWHERE: Values = {
  'Fn::Split': [',', { 'Fn::Join': [',', [joined(SOURCES), joined(DESTINATIONS), joined({ Ref: 'FormerRegions' })]] }],
};
const KEYS = [
  {
    kind: 'aliases',
    where: '',
    keys: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*' },
    aliases: { Ref: 'KeyAliases' },
    regions: DESTINATIONS,
  },
] as const;

/** The account as the statements see it: what the hub reads in its policy file is a parameter here. */
const HERE: Place = {
  deployment: { Ref: 'Deployment' },
  sources: SOURCES,
  destinations: DESTINATIONS,
  everywhere: EVERYWHERE,
  keys: KEYS,
};

const PARAMETERS = {
  HubAccount: {
    Type: 'String',
    AllowedPattern: '\\d{12}',
    Description: 'The account that amikeep runs in',
  },
  HubRegion: {
    Type: 'String',
    Description: 'The region that amikeep runs in: the first of regions in policies.yml',
  },
  Deployment: {
    Type: 'String',
    AllowedPattern: '[A-Za-z0-9-]{1,32}',
    Description: 'deployment in policies.yml',
  },
  RolePrefix: {
    Type: 'String',
    Default: 'amikeep',
    AllowedPattern: '[\\w+=,.@-]{1,55}',
    Description: "rolePrefix of this account in policies.yml; the roles' names begin with it",
  },
  ExternalId: {
    Type: 'String',
    Default: '',
    Description: 'externalId of this account in policies.yml, if it has one',
  },
  Use: {
    Type: 'String',
    Default: 'source',
    AllowedValues: ['source', 'vault'],
    Description: 'source for an account with instances, vault for one that only takes copies',
  },
  SourceRegions: {
    Type: 'CommaDelimitedList',
    Description: 'regions in policies.yml',
  },
  CopyRegions: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'The regions of the copies that policies.yml asks for in this account',
  },
  FormerRegions: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'formerRegions in policies.yml',
  },
  KeyAliases: {
    Type: 'CommaDelimitedList',
    Default: DEFAULT_ALIAS,
    Description: 'The aliases of the KMS keys of this account that copies in it are encrypted with',
  },
  VaultAccounts: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'Of a source: the vaults that images of this account are copied into',
  },
  SourceAccounts: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'Of a vault: the accounts whose images are copied into it, whose keys they are read with',
  },
} as const;

const IS_SOURCE = 'IsSource';
const IS_VAULT = 'IsVault';
const HAS_VAULTS = 'HasVaults';
const HAS_EXTERNAL_ID = 'HasExternalId';

const CONDITIONS = {
  [IS_SOURCE]: { 'Fn::Equals': [{ Ref: 'Use' }, 'source'] },
  [IS_VAULT]: { 'Fn::Equals': [{ Ref: 'Use' }, 'vault'] },
  [HAS_VAULTS]: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'VaultAccounts' }] }, ''] }] },
  [HAS_EXTERNAL_ID]: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExternalId' }, ''] }] },
};

/** deploy/member-account.yml, as text. */
export function memberAccountTemplate(): string {
  const document = new Document(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: "The roles of amikeep's functions in an account other than its own",
      Parameters: PARAMETERS,
      Conditions: CONDITIONS,
      Resources: memberResources(),
    },
    // CloudFormation reads YAML 1.1, in which a date that is a text is quoted.
    { aliasDuplicateObjects: false, version: '1.1' },
  );
  document.commentBefore = INTRODUCTION;
  return document.toString({ lineWidth: 120, singleQuote: true });
}

/** The roles of a source under `Source...Role`, those of a vault under `Vault...Role`. */
export function memberResources(): Resources {
  const lending = shareStatements(HERE, { Ref: 'VaultAccounts' }).map(onlyIf(HAS_VAULTS));
  return {
    SourceSnapshotRole: memberRole('snapshot', IS_SOURCE, snapshotStatements(HERE)),
    SourceCopyRole: memberRole('copy', IS_SOURCE, [...copyStatements(HERE), ...lending]),
    SourceRetireRole: memberRole('retire', IS_SOURCE, retireStatements(HERE)),
    // What is in a vault goes by the vault's own rules: from outside it can be copied into and looked at.
    VaultCopyRole: memberRole('copy', IS_VAULT, [
      readImages(DESTINATIONS),
      ...copyInto(HERE, DESTINATIONS),
      ...sourceKeyStatements(SOURCES, { Ref: 'SourceAccounts' }),
      ...keyStatements(KEYS),
    ]),
    // Of copies retire only has to know whether they are there.
    VaultRetireRole: memberRole('retire', IS_VAULT, [readImages(DESTINATIONS)]),
  };
}

function onlyIf(condition: string) {
  return (statement: Statement): ConditionalStatement => ({
    'Fn::If': [condition, statement, { Ref: 'AWS::NoValue' }],
  });
}

function memberRole(
  action: Action,
  condition: string,
  statements: readonly (Statement | ConditionalStatement)[],
): Resource {
  const { Type, Properties } = roleResource({
    name: { 'Fn::Sub': `\${RolePrefix}-${action}` },
    description: `What the ${action} function of amikeep may do in this account`,
    trust: {
      // By name and not as the principal itself: IAM would keep the id of the role that bears the name now, and refuse
      // the one of the same name that a new installation of the hub makes.
      Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${HubAccount}:root' } },
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': {
            'Fn::Sub': `arn:\${AWS::Partition}:iam::\${HubAccount}:role/${roleName('${Deployment}', action, '${HubRegion}')}`,
          },
        },
        StringEquals: {
          'Fn::If': [HAS_EXTERNAL_ID, { 'sts:ExternalId': { Ref: 'ExternalId' } }, { Ref: 'AWS::NoValue' }],
        },
      },
    },
    policyName: action,
    statements,
  });
  return { Type, Condition: condition, Properties };
}

function joined(list: { readonly Ref: string }): Joined {
  return { 'Fn::Join': [',', list] };
}
