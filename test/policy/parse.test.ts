import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatProblem, parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';

/** Each test changes one line of this. */
const MINIMAL = `deployment: prod
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never }
    copies:
      - { region: eu-west-1, retention: { keepDaily: 3 } }
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }
`;

function changed(...changes: readonly (readonly [was: string, is: string])[]): string {
  return changes.reduce((text, [was, is]) => {
    if (!text.includes(was)) throw new Error(`'${was}' is not in the file`);
    return text.replace(was, () => is);
  }, MINIMAL);
}

const EXAMPLE = readFileSync(new URL('../../policies.yml', import.meta.url), 'utf8');

/** The text with the commented lines from a key on, to the end of that comment, as YAML. */
function uncommented(text: string, key: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.trim() === `# ${key}:`);
  if (from < 0) throw new Error(`there is no comment with ${key}`);
  const length = lines.slice(from).findIndex((line) => !/^ *#/.test(line));
  return lines.map((line, at) => (at >= from && at < from + length ? line.replace('# ', '') : line)).join('\n');
}

function parsed(text: string): PolicyFile {
  const result = parsePolicyFile(text, 'policies.yml');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.file;
}

function problems(text: string): string[] {
  const result = parsePolicyFile(text, 'p.yml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('a policy file that is right', () => {
  it('is filled in with every default', () => {
    expect(parsed(MINIMAL)).toEqual({
      deployment: 'prod',
      regions: ['eu-central-1'],
      formerRegions: [],
      trustedKeys: [],
      accounts: [],
      keyAccounts: [],
      restore: {},
      policies: [
        {
          name: 'nightly',
          enabled: true,
          select: {
            tags: { Backup: ['nightly'] },
            exclude: {},
            excludeInstances: [],
            states: ['running', 'stopping', 'stopped'],
          },
          schedule: { expressions: ['cron(0 4 * * ? *)'], timeZone: 'Europe/Berlin' },
          image: { reboot: 'never', tags: {}, instanceTags: [], excludeDevices: [], excludeVolumes: {} },
          copies: [{ region: 'eu-west-1', encrypt: 'as-source', retention: { keepDaily: 3 } }],
          retention: { keepDaily: 7 },
          retire: {
            mode: 'plan',
            minKeep: 1,
            maxPerDay: { percent: 20 },
            endAfterSourceGoneDays: 'never',
            deprecateDays: 0,
            disableDays: 0,
          },
        },
      ],
    });
  });

  it('may write everything', () => {
    const file = parsed(`
deployment: prod-2
regions: [eu-central-1, us-gov-west-1]
formerRegions: [eu-north-1]
trustedKeys: [MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=]
accounts:
  - { id: '022222222222', rolePrefix: amikeep, externalId: 'a:b/c' }
  - { id: '333333333333', rolePrefix: amikeep-prod-2, vault: true }
keyAccounts: ['044444444444']
restore:
  eu-west-1:
    subnets: { euc1-az2: subnet-0a1b, euc1-az1: subnet-0c2d }
    securityGroups: { sg-01: sg-02 }
    keyName: ops dr
    kmsKey: alias/dr
    instanceTypes: [m7g.large, m7i.large]
  eu-central-1: {}
policies:
  every.thing_1:
    select:
      tags: { Backup: [nightly, 'daily-*'], 'aws:autoscaling:groupName': '*' }
      exclude: { Environment: '' }
      instances: [i-0123456789abcdef0]
      excludeInstances: [i-01234567]
      states: [running]
    lineage: { tag: Role }
    schedule: { expression: rate(6 hours), timeZone: UTC, flexibleWindowMinutes: 30 }
    image:
      reboot: always
      tags: { Project: shop }
      instanceTags: [Owner]
      excludeDevices: [/dev/sdf]
      excludeVolumes: { Scratch: 'true' }
    copies:
      - { region: eu-west-1, kmsKey: alias/dr, retention: { keepLast: 1 } }
      - { region: eu-west-2, encrypt: always, retention: { keepLast: 1 } }
      - { region: eu-central-1, account: '333333333333', retention: { keepLast: 1 } }
      - { region: eu-west-1, account: '333333333333', retention: { keepLast: 1 } }
    retention:
      { keepLast: 1, keepHourly: 2, keepDaily: 3, keepWeekly: 4, keepMonthly: 5, keepYearly: 6, keepWithin: { days: 2, hours: 12 } }
    retire: { mode: apply, minKeep: 2, maxPerDay: 7, endAfterSourceGoneDays: 365, deprecateDays: 7, disableDays: 14 }
`);
    expect(file).toEqual({
      deployment: 'prod-2',
      regions: ['eu-central-1', 'us-gov-west-1'],
      formerRegions: ['eu-north-1'],
      trustedKeys: ['MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='],
      accounts: [
        { id: '022222222222', rolePrefix: 'amikeep', externalId: 'a:b/c', vault: false },
        { id: '333333333333', rolePrefix: 'amikeep-prod-2', vault: true },
      ],
      keyAccounts: ['044444444444'],
      restore: {
        'eu-west-1': {
          subnets: { 'euc1-az2': 'subnet-0a1b', 'euc1-az1': 'subnet-0c2d' },
          securityGroups: { 'sg-01': 'sg-02' },
          keyName: 'ops dr',
          kmsKey: 'alias/dr',
          instanceTypes: ['m7g.large', 'm7i.large'],
        },
        'eu-central-1': { subnets: {}, securityGroups: {}, instanceTypes: [] },
      },
      policies: [
        {
          name: 'every.thing_1',
          enabled: true,
          select: {
            tags: { Backup: ['nightly', 'daily-*'], 'aws:autoscaling:groupName': ['*'] },
            exclude: { Environment: [''] },
            instances: ['i-0123456789abcdef0'],
            excludeInstances: ['i-01234567'],
            states: ['running'],
          },
          lineageTag: 'Role',
          schedule: { expressions: ['rate(6 hours)'], timeZone: 'UTC', flexibleWindowMinutes: 30 },
          image: {
            reboot: 'always',
            tags: { Project: 'shop' },
            instanceTags: ['Owner'],
            excludeDevices: ['/dev/sdf'],
            excludeVolumes: { Scratch: ['true'] },
          },
          copies: [
            { region: 'eu-west-1', kmsKey: 'alias/dr', encrypt: 'always', retention: { keepLast: 1 } },
            { region: 'eu-west-2', encrypt: 'always', retention: { keepLast: 1 } },
            { region: 'eu-central-1', account: '333333333333', encrypt: 'as-source', retention: { keepLast: 1 } },
            { region: 'eu-west-1', account: '333333333333', encrypt: 'as-source', retention: { keepLast: 1 } },
          ],
          retention: {
            keepLast: 1,
            keepHourly: 2,
            keepDaily: 3,
            keepWeekly: 4,
            keepMonthly: 5,
            keepYearly: 6,
            keepWithin: { days: 2, hours: 12 },
          },
          retire: {
            mode: 'apply',
            minKeep: 2,
            maxPerDay: { count: 7 },
            endAfterSourceGoneDays: 365,
            deprecateDays: 7,
            disableDays: 14,
          },
        },
      ],
    });
  });

  it('keeps its policies in the order of the text, even where names look like numbers', () => {
    const [, policy = ''] = MINIMAL.split('  nightly:');
    const text = `${MINIMAL}  weekly:${policy}  7:${policy}`;
    expect(parsed(text).policies.map(({ name }) => name)).toEqual(['nightly', 'weekly', '7']);
  });

  it('may share parts by anchors and merges', () => {
    const text = changed(
      ['    retention: { keepDaily: 7 }', '    retention: &rules { keepDaily: 7 }'],
      ['mode: plan, endAfterSourceGoneDays: never', '<<: { mode: plan }, endAfterSourceGoneDays: never'],
    );
    const again = `${text}  weekly:
    select: { tags: { Backup: weekly } }
    schedule: { expression: rate(7 days), timeZone: UTC }
    image: { reboot: never }
    retention: { <<: *rules, keepWeekly: 5 }
    retire: { mode: plan, endAfterSourceGoneDays: never }
`;
    expect(parsed(again).policies[1]?.retention).toEqual({ keepDaily: 7, keepWeekly: 5 });
  });

  it.each([
    ['1', { count: 1 }],
    ['20%', { percent: 20 }],
    ['0.5%', { percent: 0.5 }],
    ['100%', { percent: 100 }],
  ])('caps a day at %s', (written, cap) => {
    const text = changed(['mode: plan', `mode: plan, maxPerDay: ${written}`]);
    expect(parsed(text).policies[0]?.retire.maxPerDay).toEqual(cap);
  });

  it.each([
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    'mrk-1234abcd12ab34cd56ef1234567890ab',
    'alias/dr',
    'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws-cn:kms:eu-west-1:111122223333:alias/dr',
  ])('encrypts copies with the key %s', (kmsKey) => {
    const text = changed(['region: eu-west-1', `region: eu-west-1, kmsKey: '${kmsKey}'`]);
    expect(parsed(text).policies[0]?.copies[0]).toMatchObject({ kmsKey, encrypt: 'always' });
  });

  it('is the example at the root once what it has as comments is uncommented', () => {
    const file = parsed(uncommented(uncommented(EXAMPLE, 'restore'), 'drill'));
    expect(Object.keys(file.restore)).toEqual(['eu-west-1']);
    expect(file.policies.map(({ drill }) => drill?.regions)).toEqual([['eu-west-1'], undefined, undefined]);
  });

  it('is the example at the root, with three policies, two source regions and copies', () => {
    const file = parsed(EXAMPLE);
    expect(file.policies).toHaveLength(3);
    expect(file.regions).toHaveLength(2);
    expect(file.policies.flatMap(({ copies }) => copies)).not.toHaveLength(0);
  });
});

