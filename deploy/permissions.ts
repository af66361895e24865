// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import type { Longest } from './filled-in.ts';
import { destinationKeys, keysIn, OWN_ACCOUNT, sourceKeyStatements } from './keys.ts';
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
import { capitalised, FUNCTIONS, joined, type Resources } from './template.ts';

/** A role of its own for each function, under the logical ids `SnapshotRole`, `CopyRole` and `RetireRole`. */
export function roleResources(file: PolicyFile): Resources {
  const longest = longestIn(file);
  return joined(
    FUNCTIONS.map((action) =>
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
      return [
        ...(here.length > 0 ? [...copyStatements(place), ...sourceKeys] : [readImages(place.everywhere)]),
        ...(copies.length > 0 ? holdStatements(place) : []),
        ...(vaults.length > 0 ? shareStatements(place, vaults) : []),
      ];
    }
    case 'retire':
      return retireStatements(place);
  }
}

/** By Lambda, once an event has failed for good; what a run of copies failed at, its next sweep tries again. */
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
    .filter(({ vault }) => !(vault && action === 'snapshot'))
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
    ...(action === 'copy' ? [] : [tellOfFailures()]),
    ...inParts('EnterAccounts', doors, (Sid, Resource): Statement[] => [
      { Sid, Effect: 'Allow', Action: ['sts:AssumeRole'], Resource },
    ]),
  ];
}
