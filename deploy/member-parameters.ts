// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { drillProfile } from '../lib/planning/drill/profile.ts';
import type { DrillPlace } from './drill-statements.ts';
import type { Longest } from './filled-in.ts';
import { DEFAULT_ALIAS, type SourceKeys } from './keys.ts';
import type { Text, Values } from './policy-document.ts';
import type { Place } from './statements.ts';

/** What deploy/member-account.yml is told: what the hub reads in its policy file is a parameter there. */
export const PARAMETERS = {
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
  KeyAccounts: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'keyAccounts in policies.yml: accounts whose KMS keys volumes are encrypted with',
  },
  DrillRegions: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'Of a source: drill.regions of all policies in policies.yml; without any there is no role for drills',
  },
  DrillTypes: {
    Type: 'CommaDelimitedList',
    Default: '*',
    Description: 'drill.instanceType of all policies; * where one of them says same',
  },
  DrillDocuments: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'drill.document of all policies that check by a command',
  },
  OperatorPrincipals: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description:
      'ARNs of users and roles of HubAccount, * for any text in them, who may plan and run amikeep by hand here; nobody unless given',
  },
} as const;

/** The names of the template's conditions. */
export const HAS = {
  isSource: 'IsSource',
  isVault: 'IsVault',
  copies: 'HasCopies',
  formerRegions: 'HasFormerRegions',
  vaults: 'HasVaults',
  keyAccounts: 'HasKeyAccounts',
  externalId: 'HasExternalId',
  sourceCopies: 'IsSourceWithCopies',
  sourceVaults: 'IsSourceWithVaults',
  drills: 'HasDrills',
  commands: 'HasCommands',
  sourceDrills: 'IsSourceWithDrills',
  sourceCommands: 'IsSourceWithCommands',
  operators: 'HasOperators',
  sourceOperators: 'IsSourceWithOperators',
  vaultOperators: 'IsVaultWithOperators',
} as const;

export const CONDITIONS = {
  [HAS.isSource]: { 'Fn::Equals': [{ Ref: 'Use' }, 'source'] },
  [HAS.isVault]: { 'Fn::Equals': [{ Ref: 'Use' }, 'vault'] },
  [HAS.copies]: isFilled('CopyRegions'),
  [HAS.formerRegions]: isFilled('FormerRegions'),
  [HAS.vaults]: isFilled('VaultAccounts'),
  [HAS.keyAccounts]: isFilled('KeyAccounts'),
  [HAS.externalId]: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExternalId' }, ''] }] },
  [HAS.operators]: isFilled('OperatorPrincipals'),
  [HAS.sourceCopies]: { 'Fn::And': [{ Condition: HAS.isSource }, { Condition: HAS.copies }] },
  [HAS.sourceVaults]: { 'Fn::And': [{ Condition: HAS.isSource }, { Condition: HAS.vaults }] },
  [HAS.drills]: isFilled('DrillRegions'),
  [HAS.commands]: isFilled('DrillDocuments'),
  [HAS.sourceDrills]: { 'Fn::And': [{ Condition: HAS.isSource }, { Condition: HAS.drills }] },
  [HAS.sourceCommands]: { 'Fn::And': [{ Condition: HAS.sourceDrills }, { Condition: HAS.commands }] },
  [HAS.sourceOperators]: { 'Fn::And': [{ Condition: HAS.isSource }, { Condition: HAS.operators }] },
  [HAS.vaultOperators]: { 'Fn::And': [{ Condition: HAS.isVault }, { Condition: HAS.operators }] },
} as const;

function isFilled(list: keyof typeof PARAMETERS) {
  return { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: list }] }, ''] }] };
}

/** A vault without regions, or without accounts to copy from, would have roles that allow nothing. */
export const RULES = {
  VaultIsTold: {
    RuleCondition: { 'Fn::Equals': [{ Ref: 'Use' }, 'vault'] },
    Assertions: (['CopyRegions', 'SourceAccounts'] as const).map((list) => ({
      Assert: { 'Fn::Not': [{ 'Fn::Contains': [{ Ref: list }, ''] }] },
      AssertDescription: `A vault needs ${list}`,
    })),
  },
};