describe('what must be written is asked for, with the reason', () => {
  it.each([
    [
      'image: { reboot: never }',
      'image: {}',
      'p.yml:7:5: policies.nightly.image.reboot is missing: write never or always',
    ],
    ['mode: plan, ', '', 'p.yml:11:5: policies.nightly.retire.mode is missing: write plan'],
    [
      ', endAfterSourceGoneDays: never',
      '',
      'p.yml:11:5: policies.nightly.retire.endAfterSourceGoneDays is missing: write never',
    ],
    ['    image: { reboot: never }\n', '', 'p.yml:4:3: policies.nightly.image is missing: write the settings'],
    ['deployment: prod\n', '', 'p.yml:1:1: deployment is missing: write 1 to 32 letters'],
    [
      'region: eu-west-1, ',
      '',
      'p.yml:9:9: policies.nightly.copies.0.region is missing: write the name of an AWS region',
    ],
  ])('%s', (was, is, problem) => {
    expect(problems(changed([was, is]))).toEqual([expect.stringContaining(problem)]);
  });

  it('and the reason is that a wrong guess would destroy, reboot or cost', () => {
    expect(
      problems(changed(['{ reboot: never }', '{}'], ['{ mode: plan, endAfterSourceGoneDays: never }', '{}'])),
    ).toEqual([
      expect.stringMatching(/wrong guess would cost an outage or data/),
      expect.stringMatching(/wrong guess would delete images or keep all/),
      expect.stringMatching(/wrong guess would delete the last image/),
    ]);
  });
});

