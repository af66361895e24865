// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import type { CopySettings } from '../lib/policy/policy.ts';
import { type Conditions, inParts, isList, type Statement, type Value, type Values } from './policy-document.ts';

/**
 * A key that copies are encrypted with: itself, or whatever the aliases stand for. An alias in the Resource of a
 * statement would allow nothing; KMS asks about the key, and tells its aliases in a condition key.
 */
export type DestinationKey =
  | { readonly kind: 'key'; readonly arn: Value }
  | {
      readonly kind: 'aliases';
      /** For the statement's name, which needs to differ from the others'. */
      readonly where: string;
      readonly keys: Values;
      /** Where `keys` does not say it. */
      readonly owners?: Values;
      readonly aliases: Values;
    };

/** What EBS takes where a copy names no key. */
export const DEFAULT_ALIAS = 'alias/aws/ebs';

/**
 * Copying an encrypted snapshot reads with the source's key and writes with the copy's, in the caller's name. AWS asks
 * for the same of both. Without it EC2 takes the call, and the copy fails later.
 */
const USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** Of whichever region, and whichever of the names that services have in China. */
const THROUGH_EC2: Conditions = {
  StringLike: { 'kms:ViaService': ['ec2.*.amazonaws.com', 'ec2.*.amazonaws.com.cn'] },
};

/**
 * Keys that volumes may be encrypted with: any of some accounts in some regions. The regions are those of the keys, since
 * a copy uses the key of its source from another region, and which of the two `aws:RequestedRegion` tells then is
 * written nowhere.
 */
export interface SourceKeys {
  /** The ARNs of all keys in the regions, of any account. */
  readonly keys: Values;
  readonly owners: Values;
}

/** Whichever keys volumes are encrypted with: each may have one of its own. */
export function sourceKeyStatements({ keys, owners }: SourceKeys): Statement[] {
  return useOf('SourceKeys', keys, { StringEquals: { 'aws:ResourceAccount': owners } });
}

/** The ARNs of all keys in regions, of any account. */
export function keysIn(regions: readonly string[]): Values {
  return regions.map((region) => ({ 'Fn::Sub': keysArn(region, '*', '*') }));
}

export function keyStatements(keys: readonly DestinationKey[]): Statement[] {
  const named = keys.flatMap((key) => (key.kind === 'key' ? [key.arn] : []));
  return [
    ...inParts('NamedKeys', named, (what, part) => useOf(what, part, {})),
    ...keys.flatMap((key) => {
      if (key.kind === 'key') return [];
      const aliased = (what: string, aliases: Values) =>
        useOf(what, key.keys, {
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases },
          ...(key.owners && { StringEquals: { 'aws:ResourceAccount': key.owners } }),
        });
      const what = `AliasedKeys${key.where}`;
      // What is a parameter of a template is as long as whoever fills it in makes it.
      return isList(key.aliases) ? inParts(what, key.aliases, aliased) : aliased(what, key.aliases);
    }),
  ];
}

function useOf(what: string, Resource: Statement['Resource'], condition: Conditions): Statement[] {
  return [
    { Sid: `Use${what}`, Effect: 'Allow', Action: USE, Resource, Condition: { ...THROUGH_EC2, ...condition } },
    {
      Sid: `Lend${what}`,
      Effect: 'Allow',
      Action: ['kms:CreateGrant'],
      Resource,
      Condition: { ...THROUGH_EC2, ...condition, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
}

/** The keys that the copies of a policy file name, in whichever of the forms. */
export function destinationKeys(copies: readonly CopySettings[]): DestinationKey[] {
  const named = new Set<string>();
  const aliases = new Map<string, { region: string; account: string; names: Set<string> }>();
  for (const { region, kmsKey = DEFAULT_ALIAS } of copies) {
    const [, keyRegion = region, account = OWN_ACCOUNT, resource = kmsKey] =
      /^arn:[^:]+:kms:([^:]+):(\d{12}):(.+)$/.exec(kmsKey) ?? [];
    if (!resource.startsWith('alias/')) {
      named.add(keysArn(keyRegion, account, resource.replace('key/', '')));
      continue;
    }
    const place = `${keyRegion} ${account}`;
    const known = aliases.get(place) ?? { region: keyRegion, account, names: new Set() };
    aliases.set(place, known);
    known.names.add(resource);
  }
  return [
    ...[...named].sort().map((arn): DestinationKey => ({ kind: 'key', arn: { 'Fn::Sub': arn } })),
    ...[...aliases.values()].map(
      ({ region, account, names }): DestinationKey => ({
        kind: 'aliases',
        where: sidPart(account === OWN_ACCOUNT ? region : `${region}-${account}`),
        keys: [{ 'Fn::Sub': keysArn(region, account, '*') }],
        aliases: [...names].sort(),
      }),
    ),
  ];
}

/** Whose keys copies name by their ARNs. */
export function accountsOfKeys(copies: readonly CopySettings[]): string[] {
  return copies.flatMap(({ kmsKey = '' }) => /^arn:[^:]+:kms:[^:]+:(\d{12}):/.exec(kmsKey)?.[1] ?? []);
}

export const OWN_ACCOUNT = '${AWS::AccountId}';

function keysArn(region: string, account: string, id: string): string {
  return `arn:\${AWS::Partition}:kms:${region}:${account}:key/${id}`;
}

/** `eu-west-1` as a Sid takes it, which knows letters and digits only: `EuWest1`. */
function sidPart(text: string): string {
  return text.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