/** No list has an empty text in it, which a parameter without a value would bring. */
export const EVERYWHERE: Values = {
  'Fn::Split': [
    ',',
    {
      'Fn::Join': [
        '',
        [
          commaSeparated('SourceRegions'),
          { 'Fn::If': [HAS.copies, ',', ''] },
          commaSeparated('CopyRegions'),
          { 'Fn::If': [HAS.formerRegions, ',', ''] },
          commaSeparated('FormerRegions'),
        ],
      ],
    },
  ],
};

function commaSeparated(list: keyof typeof PARAMETERS): Text {
  return { 'Fn::Join': [',', { Ref: list }] };
}

/** The account as the statements see it. */
export const HERE: Place = {
  deployment: { Ref: 'Deployment' },
  sources: { Ref: 'SourceRegions' },
  destinations: { Ref: 'CopyRegions' },
  everywhere: EVERYWHERE,
  keys: [
    {
      kind: 'aliases',
      where: '',
      keys: keysInAll('CopyRegions'),
      owners: [{ Ref: 'AWS::AccountId' }],
      aliases: { Ref: 'KeyAliases' },
    },
  ],
};

/** What drills may launch. */
export const DRILLS: DrillPlace = {
  deployment: { Ref: 'Deployment' },
  everywhere: EVERYWHERE,
  regions: { Ref: 'DrillRegions' },
  types: { Ref: 'DrillTypes' },
  keys: { keys: keysInAll('DrillRegions'), owners: withKeyAccounts({ Ref: 'AWS::AccountId' }) },
  profile: drillProfile('${Deployment}'),
};

/** The documents by whose commands drills are checked: AWS's own are of no account. */
export const DRILL_DOCUMENTS: Values = eachOf('DrillDocuments', 'arn:*:ssm:*:*:document/');

/** What volumes are encrypted with. */
export const SOURCE_KEYS: SourceKeys = {
  keys: keysInAll('SourceRegions'),
  owners: withKeyAccounts({ Ref: 'AWS::AccountId' }),
};

/** What the volumes of the accounts that a vault copies from are encrypted with. */
export const LENT_KEYS: SourceKeys = {
  keys: keysInAll('SourceRegions'),
  owners: withKeyAccounts(commaSeparated('SourceAccounts')),
};

function withKeyAccounts(accounts: Text): Values {
  const more = { 'Fn::If': [HAS.keyAccounts, ',', ''] } as const;
  return { 'Fn::Split': [',', { 'Fn::Join': ['', [accounts, more, commaSeparated('KeyAccounts')]] }] };
}

/**
 * The ARNs of all keys in the regions of a list, of any account. What is put between the parts of a list may hold nothing
 * that CloudFormation fills in, hence the wildcard for the partition.
 */
function keysInAll(list: keyof typeof PARAMETERS): Values {
  return eachOf(list, 'arn:*:kms:', ':*:key/*');
}

/** What stands in a list, each with something before and behind it. */
function eachOf(list: keyof typeof PARAMETERS, before: string, behind = ''): Values {
  return {
    'Fn::Split': [',', { 'Fn::Join': ['', [before, { 'Fn::Join': [`${behind},${before}`, { Ref: list }] }, behind]] }],
  };
}

const REGION = 'ap-northeast-1';
const ACCOUNT = '111122223333';

/** As much as the template's roles have room for; IAM refuses a stack that is told of more. */
export const LONGEST: Longest = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::AccountId': ACCOUNT,
  HubAccount: ACCOUNT,
  HubRegion: REGION,
  Deployment: 'd'.repeat(32),
  RolePrefix: 'r'.repeat(55),
  ExternalId: 'e'.repeat(256),
  SourceRegions: Array(10).fill(REGION),
  CopyRegions: Array(10).fill(REGION),
  FormerRegions: Array(5).fill(REGION),
  KeyAliases: Array(20).fill(`alias/${'a'.repeat(32)}`),
  VaultAccounts: Array(10).fill(ACCOUNT),
  SourceAccounts: Array(100).fill(ACCOUNT),
  KeyAccounts: Array(10).fill(ACCOUNT),
  DrillRegions: Array(10).fill(REGION),
  DrillTypes: Array(10).fill('u-12tb1.112xlarge'),
  DrillDocuments: Array(10).fill('d'.repeat(64)),
  OperatorPrincipals: Array(5).fill('a'.repeat(150)),
};