describe('a region that AWS does not have', () => {
  const known = ['eu-central-1', 'eu-west-1'];
  const found = (text: string) => {
    const result = parsePolicyFile(text, 'p.yml', {
      partitionOf: (name) => (known.includes(name) ? 'aws' : undefined),
    });
    return result.ok ? [] : result.problems.map(formatProblem);
  };

  it('is told where a drill names it', () => {
    const drill = `drill: { every: { days: 9 }, regions: [eu-west-1], check: status, maxAgeDays: 10, network: { eu-wset-1: { subnets: [subnet-0a], securityGroup: sg-0a }, eu-west-1: { subnets: [subnet-0a], securityGroup: sg-0a } } }`;
    expect(found(changed(['    retire:', `    ${drill}\n    retire:`]))).toEqual([
      expect.stringContaining("policies.nightly.drill.network.eu-wset-1 is 'eu-wset-1', which AWS does not have"),
    ]);
  });

  it('is told once where a restore names it', () => {
    expect(found(`${MINIMAL}restore: { eu-wst-1: { keyName: ops } }\n`)).toEqual([
      expect.stringContaining("restore.eu-wst-1 is 'eu-wst-1', where the file has neither sources nor copies"),
    ]);
  });

  it('is told where it stands, if it is known which ones there are', () => {
    const text = changed(
      ['[eu-central-1]', '[eu-centrl-1, eu-central-1]\nformerRegions: [us-moon-1]'],
      ['region: eu-west-1', 'region: eu-wset-1'],
    );
    expect(found(text)).toEqual([
      "p.yml:2:11: regions.0 is 'eu-centrl-1', which AWS does not have: write the name of a region, such as eu-central-1",
      expect.stringContaining("p.yml:3:17: formerRegions.0 is 'us-moon-1', which AWS does not have"),
      expect.stringContaining("p.yml:10:19: policies.nightly.copies.0.region is 'eu-wset-1', which AWS does not have"),
    ]);
    expect(found(MINIMAL)).toEqual([]);
  });

  it('is told once where it does not even look like one', () => {
    expect(found(changed(['[eu-central-1]', '[frankfurt]']))).toHaveLength(1);
  });
});

