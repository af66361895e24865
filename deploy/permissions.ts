// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { drillProfile } from '../lib/planning/drill/profile.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import { commandStatements, documentArns, drillChanges, drillReads } from './drill-statements.ts';
import type { Longest } from './filled-in.ts';
import { accountsOfKeys, destinationKeys, keysIn, OWN_ACCOUNT, sourceKeyStatements } from './keys.ts';
import { inParts, type Statement } from './policy-document.ts';
import { partitionOf } from './regions.ts';
import { roleWithPolicy } from './role.ts';
import { sealStatement } from './seal-key.ts';
import {
  copyStatements,
  holdStatements,
  type Place,
  readImages,
  retireStatements,
  shareStatements,
  snapshotStatements,
} from './statements.ts';
import { capitalised, functionsOf, joined, type Resources } from './template.ts';

/** A role of its own for each function, under the logical ids `SnapshotRole`, `CopyRole` and so on. */
export function roleResources(file: PolicyFile): Resources {
  const longest = longestIn(file);
  return joined(
    functionsOf(file).map((action) =>
      roleWithPolicy(
        roleId(action),
        {
          name: { 'Fn::Sub': roleName(file.deployment, action, '${AWS::Region}') },
          description: `What the ${action} function of amikeep may do`,
          trust: { Principal: { Service: 'lambda.amazonaws.com' } },
          policyName: action,
          statements: [...statementsOf(action, file), ...besidesEc2(action, file)],
        },
        longest,
      ),
    ),
  );
}

/** What CloudFormation fills in where the stack of a policy file is. */
export function longestIn({ regions: [home] }: PolicyFile): Longest {
  if (home === undefined) throw new TypeError('a policy file names a region');
  return {
    'AWS::Partition': partitionOf(home) ?? 'aws',
    'AWS::AccountId': '111122223333',
    'AWS::Region': home,
  };
}

export function roleId(action: Action): string {
  return `${capitalised(action)}Role`;
}

/** By this name the roles in other accounts know those of the functions. */
export function roleName(deployment: string, action: Action, homeRegion: string): string {
  return `amikeep-${deployment}-${action}-${homeRegion}`;
}

function statementsOf(action: Action, file: PolicyFile): Statement[] {
  const copies = file.policies.flatMap((policy) => policy.copies);
  const here = copies.filter(({ account }) => account === undefined);
  const place: Place = {
    deployment: file.deployment,
    sources: file.regions,
    destinations: [...new Set(here.map(({ region }) => region))].sort(),
    everywhere: regionsWithImages(file),
    keys: destinationKeys(here),
  };
  const sourceKeys = sourceKeyStatements({
    keys: keysIn(file.regions),
    owners: [{ 'Fn::Sub': OWN_ACCOUNT }, ...file.keyAccounts],
  });
  switch (action) {
    case 'snapshot':
      return [...snapshotStatements(place), ...sourceKeys];
    case 'copy': {
      const vaults = [...new Set(copies.flatMap(({ account }) => account ?? []))].sort();
      // What was lent where no images are made any more is still to be taken back.
      const lending = vaults.length > 0 ? { ...place, sources: [...file.regions, ...file.formerRegions] } : place;
      return [
        ...(here.length > 0 ? [...copyStatements(place), ...sourceKeys] : [readImages(place.everywhere)]),
        ...(copies.length > 0 ? holdStatements(lending) : []),
        ...(vaults.length > 0 ? shareStatements(lending, vaults) : []),
      ];
    }
    case 'retire':
      return retireStatements(place);
    case 'drill':
      return ofDrills(file);
  }
}

/** What the drills of a file come to: the regions, types, keys and documents that any of its policies names. */
function ofDrills(file: PolicyFile): Statement[] {
  const { deployment, policies, keyAccounts } = file;
  const drills = policies.flatMap(({ drill }) => drill ?? []);
  const regions = sorted(drills.flatMap((drill) => drill.regions));
  const types = drills.flatMap(({ instanceType }) => (instanceType === 'same' ? [] : instanceType));
  const isAnyType = drills.some(({ instanceType }) => instanceType === 'same');
  const copies = policies.flatMap((policy) => policy.copies.filter(({ region }) => regions.includes(region)));
  const place = {
    ...{ deployment, everywhere: regionsWithImages(file), regions },
    ...(!isAnyType && { types: sorted(types) }),
    keys: {
      keys: keysIn(regions),
      owners: [{ 'Fn::Sub': OWN_ACCOUNT }, ...sorted([...keyAccounts, ...accountsOfKeys(copies)])],
    },
    profile: drillProfile(deployment),
  };
  const documents = sorted(drills.flatMap(({ document }) => document ?? [])).flatMap(documentArns);
  return [
    ...drillReads(place),
    ...drillChanges(place),
    ...(documents.length > 0 ? commandStatements(place, documents) : []),
  ];
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}

/** By Lambda, once an event has failed for good; what copies and drills failed at, their next sweep tries again. */
function tellOfFailures(): Statement {
  return {
    Sid: 'TellOfFailures',
    Effect: 'Allow',
    Action: ['sqs:SendMessage'],
    Resource: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] },
  };
}

/** What each function needs of the stack around it, and the doors to its own roles in other accounts. */
function besidesEc2(action: Action, { deployment, accounts }: PolicyFile): Statement[] {
  const doors = accounts
    .filter(({ vault }) => !(vault && (action === 'snapshot' || action === 'drill')))
    .map(({ id, rolePrefix }) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:role/${rolePrefix}-${action}` }));
  const logs = `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/amikeep-${deployment}-${action}`;
  return [
    {
      Sid: 'Log',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::Sub': `${logs}:log-stream:*` },
    },
    sealStatement(),
    { Sid: 'Tell', Effect: 'Allow', Action: ['events:PutEvents'], Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
    ...(action === 'copy' || action === 'drill' ? [] : [tellOfFailures()]),
    ...inParts('EnterAccounts', doors, (Sid, Resource): Statement[] => [
      { Sid, Effect: 'Allow', Action: ['sts:AssumeRole'], Resource },
    ]),
  ];
}
