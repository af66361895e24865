import { describe, expect, test } from 'vitest';
import { roleResources } from '../../deploy/permissions.ts';
import { accountId } from '../../lib/model/ids.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { DrillSettings, PolicyFile } from '../../lib/policy/policy.ts';
import { aDrill } from '../builders.ts';
import { HUB, hubRoles } from './hub.ts';
import { type Ask, isAllowed } from './iam.ts';

const VAULT = '777788889999';
const MEMBER = '222233334444';
const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';

function aFile(...copies: readonly string[]): PolicyFile {
  const text = `
deployment: prod
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: UTC }
    image: { reboot: never }
    copies: [${copies.map((copy) => `{ ${copy}, retention: { keepDaily: 7 } }`).join(', ')}]
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }
`;
  const parsed = parsePolicyFile(text, 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.file;
}

/** Encrypting with a key, as EBS does it. */
function encrypting(key: string, aliases: readonly string[], region = 'eu-west-1', account = HUB): Ask {
  return {
    action: 'kms:ReEncryptTo',
    resource: `arn:aws:kms:${region}:${account}:key/${key}`,
    context: {
      'aws:RequestedRegion': region,
      'kms:ViaService': `ec2.${region}.amazonaws.com`,
      'kms:ResourceAliases': aliases,
    },
  };
}

describe('the keys that a copy may be encrypted with', () => {
  test.each([
    ['an alias', 'kmsKey: alias/dr', encrypting('any', ['alias/x', 'alias/dr'])],
    ["an alias's ARN", `kmsKey: 'arn:aws:kms:eu-west-1:${HUB}:alias/dr'`, encrypting('any', ['alias/dr'])],
    [
      "another account's alias",
      `kmsKey: 'arn:aws:kms:eu-west-1:${MEMBER}:alias/dr'`,
      encrypting('any', ['alias/dr'], 'eu-west-1', MEMBER),
    ],
    ['an id', `kmsKey: ${KEY}`, encrypting(KEY, [])],
    ['an ARN', `kmsKey: 'arn:aws:kms:eu-west-1:${HUB}:key/${KEY}'`, encrypting(KEY, [])],
    ["no key, which means the account's own for EBS", 'encrypt: always', encrypting('any', ['alias/aws/ebs'])],
  ])('are exactly those that it names by %s', (_, key, named) => {
    const { statements } = hubRoles(aFile(`region: eu-west-1, ${key}`)).copy;
    expect(isAllowed(statements, named)).toBe(true);
    const others = [
      encrypting('other', ['alias/other']),
      encrypting('other', []),
      { ...named, resource: named.resource.replace('eu-west-1', 'eu-west-2') },
      { ...named, resource: named.resource.replace(/\d{12}/, '999999999999') },
    ];
    expect(others.filter((other) => isAllowed(statements, other))).toEqual([]);
  });

  test('are those of their own region where several regions have some', () => {
    const file = aFile('region: eu-west-1, kmsKey: alias/one', 'region: us-west-2, kmsKey: alias/two');
    const { statements } = hubRoles(file).copy;
    expect(isAllowed(statements, encrypting('any', ['alias/one'], 'eu-west-1'))).toBe(true);
    expect(isAllowed(statements, encrypting('any', ['alias/two'], 'us-west-2'))).toBe(true);
    expect(isAllowed(statements, encrypting('any', ['alias/two'], 'eu-west-1'))).toBe(false);
  });

  test('are none where nothing is copied', () => {
    const { statements } = hubRoles(aFile()).copy;
    const ofCopies = statements.flatMap(({ Action }) => Action).filter((action) => /kms|CopyImage|Tags/.test(action));
    expect(ofCopies.filter((action) => !['kms:GetPublicKey', 'kms:Sign'].includes(action))).toEqual([]);
  });
});

describe('the keys of volumes', () => {
  const reading = (owner: string, region = 'eu-central-1', domain = 'com'): Ask => ({
    action: 'kms:ReEncryptFrom',
    resource: `arn:aws:kms:${region}:${owner}:key/any`,
    context: {
      // Where the copy is made: of which region AWS tells here is written nowhere.
      'aws:RequestedRegion': 'eu-west-1',
      'aws:ResourceAccount': owner,
      'kms:ViaService': `ec2.eu-west-1.amazonaws.${domain}`,
      'kms:ResourceAliases': [],
    },
  });
  const copied = aFile('region: eu-west-1');
  const central = { ...copied, keyAccounts: [accountId(MEMBER)] };

  test.each<[string, PolicyFile, Ask, boolean]>([
    ['any of the account', copied, reading(HUB), true],
    ['one of a central account that the file names', central, reading(MEMBER), true],
    ['one of an account that it does not name', copied, reading(MEMBER), false],
    ['one of a region that is no source', central, reading(MEMBER, 'us-west-2'), false],
    ['one through EC2 by its name in China', copied, reading(HUB, 'eu-central-1', 'com.cn'), true],
  ])('may be used by what creates and copies: %s', (_, file, ask, allowed) => {
    const { snapshot, copy, retire } = hubRoles(file);
    expect([snapshot, copy].map(({ statements }) => isAllowed(statements, ask))).toEqual([allowed, allowed]);
    expect(isAllowed(retire.statements, ask)).toBe(false);
  });
});

describe('drills', () => {
  const LAUNCH = { action: 'ec2:RunInstances', resource: `arn:aws:ec2:eu-west-1:${HUB}:instance/new` };
  const launching = (context: Ask['context']): Ask => ({
    ...LAUNCH,
    context: {
      'aws:RequestedRegion': 'eu-west-1',
      'aws:RequestTag/amikeep:deployment': 'prod',
      'aws:RequestTag/amikeep:drill': 'ami-1 2026-11-24T03:10:00Z status 45m',
      'ec2:InstanceType': 'm7g.large',
      ...context,
    },
  });
  const drilled = (...drills: readonly DrillSettings[]): PolicyFile => {
    const file = aFile('region: eu-west-1');
    return { ...file, policies: drills.flatMap((drill) => file.policies.map((policy) => ({ ...policy, drill }))) };
  };
  const roleOf = (...drills: readonly DrillSettings[]) => hubRoles(drilled(...drills)).drill.statements;
  const OWN = `arn:aws:iam::${HUB}:instance-profile/amikeep-prod-drilled`;

  test('have no role where no policy drills', () => {
    expect(roleResources(aFile('region: eu-west-1'))).not.toHaveProperty('DrillRole');
  });

  test('launch the types that policies name, and any where one of them takes that of the server', () => {
    const few = roleOf(aDrill({ instanceType: ['m7g.large'] }), aDrill({ instanceType: ['c7g.large'] }));
    const may = (statements: typeof few, type: string) =>
      isAllowed(statements, launching({ 'ec2:InstanceType': type }));
    expect(['m7g.large', 'c7g.large', 'p5.48xlarge'].map((type) => may(few, type))).toEqual([true, true, false]);
    expect(may(roleOf(aDrill({ instanceType: ['m7g.large'] }), aDrill()), 'p5.48xlarge')).toBe(true);
  });

  test('launch in the regions that policies drill in, and end in all that may hold images', () => {
    const ending = (region: string): Ask => ({
      action: 'ec2:TerminateInstances',
      resource: `arn:aws:ec2:${region}:${HUB}:instance/i-1`,
      context: {
        'aws:RequestedRegion': region,
        'aws:ResourceTag/amikeep:deployment': 'prod',
        'aws:ResourceTag/amikeep:drill': 'ami-1 2026-11-24T03:10:00Z status 45m',
      },
    });
    const statements = roleOf(aDrill());
    expect(isAllowed(statements, launching({ 'aws:RequestedRegion': 'eu-central-1' }))).toBe(false);
    expect(['eu-west-1', 'eu-central-1', 'us-east-1'].map((region) => isAllowed(statements, ending(region)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('pass their own role alone, and ask SSM, where a policy checks by a command', () => {
    const passing = (role: string): Ask => ({
      action: 'iam:PassRole',
      resource: `arn:aws:iam::${HUB}:role/${role}`,
      context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    });
    const byCommand = roleOf(aDrill(), aDrill({ check: 'command', document: 'AWS-RunShellScript' }));
    expect(isAllowed(byCommand, launching({ 'ec2:InstanceProfile': OWN }))).toBe(true);
    expect(isAllowed(byCommand, launching({}))).toBe(true);
    expect(isAllowed(byCommand, launching({ 'ec2:InstanceProfile': `${OWN}-2` }))).toBe(false);
    expect(isAllowed(byCommand, passing('amikeep-prod-drilled'))).toBe(true);
    expect(isAllowed(byCommand, passing('web'))).toBe(false);

    const without = roleOf(aDrill());
    expect(isAllowed(without, passing('amikeep-prod-drilled'))).toBe(false);
    expect(without.flatMap(({ Action }) => Action).filter((action) => action.startsWith('ssm:'))).toEqual([]);
  });

  test.each([
    ['of the account', 'shop-health', `arn:aws:ssm:eu-west-1:${HUB}:document/shop-health`],
    ["of AWS's own", 'AWS-RunShellScript', 'arn:aws:ssm:eu-west-1::document/AWS-RunShellScript'],
    [
      'of another account, by its ARN',
      `arn:aws:ssm:eu-west-1:${MEMBER}:document/health`,
      `arn:aws:ssm:eu-west-1:${MEMBER}:document/health`,
    ],
  ])('are asked by the document that a policy names %s, and by no other', (_, document, resource) => {
    const statements = roleOf(aDrill({ check: 'command', document }));
    const asking = (arn: string): Ask => ({
      action: 'ssm:SendCommand',
      resource: arn,
      context: { 'aws:RequestedRegion': 'eu-west-1' },
    });
    expect(isAllowed(statements, asking(resource))).toBe(true);
    expect(isAllowed(statements, asking(`${resource}-2`))).toBe(false);
  });

  test('read images with the keys of the accounts that copies name by ARN as well', () => {
    const reading = (owner: string): Ask => ({
      action: 'kms:Decrypt',
      resource: `arn:aws:kms:eu-west-1:${owner}:key/any`,
      context: { 'aws:ResourceAccount': owner, 'kms:ViaService': 'ec2.eu-west-1.amazonaws.com' },
    });
    const file = aFile(`region: eu-west-1, kmsKey: 'arn:aws:kms:eu-west-1:${MEMBER}:key/${KEY}'`);
    const policies = file.policies.map((policy) => ({ ...policy, drill: aDrill() }));
    const { statements } = hubRoles({ ...file, policies }).drill;
    expect([HUB, MEMBER, VAULT].map((owner) => isAllowed(statements, reading(owner)))).toEqual([true, true, false]);
  });
});

describe('other accounts', () => {
  const accounts = [
    { id: accountId(MEMBER), rolePrefix: 'backup', vault: false },
    { id: accountId(VAULT), rolePrefix: 'vault', vault: true },
  ];

  test('are entered by each function through its own roles only', () => {
    const doors = Object.entries(roleResources({ ...aFile(), accounts })).map(([id, { Properties }]) => [
      id,
      [...JSON.stringify(Properties).matchAll(/:role\/([\w-]+)/g)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(doors)).toEqual({
      SnapshotRole: ['backup-snapshot'],
      CopyRole: ['backup-copy', 'vault-copy'],
      RetireRole: ['backup-retire', 'vault-retire'],
    });
  });

  test('get nothing lent unless a policy copies into them', () => {
    const lent = (file: PolicyFile) =>
      hubRoles(file)
        .copy.statements.flatMap(({ Action }) => Action)
        .filter((action) => action.includes('Modify'));
    expect(lent(aFile('region: eu-west-1'))).toEqual([]);
    expect(lent(intoVault())).toEqual(['ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute']);
  });

  test.each([
    ['lends one of ours', {}, true],
    ['takes one of ours back', { 'ec2:Add/userId': undefined, 'ec2:Remove/userId': VAULT }, true],
    ['lends to an account that is no vault', { 'ec2:Add/userId': MEMBER }, false],
    ['takes back from an account that is no vault', { 'ec2:Remove/userId': MEMBER }, false],
    ['makes it public', { 'ec2:Add/group': 'all' }, false],
    ["lends another deployment's", { 'aws:ResourceTag/amikeep:deployment': 'other' }, false],
    ["lends what is nobody's", { 'aws:ResourceTag/amikeep:deployment': undefined }, false],
    ['lends from another region', { 'aws:RequestedRegion': 'eu-west-1' }, false],
  ])('a call on a snapshot that %s', (_, change, allowed) => {
    const told = {
      'aws:RequestedRegion': 'eu-central-1',
      'aws:ResourceTag/amikeep:deployment': 'prod',
      'ec2:Add/userId': VAULT,
      ...change,
    };
    const context = Object.fromEntries(Object.entries(told).flatMap(([key, value]) => (value ? [[key, value]] : [])));
    const resource = 'arn:aws:ec2:eu-central-1::snapshot/snap-1';
    const asked = { action: 'ec2:ModifySnapshotAttribute', resource, context };
    expect(isAllowed(hubRoles(intoVault()).copy.statements, asked)).toBe(allowed);
  });

  function intoVault(): PolicyFile {
    const file = aFile('region: eu-west-1');
    const policies = file.policies.map((policy) => ({
      ...policy,
      copies: policy.copies.map((copy) => ({ ...copy, account: accountId(VAULT) })),
    }));
    return { ...file, policies };
  }
});