describe('a region of restore in which no image can be', () => {
  const restoring = (region: string) => `${MINIMAL}restore:\n  eu-west-1: { keyName: ops }\n  ${region}: {}\n`;

  it.each([
    ['eu-wset-1', "did you mean 'eu-west-1'?"],
    ['eu-west-9', "did you mean 'eu-west-1'?"],
    ['ap-southeast-2', 'write one of eu-central-1, eu-west-1'],
  ])('is told with its line: %s', (region, remedy) => {
    const what = 'where the file has neither sources nor copies of this account, so that nothing is restored there';
    expect(problems(restoring(region))).toEqual([`p.yml:14:3: restore.${region} is '${region}', ${what}; ${remedy}`]);
  });

  it('is one that only a vault has copies in', () => {
    const vault = "accounts: [{ id: '222222222222', rolePrefix: amikeep, vault: true }]";
    const text = changed(['region: eu-west-1', "region: eu-west-1, account: '222222222222'"]);
    expect(problems(`${text}${vault}\nrestore: { eu-west-1: {} }\n`)).toEqual([
      expect.stringContaining("restore.eu-west-1 is 'eu-west-1', where the file has neither"),
    ]);
  });

  it('is none of those that the file has sources in, copies, or images of before', () => {
    const text = changed(['[eu-central-1]', '[eu-central-1]\nformerRegions: [eu-north-1]']);
    expect(problems(`${text}restore: { eu-central-1: {}, eu-west-1: {}, eu-north-1: {} }\n`)).toEqual([]);
  });

  it('is not guessed at where the form of a name is wrong, or the file names no region', () => {
    expect(problems(restoring('frankfurt'))).toEqual([expect.stringContaining('write the name of an AWS region')]);
    const nowhere = restoring('eu-north-1').replace('[eu-central-1]', '[]').replace('region: eu-west-1, ', '');
    expect(problems(nowhere).join('\n')).not.toContain('restore');
  });
});

describe('a mistake is told with its place, its value and its remedy', () => {
  it.each([
    [
      'deployment: prod',
      'deployment: my prod',
      "p.yml:1:13: deployment is 'my prod': write 1 to 32 letters, digits and dashes",
    ],
    ['deployment: prod', 'deployment: 12', 'p.yml:1:13: deployment is 12: write'],
    ['deployment: prod', 'deployment:', 'p.yml:1:1: deployment is empty: write'],
    ['[eu-central-1]', '[frankfurt]', "p.yml:2:11: regions.0 is 'frankfurt': write the name of an AWS region"],
    ['[eu-central-1]', '[]', 'p.yml:2:1: regions is an empty list: write a list of AWS regions'],
    ['[eu-central-1]', '{ a: b }', 'p.yml:2:1: regions is a map: write a list of AWS regions'],
    [
      '[eu-central-1]',
      '[eu-central-1, eu-central-1]',
      "p.yml:2:25: regions.1 is 'eu-central-1' again: write each once",
    ],
    [
      '[eu-central-1]',
      '[eu-central-1]\nformerRegions: [eu-west-1]',
      "p.yml:3:17: formerRegions.0 is 'eu-west-1', which is still in use: leave it out here",
    ],
    [
      '[eu-central-1]',
      '[eu-central-1]\nformerRegions: [eu-north-1, eu-north-1]',
      "p.yml:3:29: formerRegions.1 is 'eu-north-1' again: write each once",
    ],
    ['nightly:', '-nightly:', "p.yml:4:3: policies.-nightly is '-nightly': write a policy name of 1 to 64"],
    ['{ tags: { Backup: nightly } }', '{}', 'p.yml:5:5: policies.nightly.select would select every instance: write'],
    ['{ Backup: nightly }', '{}', 'p.yml:5:5: policies.nightly.select would select every instance: write'],
    ['Backup: nightly', 'Backup: true', 'p.yml:5:31: policies.nightly.select.tags.Backup is true: write a text'],
    ['Backup: nightly', 'Backup: []', 'p.yml:5:23: policies.nightly.select.tags.Backup is an empty list: write a text'],
    ['Backup: nightly', 'Backup: [1]', 'p.yml:5:23: policies.nightly.select.tags.Backup is a list: write a text'],
    ['Backup: nightly', 'amikeep:hold: x', "select.tags.amikeep:hold is 'amikeep:hold': write a tag key"],
    [
      '{ tags:',
      '{ instances: [web-1], tags:',
      "instances.0 is 'web-1': write an instance id, such as i-0123456789abcdef0",
    ],
    ['{ tags:', '{ states: [pending], tags:', "states.0 is 'pending': write a list of running, stopping, stopped"],
    ['{ tags:', '{ states: [], tags:', 'states is an empty list: write a list of running, stopping, stopped'],
    [
      'cron(0 4 * * ? *)',
      'daily',
      "p.yml:6:29: policies.nightly.schedule.expression is 'daily': write cron(...) or rate(...)",
    ],
    ['cron(0 4 * * ? *)', 'cron(0 4 30 2 ? *)', 'write days that exist; this never fires'],
    [
      'Europe/Berlin',
      'Europe/Berln',
      "timeZone is 'Europe/Berln': write an IANA time zone such as Europe/Berlin or UTC; did you mean",
    ],
    [
      'Europe/Berlin',
      'Europe/Berlin, flexibleWindowMinutes: 0',
      'policies.nightly.schedule.flexibleWindowMinutes is 0: write a whole number of minutes from 1 to 1440',
    ],
    ['Europe/Berlin', 'UTC, flexibleWindowMinutes: 1440', 'is 1440: write fewer than the 1440 minutes that may lie'],
    // The clocks are put forward once a year.
    ['Europe/Berlin', 'Europe/Berlin, flexibleWindowMinutes: 1380', 'is 1380: write fewer than the 1380 minutes'],
    [
      'cron(0 4 * * ? *), timeZone:',
      "'cron(0 4,5 ? * MON *)', flexibleWindowMinutes: 60, timeZone:",
      'than the 60 min',
    ],
    ['reboot: never', 'reboot: no', "p.yml:7:22: policies.nightly.image.reboot is 'no': write never or always"],
    ['reboot: never', 'reboot: never, tags: { aws:x: y }', "image.tags.aws:x is 'aws:x': write a tag key of 1 to 128"],
    ['reboot: never', `reboot: never, tags: { x: ${'y'.repeat(257)} }`, 'write a text of at most 256 characters'],
    ['reboot: never', "reboot: never, instanceTags: ['*']", "instanceTags.0 is '*': write the key of a tag"],
    ['reboot: never', 'reboot: never, instanceTags: [AWS:x]', "instanceTags.0 is 'AWS:x': write the key of a tag"],
    [
      'reboot: never',
      'reboot: never, tags: { A: b }, instanceTags: [A]',
      "instanceTags.0 is 'A', which tags sets already",
    ],
    ['reboot: never', 'reboot: never, instanceTags: [A, A]', "instanceTags.1 is 'A' again: write each once"],
    ['reboot: never', "reboot: never, excludeDevices: ['']", "excludeDevices.0 is '': write a list of device names"],
    [
      'region: eu-west-1',
      'region: eu-central-1',
      "copies.0.region is 'eu-central-1', the only source region of the policy",
    ],
    [
      '    retention:',
      '    regions: [eu-south-1]\n    retention:',
      "nightly.regions.0 is 'eu-south-1', which is no source region: write one of eu-central-1",
    ],
    [
      '    retention:',
      '    regions: []\n    retention:',
      'nightly.regions is an empty list: write a list of AWS regions',
    ],
    [
      '    retention:',
      '    regions: [eu-central-1, eu-central-1]\n    retention:',
      "nightly.regions.1 is 'eu-central-1' again",
    ],
    [
      '    retention:',
      '    accounts: [222222222222]\n    retention:',
      'nightly.accounts.0 is 222222222222: write the twelve digits',
    ],
    [
      '    retention:',
      "    accounts: ['222222222222', '222222222222']\n    retention:",
      "nightly.accounts.1 is '222222222222' again",
    ],
    [
      'copies:',
      'copies:\n      - { region: eu-west-1, retention: { keepLast: 1 } }',
      "p.yml:10:19: policies.nightly.copies.1.region is 'eu-west-1' again: write one copy a region and account",
    ],
    [
      'region: eu-west-1',
      'region: eu-west-1, kmsKey: alias/aws/s3',
      "kmsKey is 'alias/aws/s3', the key that AWS keeps for another service",
    ],
    ['region: eu-west-1', 'region: eu-west-1, kmsKey: my key', "kmsKey is 'my key': write a KMS key's id, its alias"],
    [
      'region: eu-west-1',
      'region: eu-west-1, kmsKey: arn:aws:kms:us-east-1:111122223333:alias/dr',
      "kmsKey is a key in 'us-east-1', but the copy is made in 'eu-west-1': write a key of that region",
    ],
    [
      'region: eu-west-1',
      'region: eu-west-1, kmsKey: alias/dr, encrypt: as-source',
      "encrypt is 'as-source', but a copy with a kmsKey is always encrypted",
    ],
    ['expression: cron(0 4 * * ? *), ', '', 'p.yml:6:5: policies.nightly.schedule.expression is missing: write cron'],
    [
      'expression: cron(0 4 * * ? *)',
      "expressions: ['rate(1 day)', 'rate(1 day)']",
      "expressions.1 is 'rate(1 day)' again",
    ],
    [
      'expression: cron(0 4 * * ? *)',
      'expressions: []',
      'schedule.expressions is an empty list: write a list, such as',
    ],
    ['expression: cron(0 4 * * ? *)', "expressions: ['daily']", "schedule.expressions.0 is 'daily': write cron(...)"],
    [
      'expression: cron(0 4 * * ? *)',
      "expression: rate(1 day), expressions: ['rate(2 days)']",
      'schedule.expressions stands beside expression: write one of the two',
    ],
    [
      'expression: cron(0 4 * * ? *)',
      "flexibleWindowMinutes: 60, expressions: ['rate(1 day)', 'cron(30 0 ? * SUN *)']",
      'flexibleWindowMinutes is 60: write fewer than the',
    ],
    [
      '    retention:',
      '    enabled: never\n    retention:',
      "policies.nightly.enabled is 'never': write true or false",
    ],
    ['{ keepDaily: 3 }', '{}', 'copies.0.retention is a map: write at least one keep rule'],
    ['{ keepDaily: 7 }', '{}', 'p.yml:10:5: policies.nightly.retention is a map: write at least one keep rule'],
    ['keepDaily: 7', 'keepDaily: 0', 'retention.keepDaily is 0: write a whole number from 1 to 999999999'],
    ['keepDaily: 7', 'keepDaily: 1.5', 'retention.keepDaily is 1.5: write a whole number from 1 to 999999999'],
    ['keepDaily: 7', 'keepWithin: 2d', "retention.keepWithin is '2d': write a span with its units"],
    ['keepDaily: 7', 'keepWithin: {}', 'retention.keepWithin is a map: write at least one unit'],
    ['keepDaily: 7', 'keepWithin: { days: 0 }', 'keepWithin.days is 0: write a whole number from 1 to 999999999'],
    ['keepDaily: 7', 'keepDaily: 1000000000', 'keepDaily is 1000000000: write a whole number from 1 to 999999999'],
    ['mode: plan', 'mode: dry', "retire.mode is 'dry': write plan to have expired images listed, or apply"],
    ['mode: plan', 'mode: plan, minKeep: 0', 'retire.minKeep is 0: write a whole number of at least 1'],
    ['mode: plan', 'mode: plan, maxPerDay: 0', 'retire.maxPerDay is 0: write a count of at least 1, or a percentage'],
    ['mode: plan', 'mode: plan, maxPerDay: 0%', "retire.maxPerDay is '0%': write a count"],
    ['mode: plan', 'mode: plan, maxPerDay: 101%', "retire.maxPerDay is '101%': write a count"],
    ['mode: plan', 'mode: plan, maxPerDay: true', 'retire.maxPerDay is true: write a count'],
    ['GoneDays: never', 'GoneDays: 0', 'endAfterSourceGoneDays is 0: write never, or a whole number of days from 1'],
    ['GoneDays: never', 'GoneDays: soon', "endAfterSourceGoneDays is 'soon': write never, or a whole number of days"],
    ['mode: plan', 'mode: plan, deprecateDays: -1', 'deprecateDays is -1: write a whole number of days from 0 to 3650'],
    ['mode: plan', 'mode: plan, disableDays: 1.5', 'disableDays is 1.5: write a whole number of days from 0 to 3650'],
    [
      'mode: plan',
      'mood: plan, mode: plan',
      "p.yml:11:15: policies.nightly.retire.mood is an unknown key 'mood'; did you mean 'mode'?",
    ],
    [
      'keepDaily: 7',
      'keepDaily: 7, keepDayly: 6',
      "retention.keepDayly is an unknown key 'keepDayly'; did you mean 'keepDaily'?",
    ],
    [
      'keepDaily: 3',
      'keepDaily: 3, kepDaily: 6',
      "copies.0.retention.kepDaily is an unknown key 'kepDaily'; did you mean",
    ],
    ['reboot: never', 'reboot: never, x: 1', "image.x is an unknown key 'x'; write one of reboot, tags, instanceTags"],
    ['    retention:', '    lineage: Role\n    retention:', "lineage is 'Role': write { tag: Role }"],
  ])('%s -> %s', (was, is, problem) => {
    expect(problems(changed([was, is]))).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['an empty file', '', 'p.yml:1:1: the file is empty: write deployment, regions and policies'],
    ['a list', '- a', 'p.yml:1:1: the file is a list: write deployment, regions and policies'],
    ['a bracket that is not closed', '\na: [', 'p.yml:2:5: the file is not YAML here: '],
    ['an unknown tag', 'a: !secret b', 'p.yml:1:4: the file is not YAML here: Unresolved tag'],
    ['an alias of nothing', 'a: *b', 'p.yml:1:1: the file cannot be read: ReferenceError'],
    [
      'policies that are a list',
      changed(['policies:', 'policies: []\nx:']).split('x:')[0] ?? '',
      'policies is an empty list: write policies by their names, or {} where there are none',
    ],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual([expect.stringContaining(problem)]);
  });

  it('a second document, which would be lost without a word', () => {
    expect(problems(`${changed()}---\nmore: 1\n`)).toEqual([expect.stringContaining('put all policies into one')]);
  });

  it('a key that is written twice', () => {
    expect(problems(changed(['mode: plan', 'mode: plan, mode: apply']))).toEqual([
      'p.yml:11:27: the file has this key twice here: write it once',
    ]);
  });

  it('a key that JavaScript would lose without a word', () => {
    expect(problems(changed(['Backup: nightly', 'Backup: nightly, __proto__: x']))).toEqual([
      'p.yml:5:40: the file has the key __proto__ here: write another',
    ]);
  });

  it('more tags than leave room for our own', () => {
    const keys = Array.from({ length: 31 }, (_, index) => `key${index}`);
    const tags = changed(['reboot: never', `reboot: never, tags: { ${keys.map((key) => `${key}: x`).join(', ')} }`]);
    const inherited = changed(['reboot: never', `reboot: never, instanceTags: [${keys.join(', ')}]`]);
    expect(problems(tags)).toEqual([expect.stringMatching(/image\.tags gives an image 31 tags .* at most 30 in all/)]);
    expect(problems(inherited)).toEqual([expect.stringMatching(/image\.instanceTags gives an image 31 tags/)]);
  });

  it('what a merge brings is looked for where it is merged', () => {
    const text = changed(['{ keepDaily: 7 }', '{ keepLast: 1, <<: { keepDayly: 7 } }']);
    expect(problems(text)).toEqual([expect.stringMatching(/^p\.yml:10:5: .*did you mean 'keepDaily'/)]);
  });

  it('what an alias brings is looked for where it is written', () => {
    const text = changed(['{ keepDaily: 3 }', '&rules { keepDaily: 0 }'], ['{ keepDaily: 7 }', '*rules']);
    expect(problems(text).map((problem) => problem.split(' ')[0])).toEqual(['p.yml:9:61:', 'p.yml:9:61:']);
  });
});

describe('accounts', () => {
  /** The file with accounts, and perhaps another place for its copies. */
  const withAccounts = (accounts: string, copy = 'region: eu-west-1') =>
    changed(['policies:', `accounts: ${accounts}\npolicies:`], ['region: eu-west-1', copy]);
  const MEMBER = "{ id: '222222222222', rolePrefix: amikeep }";
  const VAULT = "{ id: '333333333333', rolePrefix: amikeep, vault: true }";

  it('may be sources, and vaults in any region, source regions included', () => {
    const file = parsed(withAccounts(`[${MEMBER}, ${VAULT}]`, "account: '333333333333', region: eu-central-1"));
    expect(file.accounts.map(({ id, vault }) => [id, vault])).toEqual([
      ['222222222222', false],
      ['333333333333', true],
    ]);
    expect(file.policies[0]?.copies).toMatchObject([{ account: '333333333333', region: 'eu-central-1' }]);
  });

  it.each(['alias/aws/ebs', 'arn:aws:kms:eu-west-1:333333333333:alias/aws/ebs', 'alias/aws/rds'])(
    'that are vaults take no copies under a key that AWS keeps: %s',
    (key) => {
      const copy = `account: '333333333333', region: eu-west-1, kmsKey: '${key}'`;
      expect(problems(withAccounts(`[${VAULT}]`, copy))).toEqual([
        expect.stringContaining(`copies.0.kmsKey is '${key}', the key that AWS keeps for`),
      ]);
      const atHome = problems(withAccounts('[]', `region: eu-west-1, kmsKey: '${key}'`));
      expect(atHome).toHaveLength(key === 'alias/aws/rds' ? 1 : 0);
    },
  );

  it('leave a region that only a vault still uses to be a former one', () => {
    const text = withAccounts(`[${VAULT}]\nformerRegions: [eu-west-1]`, "account: '333333333333', region: eu-west-1");
    expect(parsed(text).formerRegions).toEqual(['eu-west-1']);
  });

  it.each([
    ['{ id: 1 }', 'p.yml:3:1: accounts is a map: write a list, such as'],
    ['[222222222222]', "p.yml:3:12: accounts.0 is 222222222222: write { id: '222222222222', rolePrefix: amikeep }"],
    // With its zero in front it is twelve digits; what YAML makes of it is not.
    [
      '[{ id: 022222222222, rolePrefix: a }]',
      "p.yml:3:18: accounts.0.id is 22222222222: write the twelve digits of an AWS account in quotes, such as '111122223333'",
    ],
    ['[{ id: 222222222222, rolePrefix: a }]', 'accounts.0.id is 222222222222: write the twelve digits'],
    ["[{ id: '2222', rolePrefix: a }]", "accounts.0.id is '2222': write the twelve digits"],
    ['[{ rolePrefix: a }]', 'accounts.0.id is missing: write the twelve digits'],
    ["[{ id: '222222222222' }]", 'accounts.0.rolePrefix is missing: write 1 to 55 letters'],
    ["[{ id: '222222222222', rolePrefix: a/b }]", "accounts.0.rolePrefix is 'a/b': write 1 to 55 letters"],
    [`[{ id: '222222222222', rolePrefix: ${'a'.repeat(56)} }]`, 'write 1 to 55 letters'],
    [
      "[{ id: '222222222222', rolePrefix: a, vault: maybe }]",
      "accounts.0.vault is 'maybe': write true for an account that copies are made in",
    ],
    [`[${MEMBER}, ${MEMBER}]`, "accounts.1.id is '222222222222' again: write each account once"],
    [
      `[${VAULT}]`,
      "p.yml:3:18: accounts.0.id is '333333333333', a vault that no policy copies into: write account: '333333333333' with",
    ],
    [
      "[{ id: '222222222222', rolePrefix: a, role: b }]",
      "accounts.0.role is an unknown key 'role'; write one of id, rolePrefix, externalId, vault",
    ],
  ])('%s is told with its place, its value and its remedy', (accounts, problem) => {
    expect(problems(withAccounts(accounts))).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    [
      `[${MEMBER}]`,
      "account: '222222222222', region: eu-west-1",
      "copies.0.account is '222222222222', which accounts has as a source: write vault: true there",
    ],
    [
      '[]',
      "account: '333333333333', region: eu-west-1",
      "copies.0.account is '333333333333', which accounts does not have: add it there with vault: true",
    ],
    ['[]', 'account: 022222222222, region: eu-west-1', 'copies.0.account is 22222222222: write the twelve digits'],
    [
      `[${VAULT}]`,
      "account: '333333333333', region: eu-west-1, retention: { keepLast: 1 } }\n      - { account: '333333333333', region: eu-west-1",
      "copies.1.region is 'eu-west-1' of account '333333333333' again: write one copy a region and account",
    ],
  ])('%s with copies of %s are told what does not fit', (accounts, copy, problem) => {
    expect(problems(withAccounts(accounts, copy))).toEqual([expect.stringContaining(problem)]);
  });

  it.each(["'geheim!'", '4711', "'g'", '[geheim]'])(
    'say nothing of an external id that will not do: %s',
    (externalId) => {
      const [problem = '', ...more] = problems(
        withAccounts(`[{ id: '222222222222', rolePrefix: a, externalId: ${externalId} }]`),
      );
      expect(more).toEqual([]);
      expect(problem).toContain('accounts.0.externalId is not what STS takes: write 2 to 1224 letters');
      expect(problem).not.toMatch(/geheim|4711|'g'/);
    },
  );
});

describe('every mistake is told at once', () => {
  it('in the order of the text, whatever else is wrong', () => {
    const text = changed(
      ['prod', 'p!'],
      ['[eu-central-1]', '[eu-central-1, nowhere, eu-central-1]'],
      ['cron(0 4 * * ? *)', 'daily'],
      ['Europe/Berlin', 'Berlin'],
      ['reboot: never', ''],
      ['region: eu-west-1', 'region: eu-central-1, kmsKey: arn:aws:kms:us-east-1:111122223333:alias/dr'],
      ['mode: plan', 'mode: plan, mode: apply, mood: x'],
    );
    expect(problems(text).map((problem) => problem.split(' ').slice(0, 3).join(' '))).toMatchInlineSnapshot(`
      [
        "p.yml:1:13: deployment is",
        "p.yml:2:25: regions.1 is",
        "p.yml:2:34: regions.2 is",
        "p.yml:6:29: policies.nightly.schedule.expression is",
        "p.yml:6:46: policies.nightly.schedule.timeZone is",
        "p.yml:7:5: policies.nightly.image.reboot is",
        "p.yml:9:41: policies.nightly.copies.0.kmsKey is",
        "p.yml:11:27: the file",
        "p.yml:11:40: policies.nightly.retire.mood is",
      ]
    `);
  });

  it('but the flood that follows a stray bracket is cut', () => {
    expect(problems('['.repeat(5_000)).length).toBeLessThanOrEqual(10);
  });
});

describe('no text makes it throw', () => {
  const isRead = (text: string) => {
    const result = parsePolicyFile(text, 'p.yml');
    if (result.ok) return;
    expect(result.problems).not.toHaveLength(0);
    for (const { line, column, message } of result.problems) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toBe('');
    }
  };

  it('whatever its characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), isRead));
  });

  it('whatever its characters among those that YAML minds', () => {
    const unit = fc.constantFrom(...'&*!<:-?|>[]{},#\'"%@ \n\tab0', 'policies', 'regions');
    fc.assert(fc.property(fc.string({ unit, maxLength: 40 }), isRead), { numRuns: 500 });
  });

  it('whatever its data', () => {
    fc.assert(fc.property(fc.json(), (json) => isRead(stringify(JSON.parse(json)))));
  });

  it('whatever stands where something is expected', () => {
    const paths = [
      'prod',
      '[eu-central-1]',
      '{ tags: { Backup: nightly } }',
      '{ reboot: never }',
      'eu-west-1',
      '{ keepDaily: 7 }',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.json(), (was, json) => isRead(changed([was, json]))),
      { numRuns: 500 },
    );
  });
});
